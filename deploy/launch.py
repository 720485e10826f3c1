"""``make run``: starts web, bot and actions under honcho, waits until all answer, and says where they are."""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from pathlib import Path

import httpx
from dotenv import dotenv_values
from honcho.environ import parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

from identity.demo import demo_accounts
from kit.settings import ROOT, Settings

START_SECONDS = 600
PATIENCE_SECONDS = 20
KNOWLEDGE = "knowledge"
DEFAULTS = {"BILIN_DEMO": "true", "BILIN_LOG_FORMAT": "console", "BILIN_LOG_LEVEL": "warning"}


def main() -> int:
    """Run the three processes until they are told to stop."""
    os.chdir(ROOT)
    for name, value in DEFAULTS.items():
        if name not in dotenv_values(".env"):
            os.environ.setdefault(name, value)
    settings = Settings()
    taken = _taken_port(settings)
    if taken:
        print(taken, file=sys.stderr)
        return 1
    manager = Manager(Printer(sys.stdout))
    for name, command in parse_procfile(Path("Procfile").read_text()).processes.items():
        manager.add_process(name, command, env={**os.environ, **_environment(settings)})
    threading.Thread(target=_announce, args=(settings, manager), daemon=True).start()
    manager.loop()
    return int(manager.returncode or 0)


def _environment(settings: Settings) -> dict[str, str]:
    """What the processes must agree on."""
    return {
        "BILIN_BOT_TOKEN": settings.secret("bot_token"),
        "BILIN_INTERNAL_TOKEN": settings.secret("internal_token"),
        "BILIN_BOT_PORT": str(settings.bot_port),
        "BILIN_ACTIONS_PORT": str(settings.actions_port),
        "BILIN_WEB_URL": f"http://127.0.0.1:{settings.port}",
        "BILIN_REDIS_URL": settings.redis_url,
        "PYTHONUNBUFFERED": "1",
        "RASA_TELEMETRY_ENABLED": "false",
    }


def _taken_port(settings: Settings) -> str | None:
    ports = {"PORT": settings.port, "BOT_PORT": settings.bot_port, "ACTIONS_PORT": settings.actions_port}
    for name, port in ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((settings.host if name == "PORT" else "127.0.0.1", port))
            except OSError:
                return f"Port {port} is taken. Stop what uses it, or set BILIN_{name} to another, e.g. {port + 1}."
    return None


def _announce(settings: Settings, manager: Manager) -> None:
    """Wait for all three, then print the addresses; give up, and stop everything, when they do not come."""
    print("Starting web, bot and actions; the first start reads the whole knowledge base.", flush=True)
    started = time.monotonic()
    said = started
    while time.monotonic() - started < START_SECONDS:
        missing = _missing(settings)
        if missing in ([], [KNOWLEDGE]):
            print(_banner(settings, is_empty=bool(missing)), flush=True)
            return
        if time.monotonic() - said > PATIENCE_SECONDS:
            said = time.monotonic()
            print(f"Still waiting for: {', '.join(missing)}", flush=True)
        time.sleep(1)
    print(f"Not ready after {START_SECONDS} s: {', '.join(_missing(settings))}. See the lines above.", flush=True)
    manager.terminate()


def _missing(settings: Settings) -> list[str]:
    """What does not answer yet. ``web`` answers once it has read the knowledge base, which may be an empty one."""
    try:
        health = httpx.get(f"http://127.0.0.1:{settings.port}/health", timeout=5).json()
        missing = [part for part, well in health["parts"].items() if not well]
    except (httpx.HTTPError, ValueError, KeyError):
        missing = ["web"]
    try:
        httpx.get(f"http://127.0.0.1:{settings.actions_port}/health", timeout=5).raise_for_status()
    except httpx.HTTPError:
        missing.append("actions")
    return missing


def _banner(settings: Settings, *, is_empty: bool) -> str:
    address = f"http://{settings.host}:{settings.port}"
    lines = [
        "",
        "Bilin 比邻 is ready.",
        *(["  The knowledge base is empty: write or import entries at the editors' address, and publish."] * is_empty),
        f"  customers   {address}/          a demonstration page with the widget",
        f"  agents      {address}/desk/     sign in below",
        f"  editors     {address}/editor/   sign in below",
        f"  API         {address}/api/docs",
    ]
    if settings.demo:
        lines += ["", "  login     password     roles"]
        for account in demo_accounts(settings.secret("secret_key")):
            lines.append(f"  {account.login:<9} {account.password}   {', '.join(account.roles)}")
    lines += ["", "Ctrl-C ends all three processes.", ""]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
