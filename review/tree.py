"""`python -m review.tree BASE`: review the working tree against a commit.

Both sides are synthesized here, for every environment: BASE in a worktree of its own,
with its own library, for the installed one is the working tree's. What was reviewed
stays beside its report, to be deployed.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import ArgumentError
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from .__main__ import FORMS, ROOT
from .assembly import Assembly, read_assembly
from .bad_input import BadInputError
from .delta.register import Registers, register_in
from .prices import prices_in
from .review import review

REPORTS = ROOT / "build" / "review"
SNAPSHOTS = ROOT / "build" / "snapshot"
"""Where `make snapshot` keeps what is deployed."""

_BAD_INPUT = 2


def main(arguments: list[str]) -> int:
    """Review every environment; 0 if nothing blocks, 1 if something does."""
    if len(arguments) != 1:
        print("usage: python -m review.tree BASE (a commit)", file=sys.stderr)
        return _BAD_INPUT
    # What is under way is put away also when somebody ends it.
    ending = _Ending()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, ending)
    try:
        with (
            _alone(),
            TemporaryDirectory() as folder,
            _worktree(arguments[0]) as base,
        ):
            blocked = [
                name
                for name in sorted(_environments(ROOT) | _environments(base))
                if _review(name, base, Path(folder) / name)
            ]
    except BadInputError as error:
        print(error, file=sys.stderr)
        return _BAD_INPUT
    except ArgumentError:
        # The prover's library makes an error of its own of whatever ends it.
        if ending.code is None:
            raise
        return ending.code
    return 1 if blocked else 0


class _Ending:
    """Ends the program on a signal.

    Attributes:
        code: What it ends with; None if nobody ended it.
    """

    def __init__(self) -> None:
        self.code: int | None = None

    def __call__(self, number: int, _: object) -> None:
        self.code = 128 + number
        sys.exit(self.code)


def _review(name: str, base: Path, folder: Path) -> bool:
    """Review one environment, write every form, and say whether it is blocked."""
    if name not in _environments(ROOT):
        print(f"{name}: its files are gone; its stacks stay until they are removed")
        return False
    before = None
    if name in _environments(base):
        before = synthesize(base, name, folder)
    reviewed = REPORTS / f"{name}.assembly"
    shutil.rmtree(reviewed, ignore_errors=True)
    after = synthesize(ROOT, name, reviewed)
    snapshot = SNAPSHOTS / name
    found = review(
        before,
        after,
        today=datetime.now(UTC).date(),
        deployed=read_assembly(snapshot) if snapshot.is_dir() else None,
        registers=Registers(before=register_in(base), after=register_in(ROOT)),
        prices=prices_in(ROOT),
    )
    for form, render in FORMS.items():
        (REPORTS / f"{name}.{form}").write_text(render(found, "high"), "utf-8")
    counts = ", ".join(
        f"{sum(each.severity == severity for each in found.findings)} {severity}"
        for severity in ("high", "medium", "low")
    )
    blocks = found.blocks("high")
    print(f"{name}: {'BLOCK' if blocks else 'approve'}; {counts}; {REPORTS}/{name}.md")
    return blocks


def _environments(root: Path) -> set[str]:
    return {
        file.parent.name for file in (root / "environments").glob("*/environment.yaml")
    }


def synthesize(root: Path, environment: str, out: Path) -> Assembly:
    """Synthesize one environment of a working tree, with that tree's own code.

    Args:
        root: The tree.
        environment: The environment's name.
        out: Where to put the assembly.

    Raises:
        BadInputError: The tree does not synthesize.
    """
    done = subprocess.run(
        [sys.executable, "app.py"],
        cwd=root,
        env={
            **os.environ,
            "PYTHONPATH": str(root / "constructs"),
            "CDK_CONTEXT_JSON": json.dumps({"environment": environment}),
            "CDK_OUTDIR": str(out),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise BadInputError(
            f"{root} {environment}",
            f"It does not synthesize: {done.stderr.strip()}",
            "Mend it, then review again.",
        )
    return read_assembly(out)


@contextmanager
def _alone() -> Iterator[None]:
    """Wait for another review of this tree: both would write the same files."""
    REPORTS.mkdir(parents=True, exist_ok=True)
    with (REPORTS / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _worktree(base: str) -> Iterator[Path]:
    """A tree of one commit, removed afterwards."""
    with TemporaryDirectory() as folder:
        tree = Path(folder) / "base"
        # Whatever begins with a hyphen would be an option.
        commit = _git("rev-parse", "--verify", "--end-of-options", f"{base}^{{commit}}")
        try:
            with _undisturbed():
                _git("worktree", "add", "--detach", str(tree), commit)
            yield tree
        finally:
            with _undisturbed():
                _git("worktree", "remove", "--force", str(tree))


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let signals wait, for git and for us: half a worktree cannot be removed."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT, signal.SIGTERM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _git(*arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BadInputError(
            f"git {' '.join(arguments[:2])}",
            done.stderr.strip(),
            "Name a commit, a branch or a tag: make review BASE=main",
        )
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
