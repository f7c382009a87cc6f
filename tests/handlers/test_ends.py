"""The alarm of a transform says what its last run was, however its events come."""

from datetime import UTC, datetime
from typing import Any

import pytest

from chaos.history import Remove, StartByHand
from chaos.metrics import Metrics
from chaos.sagemaker import Outcome
from chaos.storage import Storage
from chaos.world import CONTROL, World
from private_transform.handlers.contract import FAILED_RUN, METRICS
from private_transform.handlers.ends import Ends
from private_transform.handlers.records import Records
from tests.handlers.deployments import deploy, expire_outputs, world_where

LATE = 24 * 60 * 60
FAILS = Outcome(reason="AlgorithmError")


def red(world: World) -> bool | None:
    """Whether the alarm is; None while there was nothing to go by."""
    world.agenda.run(LATE)
    value = world.metrics.last(METRICS, FAILED_RUN, "dev", "faces")
    return None if value is None else value >= 1


def test_a_run_that_succeeds_is_no_alarm() -> None:
    world = world_where()
    assert deploy(world)

    assert red(world) is False


def test_a_job_that_fails_after_it_was_handed_over_is_red_until_a_success() -> None:
    world = world_where(Outcome(minutes=90, reason="AlgorithmError"), Outcome())
    assert deploy(world)
    assert world.stack.held["Job"].data["Status"] == "InProgress"
    assert red(world) is True

    assert deploy(world, run=1)

    assert red(world) is False
    first, _ = world.sagemaker.jobs
    note = world.stack.held["Job"].data["Note"]
    assert f"The job before, {first}, failed after its deployment." in note


def test_a_job_that_failed_and_is_not_judged_yet_is_told_of() -> None:
    world = world_where(
        Outcome(minutes=90, reason="AlgorithmError"), Outcome(), announcements={0: ()}
    )
    assert deploy(world)
    world.agenda.run(2 * 60 * 60)

    assert deploy(world, run=1)

    first, _ = world.sagemaker.jobs
    note = world.stack.held["Job"].data["Note"]
    assert f"The job before, {first}, failed after its deployment." in note


def test_the_next_deployment_tells_of_inputs_that_a_handed_over_job_left_out() -> None:
    world = world_where(Outcome(minutes=90, failed=1), Outcome())
    assert deploy(world)
    assert red(world) is True

    assert deploy(world, run=1)

    first, _ = world.sagemaker.jobs
    note = world.stack.held["Job"].data["Note"]
    assert f"The job before, {first}, failed after its deployment." in note


def test_the_next_deployment_does_not_tell_of_inputs_that_were_tolerated() -> None:
    world = world_where(Outcome(minutes=90, failed=1), Outcome())
    assert deploy(world, max_failed=1)
    assert red(world) is False

    assert deploy(world, run=1, max_failed=1)

    assert "The job before" not in world.stack.held["Job"].data["Note"]


def test_a_job_that_is_tolerated_only_now_is_not_the_job_before_itself() -> None:
    world = world_where(Outcome(minutes=90, failed=1))
    assert deploy(world)
    assert red(world) is True

    assert deploy(world, max_failed=1)

    note = world.stack.held["Job"].data["Note"]
    assert note.endswith("`max_failed_inputs` allows that.")


def test_what_the_job_before_was_judged_as_outlives_its_outputs() -> None:
    world = world_where(Outcome(minutes=90), Outcome())
    assert deploy(world)
    assert red(world) is False
    expire_outputs(world)

    assert deploy(world, run=1)

    assert "The job before" not in world.stack.held["Job"].data["Note"]


def test_a_deployment_after_a_job_that_completed_has_nothing_to_tell_of_it() -> None:
    world = world_where(Outcome(minutes=90), Outcome())
    assert deploy(world)
    world.agenda.run(LATE)

    assert deploy(world, run=1)

    assert "The job before" not in world.stack.held["Job"].data["Note"]


@pytest.mark.parametrize("fails_first", [True, False])
def test_an_event_that_comes_late_does_not_overrule_a_later_end(
    fails_first: bool,
) -> None:
    outcomes = (FAILS, Outcome()) if fails_first else (Outcome(), FAILS)
    world = world_where(*outcomes, announcements={0: (4000,)})
    deploy(world)

    deploy(world, run=1)

    assert red(world) is not fails_first


def test_a_repeated_event_changes_nothing() -> None:
    world = world_where(FAILS, announcements={0: (1, 1, 700)})
    deploy(world)

    assert red(world) is True


def test_a_job_that_was_stopped_is_neither_good_nor_bad() -> None:
    world = world_where(Outcome(minutes=300))
    assert deploy(world, completion="launch")
    assert world.do(Remove())

    assert red(world) is None


def test_a_job_with_fewer_outputs_than_inputs_is_red() -> None:
    world = world_where(Outcome(failed=1))
    deploy(world)

    assert red(world) is True


def test_a_tolerated_run_is_not_red() -> None:
    world = world_where(Outcome(failed=1))
    assert deploy(world, max_failed=1)

    assert red(world) is False


def test_the_runs_of_other_people_count_too() -> None:
    world = world_where(Outcome(), FAILS)
    assert deploy(world)

    world.do(StartByHand())

    assert red(world) is True


def test_a_model_with_a_name_of_its_own_is_no_transform_of_ours() -> None:
    world = world_where()
    assert deploy(world)
    (model,) = world.sagemaker.models.values()
    world.sagemaker.create_model(**{**model, "ModelName": "dev-mine"})
    (job,) = world.sagemaker.jobs.values()
    request = {**job.request, "TransformJobName": "mine", "ModelName": "dev-mine"}
    world.agenda.run(60)
    world.metrics.values.clear()
    world.sagemaker.create_transform_job(**request)

    assert red(world) is None
    assert (CONTROL, "evidence/mine.json") in world.storage.objects


def evidence(
    name: str = "a", ended: str = "2030-01-01T00:00:00", result: str = "failed"
) -> dict[str, Any]:
    return {
        "result": result,
        "name": name,
        "ended": ended,
        "job": {"CreationTime": ended},
        "launch": {"origin": "execution"},
        "inputs": None,
        "outputs": None,
    }


class Counted:
    """The ends of one transform, told within one minute unless it is set on.

    Attributes:
        meanwhile: Ends that another delivery counts before the next is told.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.storage, self.metrics = Storage(), Metrics()
        self.minute = 0
        self.meanwhile: list[dict[str, Any]] = []
        self.ends = Ends(
            records=Records(s3=self.storage, bucket=CONTROL),
            cloudwatch=self.metrics,
            environment="dev",
            now=lambda: datetime(2030, 2, 1, 12, self.minute, 30, tzinfo=UTC),
        )
        put_metric_data = self.metrics.put_metric_data

        def overtaken(**request: Any) -> dict[str, Any]:
            if self.meanwhile:
                self.count(self.meanwhile.pop())
            return put_metric_data(**request)

        monkeypatch.setattr(self.metrics, "put_metric_data", overtaken)

    def count(self, left: dict[str, Any]) -> None:
        self.ends.count("faces", left)

    @property
    def is_red(self) -> bool:
        return self.metrics.last(METRICS, FAILED_RUN, "dev", "faces") == 1

    @property
    def minutes(self) -> list[int]:
        (values,) = self.metrics.values.values()
        return [minute.minute for minute in sorted(values)]


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Counted:
    return Counted(monkeypatch)


def test_where_sagemaker_tells_no_end_the_start_orders_jobs(counted: Counted) -> None:
    counted.count(evidence("late", "2030-01-02T00:00:00"))

    counted.count(evidence("early", result="succeeded"))

    assert counted.is_red


@pytest.mark.parametrize("last", ["succeeded", "failed"])
def test_ends_of_one_minute_are_told_one_after_the_other(
    counted: Counted, last: str
) -> None:
    first = "failed" if last == "succeeded" else "succeeded"
    counted.count(evidence("a", "2030-01-02T00:00:00", first))

    counted.count(evidence("b", "2030-01-02T00:00:01", last))

    assert counted.is_red is (last == "failed")
    assert counted.minutes == [0, 1]


@pytest.mark.parametrize("last", ["succeeded", "failed"])
def test_what_is_told_later_is_told_at_that_time(counted: Counted, last: str) -> None:
    counted.count(evidence("a", "2030-01-02T00:00:00"))
    counted.count(evidence("b", "2030-01-02T00:00:01"))
    counted.minute = 5
    counted.count(evidence("c", "2030-01-02T00:00:02", last))

    assert counted.minutes == [0, 5]


def test_an_end_that_was_noted_and_not_told_is_told_by_the_next_delivery(
    counted: Counted,
) -> None:
    counted.count(evidence())
    counted.metrics.values.clear()

    counted.count(evidence())

    assert counted.is_red


@pytest.mark.parametrize("result", ["succeeded", "failed"])
def test_what_another_delivery_told_meanwhile_of_a_newer_end_stays_told(
    counted: Counted, result: str
) -> None:
    older = "failed" if result == "succeeded" else "succeeded"
    counted.meanwhile = [evidence("new", "2030-01-03T00:00:00", result)]

    counted.count(evidence("old", "2030-01-02T00:00:00", older))

    assert counted.is_red is (result == "failed")


def test_of_two_ends_at_the_same_moment_one_is_the_newest_for_all(
    counted: Counted,
) -> None:
    at = "2030-01-02T00:00:00"
    counted.count(evidence("b", at, "failed"))

    counted.count(evidence("a", at, "succeeded"))
    counted.count(evidence("b", at, "failed"))

    assert counted.is_red
    assert counted.minutes == [0]


@pytest.mark.parametrize("before", [False, True], ids=["first", "further"])
def test_an_end_that_was_noted_by_another_meanwhile_is_not_written_over(
    counted: Counted, before: bool
) -> None:
    if before:
        counted.count(evidence("first", "2030-01-02T00:00:00"))
    put_object = counted.storage.put_object
    newer = evidence("newer", "2030-01-04T00:00:00")

    def overtaken(**request: Any) -> dict[str, Any]:
        counted.storage.put_object = put_object  # type: ignore[method-assign]
        counted.count(newer)
        return put_object(**request)

    counted.storage.put_object = overtaken  # type: ignore[method-assign]

    with pytest.raises(Exception, match="PreconditionFailed"):
        counted.count(evidence("older", "2030-01-03T00:00:00", "succeeded"))
    assert b"newer" in counted.storage.objects[CONTROL, "ends/faces.json"]
    assert counted.is_red
