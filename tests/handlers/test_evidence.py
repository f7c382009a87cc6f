"""What is left of each job is complete, true, and as the schema describes it."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from chaos.errors import refused
from chaos.faults import Fate
from chaos.history import History, Remove, StartByHand
from chaos.sagemaker import Outcome
from chaos.world import CONTROL, World
from private_transform.handlers.launches import facts_of_model
from tests.handlers.deployments import deploy, world_where

ROOT = Path(__file__).parents[2]
SCHEMA = json.loads((ROOT / "docs" / "evidence.schema.json").read_text())
LATE = 24 * 60 * 60


def left(world: World) -> dict[str, dict[str, Any]]:
    """All evidence by the job's name, once it is checked against the schema."""
    world.agenda.run(LATE)
    found = {
        key.removeprefix("evidence/").removesuffix(".json"): json.loads(content)
        for (bucket, key), content in world.storage.objects.items()
        if bucket == CONTROL and key.startswith("evidence/")
    }
    for evidence in found.values():
        Draft202012Validator(SCHEMA).validate(evidence)
    return found


def test_the_schema_is_one_and_knows_every_field() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert all(closed(SCHEMA))


def closed(schema: Any) -> Iterator[bool]:
    """Whether each object that has properties has no others."""
    if "properties" in schema:
        yield schema.get("additionalProperties") is False
        for each in schema["properties"].values():
            yield from closed(each)
    for each in (*schema.get("oneOf", ()), *filter(None, [schema.get("items")])):
        yield from closed(each)


def test_a_job_of_a_deployment_tells_who_started_it_with_what() -> None:
    world = world_where()
    assert deploy(world, max_failed=1)

    ((name, evidence),) = left(world).items()
    model = world.sagemaker.models[evidence["job"]["ModelName"]]
    (version,) = world.storage.versions["models", "faces/0.tar.gz"]
    launch = evidence["launch"]
    assert launch["origin"] == "deployment"
    assert launch["launched_by"]["stack"].endswith("stack/dev-faces/1")
    assert launch["launched_by"]["request"] in world.framework.replies[1].request_id
    assert launch["max_failed_inputs"] == 1
    assert launch["policies"] == {"models": "0" * 64}
    assert launch["model"] == {
        "name": evidence["job"]["ModelName"],
        "execution_role": model["ExecutionRoleArn"],
        "network_isolation": True,
        "subnets": ["subnet-1", "subnet-2"],
        "security_groups": ["sg-1"],
        "containers": [
            {
                "image": "123456789012.dkr.ecr.example/faces:0",
                "artifact": {
                    "s3_uri": "s3://models/faces/0.tar.gz",
                    "version_id": version.id,
                    "etag": version.described()["ETag"].strip('"'),
                    "size": 0,
                },
            }
        ],
    }
    assert evidence["job"]["TransformJobName"] == name
    assert (evidence["result"], evidence["summary"]) == ("succeeded", "")
    counts = ("inputs", "outputs", "failed_inputs")
    assert [evidence[count] for count in counts] == [3, 3, []]


def test_the_version_is_that_of_the_start_and_not_of_the_end() -> None:
    world = world_where()
    assert deploy(world, completion="launch")
    world.storage.put_object(Bucket="models", Key="faces/0.tar.gz", Body=b"new")

    ((_, evidence),) = left(world).items()
    (container,) = evidence["launch"]["model"]["containers"]
    first, _ = world.storage.versions["models", "faces/0.tar.gz"]
    assert container["artifact"]["version_id"] == first.id


@pytest.mark.parametrize(
    ("outcome", "result", "outputs"),
    [
        (Outcome(failed=1), "failed", 2),
        (Outcome(failed=1, reason="ClientError"), "failed", 2),
        (Outcome(failed=3, reason="ClientError"), "failed", 0),
    ],
)
def test_what_has_no_output_is_named(
    outcome: Outcome, result: str, outputs: int
) -> None:
    world = world_where(outcome)
    deploy(world)

    ((_, evidence),) = left(world).items()
    assert (evidence["result"], evidence["outputs"]) == (result, outputs)
    assert len(evidence["failed_inputs"]) == outcome.failed
    assert all(key.startswith("photos-0/") for key in evidence["failed_inputs"])
    (message,) = world.topic.published
    assert message["Subject"].startswith("Failed: ")
    assert f"{outcome.failed} of 3 inputs have no output" in message["Message"]
    assert message["MessageAttributes"]["result"]["StringValue"] == "failed"


def test_a_tolerated_run_is_told_as_such() -> None:
    world = world_where(Outcome(failed=1, reason="ClientError"))
    assert deploy(world, max_failed=1)

    ((name, evidence),) = left(world).items()
    assert evidence["result"] == "tolerated"
    (message,) = world.topic.published
    assert message["Subject"] == f"Completed with failed inputs: {name}"


def test_a_stopped_job_is_not_counted() -> None:
    world = world_where(Outcome(minutes=300))
    assert deploy(world, completion="launch")
    assert world.do(Remove())

    ((_, evidence),) = left(world).items()
    assert (evidence["result"], evidence["inputs"]) == ("stopped", None)


def test_each_attempt_leaves_its_own_evidence() -> None:
    lacking = Outcome(minutes=-2, reason="CapacityError: Unable to provision")
    world = world_where(lacking, Outcome())
    assert deploy(world, fallbacks=1)

    first, second = left(world).values()
    assert (first["result"], second["result"]) == ("failed", "succeeded")
    types = [
        each["job"]["TransformResources"]["InstanceType"] for each in (first, second)
    ]
    assert types == ["ml.m5.large", "ml.m5.0xlarge"]


def test_of_a_job_that_a_person_started_the_model_is_looked_at() -> None:
    world = world_where()
    assert deploy(world)
    world.do(StartByHand())

    evidence = left(world)["by-hand-1"]
    assert evidence["launch"]["origin"] == "unknown"
    assert evidence["launch"]["model"]["network_isolation"] is True


def test_of_a_model_that_is_gone_there_is_nothing_to_look_at() -> None:
    world = world_where()
    assert deploy(world)
    world.do(StartByHand())
    world.sagemaker.models.clear()

    assert left(world)["by-hand-1"]["launch"] == {"origin": "unknown"}


def test_no_fault_is_taken_for_a_model_that_is_gone() -> None:
    for ahead in range(1, 15):
        world = world_where()
        assert deploy(world)
        world.agenda.run(LATE)
        world.weather.fates = {world.weather.calls + ahead: Fate.THROTTLED}
        world.do(StartByHand())

        evidence = left(world)["by-hand-1"]
        assert evidence["launch"]["model"]["network_isolation"] is True, ahead
        assert world.weather.met == [Fate.THROTTLED]


@pytest.mark.parametrize("fate", [Fate.KILLED_AFTER, Fate.CUT_AFTER])
def test_no_fault_loses_what_was_known_at_the_start(fate: Fate) -> None:
    for call in range(1, 40):
        world = World(History(acts=(), fates={call: fate}))
        deploy(world)

        for evidence in left(world).values():
            assert evidence["launch"]["origin"] == "deployment", f"call {call}"


PACKAGE = "arn:aws:sagemaker:us-east-1:1:model-package/faces/1"
MODEL = {
    "ModelName": "dev-faces-0-0",
    "Containers": [
        {"Image": f"registry/faces@sha256:{'1' * 64}"},
        {"ModelPackageName": PACKAGE},
        {"ModelDataUrl": "s3://elsewhere/model.tar.gz"},
    ],
}


def test_an_image_tells_its_digest_and_a_package_its_name(world: World) -> None:
    image, package, artifact = facts_of_model(world.storage, MODEL, {})["containers"]

    assert image["image_digest"] == f"sha256:{'1' * 64}"
    assert package == {"model_package": PACKAGE}
    assert artifact == {"artifact": {"s3_uri": "s3://elsewhere/model.tar.gz"}}


def test_a_declared_digest_is_told_with_its_artifact(world: World) -> None:
    url = "s3://elsewhere/model.tar.gz"
    *_, artifact = facts_of_model(world.storage, MODEL, {url: "2" * 64})["containers"]

    assert artifact["artifact"]["declared_sha256"] == "2" * 64


@pytest.mark.parametrize(
    ("code", "told"), [("AccessDenied", True), ("SlowDown", False)]
)
def test_another_bucket_may_refuse_to_tell_its_versions(
    world: World, monkeypatch: pytest.MonkeyPatch, code: str, told: bool
) -> None:
    def closed(**request: Any) -> dict[str, Any]:
        raise refused(code, "No.")

    monkeypatch.setattr(world.storage, "list_object_versions", closed)

    if told:
        *_, last = facts_of_model(world.storage, MODEL, {})["containers"]
        assert last == {"artifact": {"s3_uri": "s3://elsewhere/model.tar.gz"}}
    else:
        with pytest.raises(Exception, match=code):
            facts_of_model(world.storage, MODEL, {})


def test_a_key_that_only_begins_like_the_artifact_is_not_it(world: World) -> None:
    world.storage.put_object(Bucket="models", Key="m.tar.gz.old", Body=b"")
    artifact = {"ModelDataUrl": "s3://models/m.tar.gz"}
    model = {"ModelName": "m", "PrimaryContainer": artifact}

    (container,) = facts_of_model(world.storage, model, {})["containers"]

    assert container == {"artifact": {"s3_uri": "s3://models/m.tar.gz"}}


def test_an_artifact_that_is_not_in_a_bucket_by_name_is_told_as_it_is(
    world: World,
) -> None:
    url = "https://models.s3.amazonaws.com/model.tar.gz"
    model = {"ModelName": "m", "PrimaryContainer": {"ModelDataUrl": url}}

    (container,) = facts_of_model(world.storage, model, {})["containers"]

    assert container == {"artifact": {"s3_uri": url}}
