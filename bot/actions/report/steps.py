"""What one message means for the form: a pure function over plain values."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum

from bot.actions.report import words
from bot.nlu.normalise import normalise

FIELDS = ("card_kind", "card_tail", "lost_when")
CONFIRM = "confirm"
CHANGE_WHAT = "change_what"
TRIES_BEFORE_OFFER = 2


class Move(Enum):
    """What happens next."""

    FILL = "fill"
    INVALID = "invalid"
    QUESTION = "question"
    PERSON = "person"
    COMPLAINT = "complaint"
    CANCEL = "cancel"
    CHANGE = "change"
    RESTART = "restart"
    SUBMIT = "submit"


@dataclass(frozen=True)
class Step:
    """A move, with the fields it sets (`None` empties one).

    Attributes:
        move: What happens next.
        values: New values by field.
        full_number: The customer typed a full card number and should be told not to.
    """

    move: Move
    values: dict[str, str | None] = field(default_factory=dict)
    full_number: bool = False


def _phrases(*phrases: str) -> re.Pattern[str]:
    """Matches a whole normalised text: lower case, Simplified."""
    return re.compile(rf"\s*(?:{'|'.join(phrases)})\s*")


_CANCEL = _phrases(
    "取消(?:吧|挂失|登记|了)?", "算了(?:吧)?", "不(?:用|办|挂失|挂|弄|要)了",
    "先不(?:办|挂失|弄)了", "退出", "唔使喇",
    "cancel(?: (?:it|this|that|the report|please))?", "never ?mind", "forget it",
    "stop", "quit", "exit",
    "(?:please )?stop this", "no longer needed",
)  # fmt: skip
_PERSON = _phrases(
    "(?:请|帮我|我要|麻烦|唔该)?(?:转|找)?(?:人工|真人)(?:客服|服务|坐席)?",
    "talk to a (?:person|human)",
    "(?:real |live )?(?:human|person|agent)(?: please)?",
)  # fmt: skip
_RESTART = _phrases(
    "(?:全部)?重(?:填|新填写?|新来|来|新开始)(?:一遍|一次|吧)?", "全部重填",
    "从头(?:来|开始)",
    "start (?:over|again)", "restart", "begin again",
    "(?:redo|change) (?:everything|all|all of it)",
)  # fmt: skip
_YES = _phrases(
    "是的?", "对的?", "确认(?:提交|无误|挂失)?", "提交(?:吧)?", "没错",
    "没问题", "可以", "好的?", "嗯+", "正确", "系",
    "y", "yes", "yep", "yeah", "yup", "ok(?:ay)?", "sure", "correct", "confirm(?:ed)?",
    "submit(?: it| now)?",
    "(?:yes|yeah|ok|okay),? (?:please|submit|confirm|correct|that's (?:right|correct)|go ahead)",
    "that'?s (?:right|correct)", "go ahead", "right",
)  # fmt: skip
_NO = _phrases(
    "不是?", "否", "不对", "错了?", "有误", "不正确", "需要修改", "修改(?:一下)?", "改一下",
    "要改", "唔系", "唔啱",
    "n", "no", "nope", "wrong", "incorrect", "not (?:right|correct)", "change something", "edit",
    "(?:no,? )?that'?s (?:wrong|not right|not correct|incorrect)",
)  # fmt: skip
_ASKS_HAN = re.compile(
    r"[?？]|吗|呢[。.!]?$|怎么|怎样|如何|多少|什么|为什么|几天|多久|哪[里个些]|能不能|可不可以|可唔可以|是不是|有没有|要不要|咩|点样|几时|边度"
)
_ASKS_LATIN = re.compile(r"\?|^(?:how|what|when|where|why|who|which|can|could|do|does|did|is|are|will|would|should)\b")
_NAMES = (
    ("card_tail", re.compile(r"尾号|卡号|后四位|末四位|数字|digit|number|ending")),
    ("lost_when", re.compile(r"时间|时候|日期|when|time|date")),
    ("card_kind", re.compile(r"种类|类型|卡种|kind|type|sort")),
)
# What small talk and nonsense classify as: never a time at which a card was lost.
_NOT_A_TIME = {"greet", "thanks", "goodbye", "affirm", "deny", "out_of_scope"}


def decide(field_name: str | None, text: str, intent: str, tries: int = 0) -> Step:
    """Decides what a message does to the form.

    Exact phrases (also what the buttons send) come before the classifier's opinion, and a
    readable value before a suspected question.

    Args:
        field_name: The field that was asked for; `None` for the message that starts the form.
        text: What the customer wrote.
        intent: The classifier's intent, or an empty string.
        tries: Invalid answers to this field so far.
    """
    if field_name is None:
        return _start(text)
    plain = normalise(text).strip().rstrip("。.!！~,，")
    leaving = _leave(plain, intent, accepts_person=tries >= TRIES_BEFORE_OFFER, at=field_name)
    if leaving:
        return Step(leaving)
    if _RESTART.fullmatch(plain):
        return Step(Move.RESTART)
    return _READERS[field_name](text, plain, intent)


def asks(plain: str) -> bool:
    """Whether a normalised text is worded as a question."""
    return bool(_ASKS_HAN.search(plain) or _ASKS_LATIN.search(plain))


def _start(text: str) -> Step:
    """Takes from the first message what it already says, so that nothing is asked twice."""
    tail = words.read_marked_tail(text)
    found = {
        "card_kind": words.read_kind(text),
        "card_tail": tail.digits if tail else None,
        "lost_when": words.read_lost_time(text),
    }
    values: dict[str, str | None] = {name: value for name, value in found.items() if value}
    return Step(Move.FILL, values, full_number=bool(tail and tail.from_full_number))


def _leave(plain: str, intent: str, accepts_person: bool, at: str) -> Move | None:
    if _CANCEL.fullmatch(plain):
        return Move.CANCEL
    if _PERSON.fullmatch(plain):
        return Move.PERSON
    if at == "card_tail" and words.read_tail(plain):
        return None
    if at == "lost_when" and words.has_time(plain) and not asks(plain) and intent != "complaint":
        return None
    if intent == "ask_human":
        return Move.PERSON
    if intent == "complaint":
        return Move.COMPLAINT
    if intent == "cancel" and at != CHANGE_WHAT:
        return Move.CANCEL
    if accepts_person and at in FIELDS and _YES.fullmatch(plain):
        return Move.PERSON
    return None


def _question_or_invalid(plain: str, intent: str) -> Step:
    return Step(Move.QUESTION if intent == "ask_question" or asks(plain) else Move.INVALID)


def _card_kind(text: str, plain: str, intent: str) -> Step:
    kind = words.read_kind(text)
    if kind and not (intent == "ask_question" and asks(plain)):
        tail = words.read_marked_tail(text)
        values: dict[str, str | None] = {"card_kind": kind}
        if tail:
            values["card_tail"] = tail.digits
        return Step(Move.FILL, values, full_number=bool(tail and tail.from_full_number))
    return _question_or_invalid(plain, intent)


def _card_tail(text: str, plain: str, intent: str) -> Step:
    tail = words.read_tail(text)
    if tail:
        return Step(Move.FILL, {"card_tail": tail.digits}, full_number=tail.from_full_number)
    if words.has_digits(text) and not asks(plain):
        return Step(Move.INVALID)
    return _question_or_invalid(plain, intent)


def _lost_when(text: str, plain: str, intent: str) -> Step:
    if asks(plain) and intent in ("ask_question", "out_of_scope"):
        return Step(Move.QUESTION)
    if not words.has_time(text):
        if intent == "ask_question":
            return Step(Move.QUESTION)
        if intent in _NOT_A_TIME or not any(char.isalnum() for char in plain):
            return _question_or_invalid(plain, intent)
    when = words.read_when(text)
    return Step(Move.FILL, {"lost_when": when}, full_number=words.mask_card_numbers(text) != text)


def _corrections(text: str) -> Step:
    """The new values in `不对，是信用卡` or `the digits are 5678`."""
    tail = words.read_tail(text)
    found = {"card_kind": words.read_kind(text), "card_tail": tail.digits if tail else None}
    values: dict[str, str | None] = {name: value for name, value in found.items() if value}
    return Step(Move.FILL, values, full_number=bool(tail and tail.from_full_number))


def _confirm(text: str, plain: str, intent: str) -> Step:
    if _YES.fullmatch(plain):
        return Step(Move.SUBMIT)
    if _NO.fullmatch(plain):
        return Step(Move.CHANGE)
    correction = _corrections(text)
    if correction.values and not asks(plain):
        return correction
    named = _named_field(plain)
    if named and intent != "ask_question" and not asks(plain):
        return Step(Move.FILL, {named: None})
    if asks(plain):
        return Step(Move.QUESTION)
    if intent == "affirm":
        return Step(Move.SUBMIT)
    if intent == "deny":
        return Step(Move.CHANGE)
    return _question_or_invalid(plain, intent)


def _change_what(text: str, plain: str, intent: str) -> Step:
    correction = _corrections(text)
    if correction.values and not asks(plain):
        return correction
    named = _named_field(plain)
    if named and not (intent == "ask_question" and asks(plain)):
        return Step(Move.FILL, {named: None})
    return _question_or_invalid(plain, intent)


def _named_field(plain: str) -> str | None:
    return next((name for name, pattern in _NAMES if pattern.search(plain)), None)


_READERS = {
    "card_kind": _card_kind,
    "card_tail": _card_tail,
    "lost_when": _lost_when,
    CONFIRM: _confirm,
    CHANGE_WHAT: _change_what,
}
