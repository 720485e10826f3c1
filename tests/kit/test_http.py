"""Every error has one shape, and every answer a request id."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field

from kit import errors
from kit.http import install

TREE = {
    errors.BilinError: (500, "internal_error"),
    errors.NotFound: (404, "not_found"),
    errors.Forbidden: (403, "forbidden"),
    errors.NotSignedIn: (401, "not_signed_in"),
    errors.Conflict: (409, "conflict"),
    errors.InvalidRequest: (422, "invalid_request"),
    errors.Unavailable: (503, "unavailable"),
}


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")

    name: str = Field(max_length=3)
    code: str = Field("a", min_length=1, pattern="^[a-z]*$")
    tags: list[str] = Field([], max_length=1)


@pytest.fixture
async def client() -> Any:
    app = FastAPI()
    install(app)

    @app.get("/raise/{name}")
    async def raise_(name: str, code: str | None = None) -> None:
        raise getattr(errors, name)("Do this next.", code=code)

    @app.get("/bilingual")
    async def bilingual() -> None:
        raise errors.Conflict({"zh": "请再试一次。", "en": "Try again."})

    @app.get("/bug")
    async def bug() -> None:
        raise ZeroDivisionError("a detail that is nobody's business")

    @app.post("/body")
    async def body(given: Body) -> Body:
        return given

    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://test") as made:
        yield made


def error_of(answer: httpx.Response) -> dict[str, Any]:
    body = answer.json()
    assert body.keys() == {"error"}
    assert {"code", "message", "request_id"} <= body["error"].keys() <= {"code", "message", "request_id", "details"}
    assert body["error"]["request_id"] == answer.headers["X-Request-Id"]
    return body["error"]


@pytest.mark.parametrize("kind", TREE)
async def test_each_error_has_its_status_and_code(client: httpx.AsyncClient, kind: type[errors.BilinError]) -> None:
    answer = await client.get(f"/raise/{kind.__name__}")
    error = error_of(answer)
    assert (answer.status_code, error["code"]) == TREE[kind]
    assert error["message"] == "Do this next."


def test_the_tree_is_whole() -> None:
    found = {each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, errors.BilinError)}
    assert found == set(TREE)


async def test_a_code_of_its_own(client: httpx.AsyncClient) -> None:
    assert error_of(await client.get("/raise/Conflict?code=already_taken"))["code"] == "already_taken"


@pytest.mark.parametrize(
    ("wanted", "language"),
    [
        ("zh", "zh"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("yue-Hant-HK", "zh"),
        ("en", "en"),
        ("en-GB, zh;q=0.5", "en"),
        ("en;q=0.3, ZH-hant;q=0.7", "zh"),
        ("fr, de;q=0.9", "en"),
        ("fr, zh;q=0.1", "zh"),
        ("zh;q=0, en;q=0.1", "en"),
        ("zh;q=0", "en"),
        ("*", "en"),
        ("zh;q=much", "en"),
        ("zh;q=nan", "en"),
        (",;=", "en"),
        ("", "en"),
    ],
)
async def test_a_message_is_told_in_the_language_that_is_asked_for_most(
    client: httpx.AsyncClient, wanted: str, language: str
) -> None:
    answer = await client.get("/bilingual", headers={"Accept-Language": wanted})
    assert error_of(answer)["message"] == {"zh": "请再试一次。", "en": "Try again."}[language]
    assert answer.headers["Vary"] == "Accept-Language"


async def test_a_message_that_is_in_english_alone_is_told_as_it_is(client: httpx.AsyncClient) -> None:
    assert (
        error_of(await client.get("/raise/Conflict", headers={"Accept-Language": "zh"}))["message"] == "Do this next."
    )


async def test_what_is_unavailable_says_when_to_try_again(client: httpx.AsyncClient) -> None:
    assert (await client.get("/raise/Unavailable")).headers["Retry-After"] == "2"


async def test_a_validation_error_names_the_fields(client: httpx.AsyncClient) -> None:
    answer = await client.post("/body", json={"name": "long"})
    error = error_of(answer)
    assert (answer.status_code, error["code"]) == (422, "invalid_request")
    assert [detail["field"] for detail in error["details"]] == ["name"]


@pytest.mark.parametrize(
    ("given", "zh", "en"),
    [
        ({"name": "long"}, "最多 3 个字符", "must have 3 or fewer characters"),
        ({}, "没有填写", "is missing"),
        ({"name": "a", "b": 1}, "没有这个字段", "is not known"),
        ({"name": "a", "code": ""}, "至少要有 1 个字符", "must have 1 or more characters"),
        ({"name": "a", "code": "A"}, "格式不对，应符合 ^[a-z]*$", "must match ^[a-z]*$"),
        ({"name": "a", "tags": ["b", "c"]}, "最多 1 项，现有 2 项", "must have 1 or fewer items, not 2"),
        ({"name": 3}, "Input should be a valid string", "Input should be a valid string"),
    ],
)
async def test_what_is_wrong_with_a_field_is_told_in_the_language_where_it_exists_in_it(
    client: httpx.AsyncClient, given: dict[str, Any], zh: str, en: str
) -> None:
    for language, said in (("zh", zh), ("en", en)):
        answer = await client.post("/body", json=given, headers={"Accept-Language": language})
        assert [detail["message"] for detail in error_of(answer)["details"]] == [said]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b'"x"', b"\xff\xfe"])
async def test_a_body_that_is_none_is_a_validation_error(client: httpx.AsyncClient, content: bytes) -> None:
    answer = await client.post("/body", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code in (400, 422)
    error_of(answer)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [("GET", "/none", 404, "not_found"), ("GET", "/body", 405, "method_not_allowed")],
)
async def test_routing_errors_have_the_shape(client: httpx.AsyncClient, method, path, status, code) -> None:
    answer = await client.request(method, path)
    assert (answer.status_code, error_of(answer)["code"]) == (status, code)


async def test_a_method_that_is_not_allowed_says_which_are(client: httpx.AsyncClient) -> None:
    assert (await client.get("/body")).headers["Allow"] == "POST"


async def test_a_bug_of_ours_tells_nothing_but_its_request_id(client: httpx.AsyncClient) -> None:
    answer = await client.get("/bug")
    assert (answer.status_code, error_of(answer)["code"]) == (500, "internal_error")
    assert "nobody's business" not in answer.text


@pytest.mark.parametrize(
    ("given", "kept"), [("abc123", True), ("x" * 65, False), ("a b", False), ("<script>", False), ("", False)]
)
async def test_a_request_id_is_the_callers_if_it_is_harmless(client: httpx.AsyncClient, given: str, kept: bool) -> None:
    answer = await client.get("/raise/NotFound", headers={"X-Request-Id": given})
    assert (answer.headers["X-Request-Id"] == given) == kept
