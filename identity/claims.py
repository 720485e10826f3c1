"""What the bank's own pages claim of a customer: a short JWT, signed with a secret that only the bank and we know."""

from __future__ import annotations

from typing import Literal

import jwt
from pydantic import BaseModel, ValidationError

ALGORITHM = "HS256"
AUDIENCE = "bilin"
SHORTEST_SECRET = 32


class CustomerClaim(BaseModel):
    """``customer_class`` of the customer who opens the page."""

    customer_class: Literal["vip", "elder"]


def read_claim(token: str, secret: str) -> CustomerClaim | None:
    """The claim of a token; None when it is not to be believed.

    Believed is a token that is signed by HS256 with ``secret``, is meant for ``aud`` "bilin", has an ``exp`` that has
    not passed, and names a class. Without a secret nothing is.
    """
    if len(secret) < SHORTEST_SECRET:
        return None
    try:
        claims = jwt.decode(
            token, secret, algorithms=[ALGORITHM], audience=AUDIENCE, options={"require": ["exp", "aud"]}, leeway=30
        )
        return CustomerClaim.model_validate(claims)
    except (jwt.InvalidTokenError, ValidationError):
        return None
