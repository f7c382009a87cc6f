"""What the commands of the Makefile pass on."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder whose Python prints what it is asked to run."""
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "<%s>" "$@" "$PYTHONDONTWRITEBYTECODE"\n')
    python.chmod(0o755)
    return tmp_path


def make(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [
            *("make", "-f", str(ROOT / "Makefile"), "--no-print-directory"),
            *("PYTHON=python", *arguments),
        ],
        cwd=folder,
        env={"PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )


def test_schemas_are_written_beside_the_environments(folder: Path) -> None:
    done = make(folder, "schemas")
    assert done.stdout == (
        "<install.py><develop><>"
        "<-m><private_transform.environment.schema><environments><>"
    )


@pytest.mark.parametrize("command", ["deploy", "upload"])
def test_a_folder_may_have_a_blank_in_its_name(folder: Path, command: str) -> None:
    done = make(folder, command, "ENVIRONMENT=dev", "DATA=my data")
    assert f"<operate><{command}><dev><--data><my data>" in done.stdout


@pytest.mark.parametrize("command", ["deploy", "upload", "snapshot", "remove", "diff"])
def test_a_missing_environment_is_noticed_before_anything_is_installed(
    folder: Path, command: str
) -> None:
    done = make(folder, command)
    assert done.returncode == 2
    assert f"Name the environment: make {command} ENVIRONMENT=dev" in done.stderr
    assert "install.py" not in done.stdout


def test_a_missing_folder_is_noticed_before_anything_is_installed(
    folder: Path,
) -> None:
    done = make(folder, "upload", "ENVIRONMENT=dev")
    assert done.returncode == 2
    assert "Name the folder with models/ and inputs/" in done.stderr
    assert "install.py" not in done.stdout


def test_a_review_needs_something_to_compare_with(folder: Path) -> None:
    assert "make review BASE=main" in make(folder, "review").stderr

    done = make(folder, "review", "BASE=a branch")
    assert "<-m><review.tree><a branch>" in done.stdout
