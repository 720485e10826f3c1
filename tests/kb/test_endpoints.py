"""The lexicon over REST: shapes and errors."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from identity.service import Role
from kb.content import EntryContent
from kb.dialect import bundled_lexicon
from kb.service import KnowledgeBase

EXPRESSION = {"language": "zh", "meaning": "外币现钞"}
PATH = "/api/kb/lexicon/花纸头"

SignIn = Callable[..., Any]


def error_of(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.json()["error"]["code"]


async def test_an_editor_puts_changes_lists_and_deletes(
    sign_in: SignIn, knowledge: KnowledgeBase, bank: list[EntryContent]
) -> None:
    await knowledge.load(bank[:3])
    editor = await sign_in(Role.EDITOR)
    put = await editor.put("/api/kb/lexicon/花紙頭", json=EXPRESSION)
    assert put.status_code == 200
    stored = {
        "expression": "花纸头",
        "language": "zh",
        "meaning": "外币现钞",
        "author": "editor-1",
        "updated_at": "2026-01-01T00:00:00Z",
    }
    assert put.json() == stored
    searched, meant = [await knowledge.encode(text, "zh") for text in ("弄点花纸头", "弄点外币现钞")]
    assert searched.tolist() == meant.tolist(), "by the time of the answer it is in use"

    assert (await editor.put(PATH, json={**EXPRESSION, "meaning": "美元"})).json()["meaning"] == "美元"
    listed = (await editor.get("/api/kb/lexicon")).json()
    assert listed == {
        "expressions": [{**stored, "meaning": "美元"}],
        "shipped": len(bundled_lexicon().all_expressions()),
    }

    deleted = await editor.delete(PATH)
    assert (deleted.status_code, deleted.content) == (204, b"")
    assert (await editor.get("/api/kb/lexicon")).json()["expressions"] == []
    assert error_of(await editor.delete(PATH)) == (404, "expression_not_found")


@pytest.mark.parametrize("expression", ["24/7 help", "what's up?", "50% off", "a#b", "/x/"])
async def test_an_expression_may_have_any_character_in_it(sign_in: SignIn, expression: str) -> None:
    editor = await sign_in(Role.EDITOR)
    address = "/api/kb/lexicon/" + quote(expression, safe="")
    assert (await editor.put(address, json={"language": "en", "meaning": "said"})).json()["expression"] == expression
    assert (await editor.delete(address)).status_code == 204


@pytest.mark.parametrize(
    ("path", "body", "said"),
    [
        ("/花", EXPRESSION, "2 to 60 characters"),
        ("/", EXPRESSION, "2 to 60 characters"),
        ("/花纸头", {**EXPRESSION, "meaning": ""}, "1 to 200 characters"),
        ("/花纸头", {**EXPRESSION, "meaning": "花紙頭"}, "must differ"),
        ("/花纸头", {**EXPRESSION, "meaning": "花" * 201}, "meaning"),
        ("/花纸头", {**EXPRESSION, "language": "en"}, "Give it the language zh"),
        ("/花纸头", {**EXPRESSION, "language": "fr"}, "language"),
        ("/花%00头", EXPRESSION, "invisible"),
        ("/花纸头", {"language": "zh"}, "meaning"),
    ],
)
async def test_bad_input_is_refused_with_what_is_wrong(sign_in: SignIn, path: str, body: Any, said: str) -> None:
    editor = await sign_in(Role.EDITOR)
    refused = await editor.put("/api/kb/lexicon" + path, json=body)
    assert error_of(refused) == (422, "invalid_request")
    assert said in refused.text
    assert (await editor.get("/api/kb/lexicon")).json()["expressions"] == []
