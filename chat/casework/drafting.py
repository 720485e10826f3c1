"""Improved answers go to the editors: each as a draft of its entry, to be reviewed like any other."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from handoff.case_interfaces import EditedReply
from kb.browsing import Browsing
from kb.content import EntryContent, Lang
from kb.editing import Editing
from kb.repository import PUBLISHED
from kit.errors import Conflict, NotFound


class EntryDrafts:
    """``handoff.case_interfaces.DraftOffers`` over the knowledge base. What editors are at work on is left alone.

    Args:
        browsing: what there is.
        editing: stores the drafts.
        login_of: the login of a member of staff. A draft bears it: nobody approves their own words, and a display
            name tells nobody's words apart.
    """

    def __init__(self, browsing: Browsing, editing: Editing, login_of: Callable[[int], Awaitable[str | None]]) -> None:
        self._browsing = browsing
        self._editing = editing
        self._login_of = login_of

    async def offer(self, edited: EditedReply) -> None:
        """Store a draft of the entry that says what the agent wrote; its risk wording and questions stay.

        Raises:
            NotFound: the entry has gone, or the agent's account has.
            Conflict: an editor is at work on it, or was quicker.
        """
        shown = await self._browsing.entry(edited.entry_id)
        if shown.revision.status != PUBLISHED:
            raise Conflict("An editor is at work on this entry.", code="wrong_status")
        author = await self._login_of(edited.agent.id)
        if author is None:
            raise NotFound("There is no account of the agent who wrote this.", code="agent_not_found")
        content = reworded(EntryContent.model_validate(shown.revision.content), edited)
        await self._editing.save(content, author, base=shown.revision.number)


def reworded(content: EntryContent, edited: EditedReply) -> EntryContent:
    """The entry with the agent's words as its answer, in the language in which it was suggested."""
    language: Lang = "en" if edited.language == "en" else "zh"
    told_in, variant = content.variant_for(language)
    variants = {**content.variants, told_in: variant.model_copy(update={"answer": edited.sent})}
    return content.model_copy(update={"variants": variants})
