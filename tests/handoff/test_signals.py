"""What is read from words: the real encoder, the real examples, and texts that stand in none of the sets."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from handoff import signals
from handoff.examples import MOST_ORDINARY, SIGNALS, TrainingSet, examples, training_set
from handoff.facts import DANGERS, Standing, TurnSignals
from handoff.interfaces import Lang, Vector
from handoff.policy import before_bot, read_policy
from handoff.signals import SignalReader, fitted_reader
from kb.content import questions_of, read_folder
from kb.encoder import TurnEncoder
from kb.vectors import VectorCache
from kit.errors import Unavailable
from kit.language import detect, to_simplified
from kit.settings import ROOT, Settings

WIDTH = 8


class Space:
    def slices(self) -> list[slice]:
        return [slice(0, 5), slice(5, WIDTH)]


class Examples:
    """Vectors that are made from a digest of the text."""

    space = Space()

    def __init__(self) -> None:
        self.name = "digests"
        self.asked: set[str] = set()
        self.kept = 0

    def encode(self, texts: Sequence[str]) -> Vector:
        self.asked.update(texts)
        return np.stack([digest_vector(text) for text in texts])

    def keep_used(self) -> None:
        self.kept += 1


@pytest.fixture
def few_examples(monkeypatch: pytest.MonkeyPatch) -> None:
    """Some examples of each set: where meaning is not what is tested, the fit of all of them takes too long."""
    whole = signals.training_set

    def few(language: Lang, ordinary: Sequence[str]) -> TrainingSet:
        known = whole(language, ordinary)
        return TrainingSet(known.texts[::25], known.targets[::25])

    monkeypatch.setattr(signals, "training_set", few)


def digest_vector(text: str) -> Vector:
    seed = int.from_bytes(hashlib.sha256(text.encode()).digest()[:4])
    vector = np.random.default_rng(seed).normal(size=WIDTH)
    return np.asarray(vector / np.linalg.norm(vector), np.float32)


async def made_up(text: str, language: Lang) -> Vector:
    return digest_vector(text)


@pytest.mark.usefixtures("few_examples")
class TestTheReader:
    async def test_examples_are_encoded_in_the_form_that_is_searched_and_kept(self) -> None:
        known = Examples()
        await fitted_reader(made_up, known, {})
        assert known.asked == {to_simplified(text) for text in known.asked}
        assert known.kept == 1

    async def test_what_was_learnt_is_learnt_once(self, tmp_path: Path) -> None:
        kept = tmp_path / "signals.npz"
        first = await fitted_reader(made_up, Examples(), {}, kept)
        again = Examples()
        second = await fitted_reader(made_up, again, {}, kept)
        assert again.asked == set()
        for text, language in (("给我转人工", "zh"), ("you useless idiots", "en")):
            assert await second.read(text, language) == await first.read(text, language)

    async def test_other_examples_another_encoder_or_a_damaged_file_are_learnt_from_anew(
        self, tmp_path: Path, counted: Any
    ) -> None:
        kept = tmp_path / "signals.npz"
        await fitted_reader(made_up, Examples(), {}, kept)
        other = Examples()
        other.name = "others"
        plain = {"zh": [f"第{number}个问题怎么办" for number in range(100)]}
        for changed, ordinary in ((Examples(), plain), (other, {})):
            await fitted_reader(made_up, changed, ordinary, kept)
            assert changed.asked
        kept.write_bytes(kept.read_bytes()[:-40])
        damaged = Examples()
        await fitted_reader(made_up, damaged, {}, kept)
        assert damaged.asked
        assert counted.degraded("fit_cache_corrupt") == 1

    async def test_without_a_vector_nothing_is_read(self) -> None:
        async def broken(text: str, language: Lang) -> Vector:
            raise Unavailable("no encoder")

        reader = await fitted_reader(broken, Examples(), {})
        assert await reader.read("转人工", "zh") == TurnSignals()

    async def test_an_unfitted_reader_reads_nothing(self) -> None:
        assert await SignalReader(made_up).read("转人工", "zh") == TurnSignals()


def told_by(text: str, language: Lang) -> dict[str, int]:
    known = training_set(language)
    return dict(zip(SIGNALS, known.targets[known.texts.index(text)].tolist(), strict=True))


class TestTheExamples:
    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_each_signal_has_examples_for_and_against(self, language: Lang) -> None:
        targets = training_set(language).targets
        for at, signal in enumerate(SIGNALS):
            assert (targets[:, at] == 1).sum() >= 30, signal
            assert (targets[:, at] == -1).sum() >= 1000, signal

    @pytest.mark.parametrize("language", ["zh", "en"])
    def test_the_signals_are_those_that_a_turn_has(self, language: Lang) -> None:
        known = training_set(language)
        assert set(SIGNALS) == set(TurnSignals.__dataclass_fields__)
        assert known.targets.shape == (len(known.texts), len(SIGNALS))
        assert len(set(known.texts)) == len(known.texts)

    def test_a_danger_is_distress_and_tells_nothing_of_other_files(self) -> None:
        told = told_by(examples("dangers")["zh"]["fraud"][0], "zh")
        assert (told["fraud"], told["distress"], told["self_harm"], told["asked"]) == (1, 1, -1, -1)

    def test_plain_questions_tell_how_plain_questions_sound_and_nothing_else(self) -> None:
        many = [f"第{number}个问题怎么办" for number in range(5000)]
        known = training_set("zh", many)
        added = {text for text in known.texts if text in set(many)}
        assert 1000 <= len(added) <= MOST_ORDINARY
        told = dict(zip(SIGNALS, known.targets[known.texts.index(many[0])].tolist(), strict=True))
        assert (told["anger"], told["distress"]) == (-1, -1)
        assert (told["asked"], told["complaint"], told["fraud"]) == (0, 0, 0)

    def test_scorn_is_anger_and_who_asks_for_a_person_may_be_angry(self) -> None:
        scorn = told_by(examples("emotion")["en"]["sarcasm"][0], "en")
        asked = told_by(examples("requests")["en"]["asked_for_human"][1], "en")
        assert (scorn["anger"], scorn["sarcasm"]) == (1, 1)
        assert (asked["asked"], asked["anger"], asked["complaint"]) == (1, 0, -1)


@pytest.fixture(scope="module")
def reader(encoder: TurnEncoder) -> SignalReader:
    """The product's own, without the repair of slips of the pen, which needs a knowledge base."""

    async def encode(text: str, language: Lang) -> Vector:
        return await encoder.vector(to_simplified(text))

    settings = Settings(_env_file=None)
    cache, ordinary = settings.data_dir / "cache", questions_of(read_folder(settings.content_dir))
    examples = VectorCache(encoder.encoder, cache / "signals.db")
    return asyncio.run(fitted_reader(encode, examples, ordinary, cache / "signals.npz"))


POLICY = read_policy()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_the_examples_say_of_the_need_for_a_person(language) -> None:
    plain = "a question that no example asks"
    taught = training_set(language, [plain])
    told = dict(zip(taught.texts, taught.targets[:, SIGNALS.index("needs_person")].tolist(), strict=True))
    requests, emotion, dangers = (examples(name)[language] for name in ("requests", "emotion", "dangers"))
    for texts, need in (
        (requests["asked_for_human"] + requests["complaint"] + emotion["anger_at_bank"] + dangers["fraud"], 1),
        (requests["none"][:20] + emotion["anger_elsewhere"][:20] + emotion["anxiety"][:20], -1),
        ([*emotion["anger"][:20], plain], 0),  # the anger may be the bank's, the question about a complaint
    ):
        assert {told[text] for text in texts} == {need}


class TestWhatIsRead:
    @pytest.mark.parametrize(
        ("language", "text", "rule"),
        [
            ("zh", "给我来个真人行不行", "asked_plainly"),
            ("zh", "转仁工客服谢谢", "asked_plainly"),
            ("zh", "人工人工人工人工", "asked_plainly"),
            ("zh", "搵個真人同我講啦", "asked_plainly"),
            ("zh", "請幫我轉接真人客服人員", "asked_plainly"),
            ("en", "could you get a real person to talk to me", "asked_plainly"),
            ("en", "i wanna speek to an agnet", "asked_plainly"),
            ("zh", "定期存一年利率多少？算了，还是叫个真人来跟我讲", "asked_plainly"),
            ("en", "What does a new card cost? Forget it, get me one of your people.", "asked_plainly"),
            ("en", "I am not telling a computer about my divorce", "asked_plainly"),
            ("zh", "我要投诉你们这家支行的服务态度", "complaint"),
            ("en", "I'd like to make an official complaint about your staff", "complaint"),
            ("zh", "骗子现在还在电话里叫我继续转账", "fraud_in_progress"),
            ("en", "a scammer is moving money out of my account at this very moment", "fraud_in_progress"),
            ("zh", "我真的不想活下去了", "self_harm"),
            ("en", "I just want to end my life", "self_harm"),
            ("zh", "信用卡年费怎么收？另外我真的不想活了。", "self_harm"),
            ("zh", "我爸前天去世了,我现在脑子很乱", "bereavement"),
            ("en", "my mother passed away two days ago and I am lost", "bereavement"),
            ("zh", "他逼着我给他转账,我很怕", "coercion"),
            ("zh", "你们这破银行真是垃圾,气死人", "angry_at_bank"),
            ("en", "you useless idiots, three weeks and nothing works", "angry_at_bank"),
            ("zh", "第四趟了，每次都说少一张表，你们是不是觉得我闲", "angry_at_bank"),
            ("zh", "真棒，转账转了一星期，骑马都送到了", "angry_at_bank"),
            ("en", "three branches and three different answers, I give up on this bank", "angry_at_bank"),
            ("zh", "我妈中风以后说不了话，你们的语音认证她怎么做", "accessibility_need"),
            ("en", "I am blind and your app reads nothing out, I cannot pay my bills", "accessibility_need"),
        ],
    )
    async def test_words_that_call_for_a_person(self, reader: SignalReader, language, text, rule) -> None:
        needed = before_bot(await reader.read(text, language), Standing(), POLICY)
        assert needed is not None
        assert needed.rule == rule

    @pytest.mark.parametrize(
        ("language", "text"),
        [
            ("zh", "我的卡丢了怎么办"),
            ("zh", "在吗"),
            ("zh", "你好，在不在"),
            ("en", "hello, are you there"),
            ("zh", "人工提额需要什么资料"),
            ("zh", "人工费一般要多少钱"),
            ("zh", "人工智能主题的基金有哪些"),
            ("zh", "客服热线几点下班"),
            ("zh", "不用转人工了,谢谢"),
            ("zh", "为什么扣了我十块钱"),
            ("zh", "老人去世后存款怎么继承"),
            ("zh", "怎么识别电信诈骗"),
            ("zh", "張卡唔見咗點算"),
            ("zh", "有没有给盲人用的读屏版"),
            ("en", "what does the human resources department need for payroll"),
            ("en", "can I transfer money to another person"),
            ("en", "my card was declined at a restaurant, why"),
            ("en", "what is authorised push payment fraud"),
            ("en", "when is customer service open"),
            ("en", "yes, that is my number"),
            ("en", "Somebody sent me 40 pounds by mistake. How do I send it back? Please assist me."),
            ("en", "is what I type here stored by the chatbot"),
            ("zh", "你是机器人吗？聊天内容会保存多久？"),
            ("en", "the parcel firm is a joke, how do I dispute what they charged me"),
        ],
    )
    async def test_questions_that_do_not(self, reader: SignalReader, language, text) -> None:
        read = await reader.read(text, language)
        assert before_bot(read, Standing(), POLICY) is None
        assert read.emotion[0] == "neutral"

    async def test_anger_at_somebody_else_is_seen_and_nobody_is_called_for_it(self, reader: SignalReader) -> None:
        read = await reader.read("房东太气人了，押金不退，转账凭证在哪里打印", "zh")
        assert read.emotion[0] == "anger"
        assert before_bot(read, Standing(), POLICY) is None

    async def test_a_death_that_is_asked_about_is_answered_with_tact_but_not_handed_over(self, reader) -> None:
        read = await reader.read("how do I close the account of someone who died", "en")
        assert before_bot(read, Standing(), POLICY) is None
        assert read.emotion[0] != "anger"


def hostile_texts() -> list[str]:
    """Some of our own, and the public collections where somebody has put them beside the project."""
    texts = [
        "",
        " ",
        "\u202e",
        "\ufeff" * 50,
        "😡" * 300,
        "人工" * 900,
        "a" * 2000,
        "<script>",
        "'; DROP TABLE",
        "1e999",
    ]
    for parent in ROOT.parents:
        for path in (parent / "shared" / "data" / "robustness").glob("*.jsonl"):
            lines = path.read_text(encoding="utf-8").split("\n")
            texts += [json.loads(line)["text"][:2000] for line in lines if line.strip()]
    return texts


class TestRobustness:
    async def test_hostile_texts_never_break_it(self, reader: SignalReader) -> None:
        for text in hostile_texts():
            read = await reader.read(text, detect(text).answer_language)
            assert all(0 <= getattr(read, signal) <= 1 for signal in SIGNALS)

    @settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(text=st.text(max_size=400), language=st.sampled_from(["zh", "en"]))
    async def test_no_text_breaks_it(self, reader: SignalReader, text: str, language: Lang) -> None:
        read = await reader.read(text, language)
        assert all(0 <= getattr(read, signal) <= 1 for signal in (*SIGNALS, *DANGERS))
