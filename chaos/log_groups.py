"""CloudWatch Logs: groups with a key and a retention."""

from typing import Any

from .errors import refused

_ARN = "arn:aws:logs:us-east-1:123456789012:log-group:"


class LogGroups:
    """Log groups.

    Attributes:
        groups: By name: kmsKeyId and retentionInDays where set.
        tags: By name.
    """

    def __init__(self) -> None:
        self.groups: dict[str, dict[str, Any]] = {}
        self.tags: dict[str, dict[str, str]] = {}

    def create_log_group(self, **request: Any) -> dict[str, Any]:
        """Answer CreateLogGroup."""
        name = request["logGroupName"]
        if name in self.groups:
            raise refused(
                "ResourceAlreadyExistsException",
                "The specified log group already exists",
            )
        self.groups[name] = {"kmsKeyId": request["kmsKeyId"]}
        self.tags[name] = request["tags"]
        return {}

    def describe_log_groups(self, **request: Any) -> dict[str, Any]:
        """Answer DescribeLogGroups."""
        prefix = request["logGroupNamePrefix"]
        return {
            "logGroups": [
                {"logGroupName": name, "logGroupArn": f"{_ARN}{name}", **group}
                for name, group in self.groups.items()
                if name.startswith(prefix)
            ]
        }

    def list_tags_for_resource(self, **request: Any) -> dict[str, Any]:
        """Answer ListTagsForResource."""
        return {"tags": self.tags.get(request["resourceArn"].removeprefix(_ARN), {})}

    def associate_kms_key(self, **request: Any) -> dict[str, Any]:
        """Answer AssociateKmsKey."""
        self.groups[request["logGroupName"]]["kmsKeyId"] = request["kmsKeyId"]
        return {}

    def disassociate_kms_key(self, **request: Any) -> dict[str, Any]:
        """Answer DisassociateKmsKey."""
        del self.groups[request["logGroupName"]]["kmsKeyId"]
        return {}

    def put_retention_policy(self, **request: Any) -> dict[str, Any]:
        """Answer PutRetentionPolicy."""
        group = self.groups[request["logGroupName"]]
        group["retentionInDays"] = request["retentionInDays"]
        return {}
