"""Cantonese and other dialect expressions to standard written Chinese, by the lexicon ``kb/dialect.yml``."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from kit.yaml_text import load_yaml

__all__ = ["Dialect", "Lexicon", "Rule", "bundled_lexicon"]

# What no Mandarin sentence has. Tested on the text as the customer wrote it.
_CANTONESE = re.compile(
    r"[唔咗嘅喺冇啲咁嘢佢哋畀俾揾搵攞乜咩嗰𠮶嚟啱睇]|点样|点算(?![法术是利])|几多|几耐|楼按|供楼|供完楼|几时|(?<![这那周路旁海])边度(?!假)|而家|依家|系咪|话我知"
)


class Rule(BaseModel):
    """A regular expression and what is said in place of its match."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    match: re.Pattern[str]
    say: str


class Lexicon(BaseModel):
    """``kb/dialect.yml``: expressions by region, rules for ambiguous ones, slips, and characters of near shape."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    expressions: dict[str, dict[str, str]]
    in_context: tuple[Rule, ...]
    in_cantonese: tuple[Rule, ...]
    slips: dict[str, str]
    near_shapes: tuple[str, ...]

    def all_expressions(self) -> dict[str, str]:
        """Every expression of every region; where two regions share one, the later says what it means."""
        return {key: said for region in self.expressions.values() for key, said in region.items()}


@cache
def bundled_lexicon() -> Lexicon:
    """The lexicon that lies beside this module."""
    path = Path(__file__).with_name("dialect.yml")
    return Lexicon.model_validate(load_yaml(path.read_text("utf-8")))


@dataclass(frozen=True)
class Dialect:
    """Rewrites dialect. Simplified text in, standard written Chinese out."""

    shipped: dict[str, str]
    expressions: Callable[[str], str]
    in_context: tuple[Rule, ...]
    in_cantonese: tuple[Rule, ...]
    slips: Callable[[str], str]

    @classmethod
    def from_lexicon(cls, lexicon: Lexicon, written: str = "") -> Dialect:
        """Build from a lexicon; a slip that the bank itself has ``written`` is left alone."""
        slips = {slip: said for slip, said in lexicon.slips.items() if slip not in written}
        shipped = lexicon.all_expressions()
        return cls(
            shipped,
            _replacer(shipped),
            lexicon.in_context,
            lexicon.in_cantonese,
            _replacer(slips),
        )

    def with_expressions(self, expressions: dict[str, str]) -> Dialect:
        """The same with these expressions beside the shipped ones, before which they go."""
        return replace(self, expressions=_replacer({**self.shipped, **expressions}))

    def standardise(self, text: str) -> str:
        """Return the text in standard written Chinese, as far as the lexicon knows it."""
        rules = self.in_context + (self.in_cantonese if is_cantonese(text) else ())
        said = self.expressions(text)
        for rule in rules:
            said = rule.match.sub(rule.say, said)
        return self.slips(said)


def is_cantonese(text: str) -> bool:
    """Whether a text, as the customer wrote it, has what no Mandarin sentence has."""
    return _CANTONESE.search(text) is not None


def _replacer(table: dict[str, str]) -> Callable[[str], str]:
    """Return a function that replaces every key of the table in one pass, the longest key first."""
    if not table:
        return lambda text: text
    keys = re.compile("|".join(re.escape(key) for key in sorted(table, key=len, reverse=True)))
    return lambda text: keys.sub(lambda match: table[match[0]], text)
