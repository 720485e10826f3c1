"""What ``make run`` says once everything answers."""

from typing import Any

import httpx
import pytest

from deploy import launch
from kit.settings import Settings


class Terminated:
    is_over = False

    def terminate(self) -> None:
        self.is_over = True


def answering(monkeypatch: pytest.MonkeyPatch, **parts: bool) -> None:
    """``web`` answers that these parts are well; the actions are."""

    def get(url: str, **_: Any) -> httpx.Response:
        return httpx.Response(200, json={"parts": parts}, request=httpx.Request("GET", url))

    monkeypatch.setattr(httpx, "get", get)


@pytest.mark.parametrize("has_knowledge", [True, False])
def test_the_addresses_are_told_and_where_nothing_is_published_yet_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], has_knowledge: bool
) -> None:
    answering(monkeypatch, database=True, knowledge=has_knowledge, bot=True)
    manager = Terminated()
    launch._announce(Settings(_env_file=None), manager)  # type: ignore[arg-type]
    said = capsys.readouterr().out
    assert "Bilin 比邻 is ready." in said
    assert ("knowledge base is empty" in said) is not has_knowledge
    assert not manager.is_over


def test_what_does_not_come_ends_everything(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    answering(monkeypatch, database=True, knowledge=True, bot=False)
    monkeypatch.setattr(launch, "START_SECONDS", 0.1)
    manager = Terminated()
    launch._announce(Settings(_env_file=None), manager)  # type: ignore[arg-type]
    assert "Not ready after 0.1 s: bot" in capsys.readouterr().out
    assert manager.is_over
