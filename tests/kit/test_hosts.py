"""The service asks the hosts that its operator named, and nothing that only looks like them or lies behind them."""

import httpx
import pytest

from kit.hosts import Hosts

NAMED = Hosts.parse("chenghu.example, pay.example:8443, 澄湖.例子, 10.20.0.0/16, ::1")


def test_nothing_is_named_by_default() -> None:
    assert not Hosts.parse("")
    assert not Hosts.parse(" , ")
    assert not Hosts.parse("10.20.0.0/16")
    assert NAMED


@pytest.mark.parametrize(
    "address",
    [
        "https://chenghu.example/",
        "http://chenghu.example/fees?a=b#c",
        "https://www.chenghu.example/",
        "https://A.B.Chenghu.Example/",
        "https://chenghu.example:443/",
        "https://pay.example:8443/",
        "https://m.pay.example:8443/",
        "https://www.澄湖.例子/利率",
        "https://xn--fiqs8s.xn--fsqu00a.chenghu.example/",
    ],
)
def test_a_named_host_and_what_is_below_it_may_be_asked(address: str) -> None:
    assert NAMED.may_ask(httpx.URL(address))


@pytest.mark.parametrize(
    "address",
    [
        "https://example/",
        "https://evilchenghu.example/",
        "https://chenghu.example.evil.example/",
        "https://evil.example/chenghu.example",
        "https://evil.example#@chenghu.example",
        "https://chenghu.example@evil.example/",
        "https://user:password@chenghu.example/",
        "https://user@chenghu.example/",
        "https://chenghu.example:8443/",
        "https://chenghu.example:80/",
        "https://chenghu.example:22/",
        "https://pay.example/",
        "https://10.20.0.1/",
        "https://[::1]/",
        "ftp://chenghu.example/",
        "file://chenghu.example/etc/passwd",
        "//chenghu.example/",
        "/fees",
        "",
    ],
)
def test_nothing_else_may_be_asked(address: str) -> None:
    assert not NAMED.may_ask(httpx.URL(address))


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:4700::6810:1", "10.20.3.4", "::ffff:10.20.3.4", "::1"])
def test_an_address_on_the_internet_or_in_a_named_network_may_be_reached(address: str) -> None:
    assert NAMED.may_reach(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.21.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.251",
        "255.255.255.255",
        "::",
        "fe80::1",
        "fe80::1%eth0",
        "fd00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:169.254.169.254",
        "2002:7f00:1::",
    ],
)
def test_an_address_in_another_private_network_may_not(address: str) -> None:
    assert not NAMED.may_reach(address)


@pytest.mark.parametrize(
    "part",
    [
        "com",
        "localhost",
        "https://chenghu.example",
        "chenghu.example/fees",
        "chenghu.example?a",
        "chenghu.example#a",
        "user@chenghu.example",
        "chenghu.example:port",
        "chenghu.example:99999",
        "*.chenghu.example",
        ".chenghu.example",
        "chenghu..example",
        "chenghu example",
        "10.20.0.1/16",
        "10.20.0.0/33",
        "10.20.0.1:8443",
    ],
)
def test_what_is_no_host_and_no_network_is_refused_and_named(part: str) -> None:
    with pytest.raises(ValueError, match="write hosts such as") as refused:
        Hosts.parse(f"chenghu.example, {part}")
    assert repr(part) in str(refused.value)
