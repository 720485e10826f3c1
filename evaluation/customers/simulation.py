"""Many customers at once, bounded in number and time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import httpx

from chat.channels import TestChannel, sign
from evaluation.customers.channel import ChannelBroken, CustomerChannel
from evaluation.customers.plan import Plan
from evaluation.customers.visit import Visit, pay_visit
from kit.clock import SystemClock

CALL_SECONDS = 60.0


@dataclass(frozen=True)
class Service:
    """A running system, and how it is visited.

    Args:
        url: its address.
        secret: signs the marker of test conversations; empty for those of the channel ``web``, which count as business.
        channel: the test channel.
        clients: customers at once.
        reply_seconds: how long a customer waits for a reply.
        minutes: no customer comes any more after so long.
    """

    url: str
    secret: str
    channel: TestChannel = "simulation"
    clients: int = 4
    reply_seconds: float = 30.0
    minutes: float = 15.0

    @property
    def name(self) -> str:
        """The channel under which conversations are stored."""
        return self.channel if self.secret else "web"

    def marker(self) -> str | None:
        """What shows that the test channel may be named; it is good for minutes, so each customer has a fresh one."""
        return sign(self.channel, self.secret, SystemClock().now()) if self.secret else None


@asynccontextmanager
async def connected(service: Service) -> AsyncIterator[httpx.AsyncClient]:
    """A client for the service's REST calls.

    Raises:
        ChannelBroken: nothing answers, or it has no knowledge or no bot, and any figure would be about that.
    """
    limits = httpx.Limits(max_connections=2 * service.clients + 2)
    async with httpx.AsyncClient(base_url=service.url, timeout=CALL_SECONDS, limits=limits) as http:
        try:
            health = (await http.get("/health")).json()
        except (httpx.HTTPError, ValueError) as error:
            raise ChannelBroken(f"{service.url} cannot be reached ({error!r}). Is the system running?") from error
        missing = [part for part, works in health.get("parts", {}).items() if not works]
        if missing:
            raise ChannelBroken(f"{service.url} runs without {', '.join(missing)}. Wait until it is whole.")
        yield http


async def live_release(service: Service) -> int | None:
    """The release of the knowledge base that the system answers from.

    Raises:
        ChannelBroken: it is not there, or not whole.
    """
    async with connected(service) as http:
        release = (await http.get("/health")).json().get("release_id")
        return None if release is None else int(release)


Guest = TypeVar("Guest")
Visiting = Callable[[CustomerChannel, Guest, str, str | None], Awaitable[Visit]]


async def send(
    guests: Iterable[Guest], service: Service, visiting: Visiting[Guest], keep: Callable[[Visit], None]
) -> None:
    """Send every guest, at most ``service.clients`` at once; each visit is kept as soon as it has ended.

    Whoever has not come when the minutes are over does not come any more.
    """
    waiting = iter(guests)
    deadline = time.monotonic() + 60 * service.minutes

    async def come_and_go(http: httpx.AsyncClient) -> None:
        for guest in waiting:
            if time.monotonic() > deadline:
                return
            channel = CustomerChannel(http, reply_seconds=service.reply_seconds)
            keep(await visiting(channel, guest, service.name, service.marker()))

    async with connected(service) as http, asyncio.TaskGroup() as group:
        for _ in range(service.clients):
            group.create_task(come_and_go(http))


async def send_customers(plans: Iterable[Plan], service: Service, keep: Callable[[Visit], None]) -> None:
    """Send every customer to pursue a goal."""
    await send(
        plans,
        service,
        lambda channel, plan, name, marker: pay_visit(channel, plan, name=name, marker=marker),
        keep,
    )
