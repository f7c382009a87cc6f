from typing import Any

import pytest

from chaos.agenda import START
from chaos.errors import refused
from chaos.history import Deploy, Remove, Template
from chaos.sagemaker import Outcome, Refusal
from chaos.world import World, job_by_hand
from tests.handlers.deployments import (
    deploy,
    replies,
    statuses,
    world_where,
)

ROLE_NOT_KNOWN_YET = refused(
    "ValidationException",
    "Could not assume role arn:aws:iam::123456789012:role/execution. Please ensure "
    "that the role exists and allows principal 'sagemaker.amazonaws.com' to assume "
    "the role.",
)
NOT_KNOWN_YET = refused(
    "ValidationException",
    "Could not access model data at s3://models/faces/0.tar.gz. Please ensure that the "
    'role "execution" exists and that its trust relationship policy allows the action '
    '"sts:AssumeRole".',
)


def test_a_deployment_makes_the_model_and_runs_the_job_to_its_end(
    world: World,
) -> None:
    assert deploy(world)

    (job,) = world.sagemaker.jobs.values()
    assert job.status == "Completed"
    assert job.request["ModelName"] in world.sagemaker.models
    assert world.stack.held["Job"].data == {
        "JobName": job.name,
        "Status": "Completed",
        "OutputPath": f"s3://outputs/faces/date=2030-01-01/job={job.name}/",
        "Note": "It did what it was for.",
    }


def test_requests_reach_sagemaker_with_the_types_of_its_model(world: World) -> None:
    assert deploy(world)

    (model,) = world.sagemaker.models.values()
    (job,) = world.sagemaker.jobs.values()
    assert model["EnableNetworkIsolation"] is True
    assert model["PrimaryContainer"]["Environment"] == {
        "API_TOKEN": "5ec2e7",
        "EnableNetworkIsolation": "no",
    }
    assert job.request["TransformResources"]["InstanceCount"] == 1


def test_a_missing_artifact_fails_at_once_and_says_what_to_upload(
    world: World,
) -> None:
    assert not deploy(world, model=9)

    (reply,) = replies(world, "Create", "Model")
    assert reply.reason == (
        "The model artifact s3://models/faces/9.tar.gz is not there.\n"
        "Upload it, then deploy again: make upload ENVIRONMENT=dev DATA=<folder>"
    )
    assert world.agenda.seconds < 1
    assert world.sagemaker.models == {}


def test_an_artifact_is_not_mistaken_for_one_whose_key_it_begins(world: World) -> None:
    del world.storage.objects["models", "faces/0.tar.gz"]
    world.storage.put_object(Bucket="models", Key="faces/0.tar.gz.backup", Body=b"")

    assert not deploy(world)


@pytest.mark.parametrize("refusal", [NOT_KNOWN_YET, ROLE_NOT_KNOWN_YET])
def test_a_role_that_sagemaker_does_not_know_yet_is_waited_for(
    world: World, refusal: Exception
) -> None:
    world.sagemaker.refusals["create_model"] = [refusal] * 9

    assert deploy(world)


def test_a_role_that_models_and_jobs_do_not_know_for_a_minute_each_is_waited_for() -> (
    None
):
    world = world_where(unknown_roles={0: 60})

    assert deploy(world)

    (job,) = world.sagemaker.jobs.values()
    assert 120 <= (job.created - START).total_seconds() <= 130


def test_a_role_that_stays_unknown_for_two_minutes_is_a_failure(world: World) -> None:
    world.sagemaker.refusals["create_model"] = [NOT_KNOWN_YET] * 99

    assert not deploy(world)

    (reply,) = replies(world, "Create", "Model")
    assert 120 < reply.at < 140
    assert "Could not access model data" in reply.reason
    assert "`sagemaker_api_reads`" in reply.reason


def test_an_empty_input_prefix_is_told_at_once_and_leaves_nothing() -> None:
    world = world_where()
    for place in [place for place in world.storage.objects if place[0] == "inputs"]:
        del world.storage.objects[place]

    assert not deploy(world)

    (reply,) = replies(world, "Create")
    assert reply.at < 1
    assert "was not accepted" in reply.reason
    assert "Upload input objects under that prefix" in reply.reason
    assert world.sagemaker.models == {}
    assert world.sagemaker.jobs == {}


def test_inputs_that_a_new_role_cannot_list_yet_are_waited_for() -> None:
    unseen = Outcome(refusal=Refusal.NO_INPUTS)
    world = world_where(unseen, unseen, Outcome())

    assert deploy(world)

    assert len(world.sagemaker.jobs) == 1


def test_inputs_that_the_role_may_never_list_are_told_after_two_minutes() -> None:
    world = world_where(Outcome(refusal=Refusal.NO_INPUTS))

    assert not deploy(world)

    (reply,) = replies(world, "Create")
    assert 120 < reply.at < 140
    assert "No S3 objects found" in reply.reason


def test_inputs_that_the_launcher_may_not_list_are_not_waited_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = world_where(Outcome(refusal=Refusal.NO_INPUTS))

    def closed(**request: Any) -> dict[str, Any]:
        raise refused("AccessDenied", "No.", status=403)

    listed = world.storage.list_objects_v2
    monkeypatch.setattr(
        world.storage,
        "list_objects_v2",
        lambda **request: (closed if request["Bucket"] == "inputs" else listed)(
            **request
        ),
    )

    assert not deploy(world)

    (reply,) = replies(world, "Create")
    assert reply.at < 1


def test_a_quota_fails_the_deployment_at_once_and_leaves_nothing() -> None:
    world = world_where(Outcome(refusal=Refusal.QUOTA))

    assert not deploy(world)

    (reply,) = replies(world, "Create")
    assert "was not accepted" in reply.reason
    assert "Ask Service Quotas for more" in reply.reason
    assert world.agenda.seconds < 1
    assert world.sagemaker.models == {}
    assert world.sagemaker.jobs == {}


def test_a_failed_job_fails_the_deployment_with_its_reason_and_leaves_no_model() -> (
    None
):
    world = world_where(Outcome(reason="AlgorithmError: out of luck"))

    assert not deploy(world)

    (reply,) = replies(world, "Create")
    name = reply.name
    assert reply.reason == (
        f"Transform job {name} ended as Failed.\n"
        "AWS: AlgorithmError: out of luck\n"
        "The container failed: read the job's log for its own error. Outputs that were "
        "written are kept. "
        f"Logs: /aws/sagemaker/TransformJobs, streams {name}/."
    )
    assert world.sagemaker.models == {}


def test_a_job_that_somebody_stops_is_not_called_failed_before_it_has_stopped(
    world: World,
) -> None:
    def stop() -> None:
        (name,) = world.sagemaker.jobs
        world.sagemaker.stop_transform_job(TransformJobName=name)

    world.agenda.after(100, stop)

    assert not deploy(world)

    (reply,) = replies(world, "Create")
    assert "ended as Stopped" in reply.reason
    assert reply.at >= 160


def test_deploying_again_after_a_failure_runs_the_job() -> None:
    world = world_where(Outcome(reason="ClientError: 400"), Outcome())

    assert not deploy(world)
    assert deploy(world)

    assert statuses(world) == ["Failed", "Completed"]


def test_a_job_that_completed_for_an_earlier_stack_is_not_run_again(
    world: World,
) -> None:
    assert deploy(world)
    (name,) = world.sagemaker.jobs
    assert world.do(Remove())

    assert deploy(world)

    assert list(world.sagemaker.jobs) == [name]
    assert world.stack.held["Job"].data["JobName"] == name


def test_completion_launch_answers_once_the_job_has_started() -> None:
    world = world_where(Outcome(minutes=90))

    assert deploy(world, completion="launch")

    assert world.stack.held["Job"].data["Status"] == "InProgress"
    assert 240 <= world.agenda.seconds <= 250


def test_completion_launch_still_tells_of_a_job_that_fails_before_it_starts() -> None:
    world = world_where(Outcome(minutes=-1, reason="CapacityError: none"))

    assert not deploy(world, completion="launch")

    (reply,) = replies(world, "Create")
    assert "deploy again later" in reply.reason


def test_a_job_longer_than_the_deadline_is_handed_over_while_it_runs() -> None:
    world = world_where(Outcome(minutes=180))

    assert deploy(world)

    assert world.stack.held["Job"].data["Status"] == "InProgress"
    assert 45 * 60 < world.agenda.seconds < 46 * 60
    assert statuses(world) == ["InProgress"]


def test_a_cancelled_creation_stops_its_job_although_it_gets_an_invented_name() -> None:
    world = world_where(Outcome(minutes=30))

    assert not world.do(Deploy(template=Template(), cancel_after=300))

    invented = replies(world, "Delete")[0].name
    assert invented not in world.sagemaker.jobs
    assert statuses(world) == ["Stopped"]
    assert world.sagemaker.models == {}


def test_a_creation_whose_removal_was_faster_makes_nothing(world: World) -> None:
    delayed = world.stack.send

    def late(number: int, event: object) -> None:
        delay = 60 if number == 0 else 0
        world.agenda.after(delay, lambda: delayed(number, event))  # type: ignore[arg-type]  # passed on as it came

    world.stack.send = late
    assert not world.do(Deploy(template=Template(), cancel_after=5))
    world.agenda.run(600)

    assert world.sagemaker.created == []


def test_a_model_that_is_refused_fails_at_once_in_aws_words(world: World) -> None:
    world.sagemaker.refusals["create_model"] = [
        refused("ResourceLimitExceeded", "The account-level service limit is 0")
    ]

    assert not deploy(world)

    (reply,) = replies(world, "Create", "Model")
    assert "was not accepted" in reply.reason
    assert "Service Quotas" in reply.reason


def test_a_model_that_another_delivery_made_is_taken(world: World) -> None:
    world.sagemaker.refusals["create_model"] = [
        refused("ValidationException", "Cannot create already existing model m")
    ]

    assert deploy(world)


def test_a_model_that_cannot_be_seen_yet_is_waited_for(world: World) -> None:
    unseen = refused("ValidationException", 'Could not find model "m".')
    world.sagemaker.refusals["describe_model"] = [unseen, unseen]

    assert deploy(world)

    assert len(world.sagemaker.created) == 1


def test_throttling_at_the_start_of_a_job_is_waited_for(world: World) -> None:
    world.sagemaker.refusals["create_transform_job"] = [
        refused("ThrottlingException", "Rate exceeded")
    ]

    assert deploy(world)


def test_a_job_that_another_delivery_started_is_taken(world: World) -> None:
    unseen = refused("ValidationException", "Could not find requested job with name: j")
    world.sagemaker.refusals["describe_transform_job"] = [unseen] * 3

    assert deploy(world)

    assert len(world.sagemaker.jobs) == 1


def test_a_job_whose_name_only_contains_ours_does_not_count_as_ours(
    world: World,
) -> None:
    assert deploy(world)
    (name,) = world.sagemaker.jobs
    other = world_where()
    other.sagemaker.models["m"] = {"ModelName": "m"}
    other.sagemaker.create_transform_job(**job_by_hand(f"copy-of-{name}", "m"))
    other.agenda.run(3600)

    assert deploy(other)

    assert other.stack.held["Job"].data["JobName"] == name
