"""A run that fails on purpose: one photograph is broken, the others are not lost."""

import time
from typing import Any

from private_transform.environment import Transform
from rehearsal.company import Company
from rehearsal.report import RunRow
from rehearsal.results import outputs_of
from rehearsal.steps import StepError

BROKEN = "broken.jpg"
_SECONDS = 120


def run_with_a_broken_photograph(company: Company, transform: Transform) -> RunRow:
    """Add half a photograph to the inputs and start the deployed job again by hand.

    SageMaker keeps the outputs of the other inputs and fails the job
    (AWS: Troubleshoot Errors, batch transform).
    """
    foundation = company.outputs("foundation")
    prefix = transform.transform_input.data_source.s3_data_source.prefix
    uploader = company.client("s3", role=company.environment.people.uploaders[0].role)
    uploader.put_object(
        Bucket=foundation["InputsBucket"],
        Key=f"{prefix}{BROKEN}",
        Body=b"\xff\xd8\xff\xe0 half a photograph",
    )
    sagemaker = company.client("sagemaker")
    deployed = sagemaker.describe_transform_job(
        TransformJobName=company.outputs(transform.name)["JobName"]
    )
    name = f"{company.environment.name}-{transform.name}-by-hand"
    root = deployed["TransformOutput"]["S3OutputPath"].partition("job=")[0]
    sagemaker.create_transform_job(
        TransformJobName=name,
        ModelName=deployed["ModelName"],
        TransformInput=deployed["TransformInput"],
        TransformOutput={
            **deployed["TransformOutput"],
            "S3OutputPath": f"{root}job={name}/",
        },
        TransformResources=deployed["TransformResources"],
    )
    job = _ended(sagemaker, name)
    found = outputs_of(company, transform, job)
    return RunRow(
        name=f"{transform.name}, with a broken photograph",
        job=name,
        status=job["TransformJobStatus"],
        expected="Failed",
        inputs=len(found.inputs),
        outputs=len(found.outputs),
        failed_inputs=found.missing,
        seconds=(job["TransformEndTime"] - job["CreationTime"]).total_seconds(),
        failure_reason=job.get("FailureReason"),
    )


def _ended(sagemaker: Any, name: str) -> dict[str, Any]:
    deadline = time.monotonic() + _SECONDS
    while True:
        job: dict[str, Any] = sagemaker.describe_transform_job(TransformJobName=name)
        if job["TransformJobStatus"] in ("Completed", "Failed", "Stopped"):
            return job
        if time.monotonic() > deadline:
            raise StepError(f"job {name} still runs after {_SECONDS} seconds")
        time.sleep(0.5)
