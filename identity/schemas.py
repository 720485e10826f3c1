"""Shapes of the staff endpoints."""

from __future__ import annotations

from pydantic import BaseModel, Field

from identity.service import SignedIn


class LoginRequest(BaseModel):
    """What the sign-in page sends."""

    login: str = Field(min_length=1, max_length=120)
    password: str = Field(min_length=1, max_length=400)


class StaffView(BaseModel):
    """A member of staff as pages see them."""

    id: int
    login: str
    name: str
    roles: list[str]
    languages: list[str]


class SessionView(BaseModel):
    """Who is signed in, and the token that changes need."""

    staff: StaffView
    csrf: str

    @classmethod
    def of(cls, who: SignedIn) -> SessionView:
        """The view of a session."""
        staff = StaffView(
            id=who.id, login=who.login, name=who.name, roles=sorted(who.roles), languages=list(who.languages)
        )
        return cls(staff=staff, csrf=who.csrf)
