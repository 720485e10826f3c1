"""The product's own processes, started for a benchmark on a folder of their own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx

from identity.demo import demo_accounts
from kb.encoder import prepared_folder
from kit.errors import Unavailable
from kit.settings import ROOT, Settings

START_SECONDS = 900.0
STOP_SECONDS = 30.0
SECRET_KEY = "the secret key of a benchmark, of no use elsewhere"  # noqa: S105  # of processes on loopback
BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"


def prepare(folder: Path, settings: Settings) -> None:
    """Give a data folder the installed encoder and the vectors that a first start would compute."""
    (folder / "encoder").symlink_to(prepared_folder(settings).parent)
    known = settings.data_dir / "cache" / "signals.db"
    if known.is_file():
        (folder / "cache").mkdir()
        shutil.copy(known, folder / "cache")


def account(login: str) -> str:
    """``login:password`` of a demonstration account."""
    return next(f"{each.login}:{each.password}" for each in demo_accounts(SECRET_KEY) if each.login == login)


def free_ports(count: int) -> list[int]:
    """Different ones: all are held until the last is found."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind(("127.0.0.1", 0))
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


class Process:
    """One of the product's processes.

    Args:
        command: the interpreter, and the script in the project's folder.
        port: where it answers.
        log: what it says is added to this file.
        settings: its environment variables, beside those that are not about Bilin.
    """

    def __init__(self, command: list[str], port: int, log: Path, settings: dict[str, str]) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self._command, self._log = command, log
        own = {name: value for name, value in os.environ.items() if not name.startswith("BILIN_")}
        self._environment = {**own, **settings}
        self._process: subprocess.Popen[bytes] | None = None

    @classmethod
    def web(cls, folder: Path, content: Path, port: int, settings: dict[str, str] | None = None) -> Process:
        """``web`` with the demonstration's accounts.

        Args:
            folder: its data.
            content: its content files.
            port: a free one.
            settings: more of its environment.
        """
        environment = {
            "BILIN_DATA_DIR": str(folder),
            "BILIN_CONTENT_DIR": str(content),
            "BILIN_PORT": str(port),
            "BILIN_DEMO": "true",
            "BILIN_SECRET_KEY": SECRET_KEY,
            **(settings or {}),
        }
        return cls([sys.executable, "server.py"], port, folder / f"web-{port}.log", environment)

    def start(self, path: str = "/health") -> float:
        """Start it; returns the seconds until it answers at ``path``.

        Raises:
            Unavailable: it does not.
        """
        begun = time.perf_counter()
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603  # the product's own command
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )
        while time.perf_counter() - begun < START_SECONDS and self._process.poll() is None:
            try:
                httpx.get(f"{self.url}{path}", timeout=5).raise_for_status()
            except httpx.HTTPError:
                time.sleep(0.2)
            else:
                return time.perf_counter() - begun
        said = self._log.read_text(errors="replace")[-1000:]
        raise Unavailable(f"{' '.join(self._command)} does not start: {said}")

    def stop(self) -> None:
        """End it, as an operator would."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
