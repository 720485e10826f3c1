"""The action server's address, to which connections stay open between turns."""

from __future__ import annotations

from types import TracebackType
from typing import Any

import aiohttp
from rasa.core.constants import DEFAULT_REQUEST_TIMEOUT
from rasa.utils.endpoints import EndpointConfig

from bot.connections import Connections


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
    """An address whose requests share their connections; Rasa's own opens one for each.

    Args:
        url: the address.
        options: Rasa's own, such as ``enable_selective_domain``; headers and tokens are none.
    """

    def __init__(self, url: str, **options: Any) -> None:
        super().__init__(url, **options)
        self._connections = Connections(self.headers, timeout_seconds=DEFAULT_REQUEST_TIMEOUT)

    def session(self) -> KeptSession:
        """The one session."""
        return KeptSession(self._connections.session())

    async def close(self) -> None:
        """Give the connections back."""
        await self._connections.close()
