"""Custom::JobLogGroup: the log group that all transform jobs of a region share.

SageMaker makes `/aws/sagemaker/TransformJobs` itself on the first job, without a key
and without an end. It may be there already and belongs to nobody, so it is taken as it
is found, encrypted if it is not, and never deleted. Its retention is set only where we
made it: anywhere else that would delete what others keep.

A group has one key. Of two environments in one account and region, the second one
finds the key of the first and leaves it. If that key goes with its environment, it is
taken off, and new logs are encrypted with AWS's key alone until somebody puts the
second one's on: nobody tells us, so the note says so beforehand.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError

from .aws import Logs, code_of
from .lifecycle import Answer, Request, done, not_yet


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLogGroup:
    """Ensures the log group and its key, and the retention of a group that we made.

    Properties: `LogGroupName`, `KeyArn`, `RetentionInDays`, `Tags` (which say that we
    made the group), `ReleaseKey` (whether our key is taken off on Delete, because it
    will not outlive the environment). Attributes: `Note`.

    Args:
        logs: Calls to CloudWatch Logs.
        now: The clock.
    """

    logs: Logs
    now: Callable[[], datetime]

    def begin(self, request: Request) -> Answer:
        """The group's name is the resource's name."""
        return {
            "PhysicalResourceId": request.properties["LogGroupName"],
            "StartedAt": self.now().isoformat(),
        }

    def finished(self, request: Request) -> Answer:
        """Bring the group to what is asked for, as far as it is ours."""
        asked = request.properties
        name, key = asked["LogGroupName"], asked["KeyArn"]
        if request.kind != "Delete":
            return self._ensured(name, key, asked)
        group = self._find(name)
        if asked["ReleaseKey"] == "true" and group and group.get("kmsKeyId") == key:
            self.logs.disassociate_kms_key(logGroupName=name)
        return done({})

    def _ensured(self, name: str, key: str, asked: Mapping[str, Any]) -> Answer:
        self._create(name, key, asked["Tags"])
        group = self._find(name)
        if group is None:
            return not_yet()
        if group.get("kmsKeyId", key) != key:
            note = (
                f"{name} carries another key and was left as it is. Should that key "
                "be taken off one day, put the environment's on: aws logs "
                f"associate-kms-key --log-group-name {name} --kms-key-id {key}"
            )
            return done({"Note": note})
        if "kmsKeyId" not in group:
            self.logs.associate_kms_key(logGroupName=name, kmsKeyId=key)
        if not self._is_ours(group, asked["Tags"]):
            note = (
                "encrypted with the environment's key; the group was there before, so "
                "its retention was left as it is"
            )
            return done({"Note": note})
        days = int(asked["RetentionInDays"])
        self.logs.put_retention_policy(logGroupName=name, retentionInDays=days)
        note = f"encrypted with the environment's key, kept for {days} days"
        return done({"Note": note})

    def _create(self, name: str, key: str, tags: Mapping[str, str]) -> None:
        try:
            self.logs.create_log_group(logGroupName=name, kmsKeyId=key, tags=tags)
        except ClientError as error:
            if code_of(error) != "ResourceAlreadyExistsException":
                raise

    def _find(self, name: str) -> dict[str, Any] | None:
        found = self.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        return next((group for group in found if group["logGroupName"] == name), None)

    def _is_ours(self, group: Mapping[str, Any], tags: Mapping[str, str]) -> bool:
        arn = group["logGroupArn"]
        found = self.logs.list_tags_for_resource(resourceArn=arn)["tags"]
        return bool(tags.items() <= found.items())
