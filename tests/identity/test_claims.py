"""What is believed of a customer."""

from __future__ import annotations

import time
from typing import Any

import jwt
import pytest

from identity.claims import read_claim

SECRET = "a secret of the bank's, long enough to sign"


def signed(secret: str = SECRET, algorithm: str = "HS256", **claims: Any) -> str:
    usual = {"aud": "bilin", "exp": time.time() + 300, "customer_class": "vip"}
    kept = {name: value for name, value in {**usual, **claims}.items() if value is not None}
    return jwt.encode(kept, secret, algorithm)


def test_a_signed_claim_is_believed() -> None:
    claim = read_claim(signed(), SECRET)
    assert claim is not None
    assert claim.customer_class == "vip"


@pytest.mark.parametrize(
    "token",
    [
        signed("another secret that is long enough, too"),
        signed(exp=time.time() - 3600),
        signed(exp=None),
        signed(aud="somebody"),
        signed(aud=None),
        signed(customer_class="royal"),
        signed(customer_class=None),
        signed(algorithm="HS512", secret=SECRET * 2),
        jwt.encode({"aud": "bilin", "exp": time.time() + 300, "customer_class": "vip"}, None, "none"),
        "no token",
        "",
    ],
)
def test_anything_else_is_not(token: str) -> None:
    assert read_claim(token, SECRET) is None


@pytest.mark.parametrize("secret", ["", "short"])
def test_without_a_secret_worth_the_name_nothing_is(secret: str) -> None:
    assert read_claim(signed(), secret) is None
