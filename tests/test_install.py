"""Set-up: what it notices, what it waits for, what it cannot work with."""

import ast
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event, Thread

import pytest

import install

ROOT = Path(install.__file__).parent


class Folder:
    """A project's folder in which set-up only notes which steps it takes."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.steps: list[str] = []
        for name in ("pyproject.toml", "package.json", "demo/serve.py"):
            self.write(name)

    def write(self, name: str, text: str = "") -> None:
        (self.root / name).parent.mkdir(parents=True, exist_ok=True)
        (self.root / name).write_text(text)

    def run(self, name: str, command: Sequence[str], hint: str) -> None:
        self.steps.append(name)
        made = {
            "venv": ".venv/bin/pip",
            "npm": install.CDK,
            "demo": install.DEMO_MODEL,
        }
        if name in made:
            self.write(made[name])

    def install(self, profile: str) -> list[str]:
        """The steps that one set-up took."""
        self.steps = []
        install.install(profile)
        return self.steps


@pytest.fixture
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    monkeypatch.setattr(install, "ROOT", tmp_path)
    monkeypatch.setattr(install, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(install, "BIN", tmp_path / ".venv" / "bin")
    monkeypatch.setattr(install, "LOGS", tmp_path / "build" / "install")
    monkeypatch.setattr(install, "_run", folder.run)
    return folder


@pytest.fixture
def tools(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The only folder in which set-up finds the machine's programs."""
    tools = tmp_path / "tools"
    tools.mkdir()
    monkeypatch.setenv("PATH", str(tools))
    return tools


def provide(program: Path, says: str) -> None:
    program.write_text(f"#!/bin/sh\necho {says}\n")
    program.chmod(0o755)


def test_a_second_set_up_has_nothing_to_do(folder: Folder) -> None:
    assert folder.install("develop")
    assert folder.install("develop") == []


def test_what_serves_development_serves_a_deployment(folder: Folder) -> None:
    folder.install("develop")
    assert folder.install("deploy") == []


def test_what_serves_a_deployment_is_not_enough_for_development(
    folder: Folder,
) -> None:
    assert "demo" not in folder.install("deploy")
    assert "demo" in folder.install("develop")


@pytest.mark.parametrize(
    "name", ["pyproject.toml", "package.json", "demo/serve.py", "demo/added.py"]
)
def test_a_changed_definition_is_noticed(folder: Folder, name: str) -> None:
    folder.install("develop")
    folder.write(name, "changed")
    assert folder.install("develop")


@pytest.mark.parametrize("name", [install.CDK, install.DEMO_MODEL])
def test_a_folder_that_was_deleted_is_made_again(folder: Folder, name: str) -> None:
    folder.install("develop")
    (folder.root / name).unlink()
    assert folder.install("develop")
    assert (folder.root / name).exists()


def test_packages_of_a_deployment_are_not_taken_for_those_of_development(
    folder: Folder,
) -> None:
    folder.install("develop")
    (folder.root / install.CDK).unlink()
    folder.install("deploy")
    assert "npm" in folder.install("develop")


def test_a_set_up_that_failed_is_not_marked_as_done(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise install.InstallError("no disk space")

    folder.install("develop")
    folder.write("package.json", "changed")
    with monkeypatch.context() as broken:
        broken.setattr(install, "_demo_model", fail)
        assert install.main(["develop"]) == 1
    folder.write("package.json")
    assert folder.install("develop")


def test_a_second_set_up_at_the_same_time_waits(
    folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    waiting, entered = Event(), Event()
    monkeypatch.setattr(install, "print", lambda *_, **__: waiting.set(), raising=False)

    def second() -> None:
        with install._alone():
            entered.set()

    other = Thread(target=second)
    with install._alone():
        other.start()
        assert waiting.wait(timeout=10)
        assert not entered.is_set()
    other.join(timeout=10)
    assert entered.is_set()


@pytest.mark.parametrize(
    ("version", "npm", "installed"),
    [("v22.1.0", True, False), ("v22.1.0", False, True), ("v20.9.0", True, True)],
)
def test_node_is_installed_unless_the_machine_has_a_recent_one_with_npm(
    folder: Folder, tools: Path, version: str, npm: bool, installed: bool
) -> None:
    provide(tools / "node", says=version)
    if npm:
        provide(tools / "npm", says="10")
    assert ("node" in folder.install("deploy")) == installed


def test_an_old_python_is_told_what_is_needed() -> None:
    pretend = "import runpy, sys; sys.version_info = (3, 9, 2); "
    done = subprocess.run(
        [sys.executable, "-c", f"{pretend}runpy.run_path('install.py')"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("set-up failed: Python ")
    assert "3.11 or newer is needed" in done.stderr


def test_an_old_python_can_read_set_up_as_far_as_the_message() -> None:
    ast.parse((ROOT / "install.py").read_text(), feature_version=(3, 8))
