"""The product's signals over many texts at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, islice

from handoff.clauses import sentences_of, with_sentences
from handoff.examples import SIGNALS
from handoff.facts import TurnSignals
from handoff.interfaces import Lang
from handoff.kept import KeptClassifiers
from handoff.signals import LANGUAGES, fitted
from kb.content import questions_of, read_folder
from kb.encoder import load_encoder
from kb.vectors import VectorCache
from kb.wording import Wording
from kit.language import to_simplified
from kit.settings import Settings

Text = tuple[str, Lang]


class ManySignals:
    """Texts are mended, encoded in batches, and their vectors kept for the next run."""

    def __init__(self, settings: Settings) -> None:
        encoder = load_encoder(settings)
        entries = read_folder(settings.content_dir)
        self._wording = Wording.of_entries(entries)
        self.ordinary = questions_of(entries)
        self._vectors = VectorCache(encoder, settings.data_dir / "cache" / "evaluation" / "signals.db")
        examples = VectorCache(encoder, settings.data_dir / "cache" / "signals.db")
        kept = KeptClassifiers(settings.data_dir / "cache" / "signals.npz")
        self.classifiers = fitted(examples, self.ordinary, kept)

    def read(self, texts: Sequence[Text]) -> list[TurnSignals]:
        """The signals of texts, each as the first message of a conversation."""
        sentences = [[(each, language) for each in sentences_of(text)] for text, language in texts]
        read = iter(self._alone([*texts, *chain.from_iterable(sentences)]))
        wholes = list(islice(read, len(texts)))
        return [
            with_sentences(whole, list(islice(read, len(own)))) for whole, own in zip(wholes, sentences, strict=True)
        ]

    def _alone(self, texts: Sequence[Text]) -> list[TurnSignals]:
        mended = [self._wording.repair(to_simplified(text), language) for text, language in texts]
        vectors = self._vectors.encode(mended)
        read = [TurnSignals()] * len(texts)
        for language in LANGUAGES:
            rows = [row for row, (_, spoken) in enumerate(texts) if spoken == language]
            if rows:
                found = self.classifiers[language].of_many(
                    [to_simplified(texts[row][0]) for row in rows], vectors[rows]
                )
                for row, values in zip(rows, found, strict=True):
                    read[row] = TurnSignals(**dict(zip(SIGNALS, map(float, values), strict=True)))
        return read
