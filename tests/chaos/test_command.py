import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from chaos import __main__ as command
from private_transform.handlers import dispatch
from private_transform.handlers.names import Names

ROOT = Path(__file__).parents[2]


def test_a_run_writes_the_report_and_succeeds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(command, "REPORT", tmp_path / "build" / "chaos.json")

    assert command.main(20, 7) == 0

    report = json.loads(command.REPORT.read_text())
    assert report["histories"] == 20
    assert report["seed"] == 7
    assert min(report["events"], report["faults"], report["kills"]) > 0
    wrong = (
        "leaks",
        "hangs",
        "duplicate_jobs",
        "wrong_answers",
        "oversized",
        "lost_notifications",
        "secrets",
        "unrepeatable",
    )
    assert {report[name] for name in wrong} == {0}


def test_a_broken_promise_fails_the_run_and_shows_the_shortest_history(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(command, "REPORT", tmp_path / "build" / "chaos.json")
    monkeypatch.setattr(dispatch, "loggable", dict)

    assert command.report([command.played(7, 0)], 7) == 1

    shown = capsys.readouterr().out
    assert "History 0 of seed 7 breaks `secrets`" in shown
    assert "a log line tells a secret" in shown


def test_names_of_chance_are_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def random_name(self: Names, wanted: str, _: str) -> str:
        return f"{self.family(wanted)}{os.urandom(4).hex()}"

    assert command.UNREPEATABLE not in command.played(7, 0).broken
    monkeypatch.setattr(Names, "name", random_name)

    assert command.UNREPEATABLE in command.played(7, 0).broken


def test_the_report_is_the_projects_wherever_it_is_run() -> None:
    assert command.REPORT == ROOT / "build" / "chaos.json"


def test_an_interrupt_ends_the_run_without_a_report(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "REPORT", tmp_path / "chaos.json")
    monkeypatch.setattr(command, "report", interrupted)

    assert command.main(10_000, 1) == 130
    assert not command.REPORT.exists()


@pytest.mark.parametrize("arguments", [[], ["10"], ["ten", "1"], ["1", "2", "3"]])
def test_wrong_arguments_are_answered_with_the_usage(arguments: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chaos", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "constructs")},
    )

    assert done.returncode == 1
    assert done.stderr == "usage: python -m chaos N SEED (two whole numbers)\n"
