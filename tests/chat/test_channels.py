"""A tester's channel is for those who know the secret."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from chat.channels import VALID_SECONDS, ChannelReserved, check_channel, is_business, sign
from kit.clock import SystemClock
from tests.chat.conftest import Service

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def test_everybody_may_name_any_other_channel() -> None:
    for channel in ("web", "app", "Shopper"):
        check_channel(channel, None, "secret", NOW)
        assert is_business(channel)


@pytest.mark.parametrize("seconds", [-VALID_SECONDS, 0, VALID_SECONDS])
def test_a_marker_is_good_for_minutes(seconds: int) -> None:
    check_channel("shopper", sign("shopper", "secret", NOW), "secret", NOW + timedelta(seconds=seconds))
    assert not is_business("shopper")


@pytest.mark.parametrize(
    "marker",
    [
        None,
        "",
        "1",
        "x.y",
        "٣.y",
        sign("shopper", "guessed", NOW),
        sign("simulation", "secret", NOW),
        sign("shopper", "secret", NOW - timedelta(seconds=VALID_SECONDS + 1)),
        sign("shopper", "secret", NOW + timedelta(seconds=VALID_SECONDS + 1)),
        sign("shopper", "secret", NOW).rpartition(".")[0] + ".",
        f"9{sign('shopper', 'secret', NOW)[1:]}",
    ],
)
def test_nobody_else_can_claim_it(marker: str | None) -> None:
    with pytest.raises(ChannelReserved):
        check_channel("shopper", marker, "secret", NOW)


async def test_a_conversation_of_a_tester_is_stored_as_one(service: Service, http: httpx.AsyncClient) -> None:
    marker = sign("shopper", service.settings.secret("shopper_secret"), SystemClock().now())
    body = {"channel": "shopper", "marker": marker}
    started = await http.post("/api/chat/conversations", json=body)
    assert started.status_code == 201
    refused = await http.post("/api/chat/conversations", json={"channel": "shopper"})
    assert refused.status_code == 403
    assert refused.json()["error"]["code"] == "channel_reserved"
