"""Custom::JobLogGroup: the log group that all transform jobs of a region share.

SageMaker makes `/aws/sagemaker/TransformJobs` itself on the first job, without a key
and without an end. It may be there already and belongs to nobody, so it is taken as it
is found, encrypted if it is not, and never deleted.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from botocore.exceptions import ClientError

from .aws import Logs, code_of
from .lifecycle import Answer, Request, done


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLogGroup:
    """Ensures the log group, its key and its retention.

    Properties: `LogGroupName`, `KeyArn`, `RetentionInDays`, `ReleaseKey` (whether our
    key is taken off on Delete, because it will not outlive the environment).
    Attributes: `KeyArn` (the key the group carries), `Note`.

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
        name, key = request.properties["LogGroupName"], request.properties["KeyArn"]
        if request.kind == "Delete":
            if request.properties["ReleaseKey"] == "true" and self._key_of(name) == key:
                self.logs.disassociate_kms_key(logGroupName=name)
            return done({})
        try:
            self.logs.create_log_group(logGroupName=name, kmsKeyId=key)
        except ClientError as error:
            if code_of(error) != "ResourceAlreadyExistsException":
                raise
        carried = self._key_of(name)
        if carried is None:
            self.logs.associate_kms_key(logGroupName=name, kmsKeyId=key)
            carried = key
        if carried != key:
            return done(
                {
                    "KeyArn": carried,
                    "Note": f"{name} carries another key and was left as it is",
                }
            )
        self.logs.put_retention_policy(
            logGroupName=name,
            retentionInDays=int(request.properties["RetentionInDays"]),
        )
        return done({"KeyArn": key, "Note": "encrypted with the environment's key"})

    def _key_of(self, name: str) -> str | None:
        found = self.logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        keys = [
            group.get("kmsKeyId") for group in found if group["logGroupName"] == name
        ]
        return keys[0] if keys else None
