"""Take an environment away, and say what stays."""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from botocore.exceptions import ClientError

from operate.deployed import Deployed, OperationError

DATA_BUCKETS = ("ModelsBucket", "InputsBucket", "OutputsBucket")
OTHER_BUCKETS = ("ControlBucket", "LogsBucket")

_TRIES = 3
"""Log delivery may write into a bucket between its emptying and its deletion."""

_SECONDS_BETWEEN_LOOKS = 2
_STALE_LOOKS = 5
"""How often a stack may look as it did before its deletion was asked for."""


def remove(deployed: Deployed, confirm: Callable[[str], bool]) -> None:
    """Delete the environment's stacks, and with `protection: discard` its data.

    The lock has no exception for deleting, so it is taken off first; then the buckets
    are emptied, every version of every object.

    Args:
        deployed: The environment.
        confirm: Asked once, with what is about to happen; False stops everything.

    Raises:
        OperationError: A stack could not be deleted, or was deployed with another
            protection than the file's.
    """
    environment = deployed.environment
    names = deployed.stack_names()
    if not names:
        print(f"Nothing of {environment.name} is deployed in {environment.region}.")
        return
    foundation = environment.stack_name("foundation")
    if foundation in names:
        _require_deployed_protection(deployed, foundation)
    discard = environment.protection == "discard"
    loss = "ALL ITS DATA IS DELETED" if discard else "its data stays"
    if not confirm(
        f"In account {environment.account}, region {environment.region}: stacks "
        f"{', '.join(names)} are deleted; {loss}."
    ):
        raise OperationError("nothing was removed")
    kept = deployed.outputs("foundation") if foundation in names else {}
    for name in names:
        if name == foundation and discard:
            _take_off_locks(deployed, kept)
        _delete_stack(deployed, name, kept if discard else {})
    for line in _what_stays(deployed, kept):
        print(line)


def _require_deployed_protection(deployed: Deployed, foundation: str) -> None:
    """What was deployed decides what CloudFormation keeps, so the file must say it.

    The template tells it. The stack's termination protection would not: an earlier
    removal that stopped half way has taken it off, and so may anybody.
    """
    stack = deployed.stack(foundation)
    if stack is None or stack["StackStatus"] == "REVIEW_IN_PROGRESS":
        return  # Its creation never began: there is no template and nothing to keep.
    template = deployed.cloudformation.get_template(StackName=foundation)
    keeps = any(
        resource["Type"] == "AWS::S3::Bucket"
        and resource.get("DeletionPolicy") == "Retain"
        for resource in template["TemplateBody"]["Resources"].values()
    )
    was = "keep" if keeps else "discard"
    environment = deployed.environment
    if environment.protection != was:
        raise OperationError(
            f"{environment.name} is deployed with protection: {was}, but its "
            f"environment.yaml says {environment.protection}; deploy the change first "
            f"(make deploy ENVIRONMENT={environment.name}), or write protection: {was} "
            "and remove it as it is"
        )


def _take_off_locks(deployed: Deployed, outputs: Mapping[str, str]) -> None:
    s3 = deployed.session.client("s3")
    for bucket in _named(outputs, DATA_BUCKETS):
        print(f"Taking the lock off {bucket}", flush=True)
        with _if_it_is_there():
            s3.delete_bucket_policy(Bucket=bucket)


def _delete_stack(deployed: Deployed, name: str, emptied: Mapping[str, str]) -> None:
    """Delete one stack; the buckets of `emptied` are emptied before each try."""
    holds_data = name == deployed.environment.stack_name("foundation")
    for last in (tried == _TRIES - 1 for tried in range(_TRIES)):
        if holds_data:
            for bucket in _named(emptied, (*DATA_BUCKETS, *OTHER_BUCKETS)):
                with _if_it_is_there():
                    _empty(deployed, bucket)
        stack = deployed.stack(name)
        if stack is None:
            return
        print(f"Deleting {name}", flush=True)
        _begin_deletion(deployed, stack)
        reason = _wait_until_gone(deployed, stack)
        if reason is None:
            return
        if last or not holds_data:
            raise OperationError(f"{name} was not deleted: {reason}")


def _begin_deletion(deployed: Deployed, stack: Mapping[str, Any]) -> None:
    """Ask for a stack's deletion, unless an earlier removal has."""
    if stack["StackStatus"] == "DELETE_IN_PROGRESS":
        return
    cloudformation = deployed.cloudformation
    if stack.get("EnableTerminationProtection"):
        cloudformation.update_termination_protection(
            StackName=stack["StackId"], EnableTerminationProtection=False
        )
    cloudformation.delete_stack(StackName=stack["StackId"])


def _wait_until_gone(deployed: Deployed, before: Mapping[str, Any]) -> str | None:
    """None when a stack is gone, otherwise why it is not.

    Args:
        deployed: The environment.
        before: The stack before its deletion was asked for. CloudFormation may go on
            showing it for a moment, with the failure of an earlier deletion.

    Raises:
        OperationError: Something else happens to the stack than its deletion.
    """
    stale_looks = _STALE_LOOKS
    while True:
        stack = deployed.stack(before["StackId"])
        if stack is None or stack["StackStatus"] == "DELETE_COMPLETE":
            return None
        status = stack["StackStatus"]
        if status == before["StackStatus"] and stale_looks:
            stale_looks -= 1
        elif status == "DELETE_FAILED":
            return str(stack.get("StackStatusReason", "no reason given"))
        elif status != "DELETE_IN_PROGRESS":
            raise OperationError(
                f"{before['StackName']} is {status} though its deletion was asked for; "
                "look at it in CloudFormation, then remove again"
            )
        time.sleep(_SECONDS_BETWEEN_LOOKS)


def _named(outputs: Mapping[str, str], names: Iterable[str]) -> list[str]:
    """Buckets that the outputs name: none of a stack that was never complete."""
    return [outputs[name] for name in names if name in outputs]


@contextlib.contextmanager
def _if_it_is_there() -> Iterator[None]:
    """Pass over a bucket that an earlier removal has deleted."""
    try:
        yield
    except ClientError as error:
        if error.response["Error"]["Code"] != "NoSuchBucket":
            raise


def _empty(deployed: Deployed, bucket: str) -> None:
    print(f"Emptying {bucket}", flush=True)
    s3 = deployed.session.client("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        versions = [
            {"Key": each["Key"], "VersionId": each["VersionId"]}
            for kind in ("Versions", "DeleteMarkers")
            for each in page.get(kind, [])
        ]
        if not versions:
            continue
        answer = s3.delete_objects(
            Bucket=bucket, Delete={"Objects": versions, "Quiet": True}
        )
        for error in answer.get("Errors", []):
            raise OperationError(
                f"s3://{bucket}/{error['Key']} was not deleted: {error['Message']}"
            )


def _what_stays(deployed: Deployed, outputs: Mapping[str, str]) -> Iterator[str]:
    """What is left in the account, and whether it costs anything."""
    environment = deployed.environment
    if environment.protection == "keep":
        yield "Kept, and still billed for what they hold:"
        for bucket in _named(outputs, (*DATA_BUCKETS, *OTHER_BUCKETS)):
            yield f"  bucket {bucket}"
        yield f"  log groups named {environment.stack_name('*')}"
        yield f"  key {outputs.get('KeyArn', '')} (one dollar a month)"
    else:
        days = environment.key.pending_window_in_days
        yield f"The key is deleted in {days} days and costs nothing until then."
    yield (
        "Shared with others, so never deleted: log group /aws/sagemaker/TransformJobs, "
        "and what `cdk bootstrap` made."
    )
