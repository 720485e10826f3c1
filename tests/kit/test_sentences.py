"""Every sentence that the code says is written in both languages, with the same places, and none is written in vain."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from pathlib import Path

import pytest

from identity.service import Role
from kb.exchange.imported import SENTENCES
from kit.http import FIELD_SENTENCES
from kit.language import has_han
from kit.sentences import Bilingual, Sentences, alike, chosen, filled, joined, listed

ROOT = Path(__file__).resolve().parent.parent.parent
FILES = sorted(path for path in ROOT.glob("k*/**/sentences.yml")) + [
    ROOT / domain / "sentences.yml" for domain in ("chat", "handoff", "identity")
]
# Keys that the code looks up by something else than their name.
FROM_TABLES = {
    "kb/exchange": set(SENTENCES.values()),
    "kit": set(FIELD_SENTENCES.values()),
    "identity": set(Role),
}
SAYING = ("said", "Unfit")  # an Unfit carries the key of its sentence, whose only place is the field


def places(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def modules_of(path: Path) -> Iterator[Path]:
    """The modules that say the sentences of a file: those of its folder, but not of one with sentences of its own."""
    for module in path.parent.rglob("*.py"):
        folder = module.parent
        while folder != path.parent and not (folder / "sentences.yml").exists():
            folder = folder.parent
        if folder == path.parent:
            yield module


def calls_of(path: Path) -> Iterator[tuple[str, set[str] | None]]:
    """Each key that the modules say, with the places that they fill; None where they cannot be told from the call."""
    for module in modules_of(path):
        for node in ast.walk(ast.parse(module.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id not in SAYING:
                continue
            filled_in = {keyword.arg for keyword in node.keywords}
            names = {"field"} if node.func.id == "Unfit" else {name for name in filled_in if name}
            for leaf in ast.walk(node.args[0]):
                if isinstance(leaf, ast.Constant) and isinstance(leaf.value, str):
                    yield leaf.value, None if None in filled_in else names


def said_in(path: Path) -> set[str]:
    return {key for key, _ in calls_of(path)} | FROM_TABLES.get(str(path.parent.relative_to(ROOT)), set())


EACH = pytest.mark.parametrize("path", FILES, ids=[str(path.relative_to(ROOT)) for path in FILES])


@EACH
def test_every_sentence_is_in_both_languages_and_has_the_same_places_in_them(path: Path) -> None:
    for key, sentence in Sentences(path).by_key.items():
        assert sentence.keys() == {"zh", "en"}, key
        assert all(text == " ".join(text.split()) != "" for text in sentence.values()), key
        assert places(sentence["zh"]) == places(sentence["en"]), key
        assert has_han(sentence["zh"]), key
        assert not has_han(sentence["en"]), key


@EACH
def test_every_sentence_that_is_said_is_written_and_its_places_are_filled(path: Path) -> None:
    written = Sentences(path).by_key
    calls = list(calls_of(path))
    assert calls
    for key, names in calls:
        assert key in written, key
        assert names is None or names == places(written[key]["en"]), key
    assert said_in(path) <= written.keys()


@EACH
def test_no_sentence_is_written_in_vain(path: Path) -> None:
    """What has a blank in its key is in the words of a parser, and is tested with the files that make it say so."""
    assert {key for key in Sentences(path).by_key if " " not in key} == said_in(path)


def test_a_sentence_is_filled_in_each_language(tmp_path: Path) -> None:
    path = tmp_path / "sentences.yml"
    path.write_text(
        "late:\n  zh: “{who}”晚了{often}次：{where}\n  en: '{who} was late {often:,} times: {where}'\n", "utf-8"
    )
    where: Bilingual = {"zh": "上海", "en": "Shanghai"}
    assert Sentences(path)("late", who="{ma}", often=1000, where=where) == {
        "zh": "“{ma}”晚了1000次：上海",
        "en": "{ma} was late 1,000 times: Shanghai",
    }
    with pytest.raises(KeyError):
        Sentences(path)("early")
    with pytest.raises(KeyError):
        Sentences(path)("late", who="ma")


def test_several_are_put_together_as_each_language_does() -> None:
    assert joined([{"zh": "一。", "en": "One."}, {"zh": "二。", "en": "Two."}]) == {"zh": "一。二。", "en": "One. Two."}
    assert listed(["a", chosen(["b", "c"])]) == {"zh": "a、b 或 c", "en": "a, b or c"}
    assert chosen(["a", "b", "c"]) == {"zh": "a、b 或 c", "en": "a, b or c"}
    assert chosen(["a"]) == alike("a")
    assert filled(alike("{a}"), {"a": 1}) == alike("1")
