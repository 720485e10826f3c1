"""A bank's own sites are asked whether a page is there: politely, within a limit of time, and no other site ever."""

import asyncio
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from kb.examination import asking
from kb.examination.asking import LinkAsker, resolve
from kb.examination.links import REACHED, LinkAnswer
from kit.clock import ManualClock
from kit.hosts import Hosts
from tests.kb.examination.site import HERE, Site, asker_of, served


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    async with served() as opened:
        yield opened


async def answer_of(site: Site, path: str) -> LinkAnswer | None:
    return (await asker_of(site).answers([site.page(path)])).get(site.page(path))


# ── what a site answers ───────────────────────────────────────────────────────────────────────────────────────────


async def test_a_page_that_is_there_is_asked_for_once_by_its_head(site: Site) -> None:
    assert await answer_of(site, "/fees?year=2026#top") == REACHED
    assert site.asked == [("HEAD", f"www.chenghu.example:{site.port}", "/fees?year=2026")]


@pytest.mark.parametrize("status", ["404 Not Found", "410 Gone"])
async def test_a_page_that_is_gone_is_dead(site: Site, status: str) -> None:
    site.answers["/fees"] = status
    assert await answer_of(site, "/fees") == LinkAnswer("dead", f"HTTP {status[:3]}")
    assert site.calls == ["HEAD /fees", "GET /fees"]


@pytest.mark.parametrize("status", ["405 Method Not Allowed", "501 Not Implemented", "404 Not Found", "500 Oops"])
async def test_a_site_that_answers_no_head_is_asked_as_a_browser_asks(site: Site, status: str) -> None:
    site.answers["HEAD /fees"] = status
    assert await answer_of(site, "/fees") == REACHED
    assert site.calls == ["HEAD /fees", "GET /fees"]


@pytest.mark.parametrize("status", ["401 Unauthorized", "403 Forbidden", "429 Too Many Requests"])
async def test_a_page_that_is_not_for_us_is_there(site: Site, status: str) -> None:
    site.answers["/fees"] = status
    assert await answer_of(site, "/fees") == REACHED
    assert site.calls == ["HEAD /fees"]


@pytest.mark.parametrize("status", ["400 Bad Request", "418 Teapot", "500 Oops", "503 Away"])
async def test_another_error_is_not_held_to_be_for_ever(site: Site, status: str) -> None:
    site.answers["/fees"] = status
    assert await answer_of(site, "/fees") == LinkAnswer("unreachable", f"HTTP {status[:3]}")


async def test_what_is_no_answer_of_a_web_server_is_unreachable(site: Site) -> None:
    site.answers["/fees"] = "nothing"
    assert await answer_of(site, "/fees") == LinkAnswer("unreachable", "HTTP")


async def test_a_closed_port_is_unreachable(site: Site) -> None:
    async with served() as closed:
        pass
    assert await asker_of(closed).answers([closed.page()]) == {closed.page(): LinkAnswer("unreachable", "TCP")}


async def test_a_name_that_nobody_knows_is_unreachable() -> None:
    def unknown(host: str) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, host)

    page, impossible = "https://www.chenghu.example/", f"https://{'a' * 64}.chenghu.example/"
    for lookup, address in ((unknown, page), (resolve, impossible)):
        asker = LinkAsker(Hosts.parse("chenghu.example"), ManualClock(), lookup)
        assert await asker.answers([address]) == {address: LinkAnswer("unreachable", "DNS")}


def test_a_host_is_looked_up_as_the_machine_does() -> None:
    found = resolve("localhost")
    assert set(found) & {HERE, "::1"}
    assert len(found) == len(set(found))


async def test_where_one_address_of_a_host_takes_no_connection_the_next_is_asked(site: Site) -> None:
    asker = asker_of(site, None, "127.0.0.0/8, ::1", "::1", "127.0.0.9", HERE)
    assert await asker.answers([site.page()]) == {site.page(): REACHED}
    assert site.calls == ["HEAD /"]


# ── certificates ──────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One of www.chenghu.example that it has signed itself, with its key."""
    if shutil.which("openssl") is None:
        pytest.skip("needs the openssl binary (apt install openssl)")
    folder = tmp_path_factory.mktemp("certificate")
    wanted = "-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=chenghu"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "own.pem")]
    name = ["-addext", "subjectAltName=DNS:www.chenghu.example"]
    subprocess.run(["openssl", "req", *wanted.split(), *name, *files], check=True, capture_output=True)
    return folder


@pytest.fixture
async def sealed_site(certificate: Path) -> AsyncIterator[Site]:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate / "own.pem", certificate / "key.pem")
    async with served(context) as opened:
        yield opened


def sealed_page(site: Site, host: str) -> str:
    return site.page("/", host).replace("http:", "https:")


async def test_a_certificate_counts_for_the_host_that_the_link_names(
    sealed_site: Site, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "own.pem"))
    right, wrong = sealed_page(sealed_site, "www.chenghu.example"), sealed_page(sealed_site, "m.chenghu.example")
    heard = await asker_of(sealed_site).answers([right, wrong])
    assert heard == {right: REACHED, wrong: LinkAnswer("unreachable", "TLS")}
    assert sealed_site.asked == [("HEAD", f"www.chenghu.example:{sealed_site.port}", "/")]


async def test_another_host_at_the_same_address_shows_a_certificate_of_its_own(
    sealed_site: Site, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate / "own.pem"))
    sealed_site.answers["/"] = f"302 Found\r\nLocation: {sealed_page(sealed_site, 'm.chenghu.example')}"
    page = sealed_page(sealed_site, "www.chenghu.example")
    assert await asker_of(sealed_site).answers([page]) == {page: LinkAnswer("unreachable", "TLS")}
    assert len(sealed_site.asked) == 1


async def test_a_certificate_that_nobody_vouches_for_is_not_taken(sealed_site: Site) -> None:
    page = sealed_page(sealed_site, "www.chenghu.example")
    assert await asker_of(sealed_site).answers([page]) == {page: LinkAnswer("unreachable", "TLS")}
    assert sealed_site.asked == []


# ── redirects ─────────────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_redirect_is_followed_to_where_it_leads(site: Site) -> None:
    site.answers |= {"/old": "301 Moved\r\nLocation: /new", "/new": "404 Not Found"}
    assert await answer_of(site, "/old") == LinkAnswer("dead", "HTTP 404")
    assert site.calls == ["HEAD /old", "HEAD /new", "GET /new"]


async def test_a_redirect_to_a_host_that_is_not_named_is_not_followed(site: Site) -> None:
    async with served() as other:
        for target in (
            other.page("/taken", "evil.example"),
            other.page("/taken"),
            other.page("/taken", HERE),
            site.page("/taken", "user:password@www.chenghu.example"),
            site.page("/taken", "evil.example"),
            site.page("/taken", HERE),
            "file:///etc/passwd",
        ):
            site.answers["/old"] = f"302 Found\r\nLocation: {target}"
            assert await answer_of(site, "/old") == REACHED
    assert other.asked == []
    assert set(site.calls) == {"HEAD /old"}


async def test_redirects_without_an_end_or_to_nothing_are_no_page(site: Site) -> None:
    site.answers |= {"/round": "302 Found\r\nLocation: /round", "/bad": "302 Found\r\nLocation: http://[::1"}
    assert await answer_of(site, "/round") == LinkAnswer("unreachable", "HTTP 302")
    assert len(site.calls) == asking.REDIRECTS + 1
    assert await answer_of(site, "/bad") == LinkAnswer("unreachable", "HTTP")


async def test_what_a_site_sets_is_not_sent_back(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[bytes] = []
    read = asyncio.StreamReader.readuntil

    async def noted(reader: asyncio.StreamReader, separator: bytes = b"\n") -> bytes:
        sent.append(await read(reader, separator))
        return sent[-1]

    monkeypatch.setattr(asyncio.StreamReader, "readuntil", noted)
    site.answers["/old"] = "302 Found\r\nLocation: /new"
    assert await answer_of(site, "/old") == REACHED
    assert len(sent) == 2
    assert not [head for head in sent if b"cookie" in head.lower() or b"authorization" in head.lower()]


# ── who is never asked ────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_host_that_is_not_named_is_never_asked(site: Site, counted: Any) -> None:
    addresses = [
        site.page("/", "evil.example"),
        site.page("/", "evilchenghu.example"),
        site.page("/", HERE),
        site.page("/", "user:password@www.chenghu.example"),
        "https://www.chenghu.example/",
        f"ftp://www.chenghu.example:{site.port}/",
        "http://[::1",
    ]
    assert await asker_of(site).answers(addresses) == {}
    assert site.asked == []
    assert counted.degraded("link_unasked") == 0


async def test_a_named_host_that_leads_into_a_private_network_is_not_asked_but_counted(
    site: Site, counted: Any
) -> None:
    assert await asker_of(site, None, "10.0.0.0/8").answers([site.page()]) == {}
    assert site.asked == []
    assert counted.degraded("link_unasked") == 1


async def test_the_address_that_was_allowed_is_the_one_that_is_asked(site: Site) -> None:
    """A name that leads elsewhere when it is looked up again gains nothing by it."""
    looked_up: list[str] = []

    def changing(host: str) -> list[str]:
        looked_up.append(host)
        return [HERE] if len(looked_up) == 1 else ["10.0.0.1"]

    asker = LinkAsker(Hosts.parse(f"chenghu.example:{site.port}, {HERE}"), ManualClock(), changing)
    assert await asker.answers([site.page()]) == {site.page(): REACHED}
    assert looked_up == ["www.chenghu.example"]


async def test_no_proxy_is_asked_instead(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    async with served() as proxy:
        monkeypatch.setenv("http_proxy", proxy.page("", HERE))
        monkeypatch.setenv("all_proxy", proxy.page("", HERE))
        assert await answer_of(site, "/") == REACHED
    assert proxy.asked == []


# ── time and memory ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_a_site_that_is_too_slow_is_no_finding_but_counted(
    site: Site, counted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LINK_SECONDS", 0.1)
    site.slow_seconds = 0.5
    assert await answer_of(site, "/slow") is None
    assert counted.degraded("link_unasked") == 1


async def test_all_links_together_take_no_longer_than_the_limit(
    site: Site, counted: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "ALL_SECONDS", 0.3)
    site.slow_seconds = 6.0
    pages = [site.page("/fast"), *(site.page(f"/slow/{number}") for number in range(100))]
    begun = time.perf_counter()
    assert await asker_of(site).answers(pages) == {site.page("/fast"): REACHED}
    assert time.perf_counter() - begun < 5
    assert counted.degraded("link_unasked") == 100


async def test_names_that_are_looked_up_for_ever_hold_nothing_up(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "ALL_SECONDS", 0.2)

    def hanging(host: str) -> list[str]:
        time.sleep(2)
        return [HERE]

    asker = LinkAsker(Hosts.parse(f"chenghu.example:{site.port}, {HERE}"), ManualClock(), hanging)
    begun = time.perf_counter()
    assert await asker.answers([site.page(f"/{number}") for number in range(20)]) == {}
    assert await asyncio.to_thread(lambda: "free") == "free"
    assert time.perf_counter() - begun < 1.8


async def test_only_a_few_are_asked_at_once(site: Site) -> None:
    site.slow_seconds = 0.02
    asker = asker_of(site)
    pages = [site.page(f"/slow/{number}") for number in range(40)]
    both = await asyncio.gather(asker.answers(pages[:20]), asker.answers(pages[20:]))
    assert [len(heard) for heard in both] == [20, 20]
    assert 1 < site.most_at_once <= asking.AT_ONCE


async def test_a_page_is_asked_for_once_however_often_it_is_linked(site: Site) -> None:
    pages = [site.page("/fees"), site.page("/fees#a"), site.page("/fees#b"), site.page("/fees")]
    assert await asker_of(site).answers(pages) == dict.fromkeys(pages, REACHED)
    assert site.calls == ["HEAD /fees"]


SecondTime = Callable[[str, float], Awaitable[list[str]]]


@pytest.fixture
def remembered(site: Site, clock: ManualClock) -> SecondTime:
    """Asks for a page twice, that much later; the calls that the second time takes."""
    asker = asker_of(site, clock)

    async def second_time(path: str, seconds: float) -> list[str]:
        await asker.answers([site.page(path)])
        clock.advance(seconds)
        site.asked.clear()
        await asker.answers([site.page(path)])
        return site.calls

    return second_time


async def test_a_page_that_is_there_is_remembered_for_an_hour(site: Site, remembered: SecondTime) -> None:
    assert await remembered("/a", asking.KEPT_SECONDS - 1) == []
    assert await remembered("/b", asking.KEPT_SECONDS) == ["HEAD /b"]


async def test_a_page_that_was_put_up_meanwhile_is_seen_after_a_minute(site: Site, remembered: SecondTime) -> None:
    site.answers |= {"/a": "404 Not Found", "/b": "503 Away"}
    assert await remembered("/a", asking.TROUBLE_KEPT_SECONDS - 1) == []
    assert await remembered("/b", asking.TROUBLE_KEPT_SECONDS) == ["HEAD /b", "GET /b"]


async def test_what_was_too_slow_is_not_waited_for_again_at_once(
    site: Site, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LINK_SECONDS", 0.5)
    site.slow_seconds, asker = 3.0, asker_of(site, clock)
    assert await asker.answers([site.page("/slow")]) == {}
    assert await asker.answers([site.page("/slow")]) == {}
    assert site.calls == ["HEAD /slow"]


async def test_what_is_remembered_is_bounded(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "REMEMBERED", 3)
    asker = asker_of(site)
    await asker.answers([site.page(f"/{number}") for number in range(5)])
    site.asked.clear()
    await asker.answers([site.page(f"/{number}") for number in range(5)])
    assert site.calls == ["HEAD /0", "HEAD /1"]
