"""Who a customer is from one conversation to the next: a random id that only their browser keeps, signed by us."""

from __future__ import annotations

import hashlib
from uuid import uuid4

from itsdangerous import BadSignature, Signer


class CustomerKeys:
    """Makes and reads customer keys. One that we did not sign means a customer whom we do not know yet."""

    def __init__(self, secret_key: str) -> None:
        self._signer = Signer(secret_key, salt="customer", digest_method=hashlib.sha256)

    def known(self, key: str | None) -> str:
        """The customer's id: the one that the key carries, or a new one."""
        try:
            return self._signer.unsign(key).decode() if key else uuid4().hex
        except BadSignature:
            return uuid4().hex

    def key(self, customer_id: str) -> str:
        """What the browser keeps, and shows when it starts the next conversation."""
        return self._signer.sign(customer_id).decode()
