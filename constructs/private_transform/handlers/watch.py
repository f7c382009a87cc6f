"""Stops jobs that run longer than the environment allows.

SageMaker itself ends no transform job for its age (AWS: CreateTransformJob), so one
that hangs is paid for until somebody looks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .aws import S3, SageMaker, jobs, stop
from .records import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Looks at the jobs of one environment that run.

    Args:
        sagemaker: Calls to SageMaker.
        s3: Calls to S3, to note what is stopped and why.
        bucket: The control bucket.
        environment: The environment's name.
        longest: How long a job may last.
        now: The clock.
    """

    sagemaker: SageMaker
    s3: S3
    bucket: str
    environment: str
    longest: timedelta
    now: Callable[[], datetime]

    def look(self) -> None:
        """Stop every job that has lasted too long, whoever started it."""
        ours = f"{self.environment}-"
        for job in jobs(self.sagemaker, NameContains=ours, StatusEquals="InProgress"):
            name = job["TransformJobName"]
            lasted = self.now() - job["CreationTime"]
            if name.startswith(ours) and lasted > self.longest:
                self._note(name)
                stop(self.sagemaker, name)

    def _note(self, name: str) -> None:
        """First, so that its end is told with the reason."""
        hours = self.longest // timedelta(hours=1)
        why = f"It ran longer than {hours} hours, the `limits.max_runtime_in_hours`."
        Records(s3=self.s3, bucket=self.bucket).write(
            f"stops/{name}.json", {"why": why}, ServerSideEncryption="AES256"
        )
