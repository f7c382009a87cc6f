"""The functions that Lambda calls, with boto3 taken away."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from chaos.cloudformation import SECRET, job_properties, model_properties
from chaos.history import Template
from chaos.world import CONTROL, World, job_by_hand
from private_transform.handlers import entry
from tests.handlers.deployments import deploy

MODEL_REQUEST: dict[str, Any] = {
    "RequestType": "Create",
    "RequestId": "r",
    "ResponseURL": f"https://s3.example/?{SECRET}",
    "StackId": "arn:aws:cloudformation:us-east-1:1:stack/dev-faces/1",
    "LogicalResourceId": "Model",
    "ResourceType": "Custom::TransformModel",
    "ResourceProperties": model_properties(Template()),
}


Clients = list[tuple[str, Config]]


@pytest.fixture(autouse=True)
def made(monkeypatch: pytest.MonkeyPatch, world: World) -> Iterator[Clients]:
    """The clients that were made."""
    services: Clients = []
    clients = {
        "sagemaker": world.sagemaker,
        "s3": world.storage,
        "sns": world.topic,
        "cloudwatch": world.metrics,
        "logs": world.log_groups,
    }

    def client(service: str, *, config: Config) -> object:
        services.append((service, config))
        return clients[service]

    monkeypatch.setattr(boto3, "client", client)
    monkeypatch.setenv("CONTROL_BUCKET", CONTROL)
    monkeypatch.setenv("TOPIC_ARN", "arn:aws:sns:us-east-1:1:topic")
    monkeypatch.setenv("ENVIRONMENT", "dev")
    yield services
    entry._client.cache_clear()
    entry._dispatch.cache_clear()


def test_a_request_goes_through_both_functions(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    begun = entry.on_event(MODEL_REQUEST, None)
    answer = entry.is_complete({**MODEL_REQUEST, **begun}, None)

    assert answer["Data"]["ModelName"] == begun["PhysicalResourceId"]
    assert list(world.sagemaker.models) == [begun["PhysicalResourceId"]]
    assert SECRET not in capsys.readouterr().out


def test_only_the_clients_that_a_request_needs_are_made_and_only_once(
    made: Clients,
) -> None:
    for _ in range(2):
        entry.on_event(MODEL_REQUEST, None)

    assert sorted(service for service, _ in made) == ["s3", "sagemaker"]


def test_functions_that_only_look_and_note_do_not_wait_long_for_an_answer(
    made: Clients, world: World
) -> None:
    entry.on_event(MODEL_REQUEST, None)
    entry.on_state_change({"Records": [ended(world, "one")]}, None)

    assert {config for _, config in made} == {entry.QUICK}


def test_the_function_that_creates_waits_for_sagemaker_to_look_at_the_data(
    made: Clients,
) -> None:
    begun = entry.on_event(MODEL_REQUEST, None)
    made.clear()

    entry.is_complete({**MODEL_REQUEST, **begun}, None)

    assert {config for _, config in made} == {entry.PATIENT}


def ended(world: World, name: str) -> dict[str, str]:
    """A message of the queue about a job that completed."""
    world.sagemaker.models["m"] = {"ModelName": "m"}
    world.sagemaker.create_transform_job(**job_by_hand(name, "m"))
    world.sagemaker.jobs[name].status = "Completed"
    detail = {"TransformJobName": name, "TransformJobStatus": "Completed"}
    return {"body": json.dumps({"detail": detail})}


def test_each_state_change_in_the_queue_is_handled(world: World) -> None:
    messages = [ended(world, "one"), ended(world, "two")]

    entry.on_state_change({"Records": messages}, None)

    for name in ("one", "two"):
        assert (CONTROL, f"evidence/{name}.json") in world.storage.objects


def test_a_state_change_that_cannot_be_handled_stays_in_the_queue(
    world: World,
) -> None:
    message = ended(world, "one")
    del world.sagemaker.jobs["one"]

    with pytest.raises(ClientError):
        entry.on_state_change({"Records": [message]}, None)


def test_each_change_in_the_queue_is_told(world: World) -> None:
    detail = {
        "eventSource": "kms.amazonaws.com",
        "eventTime": "2030-01-31T03:30:00Z",
        "eventID": "0-1-2",
        "awsRegion": "us-east-1",
        "sourceIPAddress": "192.0.2.7",
    }
    calls = ("DisableKey", "PutKeyPolicy")
    bodies = [json.dumps({"detail": {**detail, "eventName": each}}) for each in calls]

    entry.on_tampering({"Records": [{"body": each} for each in bodies]}, None)

    assert [each["Subject"] for each in world.topic.published] == [
        f"{each} by hand in dev" for each in calls
    ]


def test_an_execution_goes_on(world: World, made: Clients) -> None:
    assert deploy(world)
    (model,) = world.sagemaker.models
    order = {
        **job_properties(Template(), world.stack.held["Model"]),
        "Runs": {"Overlap": "skip", "Select": "all", "Ready": "", "OnEmpty": "skip"},
    }
    execution = {"Id": "arn:1", "StartTime": "2030-01-01T00:00:00Z", "Input": {}}

    answer = entry.run({"Execution": execution, "Order": order}, None)

    assert answer["State"] == "waiting"
    *_, job = world.sagemaker.jobs.values()
    assert job.request["ModelName"] == model
    assert made == [("sagemaker", entry.PATIENT), ("s3", entry.PATIENT)]


def test_the_watch_looks_at_jobs_that_run(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MAX_RUNTIME_IN_HOURS", "24")
    world.sagemaker.models["m"] = {"ModelName": "m"}
    for name in ("dev-faces-old", "dev-faces-new"):
        world.sagemaker.create_transform_job(**job_by_hand(name, "m"))
    long_ago = datetime.now(UTC) - timedelta(days=2)
    world.sagemaker.jobs["dev-faces-old"].created = long_ago
    world.sagemaker.jobs["dev-faces-new"].created = datetime.now(UTC)

    entry.watch({}, None)

    assert [job.status for job in world.sagemaker.jobs.values()] == [
        "Stopping",
        "InProgress",
    ]
