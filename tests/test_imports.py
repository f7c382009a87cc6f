"""Imports point one way, so that each part can be read, run and removed alone."""

import ast
import os
import shutil
import subprocess
import sys
import venv
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LIBRARY = ROOT / "constructs" / "private_transform"
MAY_IMPORT = {
    "app.py": {"private_transform", "stacks"},
    "stacks": {"private_transform", "stacks"},
    "constructs/private_transform": {"private_transform"},
    "operate": {"operate", "private_transform"},
    "rehearsal": {"demo", "private_transform", "rehearsal"},
    "demo": {"demo"},
    "compliance": {"app", "compliance", "private_transform", "stacks"},
    "chaos": {"chaos", "private_transform"},
    "review": {"compliance", "private_transform", "review"},
    "bench": {"bench"},
    "install.py": set[str](),
}
"""What of ours each part may import."""

OURS = {Path(part).stem for part in MAY_IMPORT} | {"tests"}


def sources(part: str) -> list[Path]:
    place = ROOT / part
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def imported(source: Path) -> Iterator[str]:
    """The modules that a file imports anywhere, relative imports in full."""
    package = source.relative_to(
        ROOT / "constructs" if LIBRARY in source.parents else ROOT
    ).parts[:-1]
    for node in ast.walk(ast.parse(source.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else ()
            yield ".".join((*above, *filter(None, [node.module])))


def roots(source: Path) -> set[str]:
    return {name.partition(".")[0] for name in imported(source)}


def everything() -> list[Path]:
    return [source for part in MAY_IMPORT for source in sources(part)]


@pytest.mark.parametrize("part", MAY_IMPORT)
def test_each_part_imports_only_what_lies_below_it(part: str) -> None:
    assert sources(part)
    for source in sources(part):
        assert roots(source) & OURS <= MAY_IMPORT[part], source


def test_every_package_is_a_part() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages <= set(MAY_IMPORT)


def test_what_is_no_construct_takes_values_and_no_constructs() -> None:
    for part in ("operate", "rehearsal", "review"):
        for source in sources(part):
            assert {"aws_cdk", "constructs"}.isdisjoint(roots(source)), source


def test_handlers_import_what_lambda_has() -> None:
    there = {
        *("boto3", "botocore", "dateutil", "private_transform"),
        *sys.stdlib_module_names,
    }
    for source in sources("constructs/private_transform/handlers"):
        assert roots(source) <= there, source
        for name in imported(source):
            if name.startswith("private_transform"):
                assert name.startswith("private_transform.handlers"), source


def test_handlers_import_one_another_as_neighbours() -> None:
    # In Lambda the package is called `handlers`, so its full name does not exist.
    for source in sources("constructs/private_transform/handlers"):
        assert "private_transform" not in source.read_text(), source


def test_boto3_is_bound_in_one_handler_module() -> None:
    assert [
        source.name
        for source in sources("constructs/private_transform/handlers")
        if "boto3" in roots(source)
    ] == ["entry.py"]


def test_pydantic_and_yaml_live_where_files_are_read() -> None:
    users = {
        source.relative_to(ROOT).parts[:3]
        for source in everything()
        if {"pydantic", "pydantic_core", "ruamel"} & roots(source)
    }
    assert users == {
        ("constructs", "private_transform", "environment"),
        ("review", "words.py"),
    }


def test_the_embedded_aws_is_known_to_the_rehearsal_alone() -> None:
    for source in everything():
        if "ministack" in roots(source):
            assert source.relative_to(ROOT).parts[0] == "rehearsal", source


def test_the_lock_is_plain_values() -> None:
    for source in sources("constructs/private_transform/lock"):
        foreign = roots(source) - set(sys.stdlib_module_names) - {"private_transform"}
        assert foreign == set(), source


@pytest.mark.parametrize(
    "module",
    [
        "private_transform",
        "private_transform.access",
        "private_transform.environment",
        "private_transform.handlers.job",
        "private_transform.lock",
        "private_transform.requests",
    ],
)
def test_plain_values_start_no_node(module: str) -> None:
    program = (
        f"import sys, {module}; assert not {{'aws_cdk', 'jsii'}} & {{*sys.modules}}"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("root", ["constructs", "tests"])
def test_source_roots_are_no_packages(root: str) -> None:
    assert not (ROOT / "constructs" / "__init__.py").exists()
    if root == "tests":
        assert not list((ROOT / root).rglob("__init__.py"))


@pytest.mark.slow
def test_synth_needs_the_deployment_requirements_and_nothing_else(
    tmp_path: Path,
) -> None:
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("app.py", "cdk.json", "constraints.txt", "pyproject.toml"):
        shutil.copy(ROOT / name, copy)
    shutil.copy(ROOT / "requirements.txt", copy)
    shutil.copy(ROOT / "README.md", copy)
    for name in ("constructs", "environments", "stacks"):
        shutil.copytree(
            ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    venv.create(tmp_path / "venv", with_pip=True)
    python = tmp_path / "venv" / "bin" / "python"
    subprocess.run(
        [python, "-m", "pip", "install", "--quiet", "-r", "requirements.txt"],
        cwd=copy,
        check=True,
    )
    subprocess.run(
        [python, "app.py"],
        cwd=copy,
        check=True,
        env={
            "CDK_OUTDIR": str(tmp_path / "assembly"),
            "CDK_VALIDATION": "false",
            "HOME": str(tmp_path),
            "PATH": os.environ["PATH"],
        },
    )
    assembly = tmp_path / "assembly"
    templates = {path.name for path in assembly.glob("*.template.json")}
    assert templates == {
        f"rehearsal-{part}.template.json"
        for part in ("faces", "faces-in-shards", "foundation", "operations")
    }
