"""The lexicon that editors keep: read, put, delete; what is changed is searched by at once, without a release."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import structlog

from kb.content import Lang
from kb.dialect import bundled_lexicon
from kb.editing import Audit
from kb.expressions import Expression, stored_form
from kb.models import EditorsExpression
from kb.repository import KnowledgeRepository
from kit.clock import Clock
from kit.database import Database
from kit.errors import NotFound

log = structlog.get_logger(__name__)


class EditorsLexicon:
    """Expressions beside the shipped ones of ``kb/dialect.yml``.

    Args:
        announce: called when a change is committed; returns when this worker searches by it.
        audit: where changes are written down; None for a knowledge base of one's own.
    """

    def __init__(
        self, database: Database, clock: Clock, announce: Callable[[], Awaitable[None]], audit: Audit | None
    ) -> None:
        self._database = database
        self._clock = clock
        self._announce = announce
        self._audit = audit

    @property
    def shipped_count(self) -> int:
        """How many expressions the shipped lexicon has."""
        return len(bundled_lexicon().all_expressions())

    async def expressions(self) -> list[EditorsExpression]:
        """Every expression, in the order of its characters."""
        async with self._database.read() as session:
            return await KnowledgeRepository(session).expressions()

    async def put(self, text: str, language: Lang, meaning: str, author: str) -> EditorsExpression:
        """Store an expression, new or known, in the form in which questions are searched.

        Raises:
            InvalidRequest: no question could be mended by it.
        """
        expression = Expression.of(text, language, meaning)
        async with self._database.write() as session:
            stored = await KnowledgeRepository(session).put_expression(expression, author, self._clock.now())
            if self._audit is not None:
                detail = {"language": stored.language, "meaning": stored.meaning}
                self._audit.record(session, author, "expression.put", stored.expression, **detail)
        log.info("expression_put", expression=expression.text, author=author)
        await self._announce()
        return stored

    async def delete(self, text: str, deleted_by: str) -> None:
        """Forget an expression; a shipped one that it stood in front of is searched by again.

        Raises:
            NotFound: no editor has put it.
        """
        expression = stored_form(text)
        async with self._database.write() as session:
            if not await KnowledgeRepository(session).delete_expression(expression):
                raise NotFound(f"No editor has put the expression {expression!r}.", code="expression_not_found")
            if self._audit is not None:
                self._audit.record(session, deleted_by, "expression.deleted", expression)
        log.info("expression_deleted", expression=expression, deleted_by=deleted_by)
        await self._announce()
