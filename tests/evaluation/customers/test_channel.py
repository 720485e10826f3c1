"""Customers at a running `web`, which has a stand-in for Rasa alone."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from chat.channels import sign
from evaluation.customers.channel import ChannelBroken, CustomerChannel
from evaluation.customers.simulation import Service as Visited
from evaluation.customers.simulation import connected, send_customers
from evaluation.customers.visit import Visit, failure, pay_visit
from kit.clock import SystemClock
from tests.chat.conftest import FakeRasa, Service, rasa, service  # noqa: F401 - fixtures
from tests.evaluation.customers.replies import MakePlan


@pytest.fixture
async def http(service: Service) -> AsyncIterator[httpx.AsyncClient]:  # noqa: F811 - the fixture
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as client:
        yield client


@pytest.fixture
async def channel(http: httpx.AsyncClient) -> AsyncIterator[CustomerChannel]:
    async with CustomerChannel(http, reply_seconds=20) as opened:
        yield opened


def goal(**fields: Any) -> dict[str, Any]:
    return {"says": ["How do I activate a new card?"], "entries": ["card-activate"], **fields}


async def test_an_answer_comes_with_its_entry(channel: CustomerChannel) -> None:
    await channel.start("en")
    reply = await channel.say("How do I activate a new card?")
    assert [(message.kind, message.entry_id) for message in reply.heard] == [("answer", "card-activate")]
    assert reply.owner == "bot"
    await channel.vote(reply.heard[0].seq, helpful=True)


async def test_who_comes_back_hears_nothing_twice(channel: CustomerChannel) -> None:
    await channel.start("en")
    first = await channel.say("How do I activate a new card?")
    await channel.come_back()
    second = await channel.say("Can I lose money in a fund?")
    assert [message.entry_id for message in second.heard] == ["fund-risk"]
    assert second.heard[0].seq == first.heard[-1].seq + 2


async def test_a_person_can_be_asked_for_and_the_queue_left(channel: CustomerChannel) -> None:
    await channel.start("zh")
    assert (await channel.press_for_person()).owner == "waiting"
    await channel.cancel_waiting()
    await channel.cancel_waiting()
    assert (await channel.say("新卡怎么激活？")).owner == "bot"


async def test_a_refused_call_says_what_was_refused(channel: CustomerChannel) -> None:
    with pytest.raises(ChannelBroken, match="403"):
        await channel.start("en", "shopper", "no marker")


async def test_a_helped_customer(http: httpx.AsyncClient, make_plan: MakePlan) -> None:
    plan = make_plan(goal(), votes=True)
    visit = await pay_visit(CustomerChannel(http, reply_seconds=20), plan)
    assert (visit.ending, visit.last_right, visit.positive, visit.turns) == ("resolved", True, True, 1)
    assert failure(visit, plan.goal) is None


async def test_a_customer_who_is_handed_off_leaves_the_queue(
    http: httpx.AsyncClient,
    service: Service,  # noqa: F811 - the fixture
    make_plan: MakePlan,
) -> None:
    plan = make_plan(goal(says=["let me talk to a real person please"], entries=[], needs="asked_for_human"))
    visit = await pay_visit(CustomerChannel(http, reply_seconds=20), plan)
    assert visit.ending == "handed_off"
    assert failure(visit, plan.goal) is None
    waiting = await service.inside(service.app.state.chat.waiting())
    assert visit.conversation not in [case.id for case in waiting]


async def test_a_bot_that_is_silent_hands_off_and_nothing_hangs(
    http: httpx.AsyncClient,
    rasa: FakeRasa,  # noqa: F811 - the fixture
    make_plan: MakePlan,
) -> None:
    with rasa.down():
        visit = await pay_visit(CustomerChannel(http, reply_seconds=20), make_plan(goal()))
    assert visit.ending == "handed_off"


async def test_many_come_at_once_under_the_testers_channel(
    service: Service,  # noqa: F811 - the fixture
    make_plan: MakePlan,
) -> None:
    plans = [make_plan(goal(id=str(number))) for number in range(6)]
    visits: list[Visit] = []
    secret = service.settings.secret("shopper_secret")
    await send_customers(plans, Visited(service.url, secret, clients=3), visits.append)
    assert sorted(visit.goal for visit in visits) == [str(number) for number in range(6)]
    assert {visit.ending for visit in visits} == {"resolved"}
    stored = await service.inside(service.app.state.chat.current(visits[0].conversation))
    assert stored.channel == "simulation"


async def test_when_the_time_is_over_nobody_comes_any_more(
    service: Service,  # noqa: F811 - the fixture
    make_plan: MakePlan,
) -> None:
    visits: list[Visit] = []
    await send_customers([make_plan(goal())], Visited(service.url, "", minutes=0), visits.append)
    assert visits == []


async def test_a_service_that_is_not_there_is_named() -> None:
    with pytest.raises(ChannelBroken, match="running"):
        async with connected(Visited("http://127.0.0.1:9", "")):
            pass


def test_a_marker_is_made_for_the_channel() -> None:
    made = Visited("http://x", "secret", channel="shopper")
    assert made.name == "shopper"
    assert made.marker() == sign("shopper", "secret", SystemClock().now())
    assert (Visited("http://x", "").name, Visited("http://x", "").marker()) == ("web", None)


@pytest.mark.parametrize(("busy", "goes_through"), [(2, True), (3, False)])
async def test_a_busy_service_is_tried_again(busy: int, goes_through: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluation.customers.channel.AGAIN_SECONDS", 0.0)
    answers = iter([httpx.Response(503)] * busy + [httpx.Response(200, json={"conversation": {"owner": "waiting"}})])
    transport = httpx.MockTransport(lambda request: next(answers))
    async with httpx.AsyncClient(base_url="http://bank", transport=transport) as client:
        channel = CustomerChannel(client, reply_seconds=1)
        if goes_through:
            assert (await channel.press_for_person()).owner == "waiting"
        else:
            with pytest.raises(ChannelBroken, match="503"):
                await channel.press_for_person()
