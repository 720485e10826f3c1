"""Asks the bank's own sites whether the pages that answers link are there, and no other site."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import httpx
import structlog

from kb.examination.links import REACHED, LinkAnswer
from kit.clock import Clock
from kit.counters import count_degraded
from kit.hosts import Hosts

log = structlog.get_logger(__name__)

AT_ONCE = 8
ALL_SECONDS = 5.0
LINK_SECONDS = 3.0
CONNECT_SECONDS = 1.5
REDIRECTS = 5
ADDRESSES_TRIED = 3
KEPT_SECONDS = 3600.0
# What is wrong is asked again soon, so that a page that has been mended no longer stands in the way.
TROUBLE_KEPT_SECONDS = 60.0
REMEMBERED = 10_000
RESOLVERS = 4

GONE = frozenset({404, 410})
# The page is there, but not for us.
GUARDED = frozenset({401, 403, 429})

Resolve = Callable[[str], Sequence[str]]


def resolve(host: str) -> list[str]:
    """The IP addresses of a host, each once, in the system's order.

    Raises:
        OSError: there are none, or nobody knows.
    """
    found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class NoneReachable(Exception):
    """A named host has no address that may be asked."""


class LinkAsker:
    """Asks with HEAD, and with GET where HEAD is answered by an error; reads no page.

    A host's name is looked up once for each question, and the address that was allowed is the one that is asked.

    Args:
        hosts: that may be asked.
        clock: by which answers are remembered.
        resolve: gives the IP addresses of a host.
    """

    def __init__(self, hosts: Hosts, clock: Clock, resolve: Resolve = resolve) -> None:
        self._hosts, self._clock, self._resolve = hosts, clock, resolve
        self._certificates = httpx.create_ssl_context()
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._resolvers = ThreadPoolExecutor(RESOLVERS, "link-names")  # one that hangs holds up nothing else
        self._remembered: OrderedDict[httpx.URL, tuple[datetime, LinkAnswer | None]] = OrderedDict()

    async def answers(self, addresses: Iterable[str]) -> dict[str, LinkAnswer]:
        """What was heard of each address, within ``ALL_SECONDS``; what was not asked, or not in time, is left out."""
        pages = {address: page for address in addresses if (page := self._page(address))}
        heard = {page: self._recalled(page) for page in dict.fromkeys(pages.values()) if self._is_known(page)}
        fresh = [page for page in dict.fromkeys(pages.values()) if page not in heard]
        if fresh:
            heard.update(await self._all(fresh))
        return {address: answer for address, page in pages.items() if (answer := heard.get(page))}

    def _page(self, address: str) -> httpx.URL | None:
        """What is asked for an address, without the place in the page; None where it may not be asked."""
        try:
            page = httpx.URL(address).copy_with(fragment=None)
        except httpx.InvalidURL:
            return None
        return page if self._hosts.may_ask(page) else None

    def _is_known(self, page: httpx.URL) -> bool:
        return page in self._remembered and self._remembered[page][0] > self._clock.now()

    def _recalled(self, page: httpx.URL) -> LinkAnswer | None:
        return self._remembered[page][1]

    def _remember(self, page: httpx.URL, answer: LinkAnswer | None) -> None:
        seconds = KEPT_SECONDS if answer == REACHED else TROUBLE_KEPT_SECONDS
        self._remembered.pop(page, None)
        self._remembered[page] = self._clock.now() + timedelta(seconds=seconds), answer
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)

    async def _all(self, pages: Sequence[httpx.URL]) -> dict[httpx.URL, LinkAnswer | None]:
        # Connections are not kept: two hosts may share an address, and each shows a certificate of its own.
        limits = httpx.Limits(max_keepalive_connections=0)
        async with httpx.AsyncHTTPTransport(verify=self._certificates, limits=limits) as transport:
            asked = {page: asyncio.create_task(self._ask(transport, page)) for page in pages}
            try:
                await asyncio.wait(asked.values(), timeout=ALL_SECONDS)
            finally:
                late = [page for page, task in asked.items() if task.cancel()]
                await asyncio.gather(*asked.values(), return_exceptions=True)
        if late:
            _count_unasked(late, "no time was left")
        return {page: task.result() for page, task in asked.items() if not task.cancelled()}

    async def _ask(self, transport: httpx.AsyncHTTPTransport, page: httpx.URL) -> LinkAnswer | None:
        """What is heard of one page; None where it could not be asked, or was too slow."""
        async with self._turns:
            try:
                async with asyncio.timeout(LINK_SECONDS):
                    answer: LinkAnswer | None = await self._follow(transport, page)
            except NoneReachable:
                answer = None
                _count_unasked([page], "its host has no address on the internet")
            except (httpx.ReadTimeout, httpx.WriteTimeout, httpx.PoolTimeout, TimeoutError):
                answer = None
                _count_unasked([page], "it is too slow")
            except (socket.gaierror, UnicodeError):
                answer = LinkAnswer("unreachable", "DNS")
            except httpx.ConnectTimeout:
                answer = LinkAnswer("unreachable", "TCP")
            except httpx.ConnectError as error:
                answer = LinkAnswer("unreachable", "TLS" if _is_about_certificates(error) else "TCP")
            except (httpx.TransportError, httpx.InvalidURL, OSError):
                answer = LinkAnswer("unreachable", "HTTP")
        self._remember(page, answer)
        return answer

    async def _follow(self, transport: httpx.AsyncHTTPTransport, page: httpx.URL) -> LinkAnswer:
        """As `_ask`, along redirects within the named hosts. One that leads out of them is a page that is there."""
        for _ in range(REDIRECTS + 1):
            response = await self._response(transport, page)
            if not response.has_redirect_location:
                return _judged(response.status_code)
            page = page.join(response.headers["Location"])
            if not self._hosts.may_ask(page):
                return REACHED
        return LinkAnswer("unreachable", f"HTTP {response.status_code}")

    async def _response(self, transport: httpx.AsyncHTTPTransport, page: httpx.URL) -> httpx.Response:
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._resolvers, self._resolve, page.raw_host.decode("ascii"))
        allowed = [address for address in found if self._hosts.may_reach(address)][:ADDRESSES_TRIED]
        if not allowed:
            raise NoneReachable
        response = await _send(transport, "HEAD", page, allowed)
        if response.is_error and response.status_code not in GUARDED:
            return await _send(transport, "GET", page, allowed)
        return response


async def _send(
    transport: httpx.AsyncHTTPTransport, method: str, page: httpx.URL, addresses: Sequence[str]
) -> httpx.Response:
    """The head of the response from the first of the addresses that takes a connection."""
    timeout = httpx.Timeout(LINK_SECONDS, connect=CONNECT_SECONDS).as_dict()
    for at, address in enumerate(addresses, 1):
        request = httpx.Request(
            method,
            page.copy_with(host=address),
            headers={"Host": page.netloc.decode("ascii"), "Accept": "*/*", "User-Agent": "Bilin"},
            extensions={"timeout": timeout, "sni_hostname": page.raw_host.decode("ascii")},
        )
        try:
            response = await transport.handle_async_request(request)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if at == len(addresses):
                raise
            continue
        await response.aclose()
        return response
    raise AssertionError("unreachable")


def _judged(status: int) -> LinkAnswer:
    if status in GONE:
        return LinkAnswer("dead", f"HTTP {status}")
    return LinkAnswer("unreachable", f"HTTP {status}") if status >= 400 and status not in GUARDED else REACHED


def _count_unasked(pages: Sequence[httpx.URL], reason: str) -> None:
    for _ in pages:
        count_degraded("link_unasked")
    log.warning("link_unasked", address=str(pages[0]), pages=len(pages), reason=reason)


def _is_about_certificates(error: BaseException) -> bool:
    cause = error.__cause__ or error.__context__
    return isinstance(error, ssl.SSLError) or (cause is not None and _is_about_certificates(cause))
