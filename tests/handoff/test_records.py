"""Wait, first response and handle time, from the changes of owner."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from handoff.records import Change, handlings, services

START = datetime(2026, 6, 1, 9, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def change(path: str, seconds: float, reason: str | None = None, agent: int | None = None) -> Change:
    from_owner, to_owner = path.split(">")
    return Change(from_owner, to_owner, at(seconds), reason, agent)


SERVED = [
    change("bot>waiting", 0, "complaint"),
    change("waiting>agent", 90, "joined", 1),
    change("agent>closed", 400, "closed", 1),
]


def test_a_handoff_that_was_served() -> None:
    (service,) = services(SERVED, [at(120), at(200)])
    assert (service.reason, service.wait_seconds, service.first_response_seconds) == ("complaint", 90, 120)
    assert not service.unserved
    assert [one.handle_seconds for one in handlings(SERVED)] == [310]


def test_one_who_gave_up_has_no_wait_and_was_not_served() -> None:
    (service,) = services([change("bot>waiting", 0), change("waiting>bot", 60, "cancelled")], [])
    assert (service.wait_seconds, service.first_response_seconds, service.unserved) == (None, None, True)


def test_one_who_still_waits_is_not_unserved() -> None:
    (service,) = services([change("bot>waiting", 0)], [])
    assert (service.wait_seconds, service.unserved) == (None, False)


def test_a_chat_that_came_back_from_an_agent_is_one_handoff_and_two_handlings() -> None:
    changes = [
        change("bot>waiting", 0),
        change("waiting>agent", 30, agent=1),
        change("agent>waiting", 100, "agent_lost", 1),
        change("waiting>agent", 160, agent=2),
        change("agent>bot", 300, "returned", 2),
    ]
    (service,) = services(changes, [at(170)])
    assert (service.wait_seconds, service.first_response_seconds) == (30, 170)
    assert [(one.agent_id, one.handle_seconds) for one in handlings(changes)] == [(1, 70), (2, 140)]


def test_two_handoffs_of_one_conversation_are_told_apart() -> None:
    changes = [
        change("bot>waiting", 0),
        change("waiting>agent", 10, agent=1),
        change("agent>bot", 100, "returned", 1),
        change("bot>waiting", 500),
        change("waiting>agent", 540, agent=1),
    ]
    waits = [(one.wait_seconds, one.first_response_seconds) for one in services(changes, [at(20), at(600)])]
    assert waits == [(10, 20), (40, 100)]
    assert handlings(changes)[-1].handle_seconds is None
