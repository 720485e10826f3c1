"""A web server of a bank on this machine, and who asks it."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kb.examination.asking import LinkAsker
from kit.clock import ManualClock
from kit.hosts import Hosts

HERE = "127.0.0.1"


class Site:
    """A web server on this machine: what each path answers to each method, and what it was asked.

    A path is answered ``200`` where nothing else is said; a path under ``/slow`` is answered after a while.
    """

    def __init__(self) -> None:
        self.port = 0
        self.asked: list[tuple[str, str, str]] = []
        self.answers: dict[str, str] = {}
        self.at_once = self.most_at_once = self.slow_seconds = 0.0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while answer := await self.answer((await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")):
                writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\nSet-Cookie: a=b\r\n\r\n".encode())
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def answer(self, head: list[str]) -> str:
        """The status and more to a request; nothing where the connection is closed instead."""
        method, path, _ = head[0].split(" ")
        host = next(line.partition(": ")[2] for line in head if line.lower().startswith("host:"))
        self.asked.append((method, host, path))
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        await asyncio.sleep(self.slow_seconds if path.startswith("/slow") else 0)
        self.at_once -= 1
        answer = self.answers.get(f"{method} {path}") or self.answers.get(path) or "200 OK"
        return "" if answer == "nothing" else answer

    @property
    def calls(self) -> list[str]:
        return [f"{method} {path}" for method, _, path in self.asked]

    def page(self, path: str = "/", host: str = "www.chenghu.example") -> str:
        return f"http://{host}:{self.port}{path}"


@asynccontextmanager
async def served(certificate: ssl.SSLContext | None = None) -> AsyncIterator[Site]:
    site = Site()
    server = await asyncio.start_server(site.serve, HERE, 0, ssl=certificate)
    site.port = server.sockets[0].getsockname()[1]
    try:
        yield site
    finally:
        server.close()


def asker_of(site: Site, clock: ManualClock | None = None, networks: str = HERE, *addresses: str) -> LinkAsker:
    """One that may ask the bank's hosts at this site's port; their names lead to this machine."""
    hosts = Hosts.parse(f"chenghu.example:{site.port}, {networks}")
    return LinkAsker(hosts, clock or ManualClock(), lambda host: addresses or (HERE,))
