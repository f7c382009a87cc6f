"""The job of one transform."""

from collections.abc import Mapping
from typing import Literal

import aws_cdk as cdk
from constructs import Construct

from private_transform.handlers.contract import JOB_TYPE
from private_transform.requests import TransformRequests
from private_transform.transform_model import TransformModel

_MOST_SMOKE_INPUTS = 10


class TransformJob(Construct):
    """A transform job that runs again when something that matters has changed.

    Args:
        service_token: The launcher's.
        environment: The environment's name.
        transform: The transform's name.
        model: The model that the job uses.
        requests: What to start.
        run: Change it to run the same job again.
        smoke_input: A prefix of a few inputs, to which the run is then confined; its
            end is always waited for.
        max_failed_inputs: How many inputs may stay without an output.
        policy_digests: SHA-256 of the policies that guard the job's data, for its
            evidence.
        completion: `wait` for the job's end, or answer once it is `launch`ed.

    Attributes:
        job_name: Name of the job that last ran for these settings; an earlier stack
            may have run it.
        status: Its status when the deployment was answered.
        note: What to know of it beside that.
        output_path: S3 URI of its outputs.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        service_token: str,
        environment: str,
        transform: str,
        model: TransformModel,
        requests: TransformRequests,
        run: str,
        smoke_input: str | None,
        max_failed_inputs: int,
        policy_digests: Mapping[str, str],
        completion: Literal["wait", "launch"],
    ) -> None:
        super().__init__(scope, construct_id)
        resource = cdk.CustomResource(
            self,
            "Resource",
            service_token=service_token,
            resource_type=JOB_TYPE,
            properties={
                "Environment": environment,
                "Transform": transform,
                "ModelName": model.model_name,
                "ModelDigest": model.digest,
                "Request": (
                    requests.create_transform_job()
                    if smoke_input is None
                    else requests.smoke_job(smoke_input)
                ),
                "TimeZone": requests.time_zone,
                "Fallbacks": requests.fallbacks(),
                "Network": requests.network,
                "ArtifactDigests": requests.artifact_digests(),
                "Run": run,
                "MostInputs": 0 if smoke_input is None else _MOST_SMOKE_INPUTS,
                "MaxFailedInputs": max_failed_inputs,
                "Policies": policy_digests,
                "Completion": completion if smoke_input is None else "wait",
            },
        )
        self.job_name = resource.get_att_string("JobName")
        self.status = resource.get_att_string("Status")
        self.note = resource.get_att_string("Note")
        self.output_path = resource.get_att_string("OutputPath")
