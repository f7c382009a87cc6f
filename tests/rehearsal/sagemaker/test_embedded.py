"""The same service in the embedded AWS: real policies, keys, endpoints and events."""

import json
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from rehearsal.process import ACCOUNT, EmbeddedAws
from tests.rehearsal.clients import Client, clients_of
from tests.rehearsal.engine.archives import archive, member
from tests.rehearsal.engine.processes import serving_processes
from tests.rehearsal.engine.rehearsed import IMAGE, SERVER
from tests.rehearsal.sagemaker.rehearsed import code_and_message
from tests.rehearsal.waiting import wait_until

pytestmark = pytest.mark.slow

PATIENCE_SECONDS = 60
Statement = dict[str, Any]

RESOURCES = {
    "Network": ("VPC", {"CidrBlock": "10.0.0.0/24"}),
    "Subnet": ("Subnet", {"VpcId": {"Ref": "Network"}, "CidrBlock": "10.0.0.0/28"}),
    "LostSubnet": (
        "Subnet",
        {"VpcId": {"Ref": "Network"}, "CidrBlock": "10.0.0.16/28"},
    ),
    "Table": ("RouteTable", {"VpcId": {"Ref": "Network"}}),
    "Association": (
        "SubnetRouteTableAssociation",
        {"RouteTableId": {"Ref": "Table"}, "SubnetId": {"Ref": "Subnet"}},
    ),
    "Endpoint": (
        "VPCEndpoint",
        {
            "VpcId": {"Ref": "Network"},
            "ServiceName": "com.amazonaws.us-east-1.s3",
            "RouteTableIds": [{"Ref": "Table"}],
            "PolicyDocument": {
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": "*",
                    }
                ],
            },
        },
    ),
    "Group": (
        "SecurityGroup",
        {"GroupDescription": "container", "VpcId": {"Ref": "Network"}},
    ),
}
NETWORK = {
    "Resources": {
        name: {"Type": f"AWS::EC2::{kind}", "Properties": properties}
        for name, (kind, properties) in RESOURCES.items()
    },
    "Outputs": {
        "Network": {"Value": {"Ref": "Network"}},
        "Subnet": {"Value": {"Ref": "Subnet"}},
        "LostSubnet": {"Value": {"Ref": "LostSubnet"}},
        "Endpoint": {"Value": {"Ref": "Endpoint"}},
        "Group": {"Value": {"Fn::GetAtt": ["Group", "GroupId"]}},
    },
}


class PrivateNetwork:
    """A deployed network with a locked bucket, an execution role and a caller."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.iam = self.client("iam")
        self.s3 = self.client("s3")
        self.key = self.client("kms").create_key()["KeyMetadata"]["Arn"]
        self._make_network()
        self._make_bucket()
        self.execution_role = self.role("execution", "sagemaker.amazonaws.com")
        self.allow("execution", *self._execution_statements())
        self.caller_role = self.role("caller", None)
        self.allow("caller", {"Action": "sagemaker:*"}, self._pass_role())

    def as_caller(self) -> Any:
        return self.client("sagemaker", role=self.caller_role)

    def role(self, name: str, service: str | None) -> str:
        principal = (
            {"Service": service} if service else {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
        )
        trust = document({"Action": "sts:AssumeRole", "Principal": principal})
        made = self.iam.create_role(
            RoleName=name, Path="/deep/", AssumeRolePolicyDocument=trust
        )
        return str(made["Role"]["Arn"])

    def allow(self, role: str, *statements: Statement) -> None:
        self.iam.put_role_policy(
            RoleName=role,
            PolicyName="all",
            PolicyDocument=document(
                *({"Resource": "*", **each} for each in statements)
            ),
        )

    def model(self, name: str, subnet: str | None = None, **changes: Any) -> Any:
        network = {"Subnets": [subnet or self.subnet], "SecurityGroupIds": [self.group]}
        request = {
            "ModelName": name,
            "ExecutionRoleArn": self.execution_role,
            "PrimaryContainer": {
                "Image": IMAGE,
                "ModelDataUrl": f"s3://{self.bucket}/model.tar.gz",
            },
            "VpcConfig": network,
            "EnableNetworkIsolation": True,
            **changes,
        }
        return self.as_caller().create_model(
            **{key: value for key, value in request.items() if value is not None}
        )

    def start(self, name: str, model: str, prefix: str = "in/") -> None:
        self.as_caller().create_transform_job(
            TransformJobName=name,
            ModelName=model,
            TransformInput={
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": f"s3://{self.bucket}/{prefix}",
                    }
                }
            },
            TransformOutput={
                "S3OutputPath": f"s3://{self.bucket}/out/{name}/",
                "KmsKeyId": self.key,
            },
            TransformResources={
                "InstanceType": "ml.m5.large",
                "InstanceCount": 1,
                "VolumeKmsKeyId": self.key,
            },
        )

    def end(self, name: str) -> Any:
        client = self.as_caller()
        describe = partial(client.describe_transform_job, TransformJobName=name)
        wait_until(
            lambda: describe()["TransformJobStatus"] not in ("InProgress", "Stopping"),
            seconds=PATIENCE_SECONDS,
        )
        return describe()

    def run(self, name: str, model: str, prefix: str = "in/") -> Any:
        self.start(name, model, prefix)
        return self.end(name)

    def _make_network(self) -> None:
        stacks = self.client("cloudformation")
        stacks.create_stack(StackName="network", TemplateBody=json.dumps(NETWORK))
        stacks.get_waiter("stack_create_complete").wait(
            StackName="network", WaiterConfig={"Delay": 1}
        )
        [stack] = stacks.describe_stacks(StackName="network")["Stacks"]
        made = {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]}
        self.vpc, self.endpoint = made["Network"], made["Endpoint"]
        self.subnet, self.lost_subnet = made["Subnet"], made["LostSubnet"]
        self.group = made["Group"]

    def _make_bucket(self) -> None:
        self.bucket = "data-of-the-network"
        self.s3.create_bucket(Bucket=self.bucket)
        objects = {
            "model.tar.gz": archive(member("weights.txt")),
            "in/a.txt": b"a",
            "slow/a.txt": b"hang",
            "locked/a.txt": b"a",
        }
        for key, content in objects.items():
            self.s3.put_object(
                Bucket=self.bucket,
                Key=key,
                Body=content,
                ServerSideEncryption="aws:kms",
                SSEKMSKeyId=self.key,
            )
        lock = {
            "Effect": "Deny",
            "Principal": "*",
            "Action": ["s3:GetObject", "s3:PutObject"],
            "Resource": f"arn:aws:s3:::{self.bucket}/*",
            "Condition": {"StringNotEquals": {"aws:SourceVpce": self.endpoint}},
        }
        self.s3.put_bucket_policy(Bucket=self.bucket, Policy=document(lock))

    def _execution_statements(self) -> list[Statement]:
        return [
            {"Action": ["s3:GetObject", "s3:PutObject", "s3:ListBucket"]},
            {"Action": ["kms:Decrypt", "kms:GenerateDataKey"], "Resource": self.key},
            {
                "Action": "kms:CreateGrant",
                "Resource": self.key,
                "Condition": {"Bool": {"kms:GrantIsForAWSResource": "true"}},
            },
            {"Action": ["ecr:*", "logs:*", "ec2:Describe*"]},
            {
                "Action": [
                    "ec2:CreateNetworkInterface",
                    "ec2:CreateNetworkInterfacePermission",
                    "ec2:DeleteNetworkInterface",
                    "ec2:DeleteNetworkInterfacePermission",
                ],
                "Condition": {
                    "ArnEquals": {
                        "ec2:Vpc": f"arn:aws:ec2:us-east-1:{ACCOUNT}:vpc/{self.vpc}"
                    }
                },
            },
        ]

    def _pass_role(self) -> Statement:
        return {
            "Action": "iam:PassRole",
            "Resource": f"arn:aws:iam::{ACCOUNT}:role/deep/*",
            "Condition": {
                "StringEquals": {"iam:PassedToService": "sagemaker.amazonaws.com"}
            },
        }


def document(*statements: Statement) -> str:
    allowed = [{"Effect": "Allow", **each} for each in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": allowed})


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateNetwork]:
    command = [sys.executable, str(SERVER), "{port}", "{model_dir}"]
    home = tmp_path_factory.mktemp("aws")
    with (
        EmbeddedAws(images={IMAGE: command}, home=home) as aws,
        clients_of(aws) as client,
    ):
        yield PrivateNetwork(client)


def refusal(act: Any, *arguments: Any, **named: Any) -> tuple[str, str]:
    with pytest.raises(ClientError) as raised:
        act(*arguments, **named)
    return code_and_message(raised.value)


def test_a_job_works_behind_the_lock_with_the_key(network: PrivateNetwork) -> None:
    network.model("behind")

    job = network.run("behind-1", "behind")

    assert job["TransformJobStatus"] == "Completed", job.get("FailureReason")
    output = network.s3.head_object(Bucket=network.bucket, Key="out/behind-1/a.txt.out")
    assert output["SSEKMSKeyId"] == network.key


def test_a_model_without_the_network_cannot_read_its_artifact(
    network: PrivateNetwork,
) -> None:
    code, message = refusal(network.model, "no-network", VpcConfig=None)

    assert code == "ValidationException"
    assert message.startswith("Could not access model data at s3://")


def test_a_network_without_a_route_to_s3_fails_the_job(
    network: PrivateNetwork,
) -> None:
    image = {"PrimaryContainer": {"Image": IMAGE}}
    network.model("lost", subnet=network.lost_subnet, **image)

    job = network.run("lost-1", "lost")

    assert "route to an S3 VPC endpoint" in job["FailureReason"]


def test_a_caller_may_pass_only_the_roles_it_is_allowed_to(
    network: PrivateNetwork,
) -> None:
    code, message = refusal(
        network.model,
        "other-role",
        ExecutionRoleArn=f"arn:aws:iam::{ACCOUNT}:role/elsewhere/admin",
    )

    assert code == "AccessDeniedException"
    assert "is not authorized to perform: iam:PassRole" in message


@pytest.mark.parametrize(
    ("restriction", "allowed"),
    [
        ({"Resource": f"arn:aws:sagemaker:*:{ACCOUNT}:transform-job/dev-*"}, False),
        ({"Resource": f"arn:aws:sagemaker:*:{ACCOUNT}:transform-job/behind-*"}, True),
        (
            {
                "Condition": {
                    "ArnLike": {"sagemaker:ModelArn": "arn:aws:sagemaker:*:*:model/x"}
                }
            },
            False,
        ),
        (
            {
                "Condition": {
                    "ForAllValues:StringEquals": {
                        "sagemaker:InstanceTypes": ["ml.g5.xlarge"]
                    }
                }
            },
            False,
        ),
        ({"Condition": {"Null": {"sagemaker:VolumeKmsKeyArn": "false"}}}, True),
    ],
)
def test_a_callers_policy_limits_the_jobs_it_starts(
    network: PrivateNetwork, restriction: Statement, allowed: bool
) -> None:
    network.allow(
        "caller",
        {"Action": "sagemaker:CreateTransformJob", **restriction},
        {"Action": ["sagemaker:Describe*", "sagemaker:CreateModel"]},
        network._pass_role(),
    )
    model = f"limits-{time.monotonic_ns()}"
    network.model(model)
    name = f"behind-{time.monotonic_ns()}"
    try:
        if allowed:
            assert network.run(name, model)["TransformJobStatus"] == "Completed"
        else:
            code, message = refusal(network.start, name, model)
            assert code == "AccessDeniedException"
            assert "perform: sagemaker:CreateTransformJob on resource" in message
    finally:
        network.allow("caller", {"Action": "sagemaker:*"}, network._pass_role())


@pytest.mark.parametrize(
    ("missing", "said"),
    [
        ("ec2:CreateNetworkInterface", "perform: ec2:CreateNetworkInterface"),
        ("kms:CreateGrant", "perform: kms:CreateGrant"),
        ("s3:PutObject", "s3:PutObject"),
        ("kms:GenerateDataKey", "kms:GenerateDataKey"),
    ],
)
def test_an_execution_role_without_a_permission_fails_the_job(
    network: PrivateNetwork, missing: str, said: str
) -> None:
    model = f"missing-{time.monotonic_ns()}"
    network.model(model)
    denied = {"Effect": "Deny", "Action": missing}
    network.allow("execution", *network._execution_statements(), denied)
    try:
        job = network.run(f"{model}-1", model)
    finally:
        network.allow("execution", *network._execution_statements())

    assert job["TransformJobStatus"] == "Failed"
    assert said in job["FailureReason"]


def test_a_disabled_key_fails_the_job_and_says_so(network: PrivateNetwork) -> None:
    network.model("disabled")
    kms = network.client("kms")
    kms.disable_key(KeyId=network.key)
    try:
        job = network.run("disabled-1", "disabled")
    finally:
        kms.enable_key(KeyId=network.key)

    assert job["TransformJobStatus"] == "Failed"
    assert "disabled" in job["FailureReason"]


def test_every_status_reaches_a_rule(network: PrivateNetwork) -> None:
    events, sqs = network.client("events"), network.client("sqs")
    url = sqs.create_queue(QueueName="statuses")["QueueUrl"]
    queue = f"arn:aws:sqs:us-east-1:{ACCOUNT}:statuses"
    pattern = {
        "source": ["aws.sagemaker"],
        "detail-type": ["SageMaker Transform Job State Change"],
        "detail": {"TransformJobName": [{"prefix": "announced-"}]},
    }
    events.put_rule(Name="statuses", EventPattern=json.dumps(pattern))
    events.put_targets(Rule="statuses", Targets=[{"Id": "1", "Arn": queue}])
    allowed = {
        "Action": "sqs:SendMessage",
        "Resource": queue,
        "Principal": {"Service": "events.amazonaws.com"},
    }
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"Policy": document(allowed)})

    network.model("announced")
    network.run("announced-1", "announced")

    found: list[str] = []
    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(found) < 2 and time.monotonic() < deadline:
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        for message in received.get("Messages", []):
            found.append(json.loads(message["Body"])["detail"]["TransformJobStatus"])
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    assert sorted(found) == ["Completed", "InProgress"]


def test_an_artifact_check_from_outside_meets_the_lock(tmp_path: Path) -> None:
    with (
        EmbeddedAws(images={}, home=tmp_path, api_reads="outside") as aws,
        clients_of(aws) as client,
    ):
        network = PrivateNetwork(client)

        code, message = refusal(network.model, "outside")

    assert code == "ValidationException"
    assert message.startswith("Could not access model data at s3://")


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads the process table")
def test_the_end_of_the_embedded_aws_ends_its_jobs(tmp_path: Path) -> None:
    command = [sys.executable, str(SERVER), "{port}", "{model_dir}"]
    with (
        EmbeddedAws(images={IMAGE: command}, home=tmp_path) as aws,
        clients_of(aws) as client,
    ):
        network = PrivateNetwork(client)
        network.model("slow")
        network.start("slow-1", "slow", prefix="slow/")
        wait_until(
            lambda: bool(serving_processes(aws.folder / "jobs")),
            seconds=PATIENCE_SECONDS,
        )

    assert serving_processes(aws.folder / "jobs") == []
