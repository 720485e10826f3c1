"""Tells the bank's other systems of each release, signed, and again where they do not answer."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict

import httpx
import structlog

from kb.browsing import Browsing
from kit.counters import count_degraded
from kit.errors import BilinError

log = structlog.get_logger(__name__)

EVENT = "release.published"
SIGNATURE = "X-Bilin-Signature"
# Seconds before each further attempt; then it is given up, counted and logged.
WAITS_SECONDS = (1.0, 5.0, 25.0)
TIMEOUT_SECONDS = 10.0


def signature(body: bytes, secret: str) -> str:
    """What the receiver compares: HMAC-SHA256 of the body as it was sent, in hexadecimal."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


class Webhooks:
    """Posts to every address in the background. What is under way when the process ends is lost.

    Args:
        browsing: says what a release did.
        addresses: of the receivers; none tells nobody.
        secret: that the receivers know.
        client: for HTTP; None makes one.
    """

    def __init__(
        self, browsing: Browsing, addresses: Sequence[str], secret: str, client: httpx.AsyncClient | None = None
    ) -> None:
        self._browsing = browsing
        self._addresses = tuple(addresses)
        self._secret = secret
        self._client = client or (httpx.AsyncClient(timeout=TIMEOUT_SECONDS) if self._addresses else None)
        self._running: set[asyncio.Task[None]] = set()

    def tell(self, release_id: int) -> None:
        """Tell of a release that is live; returns at once."""
        if self._client is not None and self._addresses:
            task = asyncio.create_task(self._tell_all(self._client, release_id))
            self._running.add(task)
            task.add_done_callback(self._running.discard)

    async def settled(self) -> None:
        """Wait until everybody is told, or given up."""
        await asyncio.gather(*self._running)

    async def close(self) -> None:
        """Stop telling."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        if self._client is not None:
            await self._client.aclose()

    async def _tell_all(self, client: httpx.AsyncClient, release_id: int) -> None:
        try:
            release, changes = await self._browsing.changes(release_id)
        except BilinError as error:
            count_degraded("webhook_failed")
            log.error("webhook_failed", release_id=release_id, reason=error.code)
            return
        body = json.dumps(
            {
                "event": EVENT,
                "release_id": release.id,
                "published_by": release.published_by,
                "published_at": release.published_at.isoformat(),
                "comment": release.comment,
                "changes": [asdict(change) for change in changes],
            },
            ensure_ascii=False,
        ).encode()
        await asyncio.gather(*(self._post(client, address, body, release_id) for address in self._addresses))

    async def _post(self, client: httpx.AsyncClient, address: str, body: bytes, release_id: int) -> None:
        headers = {"Content-Type": "application/json", SIGNATURE: signature(body, self._secret)}
        reason = ""
        for wait_seconds in (0.0, *WAITS_SECONDS):
            await asyncio.sleep(wait_seconds)
            try:
                answer = await client.post(address, content=body, headers=headers)
            except httpx.HTTPError as error:
                reason = repr(error)
                continue
            if answer.is_success:
                return
            reason = f"answered {answer.status_code}"
        count_degraded("webhook_failed")
        log.error("webhook_failed", release_id=release_id, address=address, reason=reason)
