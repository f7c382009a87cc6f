"""An account with stacks and buckets in memory."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from botocore.exceptions import ClientError

from operate.deployed import Deployed
from private_transform.environment import (
    ENVIRONMENT_TAG,
    Environment,
    Network,
    People,
    Person,
)

UPLOADER = "arn:aws:iam::123456789012:role/uploader"
NAMED = People(uploaders=(Person(role=UPLOADER),))


def environment(people: People = NAMED) -> Environment:
    return Environment(
        name="dev",
        stage="development",
        account="123456789012",
        region="eu-west-1",
        audit="own",
        network=Network(cidr="10.0.0.0/24", availability_zones=("eu-west-1a",)),
        people=people,
    )


def deployed(account: "Account", people: People = NAMED) -> Deployed:
    session: Any = account
    return Deployed.open(environment(people), session)


@dataclass
class Account:
    """Answers the calls that operations make, and notes them in order."""

    number: str = "123456789012"
    caller: str = "arn:aws:sts::123456789012:assumed-role/platform/somebody"
    may_assume: bool = True
    assumed_for: timedelta = timedelta(hours=1)
    stacks: dict[str, dict[str, str]] = field(default_factory=dict)
    deletion_policy: str = "Delete"
    shown_first: list[str] = field(default_factory=list)
    objects: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    gone: frozenset[str] = frozenset()
    busy: int = 0
    calls: list[str] = field(default_factory=list)
    executions: list[dict[str, Any]] = field(default_factory=list)
    fails: frozenset[str] = frozenset()

    def client(self, service: str) -> Any:
        clients: dict[str, Any] = {
            "cloudformation": Stacks,
            "s3": Buckets,
            "stepfunctions": Machines,
            "sts": Identities,
        }
        return clients[service](self)


@dataclass
class Machines:
    """Executions that end at the second look."""

    account: Account

    def start_execution(self, **request: Any) -> Any:
        number = len(self.account.executions)
        self.account.executions.append({**request, "looks": 0})
        return {"executionArn": str(number)}

    def describe_execution(self, executionArn: str) -> Any:
        execution = self.account.executions[int(executionArn)]
        execution["looks"] += 1
        asked = json.loads(execution["input"])
        if execution["looks"] < 2:
            return {"status": "RUNNING"}
        if asked["run_date"] in self.account.fails:
            return {"status": "FAILED", "cause": "It did not\nstart."}
        output = {"State": "succeeded", "Job": "a-job", "Note": "It is done."}
        return {"status": "SUCCEEDED", "output": json.dumps(output)}


@dataclass
class Identities:
    account: Account

    def get_caller_identity(self) -> Any:
        return {"Arn": self.account.caller, "Account": self.account.number}

    def assume_role(self, *, RoleArn: str, RoleSessionName: str) -> Any:
        self.account.calls.append(f"assume {RoleArn}")
        if not self.account.may_assume:
            raise _error("AccessDenied", "not authorized to perform: sts:AssumeRole")
        return {
            "Credentials": {
                "AccessKeyId": f"A{len(self.account.calls)}",
                "SecretAccessKey": "S",
                "SessionToken": "T",
                "Expiration": datetime.now(UTC) + self.account.assumed_for,
            }
        }


@dataclass
class Stacks:
    """CloudFormation: a stack's id is its name after `id/`."""

    account: Account

    def describe_stacks(self, *, StackName: str) -> Any:
        name = StackName.removeprefix("id/")
        by_id = name != StackName
        if name in self.account.stacks:
            stack = self._stack(name)
        elif by_id:
            stack = {"StackName": name, "StackId": StackName}
            stack["StackStatus"] = "DELETE_COMPLETE"
        else:
            raise _error("ValidationError", f"Stack with id {StackName} does not exist")
        if by_id and self.account.shown_first:
            stack["StackStatus"] = self.account.shown_first.pop(0)
        return {"Stacks": [stack]}

    def get_template(self, *, StackName: str, TemplateStage: str = "") -> Any:
        assert StackName in self.account.stacks
        bucket = {
            "Type": "AWS::S3::Bucket",
            "DeletionPolicy": self.account.deletion_policy,
        }
        groups = {"Type": "AWS::Logs::LogGroup", "DeletionPolicy": "Delete"}
        return {"TemplateBody": {"Resources": {"A": bucket, "B": groups}}}

    def get_paginator(self, operation: str) -> "Stacks":
        assert operation in ("describe_stacks", "describe_stack_events")
        return self

    def paginate(self, **request: str) -> Iterator[Any]:
        yield {
            "Stacks": [self._stack(name) for name in self.account.stacks],
            "StackEvents": self.account.events,
        }

    def update_termination_protection(self, **request: Any) -> None:
        name = request["StackName"].removeprefix("id/")
        assert self._stack(name)["StackStatus"] != "DELETE_IN_PROGRESS"
        assert not request["EnableTerminationProtection"]
        self.account.calls.append(f"unprotect {name}")
        self.account.stacks[name]["protected"] = ""

    def delete_stack(self, *, StackName: str) -> None:
        name = StackName.removeprefix("id/")
        self.account.calls.append(f"delete {name}")
        assert not self._stack(name)["EnableTerminationProtection"]
        if self.account.busy and name.endswith("-foundation"):
            self.account.busy -= 1
            self.account.stacks[name]["status"] = "DELETE_FAILED"
        else:
            del self.account.stacks[name]

    def _stack(self, name: str) -> Any:
        outputs = dict(self.account.stacks[name])
        status = outputs.pop("status", "CREATE_COMPLETE")
        whose = outputs.pop("tagged", name.partition("-")[0])
        protected = bool(outputs.pop("protected", ""))
        return {
            "StackName": name,
            "StackId": f"id/{name}",
            "EnableTerminationProtection": protected,
            "Tags": [{"Key": ENVIRONMENT_TAG, "Value": whose}],
            "StackStatus": status,
            "StackStatusReason": "the bucket you tried to delete is not empty",
            "Outputs": [
                {"OutputKey": key, "OutputValue": value}
                for key, value in outputs.items()
            ],
        }


@dataclass
class Buckets:
    account: Account

    def delete_bucket_policy(self, *, Bucket: str) -> None:
        self._require(Bucket)
        self.account.calls.append(f"unlock {Bucket}")

    def get_paginator(self, operation: str) -> "Buckets":
        assert operation == "list_object_versions"
        return self

    def paginate(self, *, Bucket: str) -> Iterator[Any]:
        self._require(Bucket)
        yield {"Versions": self.account.objects.get(Bucket, [])}

    def delete_objects(self, *, Bucket: str, Delete: Any) -> Any:
        self.account.calls.append(f"empty {Bucket}")
        self.account.objects[Bucket] = []
        return {}

    def _require(self, bucket: str) -> None:
        if bucket in self.account.gone:
            raise _error("NoSuchBucket", "The specified bucket does not exist")


def _error(code: str, message: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "Operation")
