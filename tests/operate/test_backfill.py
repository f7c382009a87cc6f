"""Days are made up for once each, a few at a time."""

import json
import time
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from operate.backfill import Backfill
from operate.deployed import Deployed, OperationError
from private_transform.environment import Runs, Shards
from tests.operate.fakes import Account, environment
from tests.representative import PLAIN

MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:dev-faces"
WEEK = (date(2030, 1, 25), date(2030, 1, 31))


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    account = Account()
    account.stacks["dev-faces"] = {"StateMachine": MACHINE}
    return account


def of(
    account: Account,
    first: date,
    last: date,
    *,
    uri: str = "photos/{run_date}/",
    shards: Shards | None = None,
    transform: str = "faces",
    at_once: int = 2,
) -> Backfill:
    source = PLAIN.transform_input.data_source.s3_data_source
    data = replace(
        PLAIN.transform_input.data_source, s3_data_source=replace(source, s3_uri=uri)
    )
    faces = replace(
        PLAIN,
        runs=Runs(shards=shards),
        transform_input=replace(PLAIN.transform_input, data_source=data),
    )
    session: Any = account
    return Backfill(
        deployed=Deployed.open(replace(environment(), transforms=(faces,)), session),
        transform=transform,
        first=first,
        last=last,
        at_once=at_once,
    )


def asked(account: Account) -> list[dict[str, Any]]:
    assert {each["stateMachineArn"] for each in account.executions} <= {MACHINE}
    return [json.loads(each["input"]) for each in account.executions]


def test_each_day_is_asked_for_once_unless_it_is_done(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    of(account, *WEEK).run()

    assert asked(account) == [
        {"run_date": f"2030-01-{day}", "if_missing": True} for day in range(25, 32)
    ]
    said = capsys.readouterr().out.splitlines()
    assert said[0] == "7 runs of faces, 2 at once."
    assert said[1] == "2030-01-25: succeeded. a-job It is done."
    assert len(said) == 8


def test_each_hour_is_asked_for_where_inputs_lie_by_hour(account: Account) -> None:
    day = date(2030, 1, 25)
    of(account, day, day, uri="photos/{run_date}/{run_hour}/").run()

    hours = [each["run_hour"] for each in asked(account)]
    assert hours == [f"{hour:02}" for hour in range(24)]


def test_each_hour_is_asked_for_where_lists_of_shards_lie_by_hour(
    account: Account,
) -> None:
    day = date(2030, 1, 25)
    lists = Shards(manifest="{run_date}/{run_hour}.json", max_concurrency=2)
    of(account, day, day, uri="photos/", shards=lists).run()

    assert len(asked(account)) == 24


@pytest.mark.parametrize("at_once", [1, 2, 3, 9])
def test_only_so_many_go_on_at_once(
    account: Account, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    most = 0

    def look(_: float) -> None:
        nonlocal most
        most = max(most, sum(each["looks"] < 2 for each in account.executions))

    monkeypatch.setattr(time, "sleep", look)
    of(account, *WEEK, at_once=at_once).run()

    assert most == min(at_once, 7)


def test_a_day_that_fails_holds_up_no_other(
    account: Account, capsys: pytest.CaptureFixture[str]
) -> None:
    account.fails = frozenset({"2030-01-26"})

    with pytest.raises(OperationError, match="1 of these runs failed: 2030-01-26"):
        of(account, *WEEK).run()

    assert len(account.executions) == 7
    assert "2030-01-26: failed. It did not start." in capsys.readouterr().out


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"transform": "cats"}, "dev has no transform cats; it has faces"),
        ({"first": WEEK[1], "last": WEEK[0]}, "is before"),
    ],
)
def test_what_cannot_be_made_up_for_is_told(
    account: Account, settings: dict[str, Any], words: str
) -> None:
    given = {"first": WEEK[0], "last": WEEK[1], **settings}
    with pytest.raises(OperationError, match=words):
        of(account, **given).run()


def test_a_transform_without_runs_is_told(account: Account) -> None:
    account.stacks["dev-faces"] = {"JobName": "a"}

    with pytest.raises(OperationError, match="write `runs:` in its file"):
        of(account, *WEEK).run()
