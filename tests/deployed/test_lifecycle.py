"""The life of a transform: what deployments run, keep, undo and take away."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tests.deployed.made import held, jobs, models
from tests.deployed.place import CRASH, Outcome, Place, like_echo, transform
from tests.rehearsal.waiting import stays, wait_until

pytestmark = pytest.mark.slow

TWO_LOOKS = 6
"""Seconds. The provider framework asks the launcher every 5 seconds."""


def new_jobs(trial: Place, name: str, before: dict[str, str]) -> list[str]:
    """Statuses of the jobs that were not there before."""
    now = jobs(trial, "trial", name)
    return [now[each] for each in now if each not in before]


def crashing(body: dict[str, Any]) -> dict[str, Any]:
    body["model"]["primary_container"]["image"] = CRASH
    return body


def test_a_job_runs_again_only_when_something_that_matters_changed(
    trial: Place,
) -> None:
    before = jobs(trial, "trial", "echo")
    again = trial.deploy("trial", "echo", transform("echo", run="once-more"))
    assert again.code == 0, again.output
    assert new_jobs(trial, "echo", before) == ["Completed"]

    before, model = jobs(trial, "trial", "echo"), models(trial, "trial", "echo")
    body = transform("echo", run="once-more", completion="launch", tags={"for": "us"})
    idle = trial.deploy("trial", "echo", body)
    assert idle.code == 0, idle.output
    assert trial.stack_status("trial", "echo") == "UPDATE_COMPLETE"
    assert new_jobs(trial, "echo", before) == []

    body = transform("echo", run="once-more", max_payload_in_mb=1)
    other = trial.deploy("trial", "echo", body)
    assert other.code == 0, other.output
    assert new_jobs(trial, "echo", before) == ["Completed"]
    assert models(trial, "trial", "echo") == model


def test_an_update_that_fails_brings_the_old_model_back_and_runs_no_job_for_that(
    trial: Place,
) -> None:
    before, was = jobs(trial, "trial", "echo"), held(trial, "trial", "echo")
    failed = trial.deploy("trial", "echo", crashing(transform("echo")))
    assert failed.code == 1
    assert "The serving code did not start" in failed.output
    assert trial.stack_status("trial", "echo") == "UPDATE_ROLLBACK_COMPLETE"
    assert held(trial, "trial", "echo") == was
    assert models(trial, "trial", "echo") == {was["Custom::TransformModel"]}
    assert new_jobs(trial, "echo", before) == ["Failed"]

    before = jobs(trial, "trial", "echo")
    mended = trial.deploy("trial", "echo", transform("echo", run="mended"))
    assert mended.code == 0, mended.output
    assert trial.stack_status("trial", "echo") == "UPDATE_COMPLETE"
    assert new_jobs(trial, "echo", before) == ["Completed"]


@pytest.fixture(scope="module")
def well(trial: Place, tmp_path_factory: pytest.TempPathFactory) -> Outcome:
    """The transform `well`, deployed together with `ill`, which failed meanwhile."""
    end = tmp_path_factory.mktemp("well") / "end"
    bodies = {
        "well": like_echo("well", environment={"UNTIL": str(end)}),
        "ill": crashing(like_echo("ill")),
    }
    trial.write("trial", bodies)
    with ThreadPoolExecutor() as pool:
        deploying = pool.submit(trial.deploy_at_once, "trial", "well", "ill")
        try:
            wait_until(in_flight(trial, "well"), seconds=60)
            wait_until(stands(trial, "ill", "ROLLBACK_COMPLETE"), seconds=60)
            assert list(jobs(trial, "trial", "well").values()) == ["InProgress"]
        finally:
            end.touch()
        return deploying.result()


def in_flight(trial: Place, name: str) -> Callable[[], bool]:
    return lambda: "InProgress" in jobs(trial, "trial", name).values()


def stands(trial: Place, name: str, status: str | None) -> Callable[[], bool]:
    return lambda: trial.stack_status("trial", name) == status


def began_to_delete(trial: Place, name: str, resource_type: str) -> Callable[[], bool]:
    company = trial.company("trial")
    stack = company.environment.stack_name(name)
    cloudformation = company.client("cloudformation")

    def found() -> bool:
        events = cloudformation.describe_stack_events(StackName=stack)["StackEvents"]
        return (resource_type, "DELETE_IN_PROGRESS") in [
            (each["ResourceType"], each["ResourceStatus"]) for each in events
        ]

    return found


def test_of_two_transforms_at_once_one_fails_and_leaves_the_other_alone(
    trial: Place, well: Outcome
) -> None:
    assert well.code == 1
    assert "The serving code did not start" in well.output
    assert models(trial, "trial", "ill") == set()
    assert list(jobs(trial, "trial", "ill").values()) == ["Failed"]
    assert trial.stack_status("trial", "well") == "CREATE_COMPLETE"
    assert len(models(trial, "trial", "well")) == 1
    assert list(jobs(trial, "trial", "well").values()) == ["Completed"]


@pytest.mark.usefixtures("well")
def test_a_deletion_stops_our_job_and_lets_a_persons_end_before_the_model_goes(
    trial: Place, tmp_path: Path
) -> None:
    (completed,) = jobs(trial, "trial", "well")
    endless = {"UNTIL": str(tmp_path / "never")}
    body = like_echo("well", completion="launch", environment=endless)
    launched = trial.deploy("trial", "well", body)
    assert launched.code == 0, launched.output
    (model,) = models(trial, "trial", "well")
    ours = held(trial, "trial", "well")["Custom::TransformJob"]
    company = trial.company("trial")
    sagemaker = company.client("sagemaker")
    described = sagemaker.describe_transform_job(TransformJobName=ours)
    assert described["TransformJobStatus"] == "InProgress"

    outputs = company.outputs("foundation")["OutputsBucket"]
    sagemaker.create_transform_job(
        TransformJobName="by-hand",
        ModelName=model,
        TransformInput=described["TransformInput"],
        TransformOutput={"S3OutputPath": f"s3://{outputs}/well/job=by-hand/"},
        TransformResources=described["TransformResources"],
        Environment={"UNTIL": str(tmp_path / "end")},
    )
    try:
        company.client("cloudformation").delete_stack(StackName="trial-well")
        wait_until(began_to_delete(trial, "well", "Custom::TransformModel"), seconds=60)
        assert jobs(trial, "trial", "well")[ours] == "Stopped"
        stays(lambda: model in models(trial, "trial", "well"), seconds=TWO_LOOKS)
        by_hand = sagemaker.describe_transform_job(TransformJobName="by-hand")
        assert by_hand["TransformJobStatus"] == "InProgress"
    finally:
        (tmp_path / "end").touch()
    wait_until(stands(trial, "well", None), seconds=60)

    by_hand = sagemaker.describe_transform_job(TransformJobName="by-hand")
    assert by_hand["TransformJobStatus"] == "Completed"
    assert models(trial, "trial", "well") == set()
    assert jobs(trial, "trial", "well") == {completed: "Completed", ours: "Stopped"}
    results = company.client("s3").list_objects_v2(Bucket=outputs, Prefix="well/date=")
    kept = [each["Key"] for each in results["Contents"]]
    assert sum(f"/job={completed}/" in key for key in kept) == 2
