"""An entry of which only what is tried stands out, and what is found in it."""

from datetime import date
from typing import Any

from kb.content import EntryContent, Lang, Variant
from kb.examination.findings import Finding, check_entry

TODAY = date(2026, 11, 22)
QUESTIONS: dict[Lang, tuple[str, ...]] = {
    "zh": ("这怎么办？", *(f"问法{number}" for number in range(6))),
    "en": ("What about this?", *(f"way {number}" for number in range(6))),
}


def findings(language: Lang, answer: str, **changes: Any) -> list[Finding]:
    """What is found in an entry whose answer in one language is this one."""
    fields = {key: changes.pop(key) for key in ("risk_class", "updated") if key in changes}
    variants: dict[Lang, Variant] = {
        each: Variant(
            question=asked[0], similar=asked[1:], answer="好的。" if each == "zh" else "All right.", risk=RISK[each]
        )
        for each, asked in QUESTIONS.items()
    }
    variants[language] = Variant.model_construct(**{**variants[language].model_dump(), "answer": answer, **changes})
    given = {"id": "a", "scenario": "s", "variants": variants, "updated": TODAY, **fields}
    return check_entry(EntryContent.model_construct(**given), {}, TODAY)


RISK: dict[Lang, str] = {
    "zh": "理财非存款，您可能损失部分或全部本金。",
    "en": "Wealth products are not deposits. You may lose some or all of your principal.",
}


def rules(language: Lang, answer: str, **changes: Any) -> list[str]:
    return [finding.rule for finding in findings(language, answer, **changes)]
