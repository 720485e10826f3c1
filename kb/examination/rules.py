"""The rules by which an entry is looked at before it is published, read from ``rules.yml``, and what they find."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from kb.content import LANGUAGES, Lang
from kit.masking import mask
from kit.sentences import filled
from kit.yaml_text import load_yaml

__all__ = ["EXCERPT_CHARACTERS", "Finding", "Place", "Rule", "RuleId", "Rules", "bundled_rules"]

EXCERPT_CHARACTERS = 120

Severity = Literal["error", "warning"]
Place = Literal["question", "similar", "answer", "risk", "entry"]
RuleId = Literal[
    "duplicate_in_entry",
    "duplicate_elsewhere",
    "near_duplicate",
    "pulls_together",
    "question_long",
    "similar_long",
    "few_similar",
    "answer_empty",
    "answer_long",
    "language_missing",
    "validity_reversed",
    "expired",
    "expires_soon",
    "related_missing",
    "related_to_itself",
    "promise",
    "risk_offered",
    "risk_named",
    "risk_short",
    "risk_not_plain",
    "undated_figure",
    "personal_data",
    "asks_for_secret",
    "link_broken",
    "link_without_target",
    "link_without_text",
    "link_unsafe",
    "link_disguised",
    "link_not_https",
    "link_dead",
    "link_unreachable",
    "html",
    "image",
    "nested_table",
    "open_fence",
]

_PART = re.compile(r"<([a-z_]+)>")


def _any_of(written: object) -> object:
    """One pattern for a list of them. ASCII, so that a Latin word ends where a Chinese character begins."""
    if isinstance(written, list | tuple) and written:
        return re.compile("|".join(f"(?:{one})" for one in written), re.IGNORECASE | re.ASCII)
    return written


Pattern = Annotated[re.Pattern[str], BeforeValidator(_any_of)]


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with an entry, or may be.

    Args:
        rule: the id of the rule.
        severity: an error must be put right before the entry is published; a warning is for the reviewer to judge.
        language: of the variant it is in; None where it is about the whole entry.
        field: where in the entry.
        excerpt: the words it is about, at most ``EXCERPT_CHARACTERS``, personal data masked.
        message: what to do, in each language.
        other_entry: the entry with which this one collides.
    """

    rule: str
    severity: Severity
    language: Lang | None
    field: Place
    excerpt: str
    message: dict[Lang, str]
    other_entry: str | None = None


class Rule(BaseModel):
    """One rule. ``patterns`` is None where it is no matter of wording."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: RuleId
    severity: Severity
    reason: str = Field(min_length=1)
    message: dict[Lang, str]
    patterns: Pattern | None = None

    @field_validator("message")
    @classmethod
    def _is_in_both_languages(cls, message: dict[Lang, str]) -> dict[Lang, str]:
        if set(message) != set(LANGUAGES):
            raise ValueError("a message is needed in zh and in en")
        return message

    def search(self, text: str) -> re.Match[str] | None:
        """The first place in a sentence that one of the patterns finds."""
        return self.patterns.search(text) if self.patterns else None

    def found(
        self,
        field: Place,
        language: Lang | None,
        excerpt: str,
        *,
        other_entry: str | None = None,
        **values: object,
    ) -> Finding:
        """A finding of this rule; ``values`` go into the braces of its message, beside ``other``, the other entry."""
        said = {key: mask(str(value)) for key, value in values.items()} | {"other": other_entry or ""}
        message = filled(self.message, said)
        return Finding(self.id, self.severity, language, field, _shortened(mask(excerpt)), message, other_entry)


class Limits(BaseModel):
    """Where too long, too few, too soon and too near begin."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question_characters: int
    similar_characters: int
    answer_characters: int
    similar_questions: int
    expiry_days: int
    risk_characters: dict[Lang, int]
    naming_sentences: int
    near_duplicate: float
    pull_cosine: float
    pull_margin: float


class Words(BaseModel):
    """What is said around the words that a rule finds."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    denials: Pattern
    strong_denials: Pattern
    reassurances: Pattern
    clauses: Pattern
    turns: Pattern
    fraud_warnings: Pattern
    deposit_facts: Pattern
    risky_products: Pattern
    invitations: Pattern
    purchases: Pattern
    losses: Pattern
    dates: Pattern
    own_contacts: Pattern


class Rules(BaseModel):
    """``kb/examination/rules.yml``: every rule by its id, the limits, and the words."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: dict[RuleId, Rule]
    limits: Limits
    words: Words

    @field_validator("rules", mode="before")
    @classmethod
    def _by_id(cls, rules: object) -> object:
        if not isinstance(rules, list):
            return rules
        ids = [rule.get("id") for rule in rules]
        if sorted(map(str, ids)) != sorted(get_args(RuleId)):
            wrong = sorted({str(one) for one in ids} ^ set(get_args(RuleId)))
            raise ValueError(f"every rule is written once; missing, unknown or written twice: {wrong or 'one of them'}")
        return dict(zip(ids, rules, strict=True))

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Rules:
        """Check a document, its parts put where they are named.

        Raises:
            ValueError: it is not as it should be; a part does not exist, or a pattern is no regular expression.
        """
        parts: dict[str, str] = {}
        for name, pieces in document.get("parts", {}).items():
            parts[name] = _assembled(f"(?:{'|'.join(pieces)})", parts)
        rest = {key: value for key, value in document.items() if key != "parts"}
        try:
            return cls.model_validate(_assembled(rest, parts))
        except re.error as error:
            raise ValueError(f"{error.pattern!r} is no regular expression: {error}") from error

    def __getitem__(self, rule: RuleId) -> Rule:
        return self.rules[rule]


@cache
def bundled_rules() -> Rules:
    """The rules that lie beside this module."""
    return Rules.from_document(load_yaml(Path(__file__).with_name("rules.yml").read_text("utf-8")))


def _assembled(value: Any, parts: Mapping[str, str]) -> Any:
    """The same document with parts in place of their names."""
    if isinstance(value, dict):
        return {key: _assembled(item, parts) for key, item in value.items()}
    if isinstance(value, list):
        return [_assembled(item, parts) for item in value]
    return _PART.sub(lambda match: _part(match[1], parts), value) if isinstance(value, str) else value


def _part(name: str, parts: Mapping[str, str]) -> str:
    if name not in parts:
        raise ValueError(f"there is no part <{name}>")
    return parts[name]


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= EXCERPT_CHARACTERS else f"{plain[: EXCERPT_CHARACTERS - 1]}…"
