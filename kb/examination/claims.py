"""What an answer says that a bank may not say, or not without something beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kb.content import EntryContent, Lang, Variant
from kb.examination.rules import Finding, Place, Rules
from kb.examination.statements import Statement, is_denied, plain_form, statements
from kit.masking import mask

__all__ = ["claims", "undated_figure"]

_MASKED = re.compile(r"\[(?:card \*\d{4}|id|phone|email)\]")
_BEFORE_MASKED = 20


def claims(entry: EntryContent, language: Lang, variant: Variant, rules: Rules) -> Iterator[Finding]:
    """Findings about what one language of an entry says."""
    answer = list(statements(variant.answer))
    yield from _promises(language, "answer", answer, rules)
    yield from _promises(language, "risk", list(statements(variant.risk or "")), rules)
    yield from _secrets(language, answer, rules)
    yield from _undated_figures(entry, language, answer, rules)
    yield from _risk(entry, language, variant, answer, rules)
    yield from _personal_data(language, variant, rules)


def _promises(language: Lang, field: Place, said: Sequence[Statement], rules: Rules) -> Iterator[Finding]:
    rule, words = rules["promise"], rules.words
    for statement in said:
        if statement.is_question or _is_about_fraud(statement, rules) or _is_deposit_fact(statement, rules):
            continue
        if any(not is_denied(statement, match.start(), words) for match in _matches(rule.patterns, statement)):
            yield rule.found(field, language, statement.written)


def _secrets(language: Lang, said: Sequence[Statement], rules: Rules) -> Iterator[Finding]:
    rule = rules["asks_for_secret"]
    for statement in said:
        if _is_about_fraud(statement, rules):
            continue
        if any(not is_denied(statement, match.start(), rules.words) for match in _matches(rule.patterns, statement)):
            yield rule.found("answer", language, statement.written)


def _undated_figures(entry: EntryContent, language: Lang, said: Sequence[Statement], rules: Rules) -> Iterator[Finding]:
    """``updated`` counts as a date: it is shown under the answer."""
    figure = None if entry.updated is not None else _undated(said, rules)
    if figure is not None:
        yield rules["undated_figure"].found("answer", language, figure)


def undated_figure(variant: Variant, rules: Rules) -> str | None:
    """The first sentence of an answer that has a fee, rate or amount, where no day stands in the answer itself."""
    return _undated(list(statements(variant.answer)), rules)


def _undated(said: Sequence[Statement], rules: Rules) -> str | None:
    if rules.words.dates.search(" ".join(statement.text for statement in said)):
        return None
    rule = rules["undated_figure"]
    return next((statement.written for statement in said if rule.search(statement.text)), None)


def _risk(
    entry: EntryContent, language: Lang, variant: Variant, said: Sequence[Statement], rules: Rules
) -> Iterator[Finding]:
    """Whether a product that can lose money has its risk class and a risk statement that says so."""
    risk = plain_form(variant.risk or "")
    limit = rules.limits.risk_characters[language]
    marked = entry.risk_class == "product"
    if marked and len(risk) < limit:
        yield rules["risk_short"].found("risk", language, variant.risk or "", limit=limit)
        return
    offer = _offer(variant, said, rules)
    subject = _subject(variant, said, rules)
    if marked and (offer or subject) and not rules.words.losses.search(risk):
        yield rules["risk_not_plain"].found("risk", language, variant.risk or "")
    elif not marked and offer:
        yield rules["risk_offered"].found("answer", language, offer)
    elif not marked and subject:
        field: Place = "question" if subject == variant.question else "answer"
        yield rules["risk_named"].found(field, language, subject)


def _offer(variant: Variant, said: Sequence[Statement], rules: Rules) -> str | None:
    """The sentence that invites to a product with risk, or tells how to trade the one that is asked about."""
    words = rules.words
    for statement in said:
        if _is_about_fraud(statement, rules):
            continue
        invited = words.invitations.search(statement.text)
        if invited and _names_product(statement, rules) and not is_denied(statement, invited.start(), words):
            return statement.written
    if not _is_asked_about_product(variant, rules):
        return None
    for statement in said:
        traded = words.purchases.search(statement.text)
        if traded and not is_denied(statement, traded.start(), words) and not _is_about_fraud(statement, rules):
            return statement.written
    return None


def _subject(variant: Variant, said: Sequence[Statement], rules: Rules) -> str | None:
    """The words that show an entry to be about a product with risk; None where it is only mentioned."""
    if _is_asked_about_product(variant, rules):
        return variant.question
    naming = [statement.written for statement in said if _names_product(statement, rules)]
    return naming[0] if len(naming) >= rules.limits.naming_sentences else None


def _is_asked_about_product(variant: Variant, rules: Rules) -> bool:
    question = Statement("", plain_form(variant.question), variant.question)
    return not _is_about_fraud(question, rules) and _names_product(question, rules)


def _names_product(statement: Statement, rules: Rules) -> bool:
    words = rules.words
    found = words.risky_products.finditer(statement.text)
    return any(not is_denied(statement, match.start(), words) for match in found)


def _is_about_fraud(statement: Statement, rules: Rules) -> bool:
    return rules.words.fraud_warnings.search(f"{statement.lead} {statement.text}") is not None


def _is_deposit_fact(statement: Statement, rules: Rules) -> bool:
    return rules.words.deposit_facts.search(statement.text) is not None and not _names_product(statement, rules)


def _personal_data(language: Lang, variant: Variant, rules: Rules) -> Iterator[Finding]:
    """The excerpt is masked: a finding is logged and shown, and must not carry what it warns of."""
    texts: list[tuple[Place, str]] = [("question", variant.question)]
    texts += [("similar", text) for text in variant.similar]
    texts += [("answer", variant.answer), ("risk", variant.risk or "")]
    for field, text in texts:
        masked = mask(rules.words.own_contacts.sub("…", _MASKED.sub("…", text)))
        if found := _MASKED.search(masked):
            yield rules["personal_data"].found(field, language, masked[max(0, found.start() - _BEFORE_MASKED) :])


def _matches(pattern: re.Pattern[str] | None, statement: Statement) -> Iterator[re.Match[str]]:
    return iter(()) if pattern is None else pattern.finditer(statement.text)
