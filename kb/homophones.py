"""Chinese slips of an input method or a pen: 信用咔 for 信用卡, 登路 for 登录."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

from pypinyin import Style, lazy_pinyin

from kb.words import FUNCTION, HAN_RUN, LONGEST_WORD, Words, shared_tokenizer

__all__ = ["Homophones"]

_LONGEST_RUN = 200
_MOST_REPAIRS = 4
# One word of the knowledge base weighs as much as this many of the newspaper corpus behind jieba's dictionary.
_BOOST = 300
_LEAST_SEEN_PHRASE = 4
_LEAST_ALONE = 4
_RARE = 5
# Nats more for tearing a character out of a word that is one already (销卡 in 无效卡).
_BROKEN_WORD = 4.0
# Nats that any replacement must gain, and more of them in Cantonese.
_LEAST_GAIN = 4.6
_CANTONESE = 6.0
_NUMERALS = frozenset("几一二三四五六七八九十百千万亿两零半")

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"))


@lru_cache(maxsize=30_000)
def _sound(character: str) -> str:
    """Return the commonest toneless reading of a character: rarer ones (完 as kuan, 期 as ji) damage good text."""
    return lazy_pinyin(character, style=Style.NORMAL)[0]


@lru_cache(maxsize=2_000)
def _blurred(syllable: str) -> str:
    """Return the syllable as a southern ear hears it: zh as z, n as l, ang as an."""
    for careful, relaxed in _INITIALS:
        if syllable.startswith(careful):
            syllable = relaxed + syllable[2:]
    if syllable.startswith("n"):
        syllable = "l" + syllable[1:]
    return re.sub(r"([aei]n)g$", r"\1", syllable)


_ByKey = dict[str, frozenset[str]]


@dataclass(frozen=True)
class _Candidate:
    """A word that may be meant by ``run[start:end]``; ``gain`` is in nats of the sentence's probability."""

    start: int
    end: int
    word: str
    gain: float


class Homophones:
    """The words of one knowledge base by their sound and shape.

    A stretch of 2 to 4 characters that is no word is replaced by a word of the knowledge base that sounds or looks the
    same, when that makes the whole stretch of Chinese much more probable under the word frequencies of jieba's
    dictionary and the knowledge base.

    Args:
        words: of the knowledge base.
        near_shapes: groups of characters that look alike.
        before: those of much the same words and the same groups; only what differs is worked out.
    """

    def __init__(self, words: Words, near_shapes: Iterable[str], before: Homophones | None = None) -> None:
        self._tokenizer = shared_tokenizer()
        self._jieba: dict[str, int] = self._tokenizer.FREQ
        # Short phrases of two words count as words: they tell more than either.
        phrases = {phrase: count for phrase, count in words.phrases.items() if count >= _LEAST_SEEN_PHRASE}
        self._counts = words.chinese | Counter(phrases)
        self._alone, self._written_phrases = words.alone, words.written
        self._log_total = math.log(self._tokenizer.total + _BOOST * self._counts.total())
        targets = {word for word in self._counts if word[0] not in _NUMERALS}  # 几点 for 寄点 is hardly what was meant
        known = before._alike_words if before else _AlikeWords(_likeness(near_shapes))
        self._alike_words: _AlikeWords = known.changed(targets)

    def repair(self, text: str, *, cautiously: bool = False) -> str:
        """Return the text with slips replaced; text without any comes back as it is.

        Args:
            text: in standard written Chinese, as far as it is known.
            cautiously: for Cantonese, which is full of words that are no words here, and is not typed by its Mandarin
                sound.
        """
        caution = _LEAST_GAIN + _CANTONESE * cautiously
        return HAN_RUN.sub(lambda match: self._repair_run(match[0], caution), text)

    def _repair_run(self, run: str, caution: float) -> str:
        if len(run) > _LONGEST_RUN:
            return run
        for _ in range(_MOST_REPAIRS):
            best = max(self._candidates(run, caution), key=lambda candidate: candidate.gain, default=None)
            if best is None:
                return run
            run = run[: best.start] + best.word + run[best.end :]
        return run

    def _candidates(self, run: str, caution: float) -> Iterator[_Candidate]:
        forward, backward = self._scores(run)
        inside = self._inside_words(run)
        for start in range(len(run) - 1):
            for end in range(start + 2, min(start + LONGEST_WORD, len(run)) + 1):
                window = run[start:end]
                if self._is_familiar(window):
                    continue
                for word, margin in self._alike(window):
                    gain = forward[start] + self._log_probability(word) + backward[end] - forward[-1]
                    margin += caution
                    margin += _BROKEN_WORD * any(run[at] != word[at - start] and inside[at] for at in range(start, end))
                    if gain > margin and window not in self._written_phrases:
                        yield _Candidate(start, end, word, gain - margin)

    def _alike(self, window: str) -> Iterator[tuple[str, float]]:
        """Yield words that sound or look like the window, each with the gain that it must bring."""
        sounds = [_sound(character) for character in window]
        alike = self._alike_words
        exact = {word for key in _sound_keys(window, sounds) for word in alike.exact.get(key, ())}
        exact |= alike.shapes.get(window, frozenset())
        blurred = [_blurred(sound) for sound in sounds]
        fuzzy = {word for key in _sound_keys(window, blurred) for word in alike.fuzzy.get(key, ())}
        for word in exact | fuzzy:
            margin = self._margin(window, word, is_blurred=word not in exact)
            if margin is not None:
                yield word, margin

    def _margin(self, window: str, word: str, *, is_blurred: bool) -> float | None:
        """Return the nats that a replacement must gain beyond the least; None for one that is never made."""
        changed = [old for old, new in zip(window, word, strict=True) if old != new]
        at_home = sum(old in FUNCTION or self._alone[old] >= _LEAST_ALONE for old in changed)
        if len(window) == 2 and any(old in FUNCTION for old in changed):
            return None
        return 3.0 * is_blurred + 4.0 * (len(changed) - 1) + 4.5 * at_home - 1.0 * (len(window) - 2)

    def _inside_words(self, run: str) -> list[bool]:
        """Tell of each character whether it is part of a known word in the likeliest cut of the run."""
        cut = self._tokenizer.cut(run, HMM=False)
        return [len(piece) > 1 and self._is_familiar(piece) for piece in cut for _ in piece]

    def _is_familiar(self, window: str) -> bool:
        # jieba's rarest words are names and scraps: 利西, 冻洁 and 事败 each have a frequency of 3.
        return window in self._counts or self._jieba.get(window, 0) > _RARE

    def _is_word(self, window: str) -> bool:
        return window in self._counts or self._jieba.get(window, 0) > 0

    def _log_probability(self, word: str) -> float:
        return math.log((self._jieba.get(word, 0) + _BOOST * self._counts.get(word, 0)) or 1) - self._log_total

    def _scores(self, run: str) -> tuple[list[float], list[float]]:
        """Return the log-probability of the best cut of each beginning and of each end of the run."""
        size = len(run)
        forward, backward = [0.0] + [-math.inf] * size, [-math.inf] * size + [0.0]
        words = [
            (start, end, self._log_probability(run[start:end]))
            for start in range(size)
            for end in range(start + 1, min(start + 7, size) + 1)
            if end == start + 1 or self._is_word(run[start:end])
        ]
        for start, end, score in words:
            forward[end] = max(forward[end], forward[start] + score)
        for start, end, score in reversed(words):
            backward[start] = max(backward[start], backward[end] + score)
        return forward, backward


class _AlikeWords:
    """Words by what they sound and look like; never changed.

    Args:
        likeness: characters that look like a character.
        words: of two characters or more.
        exact: words by their keys as they sound.
        fuzzy: the same as a southern ear hears them.
        shapes: words by what they look like.
    """

    def __init__(
        self,
        likeness: dict[str, set[str]],
        words: AbstractSet[str] = frozenset(),
        exact: _ByKey | None = None,
        fuzzy: _ByKey | None = None,
        shapes: _ByKey | None = None,
    ) -> None:
        self._likeness, self._words = likeness, words
        self.exact, self.fuzzy, self.shapes = exact or {}, fuzzy or {}, shapes or {}

    def changed(self, words: AbstractSet[str]) -> _AlikeWords:
        """Those of other words; what both share is taken from here."""
        exact, fuzzy, shapes = dict(self.exact), dict(self.fuzzy), dict(self.shapes)
        for some, is_known in ((self._words - words, False), (words - self._words, True)):
            for word in some:
                by_sound, by_blurred_sound = _keys_of_word(word)
                _put(exact, by_sound, word, is_known)
                _put(fuzzy, by_blurred_sound, word, is_known)
                _put(shapes, self._shapes_of(word) if by_sound else (), word, is_known)
        return _AlikeWords(self._likeness, words, exact, fuzzy, shapes)

    def _shapes_of(self, word: str) -> Iterator[str]:
        for at, character in enumerate(word):
            for other in self._likeness.get(character, ()):
                yield word[:at] + other + word[at + 1 :]


def _put(table: _ByKey, keys: Iterable[str], word: str, is_known: bool) -> None:
    for key in keys:
        held = table.get(key, frozenset()) - {word}
        table[key] = held | {word} if is_known else held
        if not table[key]:
            del table[key]


@lru_cache(maxsize=100_000)
def _keys_of_word(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The keys of a word by its sound, and by its sound as a southern ear hears it; none for one of odd readings."""
    syllables = lazy_pinyin(word, style=Style.NORMAL)
    if len(syllables) != len(word):
        return (), ()
    return tuple(_sound_keys(word, syllables)), tuple(_sound_keys(word, [_blurred(each) for each in syllables]))


def _sound_keys(word: str, sounds: Sequence[str]) -> Iterator[str]:
    """Yield the word with one character, or two of three or more, written as they sound.

    The others stay characters, so how they are read (还 in 还款, 行 in 银行) does not matter.
    """
    places = range(len(word))
    for changed in (*combinations(places, 1), *(combinations(places, 2) if len(word) > 2 else ())):
        yield " ".join(sounds[at] if at in changed else word[at] for at in places)


def _likeness(groups: Iterable[str]) -> dict[str, set[str]]:
    likeness: defaultdict[str, set[str]] = defaultdict(set)
    for group in groups:
        for character in group:
            likeness[character] |= set(group) - {character}
    return likeness
