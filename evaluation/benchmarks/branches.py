"""A knowledge base of any size out of the shipped one: its entries again and again, each time about another branch."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, product

from kb.content import EntryContent, Lang, Variant
from kit.errors import InvalidRequest

QUESTIONS_A_LANGUAGE = 5

# The first and the second half of a branch's name, as it is written and as it is said.
_FIRST = {"云": "Yun", "澄": "Cheng", "霁": "Ji", "瑶": "Yao", "蔚": "Wei", "岚": "Lan", "沐": "Mu", "砚": "Yan"}
_SECOND = {"泽": "ze", "渚": "zhu", "岭": "ling", "陌": "mo", "浦": "pu", "屿": "yu", "汀": "ting", "坞": "wu"}


def at_branches(shipped: Sequence[EntryContent], count: int) -> list[EntryContent]:
    """``count`` entries, all those that are shipped for the first branch, then all for the second, and so on.

    Each has at most five of the shipped entry's questions in a language, other ones at the next branch. Those of the
    first branch keep their ids, so that the shipped check questions are asked of them.

    Raises:
        InvalidRequest: there are not so many branches.
    """
    names: list[dict[Lang, str]] = [
        {"zh": zh + more_zh, "en": en + more_en}
        for (zh, en), (more_zh, more_en) in product(_FIRST.items(), _SECOND.items())
    ]
    if count > len(names) * len(shipped):
        raise InvalidRequest(f"--entries can be at most {len(names) * len(shipped):,} with this content.")
    everywhere = ((number, name, entry) for number, name in enumerate(names) for entry in shipped)
    return [_at_branch(entry, number, name) for number, name, entry in islice(everywhere, count)]


def edited(entry: EntryContent, number: int) -> tuple[EntryContent, Lang, str]:
    """The entry with a new answer and one new similar question, in one language; with the language and the question.

    Another ``number`` gives another answer and question.
    """
    language, variant = entry.variant_for("zh")
    question = f"第{number}次调整以后，{variant.question}" if language == "zh" else f"{variant.question} ({number})"
    changed = variant.model_copy(
        update={"similar": (*variant.similar, question), "answer": f"({number}) {variant.answer}"}
    )
    return entry.model_copy(update={"variants": {**entry.variants, language: changed}}), language, question


def _at_branch(entry: EntryContent, number: int, name: dict[Lang, str]) -> EntryContent:
    variants = {
        language: _variant_at_branch(language, variant, number, name[language])
        for language, variant in entry.variants.items()
    }
    always_valid = {"valid_from": None, "valid_to": None}
    where = f".{name['en'].lower()}" if number else ""
    update = {"id": f"{entry.id}{where}", "related": (), "variants": variants, **always_valid}
    return entry.model_copy(update=update)


def _variant_at_branch(language: Lang, variant: Variant, number: int, name: str) -> Variant:
    """Every line of the answer names the branch too: texts that are equal would be encoded and kept once."""
    questions = variant.questions
    first = number * QUESTIONS_A_LANGUAGE
    chosen = dict.fromkeys(questions[at % len(questions)] for at in range(first, first + QUESTIONS_A_LANGUAGE))
    question, *similar = (_question_at_branch(language, text, name) for text in chosen)
    where = f"（{name}支行）" if language == "zh" else f" ({name} branch)"
    answer = "\n".join(line + where if line.strip() else line for line in variant.answer.splitlines())
    return variant.model_copy(update={"question": question, "similar": tuple(similar), "answer": answer})


def _question_at_branch(language: Lang, text: str, name: str) -> str:
    if language == "zh":
        return f"在{name}支行，{text}"
    words = text.rstrip(".?!")
    return f"{words} at the {name} branch{text[len(words) :]}"
