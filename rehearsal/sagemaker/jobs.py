"""CreateTransformJob, DescribeTransformJob, ListTransformJobs, StopTransformJob."""

import threading
from collections.abc import Mapping
from typing import Any

from rehearsal.embedded.scope import Scope
from rehearsal.sagemaker import arns, execution_role, rules
from rehearsal.sagemaker.access import Access
from rehearsal.sagemaker.errors import (
    ResourceInUseError,
    ResourceLimitExceededError,
    ValidationError,
    job_not_found,
    model_not_found,
)
from rehearsal.sagemaker.events import announce
from rehearsal.sagemaker.listing import page
from rehearsal.sagemaker.platform import Platform
from rehearsal.sagemaker.runner import JobRunner
from rehearsal.sagemaker.status import JobStatus, is_final
from rehearsal.sagemaker.store import JobRecord, ModelRecord, Store
from rehearsal.sagemaker.tags import as_map


class TransformJobs:
    """The transform jobs of all accounts and regions. None is ever deleted.

    Args:
        platform: The cloud around SageMaker.
        models: The models that jobs may name.
        runner: Runs the jobs.
        instance_quota: How many instances of one type an account's running jobs may
            have together in a region.
    """

    def __init__(
        self,
        platform: Platform,
        models: Store[ModelRecord],
        runner: JobRunner,
        *,
        instance_quota: int,
    ) -> None:
        self._platform = platform
        self._models = models
        self._runner = runner
        self._instance_quota = instance_quota
        self._creating = threading.Lock()
        self.store = Store[JobRecord]()

    def create(
        self, access: Access, scope: Scope, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Answer CreateTransformJob.

        Raises:
            ApiError: The request is refused.
        """
        arn = arns.transform_job(scope, request["TransformJobName"])
        access.require_create_transform_job(scope, arn, request)
        model = self._models.get(scope, request["ModelName"])
        if model is None:
            raise model_not_found(arns.model(scope, request["ModelName"]))
        rules.check_transform_job(request, model.request)
        self._check_new(self.store.get(scope, request["TransformJobName"]) is None, arn)
        now = self._platform.now()
        job = JobRecord(
            arn=arn,
            request=request,
            model=model,
            created=now,
            modified=now,
            tags=as_map(request.get("Tags", ())),
        )
        execution_role.check_inputs(self._platform, scope, job)
        with self._creating:
            self._check_quota(scope, request["TransformResources"])
            self._check_new(self.store.add(scope, job), arn)
        self._runner.start(scope, job)
        return {"TransformJobArn": arn}

    def describe(
        self, access: Access, scope: Scope, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Answer DescribeTransformJob.

        Raises:
            ApiError: The request is refused.
        """
        job = self._authorized("DescribeTransformJob", access, scope, request)
        # The status changes last in a job's life and is read first, so that all that
        # belongs to a final one is there.
        status = job.status
        seen: dict[str, float | str | None] = {"TransformStartTime": job.started}
        if is_final(status):
            seen |= {
                "TransformEndTime": job.ended,
                "FailureReason": job.failure_reason,
            }
        return {
            **_with_defaults(job.request),
            "TransformJobArn": job.arn,
            "TransformJobStatus": str(status),
            "CreationTime": job.created,
            **{name: value for name, value in seen.items() if value is not None},
        }

    def list(
        self, access: Access, scope: Scope, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Answer ListTransformJobs.

        Raises:
            ApiError: The request is refused.
        """
        access.require("sagemaker:ListTransformJobs", "*")
        return page(
            self.store.all(scope), request, key="TransformJobSummaries", row=_row
        )

    def stop(
        self, access: Access, scope: Scope, request: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Answer StopTransformJob.

        Raises:
            ApiError: The request is refused.
        """
        job = self._authorized("StopTransformJob", access, scope, request)
        if job.advance(JobStatus.STOPPING, self._platform.now()):
            announce(self._platform, job)
            job.stop.set()
        elif is_final(job.status):
            raise ValidationError(
                "The request was rejected because the transform job is in status "
                f"{job.status}."
            )
        return {}

    def _authorized(
        self, operation: str, access: Access, scope: Scope, request: Mapping[str, Any]
    ) -> JobRecord:
        name = request["TransformJobName"]
        job = self.store.get(scope, name)
        access.require_on(
            f"sagemaker:{operation}",
            arns.transform_job(scope, name),
            job.tags if job else {},
        )
        if job is None:
            raise job_not_found(name)
        return job

    def _check_new(self, new: bool, arn: str) -> None:
        if not new:
            raise ResourceInUseError(
                "Job name must be unique within an AWS account and region, and a job "
                f"with this name already exists ({arn})"
            )

    def _check_quota(self, scope: Scope, resources: Mapping[str, Any]) -> None:
        kind, wanted = resources["InstanceType"], resources["InstanceCount"]
        used = sum(
            job.request["TransformResources"]["InstanceCount"]
            for job in self.store.all(scope)
            if not is_final(job.status)
            and job.request["TransformResources"]["InstanceType"] == kind
        )
        if used + wanted > self._instance_quota:
            raise ResourceLimitExceededError(
                f"The account-level service limit '{kind} for transform job usage' is "
                f"{self._instance_quota} Instances, with current utilization of {used} "
                f"Instances and a request delta of {wanted} Instances. Please use AWS "
                "Service Quotas to request an increase for this quota."
            )


def _with_defaults(request: Mapping[str, Any]) -> dict[str, Any]:
    """A job's request with what SageMaker fills in."""
    described = {name: value for name, value in request.items() if name != "Tags"}
    described["TransformInput"] = {
        "CompressionType": "None",
        "SplitType": "None",
        **request["TransformInput"],
    }
    described["TransformOutput"] = {
        "AssembleWith": "None",
        **request["TransformOutput"],
    }
    described["DataProcessing"] = {
        "InputFilter": "$",
        "OutputFilter": "$",
        "JoinSource": "None",
        **request.get("DataProcessing", {}),
    }
    return described


def _row(job: JobRecord) -> dict[str, Any]:
    status = job.status
    row = {
        "TransformJobName": job.name,
        "TransformJobArn": job.arn,
        "CreationTime": job.created,
        "LastModifiedTime": job.modified,
        "TransformJobStatus": str(status),
    }
    if is_final(status) and job.ended is not None:
        row["TransformEndTime"] = job.ended
    if is_final(status) and job.failure_reason is not None:
        row["FailureReason"] = job.failure_reason
    return row
