"""When a transform's runs begin and which day's inputs they read."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from private_transform.environment import load_environment
from tests.environment.folders import problems, written

URI = "transform_input.data_source.s3_data_source.s3_uri"
TYPE = "transform_input.data_source.s3_data_source.s3_data_type"
EXPRESSION = "runs.schedule.expression"
ZONE = "runs.schedule.time_zone"


def schedule(expression: str, zone: str = "UTC") -> dict[str, Any]:
    return {EXPRESSION: expression, ZONE: zone}


LISTED = {URI: "lists/a.json", TYPE: "ManifestFile"}

SHARDS = {
    "runs.shards": {"manifest": "{run_date}/all.json", "max_concurrency": 2},
    "on_deploy": "none",
}

REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("no expression", {"runs.schedule": {}}, EXPRESSION, "required"),
    ("cron with five fields", schedule("cron(0 2 * * ?)"), EXPRESSION, "six fields"),
    ("two days at once", schedule("cron(0 2 * * * *)"), EXPRESSION, "two days is ?"),
    ("neither day", schedule("cron(0 2 ? * ? *)"), EXPRESSION, "two days is ?"),
    ("a minute too many", schedule("cron(60 3 * * ? *)"), EXPRESSION, "0 to 59"),
    ("an hour too many", schedule("cron(0 1,24 * * ? *)"), EXPRESSION, "hour 24"),
    ("no such day", schedule("cron(0 3 32 * ? *)"), EXPRESSION, "month 32"),
    ("no such month", schedule("cron(0 3 ? JAN-FOO 2 *)"), EXPRESSION, "as JAN"),
    ("no such day of the week", schedule("cron(0 3 ? * MON#6 *)"), EXPRESSION, "#6"),
    ("a day before the first", schedule("cron(0 3 ? * 0 *)"), EXPRESSION, "1 to 7"),
    ("a year too late", schedule("cron(0 3 * * ? 2200)"), EXPRESSION, "2200"),
    ("what is new, in shards", {**SHARDS, "runs.select": "new"}, "runs.select", "say"),
    ("what is complete", {**SHARDS, "runs.ready": "_OK"}, "runs.ready", "lists say"),
    (
        "shards of a manifest",
        {**LISTED, **SHARDS},
        "runs.shards",
        "there is a manifest",
    ),
    (
        "one job over all shards",
        {**SHARDS, "on_deploy": "run"},
        "on_deploy",
        "on_deploy: none, or smoke",
    ),
    ("nothing below a key", {"runs.schedule": None}, "runs.schedule", "no value"),
    ("the plural of one", schedule("rate(1 days)"), EXPRESSION, "rate(...)"),
    ("no zone at all", schedule("rate(1 day)", "CEST"), ZONE, "IANA"),
    ("a zone nobody knows", schedule("rate(1 day)", "Europe/X"), ZONE, "Europe/X"),
    (
        "a time that clocks pass over",
        schedule("cron(30 2 * * ? *)", "Europe/Berlin"),
        EXPRESSION,
        "pass over 02:30 on 2027-03-28",
    ),
    (
        "all times of an hour that clocks pass over",
        schedule("cron(0/30 2 * * ? *)", "Europe/Berlin"),
        EXPRESSION,
        "pass over 02:00 on 2027-03-28",
    ),
    (
        "every minute of it",
        schedule("cron(* 2 * * ? *)", "Europe/Berlin"),
        EXPRESSION,
        "pass over 02:00 on 2027-03-28",
    ),
    (
        "some minutes of it",
        schedule("cron(15-45 2/24 * * ? *)", "Europe/Berlin"),
        EXPRESSION,
        "pass over 02:15 on 2027-03-28",
    ),
    (
        "a midnight that clocks pass over",
        schedule("cron(30 0 * * ? *)", "Africa/Cairo"),
        EXPRESSION,
        "pass over 00:30 on 2027-04-30",
    ),
    (
        "one of several such times",
        schedule("cron(0,30 1,2 ? * SUN *)", "America/New_York"),
        EXPRESSION,
        "pass over 02:00 on 2027-03-14",
    ),
    (
        "what is new of a manifest",
        {**LISTED, "runs.select": "new"},
        "runs.select",
        "manifest",
    ),
    (
        "what is complete of it",
        {**LISTED, "runs.ready": "_OK"},
        "runs.ready",
        "manifest",
    ),
    ("a marker elsewhere", {"runs.ready": "done/_OK"}, "runs.ready", "_SUCCESS"),
    ("a marker that is a folder", {"runs.ready": ".."}, "runs.ready", "_SUCCESS"),
    ("another overlap", {"runs.overlap": "both"}, "runs.overlap", "queue"),
    ("a day that is none", {URI: "photos/{today}/"}, URI, "{run_date-1d}"),
    ("a day without a folder", {URI: "{run_date}/"}, URI, "below a folder"),
    ("a day in the first folder", {URI: "photos-{run_date}/"}, URI, "below a folder"),
    (
        "a day in an output",
        {"transform_output.s3_output_path": "faces/{run_date}/"},
        "transform_output.s3_output_path",
        "prefix",
    ),
]

ALLOWED: list[tuple[str, dict[str, Any]]] = [
    ("by hand only", {"runs": {}}),
    ("every night", schedule("cron(30 3 * * ? *)", "Europe/Berlin")),
    ("a time that comes twice", schedule("cron(0 3 * * ? *)", "Europe/Berlin")),
    ("every hour, that hour too", schedule("cron(0 * * * ? *)", "Europe/Berlin")),
    ("that time where clocks stay", schedule("cron(30 2 * * ? *)", "Asia/Tokyo")),
    ("that time in UTC", schedule("cron(30 2 * * ? *)")),
    ("the last Friday", schedule("cron(0 2 ? * 6L *)")),
    ("a weekday near the first", schedule("cron(0 2 1W JAN-MAR ? 2027-2030)")),
    ("many lists", SHARDS),
    ("every five minutes", schedule("rate(5 minutes)")),
    ("what is new and complete", {"runs.select": "new", "runs.ready": "_SUCCESS"}),
    ("lists that arrive", {**LISTED, "runs.on_arrival": True}),
    ("yesterday", {URI: "photos/{run_date-1d}/{run_hour}/"}),
    ("a day within a name", {URI: "photos/day-{run_date}/"}),
    ("a day's manifest", {URI: "lists/{run_date}.json", TYPE: "ManifestFile"}),
]


@pytest.mark.parametrize(
    ("changes", "place", "words"),
    [pytest.param(*case, id=name) for name, *case in REFUSED],
)
def test_it_is_refused_in_its_place(
    tmp_path: Path, changes: dict[str, Any], place: str, words: str
) -> None:
    (problem,) = problems(written(tmp_path, transforms={"faces": changes}))

    assert problem.path == place
    assert words in f"{problem.rule} {problem.fix}"


@pytest.mark.parametrize(
    "changes", [pytest.param(changes, id=name) for name, changes in ALLOWED]
)
def test_it_is_allowed(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert problems(written(tmp_path, transforms={"faces": changes})) == []


def test_clocks_are_of_no_matter_to_what_is_removed(tmp_path: Path) -> None:
    changes = schedule("cron(30 2 * * ? *)", "Europe/Berlin")
    folder = written(tmp_path, transforms={"faces": changes})

    assert load_environment(folder, today=None).transforms


@pytest.mark.parametrize(
    ("uri", "folder"),
    [
        ("photos/", "photos/"),
        ("photos/{run_date}/", "photos/"),
        ("photos/a/day-{run_date}/{run_hour}/", "photos/a/"),
    ],
)
def test_a_job_reads_the_folder_of_all_days(
    tmp_path: Path, uri: str, folder: str
) -> None:
    written(tmp_path, transforms={"faces": {URI: uri}})
    environment = load_environment(tmp_path / "lab", today=date(2026, 11, 28))

    (transform,) = environment.transforms
    assert transform.transform_input.data_source.s3_data_source.prefix == folder
