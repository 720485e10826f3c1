"""English as phones type it: misspellings, words run together, and short forms (pls, acct)."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from importlib.resources import files
from pathlib import Path

from pydantic import BaseModel, ConfigDict
from rapidfuzz import process
from rapidfuzz.distance import OSA

from kb.words import Words
from kit.yaml_text import load_yaml

__all__ = ["Spelling"]

_LETTER = "A-Za-zÀ-ÖØ-öø-ɏ"
_HAN = "㐀-䶿一-鿿"
# What kit.masking writes, addresses and file names, then the words; a word beside a digit is a code (A12, 5G, R4).
_TOKEN = re.compile(
    rf"(?P<skip>\[(?:card \*\d{{4}}|id|phone|email)\]|https?://\S+|www\.\S+|\S+@\S+|"
    rf"[\w-]+(?:\.[\w-]+)*\.(?:com|cn|org|net|hk|io|example|pdf|jpg|png|apk)\b\S*)|"
    rf"(?<![{_LETTER}0-9@#_'’])(?P<word>[A-Za-z]+(?:['’][A-Za-z]+)*)(?![{_LETTER}0-9_@'’])",
    re.ASCII,
)
_PINYIN = re.compile(
    r"(?:(?:[bpmfdtnlgkhjqxzcsryw]|[zcs]h)(?:i?ang|i?ong|[iu]an|[ae]ng|i[ae]o?|ing|iu|u[aoei]|uang|uai|[aeiu]n|"
    r"[ae]i|ao|ou|[aeiouv])|an?g?|ai|ao|ou|er?|en){2,}"
)

_ONE_LETTER = frozenset({"u", "r"})
_KEY = re.compile(r"[ -]?(?:key|shield|盾)", re.IGNORECASE)

_SHORT_PARTS = frozenset(
    (
        "a",
        "i",
        "an",
        "as",
        "at",
        "be",
        "by",
        "do",
        "in",
        "is",
        "it",
        "me",
        "my",
        "no",
        "of",
        "on",
        "or",
        "to",
        "up",
        "we",
    )
)
_BOUND_ENDINGS = frozenset({"less", "down", "like", "able", "ward", "wise"})
_PREFIXES = ("non", "pre", "un", "re", "e")

_LONGEST_WORD = 30
_SHORTEST = 4
_TARGET_COUNT = 400_000
_COMMON_COUNT = 10_000_000
_RARE_COUNT = 500_000
_EVERYDAY = 20
_BOOST = 1_000_000
_ByLength = dict[int, list[str]]


class _Typing(BaseModel):
    """``kb/typing.yml``: short forms, and names that are right though in no dictionary."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    short_forms: dict[str, str]
    names: frozenset[str]


@cache
def _typing() -> _Typing:
    path = Path(__file__).with_name("typing.yml")
    return _Typing.model_validate(load_yaml(path.read_text("utf-8")))


@cache
def _english() -> tuple[dict[str, int], _ByLength]:
    """The bundled dictionary with its counts, and the words that a typing error can be meant for.

    Rare words are known but no target: rasbora is not what a customer mistyped.
    """
    source = files("symspellpy").joinpath("frequency_dictionary_en_82_765.txt").read_text("utf-8-sig")
    counts = {word: int(count) for word, count in (line.split(" ") for line in source.splitlines())}
    return counts, _by_length(word for word, count in counts.items() if count >= _TARGET_COUNT)


def _by_length(words: Iterable[str]) -> _ByLength:
    result: defaultdict[int, list[str]] = defaultdict(list)
    for word in words:
        if len(word) >= _SHORTEST:
            result[len(word)].append(word)
    return dict(result)


class Spelling:
    """English words as the dictionary and one knowledge base know them.

    Args:
        words: of the knowledge base.
    """

    def __init__(self, words: Words) -> None:
        self._counts, self._targets = _english()
        self._short_forms, self._names = _typing().short_forms, _typing().names
        self._own, self._pairs = words.english, words.pairs
        self._own_targets = _by_length(self._own)
        self._log_total = math.log(sum(self._counts.values()) + _BOOST * self._own.total())

    def repair(self, text: str, *, in_english: bool) -> str:
        """Return the text with its words repaired.

        Args:
            text: in any language; only Latin words are looked at.
            in_english: False for Chinese with Latin words in it. They are mostly names, so only what is plainly a
                mistyped word of the knowledge base is repaired then.
        """
        words = [match["word"] for match in _TOKEN.finditer(text) if match["word"]]
        shouted = len(words) > 1 and all(word.isupper() for word in words)
        titled = len(words) > 2 and sum(word[0].isupper() for word in words) > len(words) // 2

        def repaired(match: re.Match[str]) -> str:
            word = match["word"]
            if not word:
                return match[0]
            before, after = text[: match.start()], text[match.end() :]
            if in_english:
                opens = not before.rstrip() or before.rstrip()[-1] in ".!?;:\n"
                if not (word.islower() or (shouted and word.isupper()) or (word.istitle() and (opens or titled))):
                    return word
                short = self._short_form(word, before, after)
                better = short or self._better(word.lower())
            elif word.islower():
                better = self._better_in_chinese(word)
            else:
                return word
            return _cased_like(better, word) if better else word

        return _TOKEN.sub(repaired, text)

    def _short_form(self, word: str, before: str, after: str) -> str | None:
        meant = self._short_forms.get(word.lower())
        if meant is None or (len(word) > 1 and self._own[word.lower()] >= _EVERYDAY):
            return None
        touches_han = re.match(rf"[{_HAN}]", after[:1]) or re.match(rf"[{_HAN}]", before[-1:])
        if len(word) == 1 and (word.lower() not in _ONE_LETTER or word.isupper() or _KEY.match(after) or touches_han):
            return None
        return None if before[-1:] in ("-", "/", "&") or after[:1] in ("-", "/", "&") else meant

    def _better(self, word: str) -> str | None:
        """Return what is meant by a word nobody knows, or by two words of the knowledge base run together."""
        if len(word) < _SHORTEST or len(word) > _LONGEST_WORD:
            return None
        if self._is_known(word):
            if word in self._own or word in self._names:
                return None
            return self._split_pair(word, shortest=4) or self._meant_by_rare(word)
        plain = re.sub(r"(.)\1{2,}", r"\1\1", word)
        if plain != word and self._is_known(plain):
            return plain
        return self._split_pair(word, shortest=2) or self._near(plain, 1) or self._split(word) or self._near(plain, 2)

    def _meant_by_rare(self, word: str) -> str | None:
        """Return the bank's everyday word that an unlikely one (brach, mobil) is a slip of."""
        if len(word) <= _SHORTEST or self._counts.get(word, _RARE_COUNT) >= _RARE_COUNT:
            return None
        meant = self._near(word, 1)
        return meant if meant and self._own[meant] >= _EVERYDAY and meant[:2] == word[:2] else None

    def _better_in_chinese(self, word: str) -> str | None:
        if len(word) <= _SHORTEST or len(word) > _LONGEST_WORD or self._is_known(word) or _PINYIN.fullmatch(word):
            return None
        meant = self._split_pair(word, shortest=4) or self._near(word, 1)
        return meant if meant and all(part in self._own for part in meant.split()) else None

    def _is_known(self, word: str) -> bool:
        stem = word.removesuffix("'s")
        if any(form in known for form in (word, stem) for known in (self._own, self._counts, self._names)):
            return True
        if "'" in word:
            return all(part in self._counts or len(part) < _SHORTEST for part in word.split("'"))
        american = stem.replace("is", "iz").replace("our", "or")
        if american in self._counts or (stem.endswith("s") and (stem[:-1] in self._own or stem[:-1] in self._names)):
            return True
        return any(
            word.startswith(prefix) and len(rest := word.removeprefix(prefix)) > 4 and rest in self._counts
            for prefix in _PREFIXES
        )

    def _weight(self, word: str) -> int:
        return self._counts.get(word, 0) + _BOOST * self._own[word]

    def _near(self, word: str, distance: int) -> str | None:
        """Return the likeliest word at this distance (Damerau, optimal string alignment); words of one's own first."""
        if "'" in word or (distance == 2 and len(word) < 6):
            return None
        found = {
            term: away
            for targets in (self._targets, self._own_targets)
            for term, away in _closest(word, targets, distance)
            if self._is_plausible(word, term, away)
        }
        return min(found, key=lambda term: (self._cost(word, term, found[term]), term), default=None)

    def _is_plausible(self, word: str, term: str, distance: int) -> bool:
        is_own = term in self._own
        starts_alike = word[0] == term[0] or sorted(word[:2]) == sorted(term[:2])
        if distance == 1:
            common = _COMMON_COUNT // 10 if len(word) > 7 else _COMMON_COUNT
            return is_own or (self._counts.get(term, 0) >= common and (starts_alike or len(word) > 5))
        likely = is_own or self._counts.get(term, 0) >= _COMMON_COUNT
        return likely and starts_alike and (len(word) > 6 or (is_own and len(term) > len(word)))

    def _cost(self, word: str, term: str, distance: int) -> float:
        swapped = len(word) == len(term) and sorted(word) == sorted(term)
        doubled = re.sub(r"(.)\1", r"\1", word) == re.sub(r"(.)\1", r"\1", term)
        return (
            distance
            + 0.4 * (term not in self._own)
            + 0.5 * (word[0] != term[0])
            - 0.3 * (swapped or doubled)
            - 0.05 * math.log(self._weight(term) + 1)
        )

    def _split_pair(self, word: str, *, shortest: int) -> str | None:
        """Return two words that the knowledge base writes side by side: creditcard is credit card."""
        pairs = [
            (self._pairs[pair], pair)
            for pair in (f"{word[:at]} {word[at:]}" for at in range(shortest, len(word) - shortest + 1))
            if pair in self._pairs and pair.split()[1] not in _BOUND_ENDINGS
        ]
        return max(pairs)[1] if pairs else None

    def _split(self, word: str) -> str | None:
        """Return the likeliest cut of a run of common words without spaces (transfermoneyabroad)."""
        if "'" in word or len(word) < 6:
            return None
        best: list[tuple[float, tuple[str, ...]] | None] = [(0.0, ()), *[None] * len(word)]
        for end in range(1, len(word) + 1):
            for start in range(max(0, end - 16), end):
                reached, part = best[start], word[start:end]
                if reached is None or not self._is_part(part):
                    continue
                score = reached[0] + math.log(self._weight(part)) - self._log_total
                present = best[end]
                if present is None or score > present[0]:
                    best[end] = (score, (*reached[1], part))
        cut = best[-1]
        return " ".join(cut[1]) if cut and self._is_good_cut(cut[1]) else None

    def _is_part(self, part: str) -> bool:
        if len(part) < 3:
            return part in _SHORT_PARTS
        return self._own[part] > 1 or self._counts.get(part, 0) >= 2 * _COMMON_COUNT

    def _is_good_cut(self, parts: Sequence[str]) -> bool:
        letters = sum(map(len, parts))
        has_own = any(len(part) > 3 and part in self._own for part in parts)
        return has_own and 1 < len(parts) < 7 and letters / len(parts) >= 3 and parts[-1] not in _BOUND_ENDINGS


def _closest(word: str, targets: _ByLength, distance: int) -> list[tuple[str, int]]:
    """The targets nearest to a word that is none of them, each with its distance; none beyond ``distance``."""
    near = [term for size in range(len(word) - distance, len(word) + distance + 1) for term in targets.get(size, ())]
    found = process.extract(word, near, scorer=OSA.distance, score_cutoff=distance, limit=None)
    least = min((away for _, away, _ in found), default=0)
    return [(term, away) for term, away, _ in found if away == least]


def _cased_like(better: str, word: str) -> str:
    if len(word) > 1 and word.isupper():
        return better.upper()
    return better[0].upper() + better[1:] if word[0].isupper() else better
