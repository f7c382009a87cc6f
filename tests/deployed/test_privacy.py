"""Promises of a deployed environment, each broken on purpose to see it matter."""

import json
import re
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.claims import try_claims
from rehearsal.results import FINAL
from tests.deployed.place import Place, transform
from tests.rehearsal.waiting import wait_until

pytestmark = pytest.mark.slow


def run_again(trial: Place, run: str) -> Any:
    return deploy_again(trial, run=run)


def deploy_again(trial: Place, **changes: Any) -> Any:
    trial.write("trial", {"echo": transform("echo", **changes)})
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


def opened_for_everybody(kind: str) -> set[str]:
    """What is broken when nothing asks for the endpoint."""
    return {
        f"The {kind} answer only through the environment's endpoint.",
        f"Nobody writes {kind} from outside without leave.",
        f"Nobody deletes {kind} from outside.",
    }


@pytest.mark.parametrize(
    ("bucket", "statement", "claims"),
    [
        ("Models", "OnlyThroughTheEndpoint", opened_for_everybody("models")),
        ("Inputs", "OnlyThroughTheEndpoint", opened_for_everybody("inputs")),
        (
            "Outputs",
            "OnlyThroughTheEndpoint",
            {
                *opened_for_everybody("outputs"),
                "A reader without leave reads nothing from outside.",
                "An uploader's leave is not for reading outputs.",
            },
        ),
        ("Models", "TlsOnly", {"The models are never served without TLS."}),
        (
            "Inputs",
            "BreakGlassReadsOnly",
            {"The break-glass leave is not for writing inputs."},
        ),
        (
            "Inputs",
            "UploadersWriteOnly",
            {"An uploader's leave is not for reading inputs."},
        ),
        (
            "Inputs",
            "KmsOnlyWithOurKey",
            {"New objects carry the environment's key, not the account's default key."},
        ),
    ],
)
def test_a_lock_that_lacks_a_statement_breaks_its_promises_and_no_other(
    trial: Place, bucket: str, statement: str, claims: set[str]
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
        broken = {row.claim for row in try_claims(company) if not row.ok}
    finally:
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(whole))
    assert broken == claims


def test_people_who_are_given_more_than_their_duty_break_its_promise(
    trial: Place,
) -> None:
    company = trial.company("trial")
    iam = company.client("iam")
    reader = company.environment.people.readers[0].role.rpartition("/")[2]
    listing = {"Effect": "Allow", "Action": "s3:ListBucket", "Resource": "*"}
    iam.put_role_policy(
        RoleName=reader,
        PolicyName="more",
        PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [listing]}),
    )
    try:
        broken = [row.tried for row in try_claims(company) if not row.ok]
    finally:
        iam.delete_role_policy(RoleName=reader, PolicyName="more")
    assert broken == ["A reader lists the models", "A reader lists the inputs"]


def test_a_default_group_with_a_rule_breaks_its_promise(trial: Place) -> None:
    company = trial.company("trial")
    ec2 = company.client("ec2")
    vpc = company.outputs("foundation")["VpcId"]
    found = ec2.describe_security_groups(
        Filters=[
            {"Name": "vpc-id", "Values": [vpc]},
            {"Name": "group-name", "Values": ["default"]},
        ]
    )
    rule = {
        "GroupId": found["SecurityGroups"][0]["GroupId"],
        "IpPermissions": [
            {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "10.0.0.0/8"}]},
        ],
    }
    ec2.authorize_security_group_egress(**rule)
    try:
        broken = [row for row in try_claims(company) if not row.ok]
    finally:
        ec2.revoke_security_group_egress(**rule)
    assert [(row.claim, row.seen) for row in broken] == [
        ("The VPC's default security group lets nothing through.", "rules: 1")
    ]


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
    assert run_again(trial, swap).code == 0
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
        # The first change is one of the job alone; the second has the model looked at.
        started = deploy_again(trial, run=swap, environment={"SWAPPED": swap})
        made_anew = run_again(trial, f"swapped-{swap}")
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
    assert started.code == made_anew.code == 1
    assert re.search(f"No job was started: model {name} {words}", started.output)
    assert re.search(f"Somebody replaced the model: {name} {words}", made_anew.output)
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
    s3 = company.client("s3")
    ended = {
        f"evidence/{job['TransformJobName']}.json"
        for job in jobs(company.client("sagemaker"))
        if job["TransformJobStatus"] in FINAL
    }
    assert ended != set()

    def written() -> bool:
        listed = s3.list_objects_v2(Bucket=bucket, Prefix="evidence/")
        return ended <= {each["Key"] for each in listed.get("Contents", [])}

    # The handler is called by a queue, some time after the job's end.
    wait_until(written, seconds=30)


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
