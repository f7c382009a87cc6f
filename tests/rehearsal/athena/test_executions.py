"""How executions end when somebody or something gets in between."""

import threading
from collections.abc import Callable
from typing import Any

from rehearsal.athena.cloud import Output
from rehearsal.athena.executions import Executions, Record, new_record
from rehearsal.athena.query import Query
from rehearsal.athena.results import Result
from tests.rehearsal.athena.catalogs import JSON_SERDE, columns, plain_table
from tests.rehearsal.athena.fakes import BUCKET, FakeSight
from tests.rehearsal.waiting import wait_until


class SlowSight(FakeSight):
    """Shows nothing until it is released."""

    def __init__(self) -> None:
        table = plain_table("t", BUCKET, columns(x="string"), JSON_SERDE)
        super().__init__({"t": table}, {})
        self.asked, self.released = threading.Event(), threading.Event()

    def describe(self, name: Any) -> dict[str, Any]:
        self.asked.set()
        assert self.released.wait(10)
        return super().describe(name)


def record() -> Record:
    output = Output(location="s3://outputs/athena/1.csv", settings={}, owner={})
    return new_record("1", {"QueryString": "SELECT 1"}, "faces", output)


def never(result: Result) -> None:
    raise AssertionError(f"{result} was saved")


def run_beside(
    executions: Executions, record: Record, query: Query, save: Callable[[Result], None]
) -> threading.Thread:
    thread = threading.Thread(target=executions.run, args=(record, query, save))
    thread.start()
    return thread


def test_a_stopped_query_is_cancelled_whatever_becomes_of_it() -> None:
    executions, told, sight = Executions(), record(), SlowSight()
    saved: list[Result] = []
    query = sight.query("SELECT * FROM t")
    thread = run_beside(executions, told, query, saved.append)
    assert sight.asked.wait(10)
    assert told["Status"]["State"] == "RUNNING"

    executions.stop(told)
    sight.released.set()
    thread.join(10)

    assert saved == []
    assert told["Status"]["State"] == "CANCELLED"
    assert "CompletionDateTime" in told["Status"]


def test_stopping_interrupts_what_runs() -> None:
    rows = ", ".join(f"({number})" for number in range(2000))
    values = f"(VALUES {rows})"
    endless = f"""SELECT count(*) FROM {values} AS a(x) CROSS JOIN {values} AS b(y)
        CROSS JOIN {values} AS c(z) WHERE x * y * z % 7 = 3"""
    executions, told = Executions(), record()
    query = FakeSight({}, {}).query(endless)
    thread = run_beside(executions, told, query, never)
    wait_until(lambda: told["Status"]["State"] == "RUNNING")

    def has_ended() -> bool:
        executions.stop(told)
        thread.join(0.05)
        return not thread.is_alive()

    wait_until(has_ended)
    assert told["Status"]["State"] == "CANCELLED"


def test_a_query_that_was_stopped_before_it_began_never_runs() -> None:
    executions, told = Executions(), record()
    executions.stop(told)
    sight = SlowSight()
    executions.run(told, sight.query("SELECT * FROM t"), never)
    assert not sight.asked.is_set()
    assert told["Status"]["State"] == "CANCELLED"


def test_a_fault_of_the_rehearsal_fails_the_query() -> None:
    def broken(result: Result) -> None:
        raise KeyError("x")

    executions, told = Executions(), record()
    executions.run(told, FakeSight({}, {}).query("SELECT 1"), broken)
    assert told["Status"]["State"] == "FAILED"
    assert "the rehearsal broke" in told["Status"]["StateChangeReason"]
