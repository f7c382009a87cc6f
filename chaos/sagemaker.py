"""SageMaker's models and transform jobs, as a status machine on simulated time.

Names of jobs are taken for ever; what does not exist is a ValidationException, as the
service answers in spite of its model (AWS: DescribeTransformJob, DeleteModel). What
was made a moment ago may be answered for as if it did not exist, but its name is taken
and a model can be neither used nor deleted until it is seen.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from .agenda import START, Agenda
from .data import input_url, inputs_of, write_outputs
from .errors import refused
from .storage import Storage

RUNNING = ("InProgress", "Stopping")
PROVISIONING = 240
"""Seconds from a job's creation to its start."""
STOPPING = 60
"""Seconds from StopTransformJob to the end."""
LOOKING = timedelta(minutes=2)
"""How long a function may take from its look at jobs to the deletion of their model:
DeleteModel has no condition, so that nobody can know what starts in between."""


class Refusal(Enum):
    """Why CreateTransformJob refuses a request that says nothing wrong."""

    QUOTA = "the account may have no such instances"
    NO_INPUTS = "nothing can be listed below the input prefix"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a job will go if nobody stops it.

    Args:
        minutes: How long it runs once it has started; below 0 it ends before that.
        reason: Why it fails; None for a job that completes.
        failed: How many of its inputs have no output.
        refusal: Why it is not even created; None if it is.
    """

    minutes: int = 3
    reason: str | None = None
    failed: int = 0
    refusal: Refusal | None = None


@dataclass(slots=True, kw_only=True)
class Job:
    """One transform job.

    Args:
        request: CreateTransformJob.
        created: When.
        seen_from: When Describe and List begin to know it.
        inputs: Names of the objects that it reads.
        answered: How many of them it wrote an output for.
    """

    request: dict[str, Any]
    created: datetime
    seen_from: datetime = START
    inputs: Sequence[str] = ()
    answered: int = 0
    status: str = "InProgress"
    started: datetime | None = None
    stopped: datetime | None = None
    ended: datetime | None = None
    reason: str | None = None

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.request["TransformJobName"])

    @property
    def modified(self) -> datetime:
        """When it last changed its status."""
        return self.ended or self.stopped or self.started or self.created


@dataclass(slots=True, kw_only=True)
class SageMaker:
    """The service.

    Args:
        agenda: The time.
        outcomes: Of jobs in the order in which they are created or refused; the last
            one repeats.
        unseen: Seconds for which a model or job cannot be seen, by the number of its
            creation.
        storage: Where jobs read and write.
        artifacts: Whether an artifact's URL can be read.
        models_know_role: Whether CreateModel can use the execution role.
        jobs_know_role: Whether CreateTransformJob can.
        announce: Called with each job that changed its status.

    Attributes:
        models: Requests by name.
        jobs: By name, in the order of creation.
        refusals: Errors for the coming calls by operation, used up one by one.
        created: Names of all models that there ever were.
        orphaned: Models that were deleted although a job was seen running with them.
    """

    agenda: Agenda
    outcomes: Sequence[Outcome] = (Outcome(),)
    unseen: Mapping[int, int] = field(default_factory=dict)
    storage: Storage = field(default_factory=Storage)
    artifacts: Callable[[str], bool] = lambda url: True
    models_know_role: Callable[[], bool] = lambda: True
    jobs_know_role: Callable[[], bool] = lambda: True
    announce: Callable[[Job], None] = lambda job: None
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    refusals: dict[str, list[Exception]] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)
    orphaned: list[str] = field(default_factory=list)
    _seen_from: dict[str, datetime] = field(default_factory=dict)
    _asked_for_jobs: int = 0

    def create_model(self, **request: Any) -> dict[str, Any]:
        """Answer CreateModel."""
        name = request["ModelName"]
        self._refuse("create_model")
        if name in self.models:
            raise refused(
                "ValidationException", f"Cannot create already existing model {name}."
            )
        url = request["PrimaryContainer"]["ModelDataUrl"]
        if not (self.models_know_role() and self.artifacts(url)):
            raise refused(
                "ValidationException",
                f"Could not access model data at {url}. Please ensure that the role "
                "exists and that its trust relationship policy allows the action "
                '"sts:AssumeRole".',
            )
        self._seen_from[name] = self._next_seen_from()
        self.models[name] = request
        self.created.append(name)
        return {}

    def describe_model(self, *, ModelName: str) -> dict[str, Any]:
        """Answer DescribeModel."""
        self._refuse("describe_model")
        if ModelName not in self.models or (
            self._seen_from.get(ModelName, START) > self.agenda.now()
        ):
            raise refused("ValidationException", f'Could not find model "{ModelName}".')
        return self.models[ModelName]

    def delete_model(self, *, ModelName: str) -> dict[str, Any]:
        """Answer DeleteModel."""
        self._refuse("delete_model")
        self.describe_model(ModelName=ModelName)
        looked = self.agenda.now() - LOOKING
        users = (job for job in self.running() if job.seen_from <= looked)
        if any(job.request["ModelName"] == ModelName for job in users):
            self.orphaned.append(ModelName)
        del self.models[ModelName]
        return {}

    def create_transform_job(self, **request: Any) -> dict[str, Any]:
        """Answer CreateTransformJob."""
        self._refuse("create_transform_job")
        name = request["TransformJobName"]
        if name in self.jobs:
            raise refused(
                "ResourceInUse",
                "Job name must be unique within an AWS account and region, and a job "
                "with this name already exists",
            )
        self.describe_model(ModelName=request["ModelName"])
        if not self.jobs_know_role():
            raise refused(
                "ValidationException",
                "Could not assume role. Please ensure that the role exists and allows "
                "principal 'sagemaker.amazonaws.com' to assume the role.",
            )
        outcome = self._next_outcome()
        inputs = self._readable(request, outcome)
        job = Job(
            request=request,
            created=self.agenda.now(),
            seen_from=self._next_seen_from(),
            inputs=inputs,
        )
        self.jobs[name] = job
        self.agenda.after(PROVISIONING, lambda: self._start(job))
        self.agenda.after(
            PROVISIONING + outcome.minutes * 60, lambda: self._end(job, outcome)
        )
        return {}

    def describe_transform_job(
        self,
        *,
        TransformJobName: str,
    ) -> dict[str, Any]:
        """Answer DescribeTransformJob."""
        self._refuse("describe_transform_job")
        job = self.jobs.get(TransformJobName)
        if job is None or job.seen_from > self.agenda.now():
            raise refused(
                "ValidationException",
                f"Could not find requested job with name: {TransformJobName}",
            )
        return described(job)

    def list_transform_jobs(self, **request: Any) -> dict[str, Any]:
        """Two to a page, so that callers must turn pages."""
        found = [
            _summary(job)
            for job in reversed(self.jobs.values())
            if job.seen_from <= self.agenda.now()
            and request.get("NameContains", "") in job.name
            and request.get("StatusEquals", job.status) == job.status
        ]
        first = int(request.get("NextToken", 0))
        page: dict[str, Any] = {"TransformJobSummaries": found[first : first + 2]}
        if first + 2 < len(found):
            page["NextToken"] = str(first + 2)
        return page

    def stop_transform_job(
        self,
        *,
        TransformJobName: str,
    ) -> dict[str, Any]:
        """Answer StopTransformJob."""
        self._refuse("stop_transform_job")
        self.describe_transform_job(TransformJobName=TransformJobName)
        job = self.jobs[TransformJobName]
        if job.status not in RUNNING:
            raise refused(
                "ValidationException",
                "The request was rejected because the transform job is in status "
                f"{job.status}.",
            )
        if job.status == "InProgress":
            job.status, job.stopped = "Stopping", self.agenda.now()
            self.announce(job)
            self.agenda.after(STOPPING, lambda: self._stopped(job))
        return {}

    def running(self) -> Iterator[Job]:
        """Jobs that have not ended."""
        return (job for job in self.jobs.values() if job.status in RUNNING)

    def _start(self, job: Job) -> None:
        if job.status == "InProgress":
            job.started = self.agenda.now()

    def _end(self, job: Job, outcome: Outcome) -> None:
        if job.status == "InProgress":
            job.status = "Failed" if outcome.reason else "Completed"
            job.reason = outcome.reason
            job.ended = self.agenda.now()
            if job.started:
                answered = job.inputs[outcome.failed :]
                job.answered = len(answered)
                write_outputs(job.request, answered, self.storage)
            self.announce(job)

    def _stopped(self, job: Job) -> None:
        job.status = "Stopped"
        job.ended = self.agenda.now()
        self.announce(job)

    def _readable(self, request: Mapping[str, Any], outcome: Outcome) -> list[str]:
        """The inputs of a job that may be created."""
        inputs = inputs_of(request, self.storage)
        if outcome.refusal is Refusal.QUOTA:
            raise refused(
                "ResourceLimitExceeded",
                "The account-level service limit 'ml.m5.large for transform job usage' "
                "is 0 Instances, with current utilization of 0 Instances and a request "
                "delta of 1 Instances.",
            )
        if outcome.refusal is Refusal.NO_INPUTS or not inputs:
            raise refused(
                "ValidationException",
                f'No S3 objects found under S3 URL "{input_url(request)}" given in '
                "input data source. Please ensure that the bucket exists in the "
                "selected region, that objects exist under that S3 prefix, and that "
                'the role has "s3:ListBucket" permissions on the bucket.',
            )
        return inputs

    def _next_outcome(self) -> Outcome:
        number = min(self._asked_for_jobs, len(self.outcomes) - 1)
        self._asked_for_jobs += 1
        return self.outcomes[number]

    def _next_seen_from(self) -> datetime:
        number = len(self.created) + len(self.jobs)
        return self.agenda.now() + timedelta(seconds=self.unseen.get(number, 0))

    def _refuse(self, operation: str) -> None:
        coming = self.refusals.get(operation)
        if coming:
            raise coming.pop(0)


def described(job: Job) -> dict[str, Any]:
    """A job as DescribeTransformJob answers."""
    optional = {
        "TransformStartTime": job.started,
        "TransformEndTime": job.ended,
        "FailureReason": job.reason,
    }
    return {
        **{key: value for key, value in job.request.items() if key != "Tags"},
        "TransformJobArn": f"arn:aws:sagemaker:us-east-1:123456789012:job/{job.name}",
        "TransformJobStatus": job.status,
        "CreationTime": job.created,
        **{key: value for key, value in optional.items() if value is not None},
    }


def _summary(job: Job) -> dict[str, Any]:
    """A job as ListTransformJobs answers."""
    kept = (
        "TransformJobName",
        "TransformJobArn",
        "TransformJobStatus",
        "CreationTime",
        "TransformEndTime",
        "FailureReason",
    )
    answer = described(job)
    return {
        **{key: answer[key] for key in kept if key in answer},
        "LastModifiedTime": job.modified,
    }
