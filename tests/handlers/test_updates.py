from typing import Any

import pytest

from chaos.cloudformation import Held
from chaos.errors import refused
from chaos.history import Deploy, Remove, StartByHand, Template
from chaos.sagemaker import Outcome
from chaos.world import World, job_by_hand
from private_transform.handlers.job import NOTE_LIMIT
from tests.handlers.deployments import (
    deploy,
    expire_outputs,
    replies,
    statuses,
    world_where,
)


def about(held: Held) -> dict[str, str]:
    """What is said of a job, whichever way the stack came to it."""
    return {key: value for key, value in held.data.items() if key != "Note"}


def test_an_update_of_what_does_not_matter_launches_nothing(world: World) -> None:
    assert deploy(world)
    before = world.stack.held["Job"]

    assert deploy(world, completion="launch")

    assert len(world.sagemaker.jobs) == 1
    assert replies(world, "Update")[0].name == before.name
    assert world.stack.held["Job"].data == before.data


def test_changing_run_runs_the_same_job_again_on_the_same_model(world: World) -> None:
    assert deploy(world)

    assert deploy(world, run=1)

    assert statuses(world) == ["Completed", "Completed"]
    assert len({job.request["ModelName"] for job in world.sagemaker.jobs.values()}) == 1
    assert len(world.sagemaker.created) == 1


def test_each_job_has_an_output_path_of_its_own(world: World) -> None:
    assert deploy(world)
    assert deploy(world, run=1)

    paths = {
        job.request["TransformOutput"]["S3OutputPath"]
        for job in world.sagemaker.jobs.values()
    }
    assert paths == {
        f"s3://outputs/faces/date=2030-01-01/job={name}/"
        for name in world.sagemaker.jobs
    }


def test_another_model_replaces_model_and_job_and_the_old_model_goes(
    world: World,
) -> None:
    assert deploy(world)

    assert deploy(world, model=1)

    assert list(world.sagemaker.models) == [world.stack.held["Model"].name]
    assert len(world.sagemaker.created) == 2
    assert statuses(world) == ["Completed", "Completed"]


def test_going_back_to_what_completed_before_launches_nothing(world: World) -> None:
    assert deploy(world)
    assert deploy(world, job=1)
    first, _ = world.sagemaker.jobs

    assert deploy(world)

    assert len(world.sagemaker.jobs) == 2
    assert world.stack.held["Job"].data["JobName"] == first


@pytest.mark.parametrize("adopts", [True, False])
@pytest.mark.parametrize("remembers", [True, False])
def test_a_failed_job_rolls_back_and_nothing_of_it_is_left(
    adopts: bool, remembers: bool
) -> None:
    world = world_where(
        Outcome(),
        Outcome(reason="AlgorithmError"),
        adopts=adopts,
        remembers=remembers,
    )
    assert deploy(world)
    before = dict(world.stack.held)

    assert not deploy(world, model=1)

    assert world.stack.stuck is None
    assert list(world.sagemaker.models) == [before["Model"].name]
    assert world.stack.held["Job"].name == before["Job"].name
    assert about(world.stack.held["Job"]) == about(before["Job"])
    assert statuses(world) == ["Completed", "Failed"]


def test_an_update_after_a_roll_back_works(world: World) -> None:
    assert deploy(world)
    assert not world.do(Deploy(template=Template(model=1), sibling_fails=True))

    assert deploy(world, model=1)

    assert list(world.sagemaker.models) == [world.stack.held["Model"].name]


def test_a_roll_back_to_a_job_that_failed_after_its_hand_over_launches_nothing() -> (
    None
):
    world = world_where(Outcome(minutes=90, reason="late"), Outcome(reason="early"))
    assert deploy(world)
    world.agenda.run(3600)

    assert not deploy(world, job=1)

    assert world.stack.stuck is None
    assert statuses(world) == ["Failed", "Failed"]
    assert world.stack.held["Job"].data["Status"] == "Failed"


@pytest.mark.parametrize("change", [{"completion": "launch"}, {"max_failed": 1}])
def test_a_job_that_failed_after_its_hand_over_is_not_run_again_by_accident(
    change: dict[str, Any],
) -> None:
    world = world_where(Outcome(minutes=90, reason="late"), Outcome())
    assert deploy(world)
    world.agenda.run(3600)

    assert deploy(world, **change)

    assert statuses(world) == ["Failed"]
    assert world.stack.held["Job"].data["Status"] == "Failed"
    assert world.stack.held["Job"].data["Note"] == (
        "It has failed. Change `run` to run it again. AWS: late"
    )


def test_a_tolerated_run_that_sagemaker_calls_failed_is_not_paid_for_again() -> None:
    world = world_where(Outcome(reason="ClientError: 400", failed=1), Outcome())
    assert deploy(world, max_failed=1)
    assert deploy(world, max_failed=1, job=1)

    assert deploy(world, max_failed=1)
    assert world.do(Remove())
    assert deploy(world, max_failed=1)

    assert statuses(world) == ["Failed", "Completed"]
    assert world.stack.held["Job"].data["Note"] == (
        "An earlier job did the same. AWS: ClientError: 400"
    )


def test_a_job_that_has_not_ended_did_nothing_yet() -> None:
    world = world_where(Outcome(minutes=600), Outcome(), Outcome())
    assert deploy(world, completion="launch")
    assert deploy(world, job=1)
    stopped, _ = world.sagemaker.jobs.values()
    stopped.status = "Stopping"

    assert deploy(world)

    assert statuses(world) == ["Stopping", "Completed", "Completed"]


def test_a_stack_that_is_made_anew_has_another_role_and_pays_for_nothing() -> None:
    world = world_where()
    assert deploy(world)
    (before,) = world.sagemaker.models.values()
    assert world.do(Remove())

    assert deploy(world)

    (after,) = world.sagemaker.models.values()
    assert before["ExecutionRoleArn"] != after["ExecutionRoleArn"]
    assert statuses(world) == ["Completed"]


@pytest.mark.parametrize(
    "change", [{"fallbacks": 2}, {"max_failed": 2}, {"completion": "launch"}]
)
def test_what_decides_nothing_starts_nothing(
    world: World, change: dict[str, Any]
) -> None:
    assert deploy(world)

    assert deploy(world, **change)

    assert statuses(world) == ["Completed"]


def test_a_job_that_sagemaker_does_not_know_any_more_hangs_nothing() -> None:
    world = world_where(Outcome(), Outcome(reason="AlgorithmError"))
    assert deploy(world)
    told = dict(world.stack.held["Job"].data)
    (name,) = world.sagemaker.jobs
    forgotten = world.sagemaker.jobs.pop(name)

    assert deploy(world, max_failed=1)
    assert not deploy(world, job=1, max_failed=1)

    assert world.stack.held["Job"].data == told
    world.sagemaker.jobs[name] = forgotten


def test_a_job_that_a_person_stopped_is_not_started_again_by_accident() -> None:
    world = world_where(Outcome(minutes=300))
    assert deploy(world, completion="launch")
    (name,) = world.sagemaker.jobs
    world.sagemaker.stop_transform_job(TransformJobName=name)
    world.agenda.run(3600)

    assert deploy(world, completion="launch", max_failed=1)

    assert statuses(world) == ["Stopped"]
    assert world.stack.held["Job"].data["Note"] == (
        "It was stopped. Change `run` to run it again."
    )


def test_a_job_that_was_handed_over_is_not_waited_for_again() -> None:
    world = world_where(Outcome(minutes=600))
    assert deploy(world, completion="launch")
    before = world.agenda.seconds

    assert deploy(world)

    assert world.agenda.seconds < before + 60
    assert world.stack.held["Job"].data["Note"] == ("It goes on; its end is announced.")


def test_outputs_that_have_expired_are_not_made_again_by_accident() -> None:
    world = world_where()
    assert deploy(world)
    world.agenda.run(3600)
    expire_outputs(world)

    assert deploy(world, completion="launch")
    assert deploy(world, job=1)
    assert deploy(world)
    assert world.do(Remove())
    assert deploy(world)

    assert statuses(world) == ["Completed", "Completed"]
    assert world.stack.held["Job"].data["Note"] == "An earlier job did the same."


def test_a_job_that_was_stopped_did_not_fail() -> None:
    world = world_where(Outcome(minutes=600), Outcome())
    assert deploy(world, completion="launch")
    (name,) = world.sagemaker.jobs
    world.sagemaker.stop_transform_job(TransformJobName=name)
    world.agenda.run(3600)

    assert deploy(world, run=1)

    assert "The job before" not in world.stack.held["Job"].data["Note"]


def test_what_aws_said_at_length_hides_nothing_of_a_note() -> None:
    world = world_where(
        Outcome(minutes=90, reason="AlgorithmError"),
        Outcome(reason="ClientError: " + "x" * 1000, failed=1),
    )
    assert deploy(world, max_failed=1)
    world.agenda.run(3600)
    failed, *_ = world.sagemaker.jobs

    assert deploy(world, max_failed=1, run=1)

    note = world.stack.held["Job"].data["Note"]
    assert f"The job before, {failed}, failed after its deployment. AWS:" in note
    assert len(note) <= NOTE_LIMIT


def test_who_goes_back_is_told_of_the_job_that_failed_meanwhile() -> None:
    world = world_where(Outcome(), Outcome(minutes=90, reason="late"))
    assert deploy(world)
    assert deploy(world, job=1)
    world.agenda.run(3600)
    _, failed = world.sagemaker.jobs

    assert deploy(world)

    assert world.stack.held["Job"].data["Note"] == (
        "An earlier job did the same. "
        f"The job before, {failed}, failed after its deployment."
    )


def test_a_roll_back_to_a_failed_job_says_so() -> None:
    world = world_where(Outcome(minutes=90, reason="late"), Outcome(reason="early"))
    assert deploy(world)
    world.agenda.run(3600)

    assert not deploy(world, job=1)

    assert (
        world.stack.held["Job"]
        .data["Note"]
        .startswith("The deployment went back to this job. It has failed. Change `run`")
    )


def test_a_roll_back_to_what_an_earlier_stack_ran_launches_nothing_ever() -> None:
    world = world_where(Outcome(), Outcome(reason="AlgorithmError"))
    assert deploy(world)
    (ran,) = world.sagemaker.jobs
    assert world.do(Remove())
    assert deploy(world)
    expire_outputs(world)

    assert not deploy(world, job=1)

    assert statuses(world) == ["Completed", "Failed"]
    assert world.stack.held["Job"].data["JobName"] == ran
    assert replies(world, "Update")[-1].status == "SUCCESS"


def test_a_roll_back_takes_a_running_job_as_it_is() -> None:
    world = world_where(Outcome(minutes=300), Outcome(reason="AlgorithmError"))
    assert deploy(world, completion="launch")

    assert not deploy(world, job=1)

    assert statuses(world) == ["InProgress", "Failed"]
    assert world.stack.held["Job"].data["Status"] == "InProgress"


@pytest.mark.parametrize("after", [0, 5, 300])
def test_a_cancelled_update_stops_its_job_and_removes_its_model(after: int) -> None:
    world = world_where(Outcome(), Outcome(minutes=90))
    assert deploy(world)
    before = dict(world.stack.held)

    assert not world.do(Deploy(template=Template(model=1), cancel_after=after))
    world.agenda.run(120)

    assert list(world.sagemaker.models) == [before["Model"].name]
    assert [job.name for job in world.sagemaker.running()] == []
    assert about(world.stack.held["Job"]) == about(before["Job"])


def test_a_replaced_job_that_still_runs_is_stopped() -> None:
    world = world_where(Outcome(minutes=300), Outcome())
    assert deploy(world, completion="launch")

    assert deploy(world, job=1)

    assert statuses(world) == ["Stopped", "Completed"]


def test_a_model_in_use_by_somebody_is_not_deleted_until_that_job_ends() -> None:
    world = world_where(Outcome(), Outcome(minutes=30), Outcome())
    assert deploy(world)
    (old,) = world.sagemaker.models
    world.do(StartByHand())

    assert deploy(world, model=1)

    assert old not in world.sagemaker.models
    assert world.sagemaker.orphaned == []
    assert statuses(world) == ["Completed"] * 3


@pytest.mark.parametrize("change", [{"model": 2}, {"model": 1, "run": 1}])
def test_a_model_whose_clean_up_was_given_up_goes_with_the_next_update(
    change: dict[str, int],
) -> None:
    world = world_where(Outcome(), Outcome(minutes=600), Outcome())
    assert deploy(world)
    (old,) = world.sagemaker.models
    world.do(StartByHand())
    assert deploy(world, model=1)
    assert old in world.sagemaker.models
    failures = {r.reason for r in replies(world, "Delete", "Model")}
    assert failures == {
        f"Model {old} was not deleted, because jobs still use it: by-hand-1. Wait for "
        "them, or stop them with `aws sagemaker stop-transform-job "
        "--transform-job-name <job>`. Then remove the stack again; after an update the "
        "next change of the model or of `run` deletes it."
    }
    world.sagemaker.stop_transform_job(TransformJobName="by-hand-1")
    world.agenda.run(3600)

    assert deploy(world, **change)

    assert list(world.sagemaker.models) == [world.stack.held["Model"].name]


def test_a_model_is_not_deleted_while_a_job_that_uses_it_still_stops() -> None:
    world = world_where(Outcome(), Outcome(minutes=300))
    assert deploy(world)
    world.do(StartByHand())
    world.sagemaker.jobs["by-hand-1"].status = "Stopping"

    assert not world.do(Remove())

    (model,) = world.sagemaker.models
    assert model == world.stack.held["Model"].name


def test_the_way_on_is_told_however_many_jobs_use_a_model() -> None:
    world = world_where(Outcome(), Outcome(minutes=600))
    assert deploy(world)
    for _ in range(60):
        world.do(StartByHand())

    assert not world.do(Remove())

    (reply,) = replies(world, "Delete", "Model")
    assert reply.reason.count("by-hand-") == 5
    assert " and 55 more. Wait for them" in reply.reason
    assert reply.reason.endswith("`run` deletes it.")


def test_a_model_that_vanished_is_made_again_by_an_update_that_names_it(
    world: World,
) -> None:
    assert deploy(world)
    (name,) = world.sagemaker.models
    world.sagemaker.models.clear()
    held = world.stack.held["Model"]
    held.properties["UploadCommand"] = "as it was before"

    assert deploy(world)

    assert list(world.sagemaker.models) == [name]


def test_removing_the_stack_stops_its_job_and_keeps_its_results() -> None:
    world = world_where(Outcome(minutes=300))
    assert deploy(world, completion="launch")
    (name,) = world.sagemaker.jobs
    world.storage.put_object(Bucket="outputs", Key=f"{name}/a.out", Body=b"result")

    assert world.do(Remove())

    assert statuses(world) == ["Stopped"]
    assert world.sagemaker.models == {}
    assert world.storage.objects["outputs", f"{name}/a.out"] == b"result"


def test_removing_what_is_not_there_succeeds(world: World) -> None:
    assert deploy(world)
    world.sagemaker.models.clear()
    world.sagemaker.jobs.clear()

    assert world.do(Remove())


def test_removing_a_model_that_has_no_tags_because_it_is_not_there_succeeds(
    world: World,
) -> None:
    assert deploy(world)
    world.sagemaker.models.clear()
    world.sagemaker.refusals["delete_model"] = [
        refused("AccessDeniedException", "You may not delete it.")
    ]

    assert world.do(Remove())


def test_a_job_that_does_not_stop_fails_the_removal_in_words() -> None:
    world = world_where(Outcome(minutes=300))
    assert deploy(world, completion="launch")
    (job,) = world.sagemaker.jobs.values()
    job.status = "Stopping"

    assert not world.do(Remove())

    (reply,) = replies(world, "Delete")
    assert reply.reason == (
        f"Transform job {job.name} does not stop. Look at it in the console, then "
        "delete again."
    )


def test_a_job_that_ends_while_it_is_being_stopped_is_gone_like_any_other() -> None:
    world = world_where(Outcome(minutes=300))
    assert deploy(world, completion="launch")
    (job,) = world.sagemaker.jobs.values()
    world.sagemaker.refusals["stop_transform_job"] = [
        refused(
            "ValidationException",
            "The request was rejected because the transform job is in status Completed",
        )
    ]
    world.agenda.after(5, lambda: setattr(job, "status", "Completed"))

    assert world.do(Remove())

    assert statuses(world) == ["Completed"]


def test_a_job_that_may_not_be_stopped_fails_the_removal_in_aws_words() -> None:
    world = world_where(Outcome(minutes=300))
    assert deploy(world, completion="launch")
    world.sagemaker.refusals["stop_transform_job"] = [
        refused("AccessDeniedException", "You may not stop it.")
    ]

    assert not world.do(Remove())

    assert "You may not stop it." in replies(world, "Delete")[0].reason


def test_a_model_that_may_not_be_deleted_fails_the_removal_in_aws_words(
    world: World,
) -> None:
    assert deploy(world)
    world.sagemaker.refusals["delete_model"] = [
        refused("AccessDeniedException", "You may not delete it.")
    ]

    assert not world.do(Remove())

    assert "You may not delete it." in replies(world, "Delete", "Model")[0].reason


def test_a_job_far_down_the_list_still_protects_its_model() -> None:
    world = world_where(Outcome(), Outcome(minutes=600))
    assert deploy(world)
    world.do(StartByHand())
    for number in range(5):
        world.sagemaker.create_model(
            ModelName=f"other-{number}", PrimaryContainer={"ModelDataUrl": "s3://m/a"}
        )
        name = f"other-{number}"
        world.sagemaker.create_transform_job(**job_by_hand(name, name))

    assert not world.do(Remove())

    assert world.sagemaker.orphaned == []


def test_an_update_leaves_a_job_alone_that_still_runs() -> None:
    world = world_where(Outcome(minutes=300))
    assert deploy(world, completion="launch")

    assert deploy(world, completion="launch", max_failed=1)

    assert statuses(world) == ["InProgress"]


def test_a_replaced_model_is_made_anew_also_when_aws_is_slow_to_take_it_away(
    world: World,
) -> None:
    assert deploy(world)
    ((name, model),) = world.sagemaker.models.items()
    world.sagemaker.models[name] = {**model, "EnableNetworkIsolation": False}
    throttled = refused("ThrottlingException", "Rate exceeded")
    world.sagemaker.refusals["delete_model"] = [throttled]

    assert deploy(world, run=1)

    assert world.sagemaker.models[name]["EnableNetworkIsolation"] is True
