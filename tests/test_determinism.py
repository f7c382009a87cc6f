"""The same files give the same bytes: on every machine, by hand and by the CLI."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

pytestmark = pytest.mark.gate

ROOT = Path(__file__).parents[1]
SUFFIXES = (".assets.json", ".template.json", "manifest.json")
"""What is deployed and what the CLI reads: it all must be the same."""
UNPACKED = os.environ.get(
    "JSII_RUNTIME_PACKAGE_CACHE_ROOT",
    str(Path.home() / ".cache" / "aws" / "jsii" / "package-cache"),
)
"""Where jsii keeps CDK unpacked: to unpack it anew takes half a minute."""


@dataclass(frozen=True)
class Machine:
    """What differs between two machines and must not matter."""

    folder: Path
    surroundings: Mapping[str, str]
    options: tuple[str, ...]
    umask: int

    def start(self, poison: str) -> "subprocess.Popen[str]":
        home = self.folder / "home"
        working = self.folder / "working"
        home.mkdir(parents=True)
        working.mkdir()
        return subprocess.Popen(
            [sys.executable, *self.options, str(ROOT / "app.py")],
            cwd=working,
            umask=self.umask,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={
                **self.surroundings,
                "AWS_ENDPOINT_URL": poison,
                "CDK_OUTDIR": str(self.assembly),
                "CDK_VALIDATION": "false",
                "HOME": str(home),
                "HTTPS_PROXY": poison,
                "HTTP_PROXY": poison,
                "JSII_RUNTIME_PACKAGE_CACHE_ROOT": UNPACKED,
                "PATH": os.environ["PATH"],
                "TMPDIR": str(self.folder),
            },
        )

    @property
    def assembly(self) -> Path:
        return self.folder / "assembly"


@dataclass(frozen=True)
class Synths:
    """Two synths of the shipped environment, and who tried to call out."""

    machines: tuple[Machine, Machine]
    listener: socket.socket


@pytest.fixture(scope="module")
def synths(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Synths]:
    folder = tmp_path_factory.mktemp("machines")
    machines = (
        Machine(
            folder / "one",
            {"LC_ALL": "C", "PYTHONHASHSEED": "1", "TZ": "Pacific/Kiritimati"},
            (),
            0o022,
        ),
        Machine(
            folder / "other place",
            {"LC_ALL": "tr_TR.UTF-8", "PYTHONHASHSEED": "4711", "USER": "other"},
            ("-O", "-B"),
            0o077,
        ),
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        poison = f"http://127.0.0.1:{listener.getsockname()[1]}"
        running = [machine.start(poison) for machine in machines]
        for process in running:
            said, _ = process.communicate()
            assert process.returncode == 0, said
        yield Synths(machines, listener)


def contents(assembly: Path) -> dict[str, bytes]:
    found = {
        path.name: path.read_bytes()
        for path in assembly.iterdir()
        if path.name.endswith(SUFFIXES)
    }
    assert len(found) == 9, "four stacks with their assets, and the manifest"
    return found


def test_two_machines_give_the_same_bytes(synths: Synths) -> None:
    one, other = (contents(machine.assembly) for machine in synths.machines)
    assert one.keys() == other.keys()
    for name, content in one.items():
        assert content == other[name], name


def test_nothing_is_looked_up(synths: Synths) -> None:
    manifest = json.loads(contents(synths.machines[0].assembly)["manifest.json"])
    assert manifest.get("missing", []) == []
    assert not (ROOT / "cdk.context.json").exists()


def test_nobody_is_called(synths: Synths) -> None:
    synths.listener.setblocking(False)
    with pytest.raises(BlockingIOError):
        synths.listener.accept()


def test_templates_know_nothing_of_the_machine(synths: Synths) -> None:
    for machine in synths.machines:
        for name, content in contents(machine.assembly).items():
            for place in (ROOT, machine.folder, Path(sys.prefix), Path.home()):
                if place != Path(place.anchor):
                    assert str(place).encode() not in content, (name, place)


@pytest.mark.slow
def test_the_cli_gives_the_same_bytes(synths: Synths, tmp_path: Path) -> None:
    here = Path(sys.executable).parent
    subprocess.run(
        [
            ROOT / "node_modules" / ".bin" / "cdk",
            "synth",
            "--no-notices",
            "--quiet",
            "--output",
            tmp_path,
        ],
        cwd=ROOT,
        check=True,
        env={
            "CDK_DISABLE_CLI_TELEMETRY": "1",
            "CDK_HOME": str(tmp_path / "cdk-home"),
            "CDK_VALIDATION": "false",
            "HOME": str(tmp_path),
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": UNPACKED,
            "PATH": f"{here}{os.pathsep}{os.environ['PATH']}",
        },
    )
    by_hand = contents(synths.machines[0].assembly)
    by_cli = contents(tmp_path)
    assert by_hand.keys() == by_cli.keys()
    for name, content in by_hand.items():
        assert content == by_cli[name], name
