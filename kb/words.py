"""What a knowledge base says, counted: words and phrases in Chinese, words and pairs of words in English."""

from __future__ import annotations

import hashlib
import json
import logging
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, fields
from functools import cache
from itertools import pairwise
from threading import Lock

import jieba

from kb.content import EntryContent, Lang
from kb.memo import Memo
from kit.language import to_simplified

VERSION = "1"  # raise it when something else is counted: old counts are then not found again
LONGEST_WORD = 4
# Grammar, numbers, pronouns and what one does with money: what stands alone between words in any correct sentence.
FUNCTION = frozenset(
    "的了是我你您他她它们在有和与或不没这那就也都要能可到把被给让跟向从对吗呢吧啊么个笔次天号点元块岁多少"
    "怎谁哪几上下里外前后中大小新老好很太再又只刚过来去说看想得地着所以而且但若如即之此该本某每各另别"
    "一二三四五六七八九十百千万亿两零第什啥用做办请问叫拿帮"
    "汇转存取付收交查输销还换退往店"
)
HAN_RUN = re.compile(r"[㐀-䶿一-鿿]{2,}")
_WORD = re.compile(r"[a-z]+(?:'[a-z]+)*")

_building = Lock()


@cache
def _tokenizer() -> jieba.Tokenizer:
    jieba.setLogLevel(logging.WARNING)
    tokenizer = jieba.Tokenizer()
    tokenizer.initialize()
    return tokenizer


def shared_tokenizer() -> jieba.Tokenizer:
    """jieba with its own dictionary, loaded once; safe to share between threads."""
    with _building:
        return _tokenizer()


@dataclass(frozen=True)
class Words:
    """How often a knowledge base says what. Never changed; counts of parts can be added and taken away.

    Args:
        texts: whole texts, without the space around them.
        chinese: words of 2 to 4 characters.
        alone: characters that stand alone between words.
        phrases: two words that make no more than 4 characters, neither of them grammar.
        written: two or three words in a row, whatever they are.
        english: words in small letters.
        pairs: two English words in a row, with a space between them.
    """

    texts: Counter[str] = field(default_factory=Counter)
    chinese: Counter[str] = field(default_factory=Counter)
    alone: Counter[str] = field(default_factory=Counter)
    phrases: Counter[str] = field(default_factory=Counter)
    written: Counter[str] = field(default_factory=Counter)
    english: Counter[str] = field(default_factory=Counter)
    pairs: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, zh: Iterable[str], en: Iterable[str]) -> Words:
        """Count texts in Chinese and in English."""
        words = cls()
        for text in map(to_simplified, zh):
            words.texts[text.strip()] += 1
            for run in HAN_RUN.findall(text):
                words._count_run(list(shared_tokenizer().cut(run, HMM=False)))
        for text in en:
            words.texts[text.strip()] += 1
            said = _WORD.findall(text.lower().replace("’", "'"))
            words.english.update(said)
            words.pairs.update(map(" ".join, pairwise(said)))
        return words

    def _count_run(self, pieces: Sequence[str]) -> None:
        self.chinese.update(piece for piece in pieces if 2 <= len(piece) <= LONGEST_WORD)
        self.alone.update(piece for piece in pieces if len(piece) == 1)
        pairs = [(left, right) for left, right in pairwise(pieces) if len(left + right) <= LONGEST_WORD]
        self.phrases.update(left + right for left, right in pairs if not {left, right} & FUNCTION)
        self.written.update(left + right for left, right in pairs)
        self.written.update("".join(three) for three in zip(pieces, pieces[1:], pieces[2:], strict=False))

    @classmethod
    def of_entry(cls, entry: EntryContent) -> Words:
        """Count everything that an entry says, questions and answers alike."""
        said: dict[Lang, list[str]] = {"zh": [], "en": []}
        for language, variant in entry.variants.items():
            said[language] += [*variant.questions, variant.answer]
        return cls.of(said["zh"], said["en"])

    def changed(self, added: Iterable[Words], gone: Iterable[Words]) -> Words:
        """These counts with others added, and others taken away that are part of these."""
        result = Words(*(Counter(getattr(self, one.name)) for one in fields(self)))
        for more in added:
            for one in fields(self):
                getattr(result, one.name).update(getattr(more, one.name))
        for less in gone:
            for one in fields(self):
                _take_away(getattr(result, one.name), getattr(less, one.name))
        return result


def _take_away(counter: Counter[str], gone: Counter[str]) -> None:
    for key, count in gone.items():
        counter[key] -= count
        if not counter[key]:
            del counter[key]


class WordCounts:
    """The words of one release after the other; only entries that come and go are counted."""

    def __init__(self, memo: Memo) -> None:
        self._memo = memo
        self._entries: dict[str, EntryContent] = {}
        self._keys: dict[str, bytes] = {}
        self._words = Words()

    def count(self, entries: Sequence[EntryContent]) -> Words:
        """The words of all these entries."""
        given = {entry.id: entry for entry in entries}
        added = [entry for key, entry in given.items() if self._entries.get(key) != entry]
        gone = [entry for key, entry in self._entries.items() if given.get(key) != entry]
        self._words = self._words.changed(self._of_each(added), self._of_each(gone))
        self._entries = given
        for entry in gone:
            self._keys.pop(entry.id, None)
        self._keys.update((entry.id, _key(entry.digest)) for entry in added)
        self._memo.forget_unused(self._keys.values())
        return self._words

    def _of_each(self, entries: Sequence[EntryContent]) -> list[Words]:
        keys = [_key(entry.digest) for entry in entries]
        known = self._memo.read(keys)
        result, fresh = [], {}
        for key, entry in zip(keys, entries, strict=True):
            words = Words(*map(Counter, json.loads(known[key]))) if key in known else Words.of_entry(entry)
            result.append(words)
            if key not in known:
                fresh[key] = json.dumps([getattr(words, one.name) for one in fields(words)]).encode()
        self._memo.write(fresh)
        return result


def _key(digest: str) -> bytes:
    return hashlib.sha256(f"{VERSION}\0{digest}".encode()).digest()
