"""The simulated world fails where the real one does."""

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError, ReadTimeoutError

from chaos import chance
from chaos.agenda import Agenda
from chaos.cloudformation import TIMEOUT
from chaos.errors import refused
from chaos.faults import Fate, Killed, Weather
from chaos.framework import MARKER, TIMED_OUT
from chaos.history import Deploy, History, StartByHand, Template
from chaos.sagemaker import Outcome, Refusal, SageMaker
from chaos.storage import Storage
from chaos.world import World, job_by_hand
from private_transform.handlers.lifecycle import Answer

TEMPLATE = Deploy(template=Template())


class Silent:
    """A launcher that never comes to an end, or fails at once."""

    def __init__(self, *, fails: bool = False) -> None:
        self.fails = fails
        self.begun: list[str] = []

    def begin(self, event: Mapping[str, Any]) -> Answer:
        self.begun.append(event["RequestType"])
        if self.fails:
            raise ValueError("no")
        return {}

    def go_on(self, event: Mapping[str, Any]) -> Answer:
        return {"IsComplete": False}


@pytest.fixture
def world() -> World:
    return World(History(acts=()))


@pytest.fixture
def sagemaker(world: World) -> SageMaker:
    service = world.sagemaker
    service.create_model(
        ModelName="m", PrimaryContainer={"ModelDataUrl": "s3://models/m"}
    )
    return service


def test_the_name_of_a_job_is_taken_for_ever(sagemaker: SageMaker) -> None:
    sagemaker.create_transform_job(**job_by_hand("j", "m"))
    sagemaker.agenda.run_out()

    with pytest.raises(ClientError, match="ResourceInUse"):
        sagemaker.create_transform_job(**job_by_hand("j", "m"))


def test_an_artifact_that_cannot_be_read_is_refused(sagemaker: SageMaker) -> None:
    sagemaker.artifacts = lambda url: False

    with pytest.raises(ClientError, match="Could not access model data"):
        sagemaker.create_model(
            ModelName="n", PrimaryContainer={"ModelDataUrl": "s3://models/n"}
        )


def test_an_ended_job_cannot_be_stopped(sagemaker: SageMaker) -> None:
    sagemaker.create_transform_job(**job_by_hand("j", "m"))
    sagemaker.agenda.run_out()

    with pytest.raises(ClientError, match="in status Completed"):
        sagemaker.stop_transform_job(TransformJobName="j")


def test_a_stopped_job_never_completes(sagemaker: SageMaker) -> None:
    sagemaker.create_transform_job(**job_by_hand("j", "m"))
    sagemaker.stop_transform_job(TransformJobName="j")
    sagemaker.agenda.run_out()

    assert sagemaker.jobs["j"].status == "Stopped"


def test_deleting_a_model_in_use_is_seen(sagemaker: SageMaker) -> None:
    sagemaker.create_transform_job(**job_by_hand("j", "m"))
    sagemaker.agenda.run(200)
    sagemaker.delete_model(ModelName="m")

    assert sagemaker.orphaned == ["m"]


def test_a_model_that_is_not_seen_yet_is_taken_and_appears_all_the_same() -> None:
    world = World(History(acts=(), unseen={0: 20}))
    model = {"ModelName": "m", "PrimaryContainer": {"ModelDataUrl": "s3://models/m"}}
    world.sagemaker.create_model(**model)

    with pytest.raises(ClientError, match="already existing model"):
        world.sagemaker.create_model(**model)
    for call in (world.sagemaker.describe_model, world.sagemaker.delete_model):
        with pytest.raises(ClientError, match="Could not find model"):
            call(ModelName="m")
    with pytest.raises(ClientError, match="Could not find model"):
        world.sagemaker.create_transform_job(**job_by_hand("j", "m"))

    world.agenda.run(20)
    assert world.sagemaker.describe_model(ModelName="m") == model


def test_a_job_that_is_not_seen_yet_is_neither_described_nor_listed() -> None:
    world = World(History(acts=(), unseen={0: 20}))
    world.sagemaker.models["m"] = {"ModelName": "m"}
    world.sagemaker.create_transform_job(**job_by_hand("j", "m"))

    with pytest.raises(ClientError, match="Could not find requested job"):
        world.sagemaker.describe_transform_job(TransformJobName="j")
    assert world.sagemaker.list_transform_jobs()["TransformJobSummaries"] == []
    with pytest.raises(ClientError, match="ResourceInUse"):
        world.sagemaker.create_transform_job(**job_by_hand("j", "m"))

    world.agenda.run(20)
    (summary,) = world.sagemaker.list_transform_jobs()["TransformJobSummaries"]
    assert summary["CreationTime"] == summary["LastModifiedTime"]


def test_a_list_of_jobs_tells_their_times(sagemaker: SageMaker) -> None:
    sagemaker.create_transform_job(**job_by_hand("j", "m"))
    sagemaker.agenda.run_out()

    (summary,) = sagemaker.list_transform_jobs()["TransformJobSummaries"]
    assert summary["TransformEndTime"] == summary["LastModifiedTime"]
    assert summary["TransformEndTime"] > summary["CreationTime"]


def test_a_new_role_is_refused_like_one_that_may_pass() -> None:
    world = World(History(acts=(), unknown_roles={0: 60}))
    world.role.make()
    model = {"ModelName": "m", "PrimaryContainer": {"ModelDataUrl": "s3://models/m"}}

    with pytest.raises(ClientError, match="Could not access model data"):
        world.sagemaker.create_model(**model)
    world.sagemaker.models["m"] = {"ModelName": "m"}
    with pytest.raises(ClientError, match="Could not assume role"):
        world.sagemaker.create_transform_job(**job_by_hand("j", "m"))

    world.agenda.run(60)
    world.sagemaker.create_model(**{**model, "ModelName": "n"})
    with pytest.raises(ClientError, match="Could not assume role"):
        world.sagemaker.create_transform_job(**job_by_hand("j", "m"))
    world.agenda.run(60)
    world.sagemaker.create_transform_job(**job_by_hand("j", "m"))


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (Refusal.QUOTA, "ResourceLimitExceeded"),
        (Refusal.NO_INPUTS, "No S3 objects found"),
    ],
)
def test_a_refused_job_is_not_created_and_the_next_one_is(
    refusal: Refusal, words: str
) -> None:
    world = World(History(acts=(), outcomes=(Outcome(refusal=refusal), Outcome())))
    world.sagemaker.models["m"] = {"ModelName": "m"}

    with pytest.raises(ClientError, match=words):
        world.sagemaker.create_transform_job(**job_by_hand("j", "m"))
    assert world.sagemaker.jobs == {}

    world.sagemaker.create_transform_job(**job_by_hand("j", "m"))


def test_what_a_person_may_not_start_is_not_started() -> None:
    world = World(
        History(acts=(), outcomes=(Outcome(), Outcome(refusal=Refusal.QUOTA)))
    )
    assert world.do(TEMPLATE)

    assert world.do(StartByHand())

    assert len(world.sagemaker.jobs) == 1


def test_a_prefix_without_an_object_is_refused(sagemaker: SageMaker) -> None:
    sagemaker.storage.objects.clear()

    with pytest.raises(ClientError, match="No S3 objects found"):
        sagemaker.create_transform_job(**job_by_hand("j", "m"))


@pytest.mark.parametrize(
    ("outcome", "status", "outputs"),
    [
        (Outcome(), "Completed", ["a", "b", "c"]),
        (Outcome(failed=1), "Completed", ["b", "c"]),
        (Outcome(failed=2, reason="ClientError"), "Failed", ["c"]),
        (Outcome(minutes=-1, reason=chance.NO_CAPACITY), "Failed", []),
    ],
)
def test_a_job_writes_an_output_for_each_input_that_did_not_fail(
    outcome: Outcome, status: str, outputs: list[str]
) -> None:
    world = World(History(acts=(), outcomes=(outcome,)))
    world.sagemaker.models["m"] = {"ModelName": "m"}
    world.sagemaker.create_transform_job(**job_by_hand("j", "m"))
    world.agenda.run_out()

    assert world.sagemaker.jobs["j"].status == status
    written = [key for bucket, key in world.storage.objects if bucket == "outputs"]
    assert written == [f"j/{name}.jpg.out" for name in outputs]


def test_a_stopped_job_leaves_no_outputs(sagemaker: SageMaker) -> None:
    sagemaker.create_transform_job(**job_by_hand("j", "m"))
    sagemaker.agenda.run(300)
    sagemaker.stop_transform_job(TransformJobName="j")
    sagemaker.agenda.run_out()

    assert [
        bucket for bucket, _ in sagemaker.storage.objects if bucket == "outputs"
    ] == []


def test_inputs_are_older_than_every_job_and_listed_in_pages(world: World) -> None:
    request: dict[str, Any] = {"Bucket": "inputs", "Prefix": "photos-1/"}
    first = world.storage.list_objects_v2(**request)
    token = first["NextContinuationToken"]
    second = world.storage.list_objects_v2(**request, ContinuationToken=token)

    assert (first["IsTruncated"], second["IsTruncated"]) == (True, False)
    found = [*first["Contents"], *second["Contents"]]
    assert [each["Key"] for each in found] == [
        "photos-1/a.jpg",
        "photos-1/b.jpg",
        "photos-1/c.jpg",
    ]
    assert all(each["LastModified"] < world.agenda.now() for each in found)
    assert {each["Size"] for each in found} == {5}


def test_versions_are_listed_in_pages_the_newest_of_each_object_first() -> None:
    storage = Storage()
    for key, content in (("a", b"1"), ("b", b"2"), ("a", b"3")):
        storage.put_object(Bucket="b", Key=key, Body=content)

    first = storage.list_object_versions(Bucket="b", Prefix="")
    second = storage.list_object_versions(
        Bucket="b",
        Prefix="",
        KeyMarker=first["NextKeyMarker"],
        VersionIdMarker=first["NextVersionIdMarker"],
    )

    assert not second["IsTruncated"]
    assert [
        (each["Key"], each["VersionId"], each["IsLatest"])
        for each in (*first["Versions"], *second["Versions"])
    ] == [
        ("a", "version-3", True),
        ("a", "version-1", False),
        ("b", "version-2", True),
    ]


def test_a_list_of_nothing_has_no_entries(world: World) -> None:
    nothing: dict[str, Any] = {"Bucket": "outputs", "Prefix": "none/"}

    assert "Contents" not in world.storage.list_objects_v2(**nothing)
    assert "Versions" not in world.storage.list_object_versions(**nothing)


def test_a_conditional_write_loses_against_what_changed() -> None:
    storage = Storage()
    tag = storage.put_object(Bucket="b", Key="k", Body=b"1", IfNoneMatch="*")["ETag"]
    storage.put_object(Bucket="b", Key="k", Body=b"2", IfMatch=tag)

    for condition in ({"IfNoneMatch": "*"}, {"IfMatch": tag}):
        with pytest.raises(ClientError, match="PreconditionFailed"):
            storage.put_object(Bucket="b", Key="k", Body=b"3", **condition)


def test_a_creation_that_cannot_begin_is_marked_and_its_removal_swallowed(
    world: World,
) -> None:
    launcher = Silent(fails=True)
    world.framework.launcher = launcher  # type: ignore[assignment]  # in its place

    assert not world.do(TEMPLATE)

    assert [reply.name for reply in world.framework.replies] == [MARKER, MARKER]
    assert [reply.status for reply in world.framework.replies] == ["FAILED", "SUCCESS"]
    assert launcher.begun == ["Create"]


def test_the_framework_gives_up_before_cloudformation_does(world: World) -> None:
    world.framework.launcher = Silent()  # type: ignore[assignment]  # in its place

    assert not world.do(TEMPLATE)

    reply = world.framework.replies[0]
    assert reply.reason == TIMED_OUT
    assert reply.at < TIMEOUT


def test_cloudformation_waits_an_hour_for_an_answer_and_no_longer(
    world: World,
) -> None:
    world.stack.send = lambda number, event: None

    assert not world.do(TEMPLATE)

    assert world.agenda.seconds == 2 * TIMEOUT
    assert world.stack.hangs == ["request-0", "request-1"]
    creation, removal = (asked.event for asked in world.stack.asked)
    assert "PhysicalResourceId" not in creation
    assert removal["PhysicalResourceId"].startswith("dev-faces-Model-")


@pytest.mark.parametrize(
    ("fate", "error", "done"),
    [
        (Fate.THROTTLED, ClientError, False),
        (Fate.BROKEN, ClientError, False),
        (Fate.CUT_BEFORE, ReadTimeoutError, False),
        (Fate.CUT_AFTER, ReadTimeoutError, True),
        (Fate.KILLED_BEFORE, Killed, False),
        (Fate.KILLED_AFTER, Killed, True),
    ],
)
def test_a_fault_comes_before_or_after_the_effect(
    fate: Fate, error: type[BaseException], done: bool
) -> None:
    storage = Storage()
    exposed = Weather({2: fate}, Agenda()).exposed(storage)
    exposed.put_object(Bucket="b", Key="1", Body=b"")

    with pytest.raises(error):
        exposed.put_object(Bucket="b", Key="2", Body=b"")

    assert (("b", "2") in storage.objects) is done


def test_in_calm_weather_nothing_fails() -> None:
    weather = Weather({1: Fate.KILLED_BEFORE}, Agenda())
    weather.calm = True

    weather.exposed(Storage()).put_object(Bucket="b", Key="k", Body=b"")

    assert weather.met == []


def test_what_is_due_can_happen_in_the_middle_of_a_call() -> None:
    agenda, order = Agenda(), list[str]()
    agenda.after(30, lambda: order.append("event"))
    weather = Weather({1: Fate.OVERTAKEN}, agenda)

    weather.call(lambda: order.append("call"), {})

    assert order == ["event", "call"]


def test_time_does_not_go_back_when_a_call_took_longer_than_was_waited() -> None:
    agenda = Agenda()
    agenda.after(40, lambda: None)
    agenda.after(5, lambda: agenda.meanwhile(60))

    assert not agenda.run_until(lambda: False, within=10)

    assert agenda.seconds == 40


def test_a_refusal_looks_like_one_of_boto3() -> None:
    error = refused("Code", "words", status=503)

    assert error.response["Error"] == {"Code": "Code", "Message": "words"}


def test_the_same_chance_makes_the_same_history() -> None:
    assert chance.history(Random("1 2")) == chance.history(Random("1 2"))
    assert chance.history(Random("1 2")) != chance.history(Random("1 3"))
