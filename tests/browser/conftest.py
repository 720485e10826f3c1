"""The three real processes on free ports, and a real browser in front of them."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from evaluation.benchmarks.system import free_ports
from identity.demo import demo_accounts
from kb.encoder import prepared_folder
from kit.settings import ROOT, Settings
from tests.browser.people import Agent, Customer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext

START_SECONDS = 600  # a first start reads the whole knowledge base; with the installation's vectors it is seconds
STOP_SECONDS = 15
STEP_MILLISECONDS = 20_000

PYTHON = ROOT / ".venv" / "bin" / "python"
BOT_PYTHON = ROOT / "bot" / ".venv" / "bin" / "python"
BUILT = (ROOT / "web" / "dist" / "widget.js", ROOT / "bot" / "models", BOT_PYTHON)

Json = dict[str, Any]


# ── the system ────────────────────────────────────────────────────────────────────────────────────────────────────


class System:
    """web, bot and actions as ``make run`` starts them, in a data folder of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._data = folder / "data"
        port, bot_port, actions_port = free_ports(3)
        self.url = f"http://127.0.0.1:{port}"
        self.actions_url = f"http://127.0.0.1:{actions_port}"
        self.secret_key = secrets.token_urlsafe(32)
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("BILIN_")},
            "BILIN_DATA_DIR": str(self._data),
            "BILIN_DEMO": "true",
            "BILIN_TEAMS_FILE": str(ROOT / "tests" / "teams.yml"),
            "BILIN_AGENT_CAPACITY": "50",
            "BILIN_PORT": str(port),
            "BILIN_BOT_PORT": str(bot_port),
            "BILIN_ACTIONS_PORT": str(actions_port),
            "BILIN_WEB_URL": self.url,
            "BILIN_BOT_TOKEN": secrets.token_urlsafe(32),
            "BILIN_INTERNAL_TOKEN": secrets.token_urlsafe(32),
            "BILIN_SECRET_KEY": self.secret_key,
            "PYTHONUNBUFFERED": "1",
            "RASA_TELEMETRY_ENABLED": "false",
        }
        self._processes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Start all three and wait until they answer. Encoder and vectors are those of the installation."""
        self._data.mkdir(parents=True)
        installed = Settings(_env_file=None)
        (self._data / "encoder").symlink_to(prepared_folder(installed).parent)
        if (installed.data_dir / "cache").is_dir():
            shutil.copytree(installed.data_dir / "cache", self._data / "cache")
        self._start("web", PYTHON, "server.py")
        self._start("actions", BOT_PYTHON, "bot/serve_actions.py")
        self.start_bot()

    def start_bot(self) -> None:
        """Start the bot, also again, and wait until the whole system is well."""
        self._start("bot", BOT_PYTHON, "bot/serve.py")
        self._wait(self._is_well, "the system")

    def kill_bot(self) -> None:
        """End the bot at once, as a crash would."""
        bot = self._processes.pop("bot")
        bot.kill()
        bot.wait(STOP_SECONDS)

    def stop(self) -> None:
        for process in self._processes.values():
            process.terminate()
        for process in self._processes.values():
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(STOP_SECONDS)
        self._processes.clear()

    def password(self, login: str) -> str:
        """Of a demonstration account."""
        return next(account.password for account in demo_accounts(self.secret_key) if account.login == login)

    def _start(self, name: str, python: Path, script: str) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                [python, script], cwd=ROOT, env=self._environment, stdout=log, stderr=subprocess.STDOUT
            )

    def _is_well(self) -> bool:
        try:
            health = httpx.get(f"{self.url}/health", timeout=5).json()
            actions = httpx.get(f"{self.actions_url}/health", timeout=5)
        except (httpx.HTTPError, ValueError):
            return False
        return health["status"] == "ok" and actions.is_success

    def _wait(self, condition: Callable[[], bool], what: str) -> None:
        until = time.monotonic() + START_SECONDS
        while not condition():
            for name, process in self._processes.items():
                assert process.poll() is None, f"{name} has ended:\n{self._end_of_log(name)}"
            logs = {name: self._end_of_log(name) for name in self._processes}
            assert time.monotonic() < until, f"{what} is not ready after {START_SECONDS} s: {logs}"
            time.sleep(0.2)

    def _end_of_log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-2000:]


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The whole system, once for all tests here."""
    missing = [str(path.relative_to(ROOT)) for path in BUILT if not path.exists()]
    if missing:
        pytest.skip(f"needs {', '.join(missing)} (make setup)")
    running = System(tmp_path_factory.mktemp("system"))
    try:
        running.start()
        yield running
    finally:
        running.stop()


# ── the browser ───────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium. For one module only: while Playwright is open, no asynchronous test can run."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("needs Chromium (apt install chromium)")
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=STEP_MILLISECONDS)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"]
        )
        yield opened
        opened.close()


@pytest.fixture
def new_context(browser: Browser, system: System) -> Iterator[Callable[..., BrowserContext]]:
    """A person where the bank is, with a browser of their own. Whatever a page throws fails the test."""
    opened: list[BrowserContext] = []
    thrown: list[str] = []

    def make(locale: str = "zh-CN", **options: Any) -> BrowserContext:
        where = {"locale": locale, "timezone_id": "Asia/Shanghai", "viewport": {"width": 1280, "height": 720}}
        context = browser.new_context(base_url=system.url, **{**where, **options})
        context.set_default_timeout(STEP_MILLISECONDS)
        context.on("weberror", lambda error: thrown.append(str(error.error)))
        opened.append(context)
        return context

    yield make
    for context in opened:
        context.close()
    assert thrown == []


@pytest.fixture
def customer(new_context: Callable[..., BrowserContext]) -> Customer:
    """A customer with the panel open."""
    somebody = Customer(new_context().new_page())
    somebody.open()
    return somebody


@pytest.fixture
def agent(new_context: Callable[..., BrowserContext], system: System) -> Agent:
    """An agent at the desk."""
    somebody = Agent(new_context().new_page(), "lin", system.password("lin"))
    somebody.sign_in()
    return somebody
