"""One embedded AWS for all tests of the rehearsal, and clients for it.

MiniStack's root passes every policy, so what is to be refused is asked by a role.
"""

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest

from private_transform.environment import Environment, load_environment
from rehearsal.company import Company
from rehearsal.process import ACCOUNT, ROOT, EmbeddedAws
from tests.rehearsal.clients import Client, clients_of
from tests.rehearsal.waiting import wait_until

Statement = dict[str, Any]


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedAws]:
    with (
        pytest.MonkeyPatch.context() as patch,
        EmbeddedAws(images={}, home=tmp_path_factory.mktemp("aws")) as started,
    ):
        # A profile of whoever runs the tests must not decide about clients.
        patch.delenv("AWS_PROFILE", raising=False)
        patch.setenv("NO_PROXY", started.environment["NO_PROXY"])
        yield started


@pytest.fixture(scope="session")
def client(aws: EmbeddedAws) -> Iterator[Client]:
    with clients_of(aws) as make:
        yield make


@pytest.fixture(scope="session")
def shipped() -> Environment:
    """The environment that is rehearsed."""
    folder = ROOT / "environments" / "rehearsal"
    return load_environment(folder, today=datetime.now(UTC).date())


@pytest.fixture(scope="session")
def company(aws: EmbeddedAws, shipped: Environment) -> Company:
    """The people of the shipped environment, of which nothing is deployed."""
    return Company(aws=aws, environment=shipped)


@pytest.fixture(scope="session")
def new_role(client: Client) -> Callable[..., str]:
    """Make a role with these statements, which the account may assume; its ARN."""

    def make(*statements: Statement, path: str = "/", **settings: Any) -> str:
        iam = client("iam")
        name = f"role-{uuid4().hex[:8]}"
        arn = iam.create_role(
            RoleName=name,
            Path=path,
            AssumeRolePolicyDocument=policy(
                {
                    "Effect": "Allow",
                    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                    "Action": "sts:AssumeRole",
                }
            ),
            **settings,
        )["Role"]["Arn"]
        if statements:
            iam.put_role_policy(
                RoleName=name, PolicyName="test", PolicyDocument=policy(*statements)
            )
        return str(arn)

    return make


@pytest.fixture(scope="session")
def new_service_role(
    client: Client, new_role: Callable[..., str]
) -> Callable[..., str]:
    """Make a role with these statements, which a service may assume; its ARN."""

    def make(service: str, *statements: Statement, **conditions: Any) -> str:
        role = new_role(*statements)
        trust = {
            "Effect": "Allow",
            "Principal": {"Service": f"{service}.amazonaws.com"},
            "Action": "sts:AssumeRole",
            "Condition": conditions,
        }
        client("iam").update_assume_role_policy(
            RoleName=role.rpartition("/")[2], PolicyDocument=policy(trust)
        )
        return role

    return make


@pytest.fixture(scope="session")
def new_function(
    client: Client, new_service_role: Callable[..., str]
) -> Callable[[str], str]:
    """Make a function of this Python, whose `handler` is called; its ARN."""
    role = new_service_role("lambda")

    def make(code: str) -> str:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("index.py", code)
        made = client("lambda").create_function(
            FunctionName=f"function-{uuid4().hex[:8]}",
            Runtime="python3.13",
            Handler="index.handler",
            Role=role,
            Code={"ZipFile": packed.getvalue()},
        )
        return str(made["FunctionArn"])

    return make


@pytest.fixture(scope="session")
def new_machine(client: Client) -> Callable[..., str]:
    """Make a state machine of these states, the first of which begins; its ARN."""

    def make(role: str, states: dict[str, Any], name: str = "") -> str:
        made = client("stepfunctions").create_state_machine(
            name=name or f"machine-{uuid4().hex[:8]}",
            roleArn=role,
            definition=json.dumps({"StartAt": next(iter(states)), "States": states}),
        )
        return str(made["stateMachineArn"])

    return make


@pytest.fixture(scope="session")
def new_bucket(client: Client) -> Callable[..., str]:
    """Make a bucket, with a policy of these statements where given; its name."""

    def make(*statements: Statement) -> str:
        s3 = client("s3")
        name = f"bucket-{uuid4().hex[:12]}"
        s3.create_bucket(Bucket=name)
        if statements:
            s3.put_bucket_policy(Bucket=name, Policy=policy(*statements))
        return name

    return make


@pytest.fixture(scope="session")
def deploy(client: Client) -> Callable[..., "Deployment"]:
    """Create or update a stack of these resources and wait for its end."""

    def run(name: str, resources: dict[str, Any], **outputs: Any) -> "Deployment":
        return Deployment(client("cloudformation"), name).to(resources, outputs)

    return run


class Deployment:
    """A stack's life: every method waits for the end of what it starts."""

    def __init__(self, cloudformation: Any, name: str) -> None:
        self._api = cloudformation
        self.name = name

    def to(
        self, resources: dict[str, Any], outputs: dict[str, Any] | None = None
    ) -> "Deployment":
        template = json.dumps(
            {
                "Resources": resources,
                "Outputs": {k: {"Value": v} for k, v in (outputs or {}).items()},
            }
        )
        known = {each["StackName"] for each in self._api.describe_stacks()["Stacks"]}
        change = (
            self._api.update_stack if self.name in known else self._api.create_stack
        )
        change(
            StackName=self.name,
            TemplateBody=template,
            Capabilities=["CAPABILITY_NAMED_IAM"],
        )
        return self._wait()

    def delete(self) -> "Deployment":
        stack_id = self._stack()["StackId"]
        self._api.delete_stack(StackName=self.name)
        self.name = stack_id
        return self._wait()

    @property
    def status(self) -> str:
        return str(self._stack()["StackStatus"])

    @property
    def outputs(self) -> dict[str, str]:
        return {
            each["OutputKey"]: each["OutputValue"] for each in self._stack()["Outputs"]
        }

    def reason(self, logical_id: str) -> str:
        """Why a resource failed, from the stack's events."""
        events = self._api.describe_stack_events(StackName=self.name)["StackEvents"]
        return next(
            str(each["ResourceStatusReason"])
            for each in events
            if each["LogicalResourceId"] == logical_id
            and each["ResourceStatus"].endswith("FAILED")
        )

    def resource(self, logical_id: str) -> str:
        """The physical id of a resource."""
        detail = self._api.describe_stack_resource(
            StackName=self.name, LogicalResourceId=logical_id
        )["StackResourceDetail"]
        return str(detail["PhysicalResourceId"])

    def _stack(self) -> dict[str, Any]:
        stacks = self._api.describe_stacks(StackName=self.name)["Stacks"]
        found: dict[str, Any] = stacks[0]
        return found

    def _wait(self) -> "Deployment":
        wait_until(lambda: not self.status.endswith("IN_PROGRESS"), seconds=60)
        return self


def policy(*statements: Statement) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
