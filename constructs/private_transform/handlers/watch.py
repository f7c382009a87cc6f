"""Looks at jobs that run, and stops those that run longer than is allowed.

SageMaker itself ends no transform job for its age (AWS: CreateTransformJob), so one
that hangs is paid for until somebody looks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .aws import S3, CloudWatch, SageMaker, jobs, stop
from .health import Health
from .records import Records


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """Looks at the jobs of one environment that run.

    Args:
        sagemaker: Calls to SageMaker.
        s3: Calls to S3, to note what is stopped and why.
        cloudwatch: Calls to CloudWatch, to tell how transforms do.
        bucket: The control bucket.
        environment: The environment's name.
        longest: How long a job may last.
        now: The clock.
    """

    sagemaker: SageMaker
    s3: S3
    cloudwatch: CloudWatch
    bucket: str
    environment: str
    longest: timedelta
    now: Callable[[], datetime]

    def look(self) -> None:
        """Stop every job that has lasted too long, whoever started it."""
        ours = f"{self.environment}-"
        running = [
            job
            for job in jobs(
                self.sagemaker, NameContains=ours, StatusEquals="InProgress"
            )
            if job["TransformJobName"].startswith(ours)
        ]
        for job in running:
            if self.now() - job["CreationTime"] > self.longest:
                self._note(job["TransformJobName"])
                stop(self.sagemaker, job["TransformJobName"])
        Health(
            records=self._records,
            cloudwatch=self.cloudwatch,
            environment=self.environment,
            now=self.now,
        ).tell(running)

    def _note(self, name: str) -> None:
        """First, so that its end is told with the reason."""
        hours = self.longest // timedelta(hours=1)
        why = f"It ran longer than {hours} hours, the `limits.max_runtime_in_hours`."
        self._records.write(
            f"stops/{name}.json", {"why": why}, ServerSideEncryption="AES256"
        )

    @property
    def _records(self) -> Records:
        return Records(s3=self.s3, bucket=self.bucket)
