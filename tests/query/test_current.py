"""The view of current answers: of each day and input the newest that holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from private_transform.environment import Column, Results
from private_transform.query.formats import OutputFormat
from private_transform.query.statements import current, failures, latest_run
from private_transform.query.tables import Tables
from tests.query.engine import Rows, answer

TABLES = Tables(database="db", transform="night-scores")
FORM = OutputFormat.of(
    Results(format="csv", columns=(Column(name="score", type="double"),))
)
DAYS = ("2099-01-30", "2099-01-31")
RUNS = (
    "date VARCHAR, job VARCHAR, root VARCHAR, result VARCHAR, summary VARCHAR, "
    "reason VARCHAR, began VARCHAR, folder VARCHAR, failed_inputs VARCHAR[]"
)
OUTPUTS = 'date VARCHAR, score VARCHAR, "$path" VARCHAR'


@dataclass(frozen=True, kw_only=True)
class Run:
    """A run that ended.

    Args:
        job: Its job.
        day: What it was for.
        answers: Its answers by input.
        result: How it ended.
        root: The first job of which it is a repetition.
        left_out: Inputs that it left out.
    """

    job: str
    day: str = DAYS[0]
    answers: Mapping[str, tuple[str, ...]]
    result: str = "succeeded"
    root: str = ""
    left_out: tuple[str, ...] = ()

    @property
    def line(self) -> dict[str, Any]:
        return {
            "date": self.day,
            "job": self.job,
            "root": self.root or self.job,
            "result": self.result,
            "summary": f"of {self.job}",
            "began": f"{self.day}T{self.job}",
            "folder": "nights/",
            "failed_inputs": list(self.left_out),
        }

    @property
    def outputs(self) -> Rows:
        return [
            {
                "date": self.day,
                "score": value,
                "$path": f"s3://outputs/scores/date={self.day}/job={self.job}/"
                f"{path}.out",
            }
            for path, values in self.answers.items()
            for value in values
        ]


def tables(*runs: Run) -> dict[str, tuple[str, Rows]]:
    return {
        "db.night_scores_runs": (RUNS, [each.line for each in runs]),
        "db.night_scores": (OUTPUTS, [row for each in runs for row in each.outputs]),
    }


def seen(*runs: Run) -> list[tuple[str, str, float, str]]:
    """Day, input, score and job of each row of the view."""
    found = answer(current(TABLES, FORM), tables(*runs))
    return sorted(
        (each["date"], each["input"], each["score"], each["job"]) for each in found
    )


def test_the_newest_answers_of_a_day_and_input_hold() -> None:
    first = Run(job="1", answers={"a.csv": ("1", "2"), "b.csv": ("3",)})
    second = Run(job="2", answers={"a.csv": ("4", "5")})
    next_day = Run(job="3", day=DAYS[1], answers={"a.csv": ("6",)})

    assert seen(second, first, next_day) == [
        (DAYS[0], "nights/a.csv", 4.0, "2"),
        (DAYS[0], "nights/a.csv", 5.0, "2"),
        (DAYS[0], "nights/b.csv", 3.0, "1"),
        (DAYS[1], "nights/a.csv", 6.0, "3"),
    ]


def test_a_run_that_failed_is_not_seen_until_what_it_left_out_is_done() -> None:
    failed = Run(
        job="1",
        answers={"a.csv": ("1",)},
        result="failed",
        left_out=("nights/b.csv", "nights/c.csv"),
    )
    again = Run(
        job="2",
        answers={"b.csv": ("2",)},
        result="failed",
        root="1",
        left_out=("nights/c.csv",),
    )
    done = Run(job="3", answers={"c.csv": ("3",)}, root="1")

    assert seen(failed, again) == []
    assert [each[1:] for each in seen(failed, again, done)] == [
        ("nights/a.csv", 1.0, "1"),
        ("nights/b.csv", 2.0, "2"),
        ("nights/c.csv", 3.0, "3"),
    ]


def test_what_is_missing_in_a_csv_is_null_and_no_number() -> None:
    (row,) = answer(current(TABLES, FORM), tables(Run(job="1", answers={"a": ("",)})))

    assert row["score"] is None


def test_an_input_of_a_folder_has_its_whole_name() -> None:
    deep = Run(job="1", answers={"x=1/a.out.csv": ("1",)})

    assert seen(deep)[0][1] == "nights/x=1/a.out.csv"


def test_failures_are_told_by_input_until_they_are_mended() -> None:
    failed = Run(
        job="1", answers={}, result="failed", left_out=("nights/a", "nights/b")
    )
    refused = Run(job="2", answers={}, result="failed")
    skipped = Run(job="3", answers={}, result="skipped")
    mended = Run(job="4", answers={}, root="1")

    def told(*runs: Run) -> list[tuple[str, str | None, str]]:
        found = answer(failures(TABLES), tables(*runs))
        return [(each["job"], each["input"], each["summary"]) for each in found]

    assert told(failed, refused, skipped) == [
        ("1", "nights/a", "of 1"),
        ("1", "nights/b", "of 1"),
        ("2", None, "of 2"),
    ]
    assert told(failed, refused, mended) == [("2", None, "of 2")]


def test_the_latest_run_is_the_one_that_began_last() -> None:
    view = {
        "db.night_scores_current": (
            "date VARCHAR, input VARCHAR, score DOUBLE, job VARCHAR, began VARCHAR",
            [
                {"date": DAYS[0], "input": "a", "job": "1", "began": "2099-01-30T01"},
                {"date": DAYS[1], "input": "b", "job": "2", "began": "2099-01-31T01"},
                {"date": DAYS[1], "input": "a", "job": "2", "began": "2099-01-31T01"},
                # Made up for later.
                {"date": DAYS[0], "input": "c", "job": "3", "began": "2099-01-31T02"},
            ],
        )
    }

    assert [each["input"] for each in answer(latest_run(TABLES), view)] == ["c"]


RESULTS = st.sampled_from(["succeeded", "tolerated", "failed", "stopped", "skipped"])


@st.composite
def histories(draw: st.DrawFn) -> list[Run]:
    runs: list[Run] = []
    for number in range(draw(st.integers(0, 8))):
        repeated = draw(st.sampled_from([None, *runs]))
        runs.append(
            Run(
                job=f"{number:02}",
                day=repeated.day if repeated else draw(st.sampled_from(DAYS)),
                answers=draw(
                    st.dictionaries(
                        st.sampled_from("abc"),
                        st.lists(st.sampled_from("123"), min_size=1).map(tuple),
                    )
                ),
                result=draw(RESULTS),
                root=(repeated.root or repeated.job) if repeated else "",
            )
        )
    return runs


@settings(deadline=None, max_examples=60)
@given(histories())
def test_the_view_is_what_its_words_say(history: list[Run]) -> None:
    whole = {
        each.root or each.job
        for each in history
        if each.result in ("succeeded", "tolerated")
    }
    newest: dict[tuple[str, str], Run] = {}
    for run in history:  # In the order in which they began.
        if (run.root or run.job) in whole:
            newest.update({(run.day, path): run for path in run.answers})

    assert seen(*history) == sorted(
        (day, f"nights/{path}", float(value), run.job)
        for (day, path), run in newest.items()
        for value in run.answers[path]
    )
