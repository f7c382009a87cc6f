import json
from typing import Any

import pytest

from chaos.errors import refused
from chaos.faults import Fate
from chaos.history import History, StartByHand
from chaos.sagemaker import Outcome
from chaos.world import CONTROL, World, job_by_hand
from private_transform.handlers.executions import UnclearError
from private_transform.handlers.state_change import StateChanges
from tests.handlers.deployments import deploy, expire_outputs, world_where


def handler(world: World) -> StateChanges:
    return StateChanges(
        sagemaker=world.sagemaker,
        s3=world.storage,
        sns=world.topic,
        cloudwatch=world.metrics,
        bucket=CONTROL,
        topic="arn:aws:sns:us-east-1:123456789012:topic",
        environment="dev",
        now=world.agenda.now,
    )


def event(name: str, status: str) -> dict[str, Any]:
    return {"detail": {"TransformJobName": name, "TransformJobStatus": status}}


def evidence(world: World, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(
        world.storage.objects[CONTROL, f"evidence/{name}.json"]
    )
    return found


def test_a_job_that_ends_leaves_evidence_and_is_announced(world: World) -> None:
    assert deploy(world)
    world.agenda.run(60)

    (name,) = world.sagemaker.jobs
    left = evidence(world, name)
    assert left["job"]["TransformJobStatus"] == "Completed"
    assert left["job"]["TransformStartTime"] < left["job"]["TransformEndTime"]
    assert left["job"]["TransformOutput"]["S3OutputPath"].endswith(f"job={name}/")
    (message,) = world.topic.published
    assert message["Subject"] == f"Completed: {name}"
    assert message["MessageAttributes"]["status"]["StringValue"] == "Completed"
    assert f"s3://{CONTROL}/evidence/{name}.json" in message["Message"]


def test_evidence_and_message_hold_no_variable_of_the_job(world: World) -> None:
    assert deploy(world)
    world.agenda.run(60)

    (name,) = world.sagemaker.jobs
    text = json.dumps([evidence(world, name), world.topic.published])
    assert "API_TOKEN" not in text
    assert "5ec2e7" not in text


def test_a_failure_is_announced_with_its_reason_and_advice() -> None:
    world = world_where(Outcome(reason="CapacityError: Unable to provision"))
    deploy(world)
    world.agenda.run(60)

    lines = world.topic.published[0]["Message"].splitlines()
    assert "SageMaker: CapacityError: Unable to provision" in lines
    assert any("deploy again later" in line for line in lines)


def test_a_job_that_a_person_started_is_finished_like_any_other() -> None:
    world = world_where()
    assert deploy(world)
    world.do(StartByHand())
    world.agenda.run(3600)

    assert evidence(world, "by-hand-1")["job"]["TransformJobStatus"] == "Completed"
    assert len(world.topic.published) == 2


def test_repeated_events_write_once_and_announce_once() -> None:
    world = world_where(announcements={0: (1, 1, 30, 5000)})
    assert deploy(world)
    world.agenda.run(9000)

    (name,) = world.sagemaker.jobs
    assert world.storage.written[CONTROL, f"evidence/{name}.json"] == 1
    assert len(world.topic.published) == 1


@pytest.mark.parametrize("fate", list(Fate))
def test_no_fault_loses_an_announcement_or_writes_evidence_twice(fate: Fate) -> None:
    for call in range(1, 8):
        world = World(History(acts=(), announcements={0: (1, 2)}, fates={call: fate}))
        world.sagemaker.create_model(
            ModelName="dev-m", PrimaryContainer={"ModelDataUrl": "s3://m/a"}
        )
        world.sagemaker.create_transform_job(**job_by_hand("by-hand", "dev-m"))
        world.agenda.run_out()

        assert world.storage.written[CONTROL, "evidence/by-hand.json"] == 1
        assert len(world.topic.published) >= 1


@pytest.mark.parametrize("status", ["InProgress", "Stopping"])
def test_a_job_that_has_not_ended_is_left_alone(world: World, status: str) -> None:
    handler(world).handle(event("no-such-job", status))

    assert world.topic.published == []


def test_an_event_that_is_ahead_of_describe_is_to_be_delivered_again(
    world: World,
) -> None:
    deploy(world, completion="launch")
    (name,) = world.sagemaker.jobs

    with pytest.raises(UnclearError, match="not yet in Describe"):
        handler(world).handle(event(name, "Completed"))

    assert (CONTROL, f"evidence/{name}.json") not in world.storage.objects


@pytest.mark.parametrize(
    ("operation", "code"),
    [("head_object", "403"), ("put_object", "ConditionalRequestConflict")],
)
def test_what_s3_refuses_is_to_be_delivered_again(
    world: World, operation: str, code: str
) -> None:
    world.bus.delays = {0: ()}
    assert deploy(world)
    (name,) = world.sagemaker.jobs

    def refuse(**request: Any) -> dict[str, Any]:
        raise refused(code, "No.")

    setattr(world.storage, operation, refuse)

    with pytest.raises(Exception, match=code):
        handler(world).handle(event(name, "Completed"))
    assert world.topic.published == []


def test_what_was_announced_is_not_announced_again_while_counting_fails(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.bus.delays = {0: ()}
    assert deploy(world)
    (name,) = world.sagemaker.jobs

    def refuse(**request: Any) -> dict[str, Any]:
        raise refused("InternalError", "We failed.", status=500)

    monkeypatch.setattr(world.metrics, "put_metric_data", refuse)
    for _ in range(2):
        with pytest.raises(Exception, match="InternalError"):
            handler(world).handle(event(name, "Completed"))

    assert len(world.topic.published) == 1


def test_who_loses_the_race_for_the_evidence_tells_what_was_written(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.bus.delays = {0: ()}
    assert deploy(world)
    (name,) = world.sagemaker.jobs
    there = dict(world.storage.objects), dict(world.storage.versions)
    expire_outputs(world)
    put_object = world.storage.put_object

    def overtaken(**request: Any) -> dict[str, Any]:
        monkeypatch.undo()
        world.storage.objects, world.storage.versions = there
        handler(world).handle(event(name, "Completed"))
        world.topic.published.clear()
        del world.storage.objects[CONTROL, f"claims/{name}/Completed/announced"]
        return put_object(**request)

    monkeypatch.setattr(world.storage, "put_object", overtaken)
    handler(world).handle(event(name, "Completed"))

    (message,) = world.topic.published
    assert message["MessageAttributes"]["result"]["StringValue"] == "succeeded"


def test_what_the_first_delivery_saw_is_what_the_next_one_tells(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.bus.delays = {0: ()}
    assert deploy(world)
    (name,) = world.sagemaker.jobs

    def refuse(**request: Any) -> dict[str, Any]:
        raise refused("InternalError", "We failed.", status=500)

    monkeypatch.setattr(world.topic, "publish", refuse)
    with pytest.raises(Exception, match="InternalError"):
        handler(world).handle(event(name, "Completed"))
    monkeypatch.undo()
    expire_outputs(world)

    handler(world).handle(event(name, "Completed"))

    (message,) = world.topic.published
    assert message["Subject"] == f"Completed: {name}"
    assert message["MessageAttributes"]["result"]["StringValue"] == "succeeded"


def test_a_reason_of_many_lines_becomes_one() -> None:
    world = world_where(Outcome(reason="first\n\tsecond\nLogs: elsewhere"))
    deploy(world)
    world.agenda.run(60)

    lines = world.topic.published[0]["Message"].splitlines()
    assert "SageMaker: first second Logs: elsewhere" in lines
