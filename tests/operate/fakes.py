"""An account with one stack and buckets in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError

from private_transform.environment import ENVIRONMENT_TAG

UPLOADER = "arn:aws:iam::123456789012:role/uploader"


@dataclass
class Account:
    """Answers the calls that operations make, and notes them in order."""

    caller: str = "arn:aws:sts::123456789012:assumed-role/platform/somebody"
    may_assume: bool = True
    stacks: dict[str, dict[str, str]] = field(default_factory=dict)
    objects: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    events: list[dict[str, Any]] = field(default_factory=list)
    gone: frozenset[str] = frozenset()
    busy: int = 0
    calls: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:
        return {"cloudformation": Stacks, "s3": Buckets, "sts": Identities}[service](
            self
        )


@dataclass
class Identities:
    account: Account

    def get_caller_identity(self) -> Any:
        return {"Arn": self.account.caller}

    def assume_role(self, *, RoleArn: str, RoleSessionName: str) -> Any:
        self.account.calls.append(f"assume {RoleArn}")
        if not self.account.may_assume:
            raise _error("AccessDenied", "not authorized to perform: sts:AssumeRole")
        return {
            "Credentials": {
                "AccessKeyId": "A",
                "SecretAccessKey": "S",
                "SessionToken": "T",
            }
        }


@dataclass
class Stacks:
    account: Account

    def describe_stacks(self, *, StackName: str) -> Any:
        if StackName not in self.account.stacks:
            raise _error("ValidationError", f"Stack with id {StackName} does not exist")
        return {"Stacks": [self._stack(StackName)]}

    def get_paginator(self, operation: str) -> "Stacks":
        assert operation in ("describe_stacks", "describe_stack_events")
        return self

    def paginate(self, **request: str) -> Iterator[Any]:
        yield {
            "Stacks": [self._stack(name) for name in self.account.stacks],
            "StackEvents": self.account.events,
        }

    def update_termination_protection(self, **request: Any) -> None:
        self.account.calls.append(f"unprotect {request['StackName']}")

    def delete_stack(self, *, StackName: str) -> None:
        self.account.calls.append(f"delete {StackName}")
        if self.account.busy and StackName.endswith("-foundation"):
            self.account.busy -= 1
            self.account.stacks[StackName]["status"] = "DELETE_FAILED"
        else:
            del self.account.stacks[StackName]

    def _stack(self, name: str) -> Any:
        outputs = dict(self.account.stacks[name])
        status = outputs.pop("status", "CREATE_COMPLETE")
        whose = outputs.pop("tagged", name.partition("-")[0])
        return {
            "StackName": name,
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
