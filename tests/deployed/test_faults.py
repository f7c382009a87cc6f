"""AWS fails the launcher for a while: its deployments end as they do without that."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest

from rehearsal.embedded.faults import Fault, Kind
from tests.deployed.made import jobs, models
from tests.deployed.place import Place, like_echo
from tests.rehearsal.waiting import wait_until

pytestmark = pytest.mark.slow

KINDS: tuple[Kind, ...] = get_args(Kind)
"""One transform for each, of the same name."""

QUICK = 3
PATIENT = 2
"""So many times botocore itself tries a call of the function that begins a request, or
of the one that goes on with it. The handlers see what fails as often as that."""


@pytest.fixture(autouse=True)
def no_fault_outlives_its_test(trial: Place) -> Iterator[None]:
    yield
    trial.aws.order_faults([])


def begun(kind: Kind) -> list[Fault]:
    """The journal fails the function that begins the next request for a transform."""
    about = f"/requests/trial-{kind}/"
    return [Fault(action="s3:GetObject", kind=kind, about=about)] * QUICK


def gone_on(kind: Kind, *actions: str) -> list[Fault]:
    """Calls fail the function that goes on with the requests for a transform.

    Not in silence: that would be most of a minute, and to the handler it is no
    different from a connection that is cut. An answer is lost once: what botocore
    tries again is done by then, and refused for that.
    """
    times = {"silent": 0, "lost": 1}.get(kind, PATIENT)
    faults = [Fault(action=each, kind=kind, about=f"trial-{kind}") for each in actions]
    return [fault for fault in faults for _ in range(times)]


def order(trial: Place, *actions: str) -> None:
    trial.aws.order_faults(
        [fault for kind in KINDS for fault in (*begun(kind), *gone_on(kind, *actions))]
    )


def deploy(trial: Place, **changes: Any) -> None:
    """Deploy all at once, for the sake of time: most of it is spent waiting."""
    trial.write("trial", {kind: like_echo(kind, **changes) for kind in KINDS})
    done = trial.deploy_at_once("trial", *KINDS)
    assert done.code == 0, done.output


def statuses(trial: Place) -> dict[str, str | None]:
    return {kind: trial.stack_status("trial", kind) for kind in KINDS}


def said(trial: Place, key: str) -> dict[str, str]:
    """An output of each stack."""
    company = trial.company("trial")
    return {kind: company.outputs(kind)[key] for kind in KINDS}


def ran(trial: Place) -> dict[str, list[str]]:
    """Statuses of each transform's jobs."""
    return {kind: sorted(jobs(trial, "trial", kind).values()) for kind in KINDS}


def each(value: Any) -> dict[str, Any]:
    return dict.fromkeys(KINDS, value)


def test_a_transform_lives_through_faults_as_it_does_without(
    trial: Place, tmp_path: Path
) -> None:
    order(
        trial,
        "s3:PutObject",
        "sagemaker:CreateModel",
        "sagemaker:CreateTransformJob",
    )
    deploy(trial)
    assert trial.aws.faults_to_come() == []
    assert statuses(trial) == each("CREATE_COMPLETE")
    assert ran(trial) == each(["Completed"])
    assert said(trial, "JobStatus") == each("Completed")
    models_then = {kind: models(trial, "trial", kind) for kind in KINDS}
    assert {kind: len(found) for kind, found in models_then.items()} == each(1)

    endless = {"UNTIL": str(tmp_path / "never")}
    order(trial, "sagemaker:CreateTransformJob")
    deploy(trial, run="again", completion="launch", environment=endless)
    assert trial.aws.faults_to_come() == []
    assert statuses(trial) == each("UPDATE_COMPLETE")
    assert ran(trial) == each(["Completed", "InProgress"])
    assert said(trial, "JobStatus") == each("InProgress")
    assert {kind: models(trial, "trial", kind) for kind in KINDS} == models_then

    order(trial, "sagemaker:StopTransformJob", "sagemaker:DeleteModel")
    cloudformation = trial.company("trial").client("cloudformation")
    for kind in KINDS:
        cloudformation.delete_stack(StackName=f"trial-{kind}")
    wait_until(lambda: statuses(trial) == each(None), seconds=180)
    assert trial.aws.faults_to_come() == []
    assert ran(trial) == each(["Completed", "Stopped"])
    assert {kind: models(trial, "trial", kind) for kind in KINDS} == each(set())


def test_the_log_group_of_the_jobs_is_kept_through_faults(trial: Place) -> None:
    faults: dict[str, Kind] = {
        "logs:CreateLogGroup": "throttled",
        "logs:DescribeLogGroups": "broken",
        "logs:PutRetentionPolicy": "lost",
    }
    trial.write("trial", {}, retention={"logs_in_days": 30})
    trial.aws.order_faults(
        [
            Fault(action=action, kind=kind)
            for action, kind in faults.items()
            for _ in range(PATIENT)
        ]
    )
    done = trial.deploy_at_once("trial", "operations")
    assert done.code == 0, done.output
    assert trial.aws.faults_to_come() == []
    found = (
        trial.company("trial")
        .client("logs")
        .describe_log_groups(logGroupNamePrefix="/aws/sagemaker/TransformJobs")
    )
    assert [group["retentionInDays"] for group in found["logGroups"]] == [30]
