"""The calculator of shards: its arithmetic, its limits, and what the docs show."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operate.shards import MOST_OBJECTS, MOST_SHARDS, Work, main, told
from private_transform.handlers import listing, shards

PAGE = Path(__file__).parents[2] / "docs" / "shards.md"


def work(
    objects: int = 1_000_000,
    seconds_each: float = 0.2,
    at_once: int = 20,
    start_seconds: float = 300,
    longest_hours: float = 24,
) -> Work:
    return Work(
        objects=objects,
        seconds_each=seconds_each,
        at_once=at_once,
        start_seconds=start_seconds,
        longest_hours=longest_hours,
    )


def test_the_limits_are_those_of_the_launcher() -> None:
    assert (MOST_SHARDS, MOST_OBJECTS) == (shards._MOST, listing.LIMIT)


def test_time_is_counted_in_rounds_of_jobs() -> None:
    it = work(objects=1000, seconds_each=3.6, at_once=4, start_seconds=360)

    # 10 shards of 100 objects: 720 seconds each, in three rounds of four jobs.
    assert it.shards(100) == 10
    assert it.hours(100) == pytest.approx(3 * 0.2)
    assert it.instance_hours(100) == pytest.approx(10 * 0.2)
    assert it.starting(100) == 0.5


def test_starting_takes_a_twentieth_of_the_best_shard() -> None:
    assert work().starting(work().best) == pytest.approx(0.05, rel=0.01)


def test_what_is_too_much_for_one_run_takes_several() -> None:
    it = work(objects=10**9, seconds_each=0.05, at_once=100)

    assert (it.best, it.runs) == (MOST_OBJECTS, 2)
    assert "That is 2 runs" in told(it)


@given(
    st.integers(1, 10**10),
    st.floats(0.001, 1000),
    st.integers(1, 1000),
    st.floats(1, 3600),
    st.floats(1, 120),
)
def test_a_shard_fits_into_every_limit(
    objects: int, each: float, at_once: int, start: float, longest: float
) -> None:
    it = work(objects, each, at_once, start, longest)
    if start + each > longest * 3600:
        return

    assert 1 <= it.best <= MOST_OBJECTS
    assert start + it.best * each <= longest * 3600 * 1.000001
    assert it.shards(it.best) <= it.runs * MOST_SHARDS


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--objects 0 --seconds-each 1 --at-once 1", "0 is not a whole number from 1"),
        ("--objects x --seconds-each 1 --at-once 1", "x is not a whole number from 1"),
        (f"--objects {'9' * 400} --seconds-each 1 --at-once 1", "at most 15 digits"),
        ("--objects 1 --seconds-each 0 --at-once 1", "0 is not a number above 0"),
        ("--objects 1 --seconds-each nan --at-once 1", "nan is not a number above 0"),
        ("--objects 1 --seconds-each 90000 --at-once 1", "longer than a job may last"),
    ],
)
def test_what_makes_no_sense_is_refused(
    arguments: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments.split())

    assert ended.value.code == 2
    assert words in capsys.readouterr().err


def test_the_page_shows_what_the_calculator_says(
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = PAGE.read_text("utf-8")
    _, *examples = text.split("python -m operate.shards ")
    for example in examples:
        arguments, _, shown = example.partition("\n")
        assert main(arguments.split()) == 0
        assert shown.startswith(capsys.readouterr().out)
    assert len(examples) == 2
