"""The demonstration accounts. Their passwords follow from the installation's own secret, so no two are alike."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from identity.service import Identity, Role
from kit.errors import Conflict


@dataclass(frozen=True)
class DemoAccount:
    """Login, display name, roles, and the password of this installation."""

    login: str
    name: str
    roles: tuple[Role, ...]
    password: str


_ACCOUNTS = (
    ("lin", "林晓 Lin Xiao", (Role.AGENT,)),
    ("chen", "陈帆 Chen Fan", (Role.AGENT,)),
    ("he", "何静 He Jing", (Role.EDITOR,)),
    ("wu", "吴波 Wu Bo", (Role.REVIEWER,)),
    ("zhao", "赵敏 Zhao Min", (Role.SUPERVISOR,)),
    ("admin", "管理员 Admin", (Role.ADMIN,)),
)


def demo_accounts(secret_key: str) -> list[DemoAccount]:
    """The accounts with their passwords: ten letters and digits of an HMAC of the login."""

    def password(login: str) -> str:
        digest = hmac.new(secret_key.encode(), f"demo:{login}".encode(), hashlib.sha256).digest()
        return base64.b32encode(digest).decode()[:10].lower()

    return [DemoAccount(login, name, roles, password(login)) for login, name, roles in _ACCOUNTS]


async def create_demo_accounts(identity: Identity, secret_key: str) -> None:
    """Make the accounts that are not there yet; another worker may be making them as well."""
    for account in demo_accounts(secret_key):
        if not await identity.has(account.login):
            try:
                await identity.create_staff(account.login, account.name, account.password, account.roles)
            except Conflict:
                continue
