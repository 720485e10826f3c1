"""The documents say what is there, all of it, and nothing that is not: read from the code and from the Markdown."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from pydantic import SecretStr
from pydantic_core import PydanticUndefined

import chat.socket
import handoff.socket
import kit.counters
from evaluation.__main__ import build_parser
from handoff.policy import Reason
from identity.service import Role
from kit.settings import ROOT, Settings
from server import create_app

DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted(DOCS.glob("*.md"))]
OF_RASA = frozenset({"/webhooks/rest/webhook", "/model/parse", "/status", "/conversations/{}/tracker/events"})
FORBIDDEN = ("session of", "pypi.org", "npmjs", "files.pythonhosted", "download.pytorch")
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:home|mnt|root|tmp|users|work)/")
COMMANDS = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__main__"): path
    for folder in ("kb", "evaluation", "evaluation/benchmarks", "deploy", "identity", "handoff")
    for path in sorted((ROOT / folder).glob("*.py"))
    if '__name__ == "__main__"' in path.read_text()
}
SOURCES = sorted(
    path
    for folder in ("kit", "kb", "chat", "handoff", "identity", "evaluation")
    for path in (ROOT / folder).rglob("*.py")
)


def read(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def everything() -> str:
    return "\n".join(page.read_text(encoding="utf-8") for page in PAGES)


# ── settings ──────────────────────────────────────────────────────────────────────────────────────────────────────


def variables(text: str) -> set[str]:
    return set(re.findall(r"\bBILIN_[A-Z0-9_]+\b", text))


def documented_default(row: str) -> str:
    return row.split("|")[2].strip()


def expected_default(value: Any) -> str:
    plain = value.get_secret_value() if isinstance(value, SecretStr) else value
    if plain == "":
        return "empty"
    if isinstance(plain, Path):
        plain = plain.relative_to(ROOT)
    return f"`{str(plain).lower() if isinstance(plain, bool) else plain}`"


OF_WEB = {f"BILIN_{name.upper()}": field.default for name, field in Settings.model_fields.items()}
OF_BOT = variables(read("bot/settings.py"))
OF_SCRIPTS = variables(
    "".join(path.read_text() for path in sorted((ROOT / "deploy").glob("*.sh"))) + read("tests/conftest.py")
)


def test_every_setting_is_documented() -> None:
    assert OF_WEB.keys() | OF_BOT | OF_SCRIPTS <= variables(read("docs/settings.md"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_setting_is_documented_that_does_not_exist(page: Path) -> None:
    assert variables(page.read_text(encoding="utf-8")) <= OF_WEB.keys() | OF_BOT | OF_SCRIPTS


@pytest.mark.parametrize("name", OF_WEB)
def test_the_default_of_a_setting_is_the_documented_one(name: str) -> None:
    row = next(line for line in read("docs/settings.md").splitlines() if line.startswith(f"| `{name}` |"))
    if OF_WEB[name] is PydanticUndefined:  # it is of the machine, and is told in words
        assert re.match(r"[a-z]", documented_default(row))
    else:
        assert documented_default(row) == expected_default(OF_WEB[name])


# ── calls ─────────────────────────────────────────────────────────────────────────────────────────────────────────

CALL = re.compile(r"`(GET|POST|PUT|PATCH|DELETE) (/[^`\s?]*)[^`]*`")


def anonymous(path: str) -> str:
    """The path without the names of its parameters."""
    return re.sub(r"\{[^}]*\}", "{}", path)


def documented_calls(text: str) -> Iterator[tuple[str, str]]:
    """Each call with its full path; a section's heading may name the prefix of its calls: ``## Desk: `/api/desk```."""
    prefix = ""
    for line in text.splitlines():
        if line.startswith("## "):
            heading = re.search(r"`(/[^`]*)`", line)
            prefix = heading[1] if heading else ""
        for method, path in CALL.findall(line):
            yield method, anonymous(path if path.startswith(prefix) else prefix + path)


def existing_calls() -> set[tuple[str, str]]:
    paths = create_app(Settings(_env_file=None)).openapi()["paths"]
    return {(method.upper(), anonymous(path)) for path, operations in paths.items() for method in operations}


def test_every_call_is_in_the_protocol() -> None:
    assert existing_calls() - set(documented_calls(read("docs/protocol.md"))) == set()


def test_every_call_in_the_protocol_exists() -> None:
    ours = {call for call in documented_calls(read("docs/protocol.md")) if call[1] not in OF_RASA}
    assert ours - existing_calls() == set()


def test_every_websocket_is_in_the_protocol() -> None:
    paths = [route.path for module in (chat.socket, handoff.socket) for route in module.router.routes]
    written = anonymous(read("docs/protocol.md"))
    assert len(paths) == 2
    assert [path for path in paths if f"**WebSocket** `{anonymous(path)}`" not in written] == []


def test_every_error_code_is_in_the_protocol() -> None:
    codes = {code for path in SOURCES for code in re.findall(r'\bcode ?= ?"([a-z_]+)"', path.read_text())}
    assert "conversation_not_found" in codes
    assert [code for code in sorted(codes) if f"`{code}`" not in read("docs/protocol.md")] == []


@pytest.mark.parametrize(
    ("text", "calls"),
    [
        ("## Chat: `/api/chat`\n| `GET /config` |", [("GET", "/api/chat/config")]),
        (
            "## Desk: `/api/desk`\n`POST /x/{id}/take`\n## Bot\n`GET /y?z=1`",
            [("POST", "/api/desk/x/{}/take"), ("GET", "/y")],
        ),
        ("## KB: `/api/kb`\n`PUT /api/kb/entries/{entry_id}`", [("PUT", "/api/kb/entries/{}")]),
        ("GET /bare is prose, and so is `/path`", []),
    ],
)
def test_the_reader_of_calls_sees(text: str, calls: list[tuple[str, str]]) -> None:
    assert list(documented_calls(text)) == calls


# ── commands ──────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("target", re.findall(r"^([a-z]+):.*##", read("Makefile"), re.MULTILINE))
def test_every_make_target_is_documented(target: str) -> None:
    assert re.search(rf"\bmake {target}\b", everything())


@pytest.mark.parametrize("target", sorted(set(re.findall(r"`make ([a-z]+)", everything()))))
def test_every_documented_make_target_exists(target: str) -> None:
    assert re.search(rf"^{target}:", read("Makefile"), re.MULTILINE)


@pytest.mark.parametrize("module", COMMANDS)
def test_every_command_its_subcommands_and_options_are_documented(module: str) -> None:
    source, written = COMMANDS[module].read_text(), everything()
    subcommands = re.findall(r'add_parser\(\s*"([a-z]+)"', source)
    commands = [f"python -m {module} {name}" for name in subcommands] or [f"python -m {module}"]
    options = re.findall(r'add_argument\(\s*"(--[a-z-]+)"', source)
    assert [expected for expected in (*commands, *options) if expected not in written] == []


def test_every_command_of_the_evaluation_and_its_options_are_documented() -> None:
    """They are in a registry, so they are read from the parser."""
    written = everything()
    of_commands = next(
        action.choices for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction)
    )
    assert {"faq", "all", "compare"} <= of_commands.keys()
    options = {
        option
        for parser in of_commands.values()
        for action in parser._actions
        for option in action.option_strings
        if option not in ("-h", "--help")
    }
    assert [name for name in of_commands if f"python -m evaluation {name}" not in written] == []
    assert [option for option in sorted(options) if option not in written] == []


def test_every_documented_command_exists() -> None:
    assert set(re.findall(r"python -m ([a-z_.]+)", everything())) <= COMMANDS.keys()


# ── names that people meet ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", get_args(kit.counters.Degradation))
def test_every_degraded_path_has_its_behaviour_and_what_to_do(path: str) -> None:
    rows = [line for line in read("docs/operations.md").splitlines() if line.startswith(f"| `{path}` |")]
    assert len(rows) == 2


@pytest.mark.parametrize("path", get_args(kit.counters.Degradation))
def test_the_test_that_a_degraded_path_names_provokes_it(path: str) -> None:
    row = next(line for line in read("docs/operations.md").splitlines() if line.startswith(f"| `{path}` |"))
    tests = re.findall(r"`(tests/[^`]+)`", row)
    assert tests or row.endswith("| none yet |")
    assert not tests or any(path in read(name) for name in tests)


def test_every_counter_is_documented() -> None:
    counters = re.findall(r'Counter\("([a-z_]+)"', read("kit/counters.py"))
    assert counters
    assert [name for name in counters if f"`{name}`" not in read("docs/operations.md")] == []


@pytest.mark.parametrize("reason", Reason)
def test_every_handoff_reason_is_documented(reason: Reason) -> None:
    assert f"| `{reason}` |" in read("docs/architecture.md")


@pytest.mark.parametrize("role", Role)
def test_every_role_is_documented(role: Role) -> None:
    assert f"| `{role}` |" in read("docs/security.md")


# ── links and words ───────────────────────────────────────────────────────────────────────────────────────────────


def anchors(text: str) -> set[str]:
    """The names that headings can be linked by."""
    headings = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links() -> Iterator[tuple[Path, str]]:
    for page in PAGES:
        for target in re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target):
                yield page, target


@pytest.mark.parametrize(("page", "target"), [pytest.param(*link, id=f"{link[0].name}-{link[1]}") for link in links()])
def test_every_link_and_image_leads_somewhere(page: Path, target: str) -> None:
    name, _, anchor = target.partition("#")
    linked = (page.parent / name).resolve() if name else page
    assert linked.is_file()
    assert not anchor or anchor in anchors(linked.read_text(encoding="utf-8"))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_file_that_is_named_exists(page: Path) -> None:
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]+\.(?:py|yml|md|sh|ts|css|jsonl))`", page.read_text(encoding="utf-8"))
    assert [name for name in named if not (ROOT / name).is_file()] == []


def test_every_page_is_linked_from_the_readme() -> None:
    readme = read("README.md")
    assert [page.name for page in DOCS.glob("*.md") if f"(docs/{page.name})" not in readme] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_speaks_of_the_workshop(page: Path) -> None:
    text = page.read_text(encoding="utf-8").lower()
    assert [word for word in FORBIDDEN if word in text] == []
    assert MACHINE_PATH.findall(text) == []


def test_the_licence_is_the_one_that_is_named() -> None:
    licence = read("LICENSE")
    assert "Apache License" in licence
    assert "END OF TERMS AND CONDITIONS" in licence
    assert 'license = "Apache-2.0"' in read("pyproject.toml")
