"""What is wrong with an entry, or may be, before it is published, by the rules of ``rules.yml``. Pure functions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date

from kb.content import LANGUAGES, EntryContent, Lang, Variant
from kb.examination.claims import claims
from kb.examination.markup import markup
from kb.examination.nearness import Asked, Neighbours, asked_by
from kb.examination.rules import Finding, Rules, bundled_rules

__all__ = ["Asked", "Catalogue", "Finding", "Neighbours", "asked_by", "check_entry"]


class Catalogue:
    """The newest revision of every entry, prepared so that one of them, or a new one, is checked in milliseconds."""

    def __init__(self, entries: Iterable[EntryContent]) -> None:
        self._rules = bundled_rules()
        self._ids: set[str] = set()
        asked: defaultdict[str, dict[str, None]] = defaultdict(dict)
        for entry in entries:
            self._ids.add(entry.id)
            for question in asked_by(entry):
                asked[question.normal][entry.id] = None
        self._asking = {normal: tuple(ids) for normal, ids in asked.items() if normal}

    def check(self, entry: EntryContent, today: date) -> list[Finding]:
        """Everything that the texts and dates of an entry break, in the order of its fields.

        Args:
            entry: new, or a change of one that the catalogue has; with itself it is not compared.
            today: in the bank's time zone.
        """
        return [
            *_languages(entry, self._rules),
            *_validity(entry, today, self._rules),
            *self._related(entry),
            *self._duplicates(entry),
            *(
                finding
                for language, variant in entry.variants.items()
                for finding in _variant(entry, language, variant, self._rules)
            ),
        ]

    def _related(self, entry: EntryContent) -> Iterator[Finding]:
        for related in entry.related:
            if related == entry.id:
                yield self._rules["related_to_itself"].found("entry", None, related)
            elif related not in self._ids:
                yield self._rules["related_missing"].found("entry", None, related, other_entry=related)

    def _duplicates(self, entry: EntryContent) -> Iterator[Finding]:
        """A word such as SWIFT may be a question in both languages of an entry, but not twice in one."""
        seen: set[tuple[Lang, str]] = set()
        for question in asked_by(entry):
            if not question.normal:
                continue
            place = (question.language, question.normal)
            if place in seen:
                yield self._rules["duplicate_in_entry"].found(question.field, question.language, question.text)
                continue
            seen.add(place)
            for other in self._asking.get(question.normal, ()):
                if other != entry.id:
                    yield self._rules["duplicate_elsewhere"].found(
                        question.field, question.language, question.text, other_entry=other
                    )


def check_entry(entry: EntryContent, others: Mapping[str, EntryContent], today: date) -> list[Finding]:
    """Everything that the texts and dates of an entry break.

    Whoever checks several entries prepares a :class:`Catalogue` once.

    Args:
        entry: what is to be published.
        others: the newest revision of every other entry, by id.
        today: in the bank's time zone.
    """
    return Catalogue(others.values()).check(entry, today)


def _languages(entry: EntryContent, rules: Rules) -> Iterator[Finding]:
    for language in LANGUAGES:
        if language not in entry.variants:
            yield rules["language_missing"].found("entry", language, entry.id)


def _validity(entry: EntryContent, today: date, rules: Rules) -> Iterator[Finding]:
    """The model refuses reversed dates, but a revision that was stored before it did is not read through it."""
    first, last = entry.valid_from, entry.valid_to
    if last is None:
        return
    days = (last - today).days
    if first is not None and last < first:
        yield rules["validity_reversed"].found("entry", None, f"{first} – {last}", first=first, last=last)
    elif days < 0:
        yield rules["expired"].found("entry", None, str(last), last=last)
    elif days <= rules.limits.expiry_days:
        yield rules["expires_soon"].found("entry", None, str(last), last=last, count=days)


def _variant(entry: EntryContent, language: Lang, variant: Variant, rules: Rules) -> Iterator[Finding]:
    yield from _lengths(language, variant, rules)
    yield from claims(entry, language, variant, rules)
    yield from markup(language, variant.answer, rules)


def _lengths(language: Lang, variant: Variant, rules: Rules) -> Iterator[Finding]:
    limits = rules.limits
    if len(variant.question) > limits.question_characters:
        yield rules["question_long"].found(
            "question",
            language,
            variant.question,
            count=len(variant.question),
            limit=limits.question_characters,
        )
    for text in variant.similar:
        if len(text) > limits.similar_characters:
            yield rules["similar_long"].found(
                "similar", language, text, count=len(text), limit=limits.similar_characters
            )
    similar = len(variant.questions) - 1
    if similar < limits.similar_questions:
        yield rules["few_similar"].found(
            "similar", language, variant.question, count=similar, limit=limits.similar_questions
        )
    if not variant.answer.strip():
        yield rules["answer_empty"].found("answer", language, variant.question)
    elif len(variant.answer) > limits.answer_characters:
        yield rules["answer_long"].found(
            "answer", language, variant.answer, count=len(variant.answer), limit=limits.answer_characters
        )
