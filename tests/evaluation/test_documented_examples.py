"""The examples in the docstrings of metrics and statistics are run, and every public function of them has one."""

import ast
import doctest
import importlib
from pathlib import Path

import pytest

from kit.settings import ROOT

FOLDERS = ("evaluation/metrics", "evaluation/statistics")
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for folder in FOLDERS
    for path in (ROOT / folder).glob("*.py")
    if path.name != "__init__.py"
)


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_hold(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


@pytest.mark.parametrize("name", MODULES)
def test_every_public_function_has_an_example(name: str) -> None:
    source = Path(ROOT, *name.split(".")).with_suffix(".py").read_text(encoding="utf-8")
    functions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef)]
    public = [node for node in functions if not node.name.startswith("_")]
    assert [node.name for node in public if ">>>" not in (ast.get_docstring(node) or "")] == []


def test_metrics_and_statistics_stand_alone() -> None:
    """The desk uses them too: they import nothing of ours but each other."""
    ours = {"evaluation", "kb", "chat", "handoff", "identity", "kit", "server"}
    for name in MODULES:
        source = Path(ROOT, *name.split(".")).with_suffix(".py").read_text(encoding="utf-8")
        imports = [node.module or "" for node in ast.walk(ast.parse(source)) if isinstance(node, ast.ImportFrom)]
        of_ours = [module for module in imports if module.split(".")[0] in ours]
        assert [m for m in of_ours if not m.startswith(("evaluation.metrics", "evaluation.statistics"))] == []
