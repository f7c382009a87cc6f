"""The alarm of a transform says what its last run was, however its events come."""

from typing import Any

import pytest

from chaos.errors import refused
from chaos.history import Remove, StartByHand
from chaos.metrics import Metrics
from chaos.sagemaker import Outcome
from chaos.storage import Storage
from chaos.world import CONTROL, World
from private_transform.handlers.contract import FAILED_RUN, METRICS
from private_transform.handlers.ends import Ends
from private_transform.handlers.records import Records
from tests.handlers.deployments import deploy, world_where

LATE = 24 * 60 * 60
FAILS = Outcome(reason="AlgorithmError")


def red(world: World) -> bool | None:
    """Whether the alarm is; None while there was nothing to go by."""
    world.agenda.run(LATE)
    value = world.metrics.newest.get((METRICS, FAILED_RUN, "dev", "faces"))
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
    world.metrics.newest.clear()
    world.sagemaker.create_transform_job(**request)

    assert red(world) is None
    assert (CONTROL, "evidence/mine.json") in world.storage.objects


def evidence(ended: str | None = None) -> dict[str, Any]:
    times = {"TransformEndTime": ended} if ended else {}
    job = {"TransformJobName": "a", "CreationTime": "2030-01-01T00:00:00", **times}
    return {"result": "failed", "job": job}


def test_where_sagemaker_tells_no_end_the_start_orders_jobs() -> None:
    storage, metrics = Storage(), Metrics()
    records = Records(s3=storage, bucket=CONTROL)
    ends = Ends(records=records, cloudwatch=metrics, environment="dev")
    ends.count("faces", evidence("2030-01-02T00:00:00"))
    metrics.newest.clear()

    ends.count("faces", evidence())

    assert metrics.newest == {}


def test_an_end_that_was_noted_and_not_counted_is_counted_by_the_next_delivery() -> (
    None
):
    storage, metrics = Storage(), Metrics()
    records = Records(s3=storage, bucket=CONTROL)
    ends = Ends(records=records, cloudwatch=metrics, environment="dev")
    ends.count("faces", evidence())
    metrics.newest.clear()

    ends.count("faces", evidence())

    assert list(metrics.newest.values()) == [1]
    assert storage.written[CONTROL, "ends/faces.json"] == 1


def test_two_ends_at_once_are_counted_one_after_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    storage, metrics = Storage(), Metrics()
    records = Records(s3=storage, bucket=CONTROL)
    ends = Ends(records=records, cloudwatch=metrics, environment="dev")

    def overtaken(**request: Any) -> dict[str, Any]:
        raise refused("PreconditionFailed", "It has changed.", status=412)

    monkeypatch.setattr(storage, "put_object", overtaken)

    with pytest.raises(Exception, match="PreconditionFailed"):
        ends.count("faces", evidence())
    assert metrics.newest == {}
