"""Which hosts the service asks of its own accord: those that the operator named, and never what lies behind them."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass

import httpx

__all__ = ["Hosts"]

Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_NAME = re.compile(r"(?:[a-z0-9_-]+\.)+[a-z0-9-]*[a-z][a-z0-9-]*")


@dataclass(frozen=True)
class Hosts:
    """What may be asked over the web.

    Args:
        names: host and port, in ASCII; sub-domains are meant as well. None is the usual port of the scheme.
        networks: addresses that are not on the internet and may be reached all the same.
    """

    names: frozenset[tuple[str, int | None]] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, written: str) -> Hosts:
        """``"bank.example, bank.example:8443, 10.20.0.0/16"``: hosts, hosts with a port, addresses and networks.

        Raises:
            ValueError: a part is none of these.
        """
        names: set[tuple[str, int | None]] = set()
        networks: list[Network] = []
        for part in filter(None, (part.strip() for part in written.split(","))):
            network = _network(part)
            if network is not None:
                networks.append(network)
            else:
                names.add(_name(part))
        return cls(frozenset(names), tuple(networks))

    def __bool__(self) -> bool:
        """Whether anything may be asked at all."""
        return bool(self.names)

    def may_ask(self, url: httpx.URL) -> bool:
        """Whether an address lies on a named host, at a port that is meant, and shows no name or password."""
        if url.scheme not in ("http", "https") or url.userinfo:
            return False
        labels = url.raw_host.decode("ascii").split(".")
        return any((".".join(labels[at:]), url.port) in self.names for at in range(len(labels)))

    def may_reach(self, address: str) -> bool:
        """Whether a named host may be asked at this IP address: on the internet, or in a network that is named."""
        plain = ipaddress.ip_address(address)
        if isinstance(plain, ipaddress.IPv6Address):
            plain = plain.ipv4_mapped or plain.sixtofour or plain
        if any(plain in network for network in self.networks):
            return True
        return plain.is_global and not plain.is_multicast


def _network(part: str) -> Network | None:
    try:
        return ipaddress.ip_network(part)
    except ValueError:
        return None


def _name(part: str) -> tuple[str, int | None]:
    mistake = f"write hosts such as bank.example or bank.example:8443, or networks such as 10.20.0.0/16, not {part!r}"
    try:
        url = httpx.URL(f"https://{part}/")
    except httpx.InvalidURL as error:
        raise ValueError(mistake) from error
    host = url.raw_host.decode("ascii")
    is_bare = url.raw_path == b"/" and not url.userinfo and not url.fragment
    if not is_bare or not _NAME.fullmatch(host) or not 0 < (url.port or 443) < 65536:
        raise ValueError(mistake)
    return host, url.port
