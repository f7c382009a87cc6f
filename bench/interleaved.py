"""Measures commands in turns, so that a busy machine slows all of them alike."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]

Round = dict[str, float]
"""CPU seconds of each command, by its label."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One program to measure.

    Args:
        label: Its name in a round.
        arguments: What follows the interpreter.
        variables: Environment variables beside the inherited ones.
    """

    label: str
    arguments: Sequence[str]
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A figure over several rounds.

    Args:
        value: Median of the rounds.
        spread: Lowest and highest round.
        rounds: How many rounds there were.
    """

    value: float
    spread: tuple[float, float]
    rounds: int


def rounds_of(commands: Sequence[Command], rounds: int) -> list[Round]:
    """Run all commands in turns: A B C, A B C, ...; a first round warms the caches.

    Raises:
        subprocess.CalledProcessError: A command failed; its output was printed.
    """
    taken = [
        {command.label: cpu_seconds(command) for command in commands}
        for _ in range(rounds + 1)
    ]
    return taken[1:]


def over(rounds: Sequence[Round], figure: Callable[[Round], float]) -> Measured:
    """A figure computed inside each round, and its median over all of them."""
    values = [figure(each) for each in rounds]
    return Measured(
        value=median(values), spread=(min(values), max(values)), rounds=len(values)
    )


def cpu_seconds(command: Command) -> float:
    """User and system time of one run, with all processes that it waited for."""
    with running(command) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_utime + usage.ru_stime


@contextmanager
def running(command: Command) -> Iterator[subprocess.Popen[bytes]]:
    """One run, which whoever asks for it waits for.

    Raises:
        subprocess.CalledProcessError: The command failed; its output was printed.
    """
    with tempfile.TemporaryFile() as output, tempfile.TemporaryDirectory() as outdir:
        process = subprocess.Popen(
            [sys.executable, *command.arguments],
            cwd=ROOT,
            env={**os.environ, **_setting(outdir), **command.variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        yield process
        if process.returncode:
            output.seek(0)
            sys.stderr.buffer.write(output.read())
            raise subprocess.CalledProcessError(process.returncode, process.args)


def _setting(outdir: str) -> dict[str, str]:
    """What all runs share: our Node, cached bytecode, no validation, nothing left.

    Built-in validation costs more than a synth and would hide what is measured.
    """
    tools = str(Path(sys.executable).parent)
    return {
        "PATH": os.pathsep.join([tools, os.environ.get("PATH", os.defpath)]),
        "CDK_OUTDIR": outdir,
        "CDK_VALIDATION": "false",
        "PYTHONDONTWRITEBYTECODE": "",
    }
