"""A run that fails on purpose: one photograph is broken, the others are not lost."""

from private_transform.environment import Transform
from rehearsal.company import Company
from rehearsal.report import RunRow
from rehearsal.results import ended_job, outputs_of, seconds_of

BROKEN = "broken.jpg"


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
    job = ended_job(company, name)
    found = outputs_of(company, transform, job)
    return RunRow(
        name=f"{transform.name}, with a broken photograph",
        job=name,
        status=job["TransformJobStatus"],
        expected="Failed",
        inputs=len(found.inputs),
        outputs=len(found.outputs),
        failed_inputs=found.missing,
        seconds=seconds_of(job),
        failure_reason=job.get("FailureReason"),
    )
