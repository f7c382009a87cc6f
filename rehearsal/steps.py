"""Commands of the rehearsal, shown as they run and ended with it."""

import contextlib
import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[1]
SECONDS_TO_END = 5
"""What an interrupted command has for its own cleaning up."""


class StepError(Exception):
    """A step of the rehearsal failed; the text says which and why."""


@contextlib.contextmanager
def step(title: str) -> Iterator[None]:
    """Announce a step, and say how long it took."""
    print(f"\n== {title}", flush=True)
    began = time.monotonic()
    yield
    print(f"   {time.monotonic() - began:.0f} s", flush=True)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder that two rehearsals cannot share.

    Raises:
        StepError: Another one holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise StepError(
                f"Another rehearsal is running in {folder}: wait for it, stop it, or "
                "give this one a folder of its own with --home."
            ) from None
        yield


def command(
    arguments: Sequence[str], environment: Mapping[str, str], *, folder: Path = ROOT
) -> None:
    """Run a command, its output shown.

    Args:
        arguments: The command.
        environment: All its environment variables.
        folder: Where it runs.

    Raises:
        StepError: It is not there, or it failed.
    """
    try:
        process = subprocess.Popen(
            arguments,
            cwd=folder,
            env=dict(environment),
            stdin=subprocess.DEVNULL,
            # A group of its own: Ctrl-C ends the command with all its children.
            start_new_session=True,
        )
    except FileNotFoundError as error:
        raise StepError(
            f"{error.filename} was not found; run the rehearsal through `make "
            "rehearse`, which installs what it needs."
        ) from None
    try:
        code = process.wait()
    except BaseException:
        _end(process)
        raise
    if code:
        raise StepError(f"`{' '.join(arguments)}` failed; its output says why.")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a command and every child of it, those included that outlive it."""
    for sign in (signal.SIGTERM, signal.SIGKILL):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sign)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(SECONDS_TO_END)
