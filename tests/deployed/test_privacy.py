"""Promises of a deployed environment, each broken on purpose to see it matter."""

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.claims import try_claims
from tests.deployed.place import Place, transform

pytestmark = pytest.mark.slow


def run_again(trial: Place, run: str) -> Any:
    trial.write("trial", {"echo": transform("echo", run=run)})
    return trial.operate("deploy", "trial", "--transform", "echo")


def role_of(trial: Place, logical_part: str) -> str:
    """ARN of a role of the operations stack, by a part of its logical id."""
    company = trial.company("trial")
    resources = company.client("cloudformation").describe_stack_resources(
        StackName="trial-operations"
    )["StackResources"]
    name = next(
        each["PhysicalResourceId"]
        for each in resources
        if each["ResourceType"] == "AWS::IAM::Role"
        and logical_part in each["LogicalResourceId"]
    )
    arn: str = company.client("iam").get_role(RoleName=name)["Role"]["Arn"]
    return arn


def test_every_promise_holds(trial: Place) -> None:
    broken = [row for row in try_claims(trial.company("trial")) if not row.ok]
    assert broken == []


@pytest.mark.parametrize(
    ("bucket", "statement"),
    [
        ("Models", "OnlyThroughTheEndpoint"),
        ("Inputs", "OnlyThroughTheEndpoint"),
        ("Outputs", "OnlyThroughTheEndpoint"),
        ("Models", "TlsOnly"),
        ("Inputs", "BreakGlassReadsOnly"),
        ("Inputs", "UploadersWriteOnly"),
        ("Inputs", "KmsOnlyWithOurKey"),
    ],
)
def test_a_lock_that_lacks_a_statement_breaks_a_promise(
    trial: Place, bucket: str, statement: str
) -> None:
    company = trial.company("trial")
    name = company.outputs("foundation")[f"{bucket}Bucket"]
    s3 = company.client("s3")
    whole = json.loads(s3.get_bucket_policy(Bucket=name)["Policy"])
    without = {
        **whole,
        "Statement": [each for each in whole["Statement"] if each["Sid"] != statement],
    }
    assert len(without["Statement"]) == len(whole["Statement"]) - 1
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(without))
    try:
        broken = [row.claim for row in try_claims(company) if not row.ok]
    finally:
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(whole))
    assert broken != []


@pytest.mark.parametrize("function", ["LauncherOnEventRole", "LauncherIsCompleteRole"])
def test_the_launcher_cannot_open_an_object_of_a_data_bucket(
    trial: Place, function: str
) -> None:
    company = trial.company("trial")
    foundation = company.outputs("foundation")
    role = role_of(trial, function)
    for through in (None, foundation["EndpointId"]):
        s3 = company.client("s3", role=role, through=through)
        with pytest.raises(ClientError, match="AccessDenied"):
            s3.get_object(Bucket=foundation["ModelsBucket"], Key="echo/model.tar.gz")


def test_a_launcher_that_may_not_create_jobs_says_so(trial: Place) -> None:
    company = trial.company("trial")
    iam = company.client("iam")
    name = role_of(trial, "LauncherIsCompleteRole").rpartition("/")[2]
    (policy,) = iam.list_role_policies(RoleName=name)["PolicyNames"]
    whole = iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
    without = {
        **whole,
        "Statement": [
            statement
            for statement in whole["Statement"]
            if "sagemaker:CreateTransformJob" not in statement["Action"]
        ],
    }
    iam.put_role_policy(
        RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(without)
    )
    try:
        done = run_again(trial, "without-right")
    finally:
        iam.put_role_policy(
            RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(whole)
        )
    assert done.code == 1
    assert re.search(
        r"not authorized to perform: sagemaker:CreateTransformJob", done.output
    )
    assert run_again(trial, "with-right").code == 0


@pytest.mark.parametrize(
    ("swap", "words"),
    [
        ("subnets", "is not in the environment's subnets"),
        ("groups", "is not in the environment's security groups"),
        ("isolation", "is not isolated from the network"),
    ],
)
def test_a_model_that_was_swapped_behind_our_back_gets_no_job(
    trial: Place, swap: str, words: str
) -> None:
    company = trial.company("trial")
    sagemaker = company.client("sagemaker")
    (model,) = sagemaker.list_models(NameContains="trial-echo-")["Models"]
    name = model["ModelName"]
    ours = sagemaker.describe_model(ModelName=name)
    same = {key: ours[key] for key in ("PrimaryContainer", "ExecutionRoleArn")}
    network = {
        **ours["VpcConfig"],
        "Subnets": ours["VpcConfig"]["Subnets"][: 1 if swap == "subnets" else None],
    }
    if swap == "groups":
        another = company.client("ec2").create_security_group(
            GroupName="another",
            Description="not the environment's",
            VpcId=company.outputs("foundation")["VpcId"],
        )
        network["SecurityGroupIds"] = [another["GroupId"]]
    sagemaker.delete_model(ModelName=name)
    sagemaker.create_model(
        ModelName=name,
        VpcConfig=network,
        EnableNetworkIsolation=swap != "isolation",
        **same,
    )
    before = len(jobs(sagemaker))
    try:
        done = run_again(trial, f"swapped-{swap}")
    finally:
        sagemaker.delete_model(ModelName=name)
        sagemaker.create_model(
            ModelName=name,
            VpcConfig=ours["VpcConfig"],
            EnableNetworkIsolation=True,
            **same,
        )
        if swap == "groups":
            company.client("ec2").delete_security_group(GroupId=another["GroupId"])
    assert done.code == 1
    assert f"{words}, so no job was started" in done.output
    assert len(jobs(sagemaker)) == before
    assert run_again(trial, f"back-from-{swap}").code == 0


def jobs(sagemaker: Any) -> list[Any]:
    found: list[Any] = sagemaker.list_transform_jobs(
        NameContains="trial-echo-", MaxResults=100
    )["TransformJobSummaries"]
    return found


def test_every_job_that_ended_left_evidence(trial: Place) -> None:
    company = trial.company("trial")
    bucket = company.outputs("foundation")["ControlBucket"]
    listed = company.client("s3").list_objects_v2(Bucket=bucket, Prefix="evidence/")
    evidence = {each["Key"] for each in listed["Contents"]}
    ended = {
        f"evidence/{job['TransformJobName']}.json"
        for job in jobs(company.client("sagemaker"))
    }
    assert evidence >= ended


def test_a_disabled_key_fails_the_job_and_is_named(trial: Place) -> None:
    company = trial.company("trial")
    key = company.outputs("foundation")["KeyArn"]
    kms = company.client("kms")
    kms.disable_key(KeyId=key)
    try:
        done = run_again(trial, "disabled-key")
    finally:
        kms.enable_key(KeyId=key)
    assert done.code == 1
    assert "The environment's key is disabled" in done.output
    assert run_again(trial, "enabled-key").code == 0
