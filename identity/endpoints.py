"""Staff sign-in, and the dependencies by which other domains ask who is calling."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

from fastapi import APIRouter, Cookie, Depends, Header, Request, Response
from starlette.requests import HTTPConnection

from identity.schemas import LoginRequest, SessionView
from identity.service import Identity, Role, SignedIn

COOKIE = "bilin_session"

router = APIRouter(prefix="/api/staff", tags=["staff"])


def identity_service(connection: HTTPConnection) -> Identity:
    """The service that ``server`` put there."""
    return cast(Identity, connection.app.state.identity)


IdentityService = Annotated[Identity, Depends(identity_service)]
SessionCookie = Annotated[str | None, Cookie(alias=COOKIE)]


async def current_staff(
    request: Request,
    identity: IdentityService,
    cookie: SessionCookie = None,
    csrf: Annotated[str | None, Header(alias="X-CSRF-Token")] = None,
) -> SignedIn:
    """Who is calling. A call that changes something must carry the CSRF token."""
    who = await identity.signed_in(cookie)
    if request.method not in ("GET", "HEAD"):
        who.require_csrf(csrf)
    return who


CurrentStaff = Annotated[SignedIn, Depends(current_staff)]


def staff_with(*roles: Role) -> Callable[..., Awaitable[SignedIn]]:
    """A dependency: the caller, who must have one of ``roles``."""

    async def check(who: CurrentStaff) -> SignedIn:
        who.require(*roles)
        return who

    return check


@router.post("/login")
async def login(body: LoginRequest, request: Request, response: Response, identity: IdentityService) -> SessionView:
    """Sign in with login and password; sets the session cookie."""
    cookie, who = await identity.sign_in(body.login, body.password)
    settings = request.app.state.settings
    response.set_cookie(
        COOKIE,
        cookie,
        max_age=int(settings.session_hours * 3600),
        httponly=True,
        samesite="strict",
        secure=settings.cookie_secure,
        path="/",
    )
    return SessionView.of(who)


@router.get("/me")
async def me(who: CurrentStaff) -> SessionView:
    """Who is signed in."""
    return SessionView.of(who)


@router.post("/logout", status_code=204)
async def logout(
    who: CurrentStaff, response: Response, identity: IdentityService, cookie: SessionCookie = None
) -> None:
    """Sign out; the session is over on every device that has its cookie."""
    await identity.sign_out(cookie)
    response.delete_cookie(COOKIE, path="/")
