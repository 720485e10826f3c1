"""Markdown that the widget does not draw as its author meant it."""

from typing import get_args

import pytest

from kb.content import Lang
from kb.examination.markup import link_mistake, markup, web_addresses
from kb.examination.rules import RuleId, bundled_rules

BANK = "https://www.chenghu.example"


def found(answer: str, language: Lang = "zh") -> list[tuple[str, str]]:
    return [(finding.rule, finding.excerpt) for finding in markup(language, answer, bundled_rules())]


GOOD_ADDRESSES = [
    BANK,
    f"{BANK}/",
    f"{BANK}:8443/a?b=c#d",
    f"{BANK}/费率",
    "https://澄湖.例子/",
    f"{BANK}/@bank?to=a@b",
    "HTTPS://WWW.CHENGHU.EXAMPLE",
    "mailto:statement@chenghu.example",
    "mailto:statement@chenghu.example?subject=hi",
    "tel:400-000-1958",
    "tel:+864000001958",
]
BAD_ADDRESSES = [
    ("", "link_without_target"),
    (" ", "link_without_target"),
    ("/rates", "link_broken"),
    ("rates.html", "link_broken"),
    ("#top", "link_broken"),
    ("?page=2", "link_broken"),
    ("//www.chenghu.example", "link_broken"),
    ("www.chenghu.example", "link_broken"),
    ("https//www.chenghu.example", "link_broken"),
    ("https：//www.chenghu.example", "link_broken"),
    ("https:/www.chenghu.example", "link_broken"),
    ("https://", "link_broken"),
    ("https:///rates", "link_broken"),
    ("https://chenghu", "link_broken"),
    ("https://www..example", "link_broken"),
    ("https://www。chenghu。example", "link_broken"),
    ("https://www.chenghu.example:port", "link_broken"),
    ("https://www.chenghu.example:99999", "link_broken"),
    ("https://[::1", "link_broken"),
    ("https://www.chenghu .example", "link_broken"),
    ("ftp://www.chenghu.example", "link_broken"),
    ("mailto:statement", "link_broken"),
    ("mailto:", "link_broken"),
    ("tel:hotline", "link_broken"),
    ("http://", "link_broken"),
    ("http://www.chenghu.example", "link_not_https"),
    ("https://www.chenghu.example@evil.example/", "link_disguised"),
    ("http://www.chenghu.example@evil.example/", "link_disguised"),
    ("https://user:password@www.chenghu.example/", "link_disguised"),
    ("https://evil.example\\@www.chenghu.example/", "link_disguised"),
    ("javascript:alert(1)", "link_unsafe"),
    ("JaVaScRiPt:alert(1)", "link_unsafe"),
    ("java\tscript:alert(1)", "link_unsafe"),
    (" javascript:alert(1)", "link_unsafe"),
    ("vbscript:x", "link_unsafe"),
    ("data:text/html,hi", "link_unsafe"),
    ("file:///etc/passwd", "link_unsafe"),
]


@pytest.mark.parametrize("address", GOOD_ADDRESSES)
def test_an_address_that_opens(address: str) -> None:
    assert link_mistake(address) is None


@pytest.mark.parametrize(("address", "rule"), BAD_ADDRESSES)
def test_an_address_that_does_not_open(address: str, rule: str) -> None:
    assert link_mistake(address) == rule
    assert rule in get_args(RuleId)


RIGHT = [
    f"见[利率公告]({BANK}/rates)和办理页面。",
    f"我们的[**官网**]({BANK}/)、[`官网`]({BANK}/)。",
    f"官网只有[www.chenghu.example]({BANK}/)。",
    f"<{BANK}/rates>",
    f"请看 {BANK}/rates 里的说明。",
    f"See {BANK}/rates. Then call.",
    f"See ({BANK}/rates), then call.",
    "写信给<statement@chenghu.example>。",
    f"见[公告][rates]。\n\n[rates]: {BANK}/rates",
    "进入[我的]，再点[银行卡]（右上角）。",
    "您的卡[card *1234]。",
    "少于<5万元>的，a < b > c。",
    "请填<姓名>。",
    "`<br>`和`http://a.example`",
    "```\n<br>\n```",
    "~~~\nGS\n~~~\n\n请挂失。",
    "- 短信：\n\n  ```\n  GS\n  ```\n- 电话",
    "> ```\n> GS\n> ```",
    "````\n```\n````",
    "| 卡 | 费 |\n| - | - |\n| 甲 | 无 |",
    "1. 第一步\n   - 甲\n   - 乙\n2. 第二步",
    "**注意：**请挂失，138****2046。",
]
WRONG: list[tuple[str, list[tuple[str, str]]]] = [
    ("见[费率](/fees)。", [("link_broken", "[费率](/fees)")]),
    ("见[费率](fees.html)。", [("link_broken", "[费率](fees.html)")]),
    ("见[**费率**]()。", [("link_without_target", "[费率]()")]),
    (f"见[]({BANK}/)。", [("link_without_text", f"[]({BANK}/)")]),
    (f"见[ ]({BANK}/)。", [("link_without_text", f"[ ]({BANK}/)")]),
    ("见[]()。", [("link_without_target", "[]()"), ("link_without_text", "[]()")]),
    ("[x](javascript:alert(1))", [("link_unsafe", "[x](javascript:alert(1))")]),
    ("[x](&#106;avascript:alert(1))", [("link_unsafe", "[x](javascript:alert(1))")]),
    ("<javascript:alert(1)>", [("link_unsafe", "[javascript:alert(1)](javascript:alert(1))")]),
    ("[x](data:text/html,hi)", [("link_unsafe", "[x](data:text/html,hi)")]),
    ("- **甲**\n- [x](http://a.example)", [("link_not_https", "[x](http://a.example)")]),
    ("[a](/a) 和 [b](/b)", [("link_broken", "[a](/a)"), ("link_broken", "[b](/b)")]),
    (f"见[费率]（{BANK}/fees）。", [("link_broken", f"[费率]({BANK}/fees)。")]),
    (f"See [fees] ({BANK}/fees).", [("link_broken", f"[fees] ({BANK}/fees).")]),
    ("See [fees](https://www.chenghu .example/fees).", [("link_broken", "[fees](https://www.chenghu .example/fees).")]),
    ("见[公告][rates]。", [("link_broken", "[公告][rates]。")]),
    ("见[公告][]。", [("link_broken", "[公告][]。")]),
    (f"请看{BANK}/rates。谢谢", [("link_broken", f"{BANK}/rates。谢谢")]),
    ("请看 http://www.chenghu.example/rates 。", [("link_not_https", "http://www.chenghu.example/rates")]),
    ("请看 https://www.chenghu.example@evil.example 。", [("link_disguised", "https:[email]")]),
    ("See www.chenghu.example.", [("link_not_https", "www.chenghu.example")]),
    ("See https://chenghu/rates.", [("link_broken", "https://chenghu/rates")]),
    ("请<b>马上</b>挂失。", [("html", "<b>"), ("html", "</b>")]),
    ("第一行<br>第二行", [("html", "<br>")]),
    ("<!-- 待改 -->\n\n请挂失。", [("html", "<!-- 待改 -->")]),
    ("请挂失。\n\n<div>\n电话\n</div>", [("html", "<div>")]),
    ("<script>alert(1)</script>", [("html", "<script>alert(1)</script>")]),
    ("| 卡 |\n| - |\n| 甲<br>乙 |", [("html", "<br>")]),
    (f"![卡]({BANK}/card.png)", [("image", "卡")]),
    (f"![]({BANK}/card.png)", [("image", f"{BANK}/card.png")]),
    (f"[![卡]({BANK}/card.png)]({BANK}/)", [("image", "卡")]),
    (f"[![]({BANK}/card.png)]({BANK}/)", [("image", f"{BANK}/card.png"), ("link_without_text", f"[]({BANK}/)")]),
    ("- 费用：\n\n  | 卡 | 费 |\n  | - | - |\n  | 甲 | 无 |", [("nested_table", "| 卡 | 费 |")]),
    ("> | 卡 | 费 |\n> | - | - |\n> | 甲 | 无 |", [("nested_table", "> | 卡 | 费 |")]),
    ("请发：\n\n```\nGS\n\n请挂失。", [("open_fence", "```")]),
    ("~~~text\nGS\n```", [("open_fence", "~~~text")]),
    ("````\nGS\n```", [("open_fence", "````")]),
    ("请挂失。\n\n```", [("open_fence", "```")]),
    ("- 短信：\n\n  ```\n  GS\n- 电话", [("open_fence", "```")]),
]


@pytest.mark.parametrize("answer", RIGHT)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_is_drawn_as_meant_is_left_alone(answer: str, language: Lang) -> None:
    assert found(answer, language) == []


@pytest.mark.parametrize(("answer", "rules"), WRONG)
def test_what_is_not_drawn_as_meant_is_found(answer: str, rules: list[tuple[str, str]]) -> None:
    assert [(rule, excerpt.replace("（", "(").replace("）", ")")) for rule, excerpt in found(answer)] == rules
    assert {finding.language for finding in markup("en", answer, bundled_rules())} == {"en"}


@pytest.mark.parametrize(
    ("answer", "addresses"),
    [
        ("请挂失。", []),
        (f"见[利率]({BANK}/rates)，或看 {BANK}/fees 。", [f"{BANK}/rates", f"{BANK}/fees"]),
        (f"<{BANK}/rates>", [f"{BANK}/rates"]),
        (f"见[公告][rates]。\n\n[rates]: {BANK}/rates", [f"{BANK}/rates"]),
        (f"- [a]({BANK}/a)\n\n| 卡 |\n| - |\n| [b]({BANK}/b) |", [f"{BANK}/a", f"{BANK}/b"]),
        (f"[{BANK}/shown]({BANK}/opened)", [f"{BANK}/opened"]),
        (f"[![]({BANK}/card.png)]({BANK}/)", [f"{BANK}/"]),
        ("See www.chenghu.example.", ["http://www.chenghu.example"]),
        (f"`{BANK}/code`\n\n```\n{BANK}/code\n```\n\n![卡]({BANK}/card.png)", []),
        (f"[a](/rates) [b]() [c](www.chenghu.example) [d](tel:95588) [e](mailto:a@b.example)，请看{BANK}/rates。", []),
        (f"[a](javascript:alert('{BANK}')) [b](https://{BANK}) [c]({BANK}@evil.example)", []),
    ],
)
def test_the_pages_that_are_linked_are_those_that_the_widget_opens(answer: str, addresses: list[str]) -> None:
    assert list(web_addresses(answer)) == addresses
