"""``python -m identity add LOGIN --name NAME --role agent``: a staff account. The password is asked for, or made."""

from __future__ import annotations

import argparse
import asyncio
import getpass
import secrets
import sys
from collections.abc import Sequence

from identity.service import Identity, Role
from kit.clock import SystemClock
from kit.database import Database
from kit.errors import BilinError
from kit.settings import Settings

SHORTEST_PASSWORD = 12


async def _add(settings: Settings, login: str, name: str, roles: Sequence[Role], password: str) -> None:
    database = Database.from_settings(settings)
    try:
        await database.migrate()
        key = settings.secret("secret_key")
        identity = Identity(database, SystemClock(), secret_key=key, session_hours=settings.session_hours)
        await identity.create_staff(login, name, password, roles)
    finally:
        await database.close()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command."""
    parser = argparse.ArgumentParser(prog="python -m identity", description="Staff accounts from the command line.")
    commands = parser.add_subparsers(dest="command", required=True)
    add = commands.add_parser("add", help="add an account; without a terminal a password is made and printed")
    add.add_argument("login")
    add.add_argument("--name", required=True, help="the name that customers and colleagues see")
    add.add_argument("--role", type=Role, choices=list(Role), action="append", required=True, help="may be repeated")
    arguments = parser.parse_args(argv)
    made = "" if sys.stdin.isatty() else secrets.token_urlsafe(15)
    password = made or getpass.getpass(f"Password for {arguments.login} (at least {SHORTEST_PASSWORD} characters): ")
    if len(password) < SHORTEST_PASSWORD:
        print(f"error: the password needs at least {SHORTEST_PASSWORD} characters", file=sys.stderr)
        return 2
    try:
        asyncio.run(_add(Settings(), arguments.login, arguments.name, arguments.role, password))
    except BilinError as error:
        print(f"error: {error.message}", file=sys.stderr)
        return 2
    print(f"{arguments.login} may sign in." + (f" Password: {made}" if made else ""))
    return 0


if __name__ == "__main__":
    sys.exit(main())
