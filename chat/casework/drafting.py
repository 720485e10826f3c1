"""Improved answers go to the editors: each as a draft of its entry, to be reviewed like any other."""

from __future__ import annotations

from handoff.case_interfaces import EditedReply
from kb.browsing import Browsing
from kb.content import EntryContent, Lang
from kb.editing import Editing
from kb.repository import PUBLISHED
from kit.errors import Conflict


class EntryDrafts:
    """``handoff.case_interfaces.DraftOffers`` over the knowledge base. What editors are at work on is left alone."""

    def __init__(self, browsing: Browsing, editing: Editing) -> None:
        self._browsing = browsing
        self._editing = editing

    async def offer(self, edited: EditedReply) -> None:
        """Store a draft of the entry that says what the agent wrote; its risk wording and questions stay.

        Raises:
            NotFound: the entry has gone.
            Conflict: an editor is at work on it, or was quicker.
        """
        shown = await self._browsing.entry(edited.entry_id)
        if shown.revision.status != PUBLISHED:
            raise Conflict("An editor is at work on this entry.", code="wrong_status")
        content = reworded(EntryContent.model_validate(shown.revision.content), edited)
        await self._editing.save(content, edited.agent.name, base=shown.revision.number)


def reworded(content: EntryContent, edited: EditedReply) -> EntryContent:
    """The entry with the agent's words as its answer, in the language in which it was suggested."""
    language: Lang = "en" if edited.language == "en" else "zh"
    told_in, variant = content.variant_for(language)
    variants = {**content.variants, told_in: variant.model_copy(update={"answer": edited.sent})}
    return content.model_copy(update={"variants": variants})
