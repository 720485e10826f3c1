"""The arrows of docs/architecture.md, read from the imports of every module: one that turns round fails here."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

DOMAINS = frozenset({"kb", "chat", "handoff", "complaints", "quality", "identity"})
OURS = DOMAINS | {"kit", "bot", "evaluation", "server", "migrations", "tests"}

MAY_IMPORT = {
    "kit": frozenset[str](),
    "identity": frozenset({"kit"}),
    "kb": frozenset({"kit", "identity"}),
    "handoff": frozenset({"kit", "identity"}),
    "chat": frozenset({"kit", "identity", "kb", "handoff"}),
    "evaluation": DOMAINS | {"kit"},
    "bot": frozenset[str](),
}

# Formulas that know nothing of ours: whoever shows a figure takes it from them, so that no figure is computed twice.
STAND_ALONE = ("evaluation.metrics.", "evaluation.statistics.")

# Commands that put domains together, as server.py does: an edge of the house, which nothing may import.
EDGES = {"handoff/__main__.py": frozenset({"chat"})}

LAYERS = ("models", "repository", "service", "schemas", "endpoints")
SEES_OF_LAYERS = {
    "models": frozenset[str](),
    "repository": frozenset({"models"}),
    "service": frozenset({"models", "repository"}),
    "schemas": frozenset({"models", "service"}),
    "endpoints": frozenset({"models", "service", "schemas"}),
}
LONGEST_MODULE = 400


def modules_of(package: str) -> list[Path]:
    return sorted(path for path in (ROOT / package).rglob("*.py") if ".venv" not in path.parts)


def imported(source: str) -> set[str]:
    """The dotted names that a module imports, also inside functions and under TYPE_CHECKING."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


def packages(source: str) -> set[str]:
    names = {name for name in imported(source) if not name.startswith(STAND_ALONE)}
    return {name.partition(".")[0] for name in names} & OURS


def reached_layers(domain: str, source: str) -> set[str]:
    reached = {name.split(".")[1] for name in imported(source) if name.startswith(f"{domain}.") and "." in name}
    return reached & set(LAYERS)


PACKAGE_MODULES = [
    pytest.param(package, path, id=str(path.relative_to(ROOT)))
    for package in MAY_IMPORT
    for path in modules_of(package)
]
LAYERED_MODULES = [
    pytest.param(domain, path, id=str(path.relative_to(ROOT)))
    for domain in sorted(DOMAINS)
    for path in modules_of(domain)
    if path.stem in LAYERS and path.parent.name == domain
]


@pytest.mark.parametrize(("package", "path"), PACKAGE_MODULES)
def test_a_package_imports_only_what_stands_below_it(package: str, path: Path) -> None:
    edge = EDGES.get(str(path.relative_to(ROOT)), frozenset[str]())
    assert packages(path.read_text()) - {package} <= MAY_IMPORT[package] | edge


@pytest.mark.parametrize("edge", EDGES)
def test_nothing_imports_an_edge(edge: str) -> None:
    name = edge.removesuffix(".py").replace("/", ".")
    for package in MAY_IMPORT:
        for path in modules_of(package):
            names = imported(path.read_text())
            assert not any(each == name or each.startswith(f"{name}.") for each in names), path


@pytest.mark.parametrize(("domain", "path"), LAYERED_MODULES)
def test_inside_a_domain_no_layer_looks_up(domain: str, path: Path) -> None:
    assert reached_layers(domain, path.read_text()) - {path.stem} <= SEES_OF_LAYERS[path.stem]


@pytest.mark.parametrize("domain", sorted(DOMAINS))
def test_only_a_repository_writes_sql_of_its_domain(domain: str) -> None:
    for path in modules_of(domain):
        if path.stem not in ("repository", "models"):
            names = {name for name in imported(path.read_text()) if name.startswith("sqlalchemy")}
            assert names <= {"sqlalchemy.ext.asyncio.AsyncSession", "sqlalchemy.exc.IntegrityError"}, path


@pytest.mark.parametrize("package", sorted(DOMAINS | {"kit"}))
def test_a_module_is_one_idea(package: str) -> None:
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in modules_of(package)}
    assert not {path: lines for path, lines in lengths.items() if lines > LONGEST_MODULE}


def test_nothing_imports_the_server() -> None:
    for package in MAY_IMPORT:
        for path in modules_of(package):
            assert "server" not in packages(path.read_text()), path


def test_every_package_of_ours_has_its_arrows_written_down() -> None:
    found = {path.parent.name for path in ROOT.glob("*/*.py")} - {"web", "var", "deploy", "docs"}
    assert found - {"migrations", "tests"} <= MAY_IMPORT.keys()


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ("import chat.service", {"chat"}),
        ("from kb.search import Engine", {"kb"}),
        ("def f():\n    from handoff import desk", {"handoff"}),
        ("if TYPE_CHECKING:\n    from identity.service import Role", {"identity"}),
        ("import chatter, kbd", set()),
    ],
)
def test_the_reader_of_imports_sees(source: str, seen: set[str]) -> None:
    assert packages(source) == seen
