import subprocess

import pytest

from bench.interleaved import Command
from bench.memory import peak_megabytes

LARGE = "held = b'x' * 300_000_000"
BUSY = "sum(range(30_000_000))"
CHILD = f"{LARGE}; {BUSY}"
START = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {CHILD!r}])"
PARENT = f"{LARGE}; {START}"


def test_the_memory_of_all_processes_of_a_command_is_counted() -> None:
    both = Command(label="both", arguments=["-c", PARENT])

    assert 550 < peak_megabytes(both) < 700


def test_a_command_that_fails_has_no_peak() -> None:
    with pytest.raises(subprocess.CalledProcessError):
        peak_megabytes(Command(label="x", arguments=["-c", "raise SystemExit(1)"]))
