"""What a text is searched by: Simplified characters, slips of the pen mended, without pictographs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from kb.content import Lang
from kb.wording import Wording
from kit.characters import without_pictographs
from kit.language import to_simplified

# So many characters are mended in some ten milliseconds at most; of more, every customer of the worker would wait.
MOST_AT_ONCE = 60

Mend = Callable[[str, Lang, Wording | None], str]


def mended(text: str, language: Lang, wording: Wording | None) -> str:
    """A text in Simplified characters, slips of the pen mended; its pictographs stay."""
    plain = to_simplified(text)
    return wording.repair(plain, language) if wording else plain


def meant_by(text: str, language: Lang, wording: Wording | None) -> str:
    """A text as it is searched: as `mended`, without pictographs where it has words."""
    return mended(without_pictographs(text), language, wording)


async def meanings(asked: Sequence[tuple[str, Lang]], wording: Wording | None, mend: Mend = meant_by) -> list[str]:
    """Each text with its language as ``mend`` has it; in a thread where the texts are long."""

    def all_of_them() -> list[str]:
        return [mend(text, language, wording) for text, language in asked]

    if sum(len(text) for text, _ in asked) <= MOST_AT_ONCE:
        return all_of_them()
    return await asyncio.to_thread(all_of_them)
