"""Connections of the bot's processes to others, kept between turns."""

from __future__ import annotations

from collections.abc import Mapping

import aiohttp

# Shorter than servers keep a silent connection (Sanic and uvicorn: 5 s), so that none is used that is being closed.
IDLE_SECONDS = 2.0


class Connections:
    """One session for all calls; aiohttp's own would open a connection for each."""

    def __init__(self, headers: Mapping[str, str], *, timeout_seconds: float) -> None:
        self._headers = headers
        self._timeout = aiohttp.ClientTimeout(total=timeout_seconds)
        self._session: aiohttp.ClientSession | None = None

    def session(self) -> aiohttp.ClientSession:
        """The session; begun by the first call, in the loop that serves."""
        if self._session is None:
            connector = aiohttp.TCPConnector(keepalive_timeout=IDLE_SECONDS, limit=0)
            self._session = aiohttp.ClientSession(headers=self._headers, timeout=self._timeout, connector=connector)
        return self._session

    async def close(self) -> None:
        """Give the connections back."""
        if self._session is not None:
            await self._session.close()
            self._session = None
