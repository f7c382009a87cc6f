"""Which models and jobs are the environment's own, in a policy's words."""

from private_transform.environment import ENVIRONMENT_TAG
from private_transform.service_role import Place, Statement, allow


def tagged(environment: str) -> dict[str, str]:
    """Names alone are not enough: another team's may begin like ours."""
    return {f"aws:ResourceTag/{ENVIRONMENT_TAG}": environment}


def stop_jobs(place: Place, environment: str) -> Statement:
    """Stop the environment's jobs and no others."""
    return allow(
        "StopJobs",
        ["sagemaker:StopTransformJob"],
        [place.arn("sagemaker", f"transform-job/{environment}-*")],
        StringEquals=tagged(environment),
    )
