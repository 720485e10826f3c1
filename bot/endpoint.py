"""The action server's address, to which connections stay open between turns."""

from __future__ import annotations

from types import TracebackType

import aiohttp
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.utils.endpoints import EndpointConfig

# Shorter than servers keep a silent connection (Sanic and uvicorn: 5 s), so that none is used that is being closed.
IDLE_SECONDS = 2.0


class KeptSession:
    """A session that outlives the blocks in which it is used."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self._session = session

    async def __aenter__(self) -> aiohttp.ClientSession:
        return self._session

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None


class KeptEndpoint(EndpointConfig):
    """An address whose requests share their connections; Rasa's own opens one for each."""

    _kept: aiohttp.ClientSession | None = None

    def session(self) -> KeptSession:
        """The one session; begun by the first request, in the loop that serves."""
        if self._kept is None:
            self._kept = aiohttp.ClientSession(
                headers=self.headers,
                connector=aiohttp.TCPConnector(keepalive_timeout=IDLE_SECONDS, limit=0),
                timeout=aiohttp.ClientTimeout(total=DEFAULT_REQUEST_TIMEOUT),
            )
        return KeptSession(self._kept)

    async def close(self) -> None:
        """Give the connections back."""
        if self._kept is not None:
            await self._kept.close()
            self._kept = None
