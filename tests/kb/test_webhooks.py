"""Other systems are told of each release, can trust what they are told, and never hold a publication up."""

import asyncio
import hashlib
import hmac
import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from kb import webhooks as webhooks_module
from kb.content import EntryContent
from kb.service import KnowledgeBase
from kb.webhooks import SIGNATURE, Webhooks

SECRET = "a secret that both know"


class Receiver:
    """Answers with the given statuses, the last one for ever; an exception in their place is raised."""

    def __init__(self, *answers: int | Exception) -> None:
        self.requests: list[httpx.Request] = []
        self._answers = list(answers)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return httpx.Response(answer)


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhooks_module, "WAITS_SECONDS", (0.0, 0.0, 0.0))


@pytest.fixture
def knowledge(worker: Callable[..., KnowledgeBase]) -> KnowledgeBase:
    return worker()


def told_by(knowledge: KnowledgeBase, receiver: Receiver, *addresses: str) -> Webhooks:
    client = httpx.AsyncClient(transport=httpx.MockTransport(receiver))
    knowledge.webhooks = Webhooks(knowledge.browsing, addresses or ("https://core.bank.example/bilin",), SECRET, client)
    return knowledge.webhooks


async def test_a_publication_is_told_with_what_it_changed_and_signed(
    knowledge: KnowledgeBase, bank: list[EntryContent], write: Any
) -> None:
    await knowledge.load(bank[:2])
    receiver = Receiver(204)
    hooks = told_by(knowledge, receiver)
    await write(knowledge, bank[2])
    release = await knowledge.editing.publish("wu", "第三条")
    await hooks.settled()
    [request] = receiver.requests
    assert json.loads(request.content) == {
        "event": "release.published",
        "release_id": release,
        "published_by": "wu",
        "published_at": "2026-01-01T00:00:00+00:00",
        "comment": "第三条",
        "changes": [{"entry_id": "open-account", "kind": "added", "revision": 1, "before": None}],
    }
    expected = hmac.new(SECRET.encode(), request.content, hashlib.sha256).hexdigest()
    assert request.headers[SIGNATURE] == f"sha256={expected}"


async def test_every_way_to_make_a_release_is_told(knowledge: KnowledgeBase, bank: list[EntryContent]) -> None:
    receiver = Receiver(200)
    hooks = told_by(knowledge, receiver)
    first = await knowledge.load(bank[:2])
    await knowledge.editing.withdraw("lost-card", "wu", "")
    await knowledge.editing.restore(first, "wu", "")
    await hooks.settled()
    told = [json.loads(request.content) for request in receiver.requests]
    assert [each["release_id"] for each in told] == [1, 2, 3]
    assert [each["changes"][0]["kind"] for each in told] == ["added", "withdrawn", "added"]


async def test_all_addresses_are_told(knowledge: KnowledgeBase, bank: list[EntryContent]) -> None:
    receiver = Receiver(200)
    hooks = told_by(knowledge, receiver, "https://a.example/x", "https://b.example/y")
    await knowledge.load(bank[:2])
    await hooks.settled()
    assert {str(request.url) for request in receiver.requests} == {"https://a.example/x", "https://b.example/y"}


@pytest.mark.parametrize("failures", [[503], [httpx.ConnectError("refused"), 500, 302]])
async def test_who_does_not_answer_is_asked_again(
    knowledge: KnowledgeBase, bank: list[EntryContent], failures: list[int | Exception], counted: Any
) -> None:
    receiver = Receiver(*failures, 200)
    hooks = told_by(knowledge, receiver)
    await knowledge.load(bank[:2])
    await hooks.settled()
    assert len(receiver.requests) == len(failures) + 1
    assert len({request.content for request in receiver.requests}) == 1
    assert counted.degraded("webhook_failed") == 0


async def test_who_never_answers_is_given_up_and_counted_and_the_release_is_live(
    knowledge: KnowledgeBase, bank: list[EntryContent], counted: Any
) -> None:
    receiver = Receiver(httpx.ReadTimeout("slow"))
    hooks = told_by(knowledge, receiver)
    release = await knowledge.load(bank[:2])
    assert knowledge.release_id == release
    await hooks.settled()
    assert len(receiver.requests) == 4
    assert counted.degraded("webhook_failed") == 1


async def test_a_receiver_that_takes_long_holds_nothing_up(knowledge: KnowledgeBase, bank: list[EntryContent]) -> None:
    entered = asyncio.Event()

    async def never(request: httpx.Request) -> httpx.Response:
        entered.set()
        await asyncio.sleep(3600)
        return httpx.Response(200)

    client = httpx.AsyncClient(transport=httpx.MockTransport(never))
    knowledge.webhooks = Webhooks(knowledge.browsing, ["https://core.bank.example/"], SECRET, client)
    await knowledge.load(bank[:2])
    await entered.wait()
    assert knowledge.entry("lost-card").id == "lost-card"
    await knowledge.close()


async def test_without_addresses_nobody_is_told(knowledge: KnowledgeBase, bank: list[EntryContent]) -> None:
    receiver = Receiver(200)
    client = httpx.AsyncClient(transport=httpx.MockTransport(receiver))
    knowledge.webhooks = Webhooks(knowledge.browsing, (), SECRET, client)
    await knowledge.load(bank[:2])
    await knowledge.webhooks.settled()
    assert receiver.requests == []
