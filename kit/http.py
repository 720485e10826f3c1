"""What every HTTP answer has in common: a request id, and one JSON shape for errors."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kit.errors import BilinError, InvalidRequest, Unavailable
from kit.sentences import Bilingual, Sentences, alike

log = structlog.get_logger(__name__)

REQUEST_ID = "X-Request-Id"

said = Sentences(Path(__file__).with_name("sentences.yml"))


class RequestContext:
    """Gives each request an id, binds it to the logs, and returns it in a header."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Run one request or one WebSocket connection."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        request_id = given if given.isalnum() and len(given) <= 64 else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append(REQUEST_ID, request_id)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self._app(scope, receive, send_with_id)


class FieldError(BaseModel):
    """A field that is missing or wrong."""

    field: str
    message: str


class ErrorView(BaseModel):
    """What went wrong, by a stable code, and what to do next."""

    code: str
    message: str
    request_id: str
    details: list[FieldError] = Field(default_factory=list)


class ErrorBody(BaseModel):
    """The one shape of an error, for the OpenAPI document; some errors bring more fields beside it."""

    model_config = ConfigDict(extra="allow")

    error: ErrorView


Answers = dict[int | str, dict[str, Any]]


def error_answers(*kinds: type[BilinError]) -> Answers:
    """What the OpenAPI document says of these errors: ``responses`` of a router."""
    return {kind.status: {"model": ErrorBody, "description": kind.__doc__} for kind in kinds}


# Any call may end like this, whatever it does.
ANY_CALL: Answers = {
    400: {"model": ErrorBody, "description": "The body is not what its content type says."},
    **error_answers(InvalidRequest, Unavailable),
}


def error_body(
    code: str,
    message: str,
    request_id: str,
    details: list[dict[str, str]] | None = None,
) -> dict[str, dict[str, object]]:
    """The one shape of an error."""
    body: dict[str, object] = {
        "code": code,
        "message": message,
        "request_id": request_id,
    }
    if details:
        body["details"] = details
    return {"error": body}


def language_asked_for(accept_language: str) -> Literal["zh", "en"]:
    """The language of ours that a caller wants most; English where they want neither.

    Args:
        accept_language: the header of that name (RFC 9110, 12.5.4).
    """
    wanted = sorted(_wanted(accept_language), key=lambda each: -each[1])
    return wanted[0][0] if wanted else "en"


def _wanted(accept_language: str) -> Iterator[tuple[Literal["zh", "en"], float]]:
    for item in accept_language.split(","):
        tag, _, parameter = item.partition(";")
        primary = tag.strip().lower().partition("-")[0]
        name, _, weight = parameter.partition("=")
        try:
            quality = float(weight) if name.strip().lower() == "q" else 1.0
        except ValueError:
            continue
        if quality > 0 and primary in ("zh", "yue"):
            yield "zh", quality
        elif quality > 0 and primary == "en":
            yield "en", quality


def _respond(
    request: Request,
    status: int,
    code: str,
    message: Bilingual,
    details: list[tuple[str, Bilingual]] | None = None,
    beside: dict[str, object] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """An error in the caller's language."""
    language = language_asked_for(request.headers.get("Accept-Language", ""))
    told = [{"field": field, "message": wrong[language]} for field, wrong in details or ()]
    body = error_body(code, message[language], getattr(request.state, "request_id", ""), told)
    after = {"Retry-After": "2"} if status == 503 else headers or {}
    return JSONResponse({**(beside or {}), **body}, status_code=status, headers={"Vary": "Accept-Language", **after})


async def _bilin_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, BilinError)
    if error.status >= 500:
        log.warning("request_failed", code=error.code, path=request.url.path)
    return _respond(request, error.status, error.code, error.messages, beside=error.beside)


async def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    details = [
        (".".join(str(part) for part in item["loc"] if part != "body"), _field_message(item)) for item in error.errors()
    ]
    return _respond(request, 422, "invalid_request", said("fields_wrong"), details)


# The sentence about each kind of mistake that a form lets a person make; the others are told as pydantic tells them.
FIELD_SENTENCES = {
    "missing": "field_missing",
    "extra_forbidden": "field_unknown",
    "string_too_short": "field_too_short",
    "string_too_long": "field_too_long",
    "string_pattern_mismatch": "field_pattern",
    "too_long": "field_too_many",
}


def _field_message(item: Mapping[str, Any]) -> Bilingual:
    key = FIELD_SENTENCES.get(item["type"])
    return said(key, **item.get("ctx", {})) if key else alike(str(item["msg"]))


async def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    codes = {404: "not_found", 405: "method_not_allowed"}
    return _respond(
        request,
        error.status_code,
        codes.get(error.status_code, "http_error"),
        alike(str(error.detail)),
        headers=error.headers,
    )


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    request_id = getattr(request.state, "request_id", "")
    log.error("unexpected_error", path=request.url.path, request_id=request_id, exc_info=error)
    response = _respond(
        request,
        500,
        "internal_error",
        said("unexpected"),
    )
    response.headers[REQUEST_ID] = request_id  # Starlette answers this one outside of RequestContext
    return response


def install(app: FastAPI) -> None:
    """Make ``app`` answer every error in the one shape."""
    app.add_middleware(RequestContext)
    app.add_exception_handler(BilinError, _bilin_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)
