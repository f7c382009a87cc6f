import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal.engine import leash

HOLDER = """
import subprocess, sys, time
held = subprocess.Popen(
    [sys.executable, sys.argv[1], sys.executable, "-c", sys.argv[2]],
    stdin=subprocess.PIPE,
    start_new_session=True,
)
time.sleep(60)
"""
SERVING = "import time; print('serving', flush=True); time.sleep(60)"


def test_a_serving_process_ends_when_its_engine_is_killed() -> None:
    # Both write to one pipe, whose end therefore shows that all of them are gone.
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, leash.__file__, SERVING],
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"serving\n"

        holder.kill()

        assert holder.communicate(timeout=20)[0] == b""


@pytest.mark.parametrize(
    ("program", "code"),
    [
        ("import sys; sys.exit(7)", 7),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", 137),
        ("", 0),
    ],
)
def test_the_leash_ends_as_its_command_does(program: str, code: int) -> None:
    command = [sys.executable, leash.__file__, sys.executable, "-c", program]

    with subprocess.Popen(
        command, stdin=subprocess.PIPE, start_new_session=True
    ) as held:
        assert held.wait(timeout=30) == code


def test_the_leash_needs_nothing_of_ours() -> None:
    assert Path(leash.__file__).read_text().count("rehearsal") == 0
