"""Commands end with the rehearsal, and two rehearsals keep out of each other's way."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rehearsal import steps
from rehearsal.steps import ROOT, StepError, alone, command
from tests.rehearsal.waiting import wait_until

DEAF_CHILD = """
import os, signal, time
from pathlib import Path

if os.fork():
    time.sleep(60)
signal.signal(signal.SIGTERM, signal.SIG_IGN)
Path("child").write_text(str(os.getpid()))
Path("child").rename("ready")
time.sleep(60)
"""


def test_a_folder_is_held_by_one_rehearsal_at_a_time(tmp_path: Path) -> None:
    folder = tmp_path / "rehearsal"
    with (
        alone(folder),
        pytest.raises(StepError, match=f"running in {folder}: wait for it"),
        alone(folder),
    ):
        pass
    with alone(folder):
        pass


def test_a_command_that_fails_is_named() -> None:
    with pytest.raises(StepError, match=r"-c raise SystemExit\(3\)` failed"):
        command([sys.executable, "-c", "raise SystemExit(3)"], {})


def test_a_command_that_is_not_there_is_named_with_the_remedy() -> None:
    with pytest.raises(StepError, match=r"no-such-tool was not found; .*make rehearse"):
        command(["no-such-tool"], {"PATH": os.defpath})


def test_an_interrupted_command_leaves_no_deaf_child(tmp_path: Path) -> None:
    process = began(DEAF_CHILD, tmp_path)
    steps._end(process)
    assert process.returncode == -signal.SIGTERM
    child = int((tmp_path / "ready").read_text())
    wait_until(lambda: not runs(child))


def test_a_deaf_command_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "SECONDS_TO_END", 0.1)
    process = began(DEAF_CHILD.replace("if os.fork():", "if False:"), tmp_path)
    steps._end(process)
    assert process.returncode == -signal.SIGKILL


def test_ctrl_c_ends_the_command_that_runs(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from rehearsal.steps import command\n"
        "command([sys.executable, '-c', sys.argv[1]], {}, folder=Path(sys.argv[2]))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", code, DEAF_CHILD, str(tmp_path)],
        cwd=ROOT,
        stderr=subprocess.DEVNULL,
        preexec_fn=heed_ctrl_c,
    ) as rehearsal:
        wait_until((tmp_path / "ready").exists)
        rehearsal.send_signal(signal.SIGINT)
        rehearsal.wait(20)
    child = int((tmp_path / "ready").read_text())
    wait_until(lambda: not runs(child))


def heed_ctrl_c() -> None:
    """A shell starts what runs in the background deaf to it, and so these tests."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def began(code: str, folder: Path) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(
        [sys.executable, "-c", code], cwd=folder, start_new_session=True
    )
    wait_until((folder / "ready").exists)
    return process


def runs(pid: int) -> bool:
    # Whose parent is gone stays a zombie until the machine's first process sees it.
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True
    )
    return state.stdout.strip()[:1] not in ("", "Z")
