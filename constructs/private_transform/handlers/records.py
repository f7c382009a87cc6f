"""The objects of the control bucket that tell of jobs, by what they tell.

`launches/JOB.json`: what was known when it was started. `evidence/JOB.json`: what
became of it. `claims/JOB/STATUS/STEP`: that this end was announced, or counted, and as
what. `ends/TRANSFORM.json`: which of a transform's runs ended last, and how.
`stops/JOB.json`: why the environment itself stopped it. `redos/JOB.json`: which run
repeats what it left out.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from .aws import S3, code_of


def claim(job: str, status: str, step: str) -> str:
    """Key of what says that a step was done for one end of a job, and its result."""
    return f"claims/{job}/{status}/{step}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Records:
    """Reads and writes them.

    Args:
        s3: Calls to S3.
        bucket: The control bucket.
    """

    s3: S3
    bucket: str

    def is_there(self, key: str) -> bool:
        """Whether something is written there."""
        try:
            self.s3.head_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if code_of(error) in ("404", "NoSuchKey", "NotFound"):
                return False
            raise
        return True

    def read(self, key: str) -> tuple[dict[str, Any], str] | None:
        """What is written there and its ETag, or None."""
        try:
            found = self.s3.get_object(Bucket=self.bucket, Key=key)
        except ClientError as error:
            if code_of(error) == "NoSuchKey":
                return None
            raise
        content: dict[str, Any] = json.loads(found["Body"].read())
        return content, found["ETag"]

    def write(self, key: str, content: Mapping[str, Any], **settings: str) -> None:
        """Write it; `settings` are those of PutObject, such as a condition."""
        self.s3.put_object(
            Bucket=self.bucket,
            Key=key,
            Body=json.dumps(content, indent=2, sort_keys=True).encode(),
            ContentType="application/json",
            **settings,
        )

    def write_once(self, key: str, content: Mapping[str, Any], **settings: str) -> None:
        """Write it, unless an earlier delivery has.

        Raises:
            ClientError: Another delivery is still writing, and may fail.
        """
        try:
            self.write(key, content, IfNoneMatch="*", **settings)
        except ClientError as error:
            if code_of(error) != "PreconditionFailed":
                raise
