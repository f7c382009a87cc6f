import subprocess
from pathlib import Path

import pytest

from bench.interleaved import Command, cpu_seconds, over, rounds_of

BURN = "sum(range(3_000_000))"
CHILD = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {BURN!r}])"


def test_commands_run_in_turns_and_the_first_round_is_not_counted(
    tmp_path: Path,
) -> None:
    journal = tmp_path / "journal"

    def noting(label: str) -> Command:
        note = f"open({str(journal)!r}, 'a').write({label!r})"
        return Command(label=label, arguments=["-c", note])

    taken = rounds_of([noting("a"), noting("b")], rounds=2)

    assert journal.read_text() == "ababab"
    assert [set(each) for each in taken] == [{"a", "b"}, {"a", "b"}]


def test_the_work_of_a_child_process_is_counted() -> None:
    idle = cpu_seconds(Command(label="idle", arguments=["-c", "import subprocess"]))
    busy = cpu_seconds(Command(label="busy", arguments=["-c", CHILD]))

    assert busy > idle


def test_a_ratio_is_taken_inside_each_round() -> None:
    rounds = [{"a": 2.0, "b": 1.0}, {"a": 30.0, "b": 10.0}, {"a": 4.0, "b": 1.0}]

    measured = over(rounds, lambda cpu: cpu["a"] / cpu["b"])

    assert measured.value == 3.0
    assert measured.spread == (2.0, 4.0)
    assert measured.rounds == 3


def test_a_command_that_fails_stops_the_benchmark_and_shows_its_output(
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        cpu_seconds(Command(label="x", arguments=["-c", "raise SystemExit('why')"]))

    assert b"why" in capfdbinary.readouterr().err
