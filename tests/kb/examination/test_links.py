"""A link that leads nowhere is told with its address, in each language that has it."""

from datetime import date

import pytest

from kb.content import EntryContent, Variant
from kb.examination.links import REACHED, LinkAnswer, addresses_of, check_links
from kb.examination.rules import bundled_rules

BANK = "https://www.chenghu.example"
FEES = EntryContent(
    id="fees",
    scenario="fees",
    updated=date(2026, 11, 1),
    variants={
        "zh": Variant(question="费用是多少？", answer=f"见[费用]({BANK}/fees)，再看一次[费用]({BANK}/fees)。"),
        "en": Variant(question="What are the fees?", answer=f"See [fees]({BANK}/fees) and {BANK}/en."),
    },
)


def found(**answers: LinkAnswer) -> list[tuple[str, str, str | None, str, str]]:
    by_address = {f"{BANK}/{path}": answer for path, answer in answers.items()}
    return [
        (finding.rule, finding.severity, finding.language, finding.field, finding.excerpt)
        for finding in check_links(FEES, by_address, bundled_rules())
    ]


def test_the_links_of_both_languages_are_asked_for() -> None:
    assert set(addresses_of(FEES)) == {f"{BANK}/fees", f"{BANK}/en"}


def test_a_page_that_is_there_and_one_that_was_not_asked_are_no_findings() -> None:
    assert found() == []
    assert found(fees=REACHED) == []


def test_a_page_that_is_gone_is_an_error_once_in_each_language_that_links_it() -> None:
    gone = ("link_dead", "error")
    assert found(fees=LinkAnswer("dead", "HTTP 404"), en=REACHED) == [
        (*gone, "zh", "answer", f"{BANK}/fees"),
        (*gone, "en", "answer", f"{BANK}/fees"),
    ]


def test_a_site_that_is_away_is_a_warning() -> None:
    assert found(en=LinkAnswer("unreachable", "DNS")) == [("link_unreachable", "warning", "en", "answer", f"{BANK}/en")]


@pytest.mark.parametrize(
    "answer", [LinkAnswer("dead", "HTTP 410"), LinkAnswer("unreachable", "HTTP 503"), LinkAnswer("unreachable", "TLS")]
)
def test_the_editor_reads_what_the_site_said(answer: LinkAnswer) -> None:
    [finding] = check_links(FEES, {f"{BANK}/en": answer}, bundled_rules())
    assert answer.said in finding.message["zh"]
    assert answer.said in finding.message["en"]
