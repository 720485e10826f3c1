"""Every suite of ``python -m evaluation``. A new one is one line here."""

from __future__ import annotations

from evaluation.commands import channel, dialogues, doubles, faq, followups, handoff
from evaluation.suite import Suite

SUITES: tuple[Suite, ...] = (
    faq.SUITE,
    followups.SUITE,
    doubles.SUITE,
    handoff.SUITE,
    channel.SUITE,
    dialogues.SUITE,
)
