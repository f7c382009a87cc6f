"""What the rehearsal takes from inside MiniStack is listed, and is there."""

import ast
import importlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from rehearsal.embedded.patches import MINISTACK, PRIVATE_NAMES
from rehearsal.process import ROOT

REHEARSAL = ROOT / "rehearsal"


def private_names(source: Path) -> Iterator[tuple[str, str]]:
    """Modules of MiniStack and the underscored names of theirs that a file uses."""
    tree = ast.parse(source.read_text())
    modules = {
        alias.asname or alias.name: f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("ministack")
        for alias in node.names
    }
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Attribute)
            and isinstance(node.value, ast.Name)
            and node.value.id in modules
            and node.attr.startswith("_")
        ):
            yield modules[node.value.id], node.attr


def test_every_private_name_in_use_is_listed() -> None:
    used = {each for file in REHEARSAL.rglob("*.py") for each in private_names(file)}
    listed = {
        (module, name) for module in PRIVATE_NAMES for name in PRIVATE_NAMES[module]
    }
    assert used == listed


@pytest.mark.parametrize(
    ("module", "name"),
    [(module, name) for module, names in PRIVATE_NAMES.items() for name in names],
)
def test_ministack_has_it(module: str, name: str) -> None:
    assert hasattr(importlib.import_module(module), name), f"MiniStack lost {name}"


def test_the_listed_version_is_the_one_installed() -> None:
    assert version("ministack") == MINISTACK
