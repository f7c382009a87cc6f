"""What SageMaker does with a model's execution role."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from rehearsal.embedded.scope import Scope
from rehearsal.engine import Location, Storage, StorageError, containers_of
from rehearsal.sagemaker import arns
from rehearsal.sagemaker.errors import ValidationError
from rehearsal.sagemaker.platform import Conditions, Platform
from rehearsal.sagemaker.store import JobRecord, ModelRecord

# AWS's own words for these refusals leave out why S3 refused.
_LOGGER: Final = logging.getLogger(__name__)

LOG_GROUP: Final = "/aws/sagemaker/TransformJobs"

_NO_ROUTE: Final = (
    "Please ensure that the subnet's route table has a route to an S3 VPC endpoint or "
    "a NAT device, and both the security groups and the subnet's network ACL allow "
    "outbound traffic to S3."
)


class RoleError(Exception):
    """The execution role, or the network it is used in, does not carry the job."""


@dataclass(frozen=True, slots=True)
class _Use:
    action: str
    resource: str
    conditions: Conditions


def check_model(
    platform: Platform, scope: Scope, model: ModelRecord, *, inside: bool
) -> None:
    """Check at CreateModel that the role trusts SageMaker and reads the artifacts.

    Args:
        platform: The cloud.
        scope: Account and region of the request.
        model: The model to be.
        inside: The check comes through the model's endpoint, not from outside.

    Raises:
        ValidationError: SageMaker could not assume the role or not read an artifact.
    """
    trusted = platform.trusts_sagemaker(model.role_arn, model.arn)
    for container in containers_of(model.request):
        if "ModelDataUrl" not in container:
            continue
        url = container["ModelDataUrl"]
        if not trusted or not _is_readable(platform, model, url, inside=inside):
            raise ValidationError(
                f"Could not access model data at {url}. Please ensure that the role "
                f'"{model.role_arn}" exists and that its trust relationship policy '
                'allows the action "sts:AssumeRole" for the service principal '
                '"sagemaker.amazonaws.com". Also ensure that the role has '
                '"s3:GetObject" permissions and that the object is located in '
                f"{scope.region}."
            )
    if not trusted:
        raise _not_assumed(model.role_arn)


def _not_assumed(role_arn: str) -> ValidationError:
    return ValidationError(
        f"Could not assume role {role_arn}. Please ensure that the role exists and "
        "allows principal 'sagemaker.amazonaws.com' to assume the role."
    )


def _is_readable(
    platform: Platform, model: ModelRecord, url: str, *, inside: bool
) -> bool:
    through = platform.endpoint_of(model.subnets) if inside and model.subnets else None
    try:
        storage = platform.storage(model.role_arn, through)
        with storage.open(Location.parse(url)):
            return True
    except (LookupError, StorageError, ValueError) as error:
        _LOGGER.warning("CreateModel %s: %s", model.name, error)
        return False


def check_inputs(platform: Platform, scope: Scope, job: JobRecord) -> None:
    """Check at CreateTransformJob that the role finds an input. It asks from outside.

    Raises:
        ValidationError: SageMaker could not assume the role, or the listing was refused
            or is empty.
    """
    role_arn = job.model.role_arn
    if not platform.trusts_sagemaker(role_arn, job.arn):
        raise _not_assumed(role_arn)
    url = job.request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
    bucket = url.removeprefix("s3://").partition("/")[0]
    try:
        source = Location.parse(url)
        found = any(platform.storage(role_arn, None).keys(source))
    except (LookupError, StorageError, ValueError) as error:
        _LOGGER.warning("CreateTransformJob %s: %s", job.name, error)
        found = False
    if not found:
        raise ValidationError(
            f'No S3 objects found under S3 URL "{url}" given in input data source. '
            "Please ensure that the bucket exists in the selected region "
            f"({scope.region}), that objects exist under that S3 prefix, and that the "
            f'role "{role_arn}" has "s3:ListBucket" permissions on bucket '
            f'"{bucket}".'
        )


def job_storage(platform: Platform, model: ModelRecord) -> Storage:
    """S3 as a job of this model sees it: through its network, if it has one.

    Raises:
        RoleError: The network has no way to S3.
    """
    endpoint = None
    if model.subnets:
        endpoint = platform.endpoint_of(model.subnets)
        if endpoint is None:
            raise RoleError(_NO_ROUTE)
    return platform.storage(model.role_arn, endpoint)


def check_job(platform: Platform, scope: Scope, job: JobRecord) -> None:
    """Check what the role needs before a job's instance runs.

    Raises:
        RoleError: The role is gone, does not trust SageMaker or lacks a permission, or
            a subnet is gone.
    """
    role_arn = job.model.role_arn
    if not platform.trusts_sagemaker(role_arn, job.arn):
        raise RoleError(f"SageMaker was unable to assume the role '{role_arn}'.")
    principal = platform.assume(role_arn)
    for use in _uses(platform, scope, job):
        denial = platform.denial(principal, use.action, use.resource, use.conditions)
        if denial is not None:
            raise RoleError(denial)


def may_write_logs(platform: Platform, scope: Scope, role_arn: str) -> bool:
    """Whether the role lets SageMaker write a job's log; if not, there is none.

    A group that is not there yet has to be made, too.
    """
    group = f"arn:aws:logs:{scope.region}:{scope.account}:log-group:{LOG_GROUP}"
    needed = {
        "logs:CreateLogStream": f"{group}:*",
        "logs:PutLogEvents": f"{group}:log-stream:*",
    }
    if not platform.log_group_exists(LOG_GROUP):
        needed["logs:CreateLogGroup"] = group
    principal = platform.assume(role_arn)
    return all(
        platform.denial(principal, action, resource, {}) is None
        for action, resource in needed.items()
    )


def _uses(platform: Platform, scope: Scope, job: JobRecord) -> Iterator[_Use]:
    for container in containers_of(job.model.request):
        yield from _image_uses(container.get("Image", ""))
    if network := job.model.request.get("VpcConfig"):
        yield from _network_uses(platform, scope, network)
    key = job.request["TransformResources"].get("VolumeKmsKeyId")
    if key:
        # AWS: Key management (SageMaker); the volume is EBS's, through a grant.
        yield _Use(
            "kms:CreateGrant",
            arns.key(scope, key),
            {"kms:GrantIsForAWSResource": "true"},
        )


def _image_uses(image: str) -> Iterator[_Use]:
    """Pulling from Amazon ECR. AWS: SageMaker roles, CreateModel API."""
    registry, _, rest = image.partition("/")
    parts = registry.split(".")
    if parts[1:3] != ["dkr", "ecr"]:
        return
    repository = rest.partition("@")[0].partition(":")[0]
    resource = f"arn:aws:ecr:{parts[3]}:{parts[0]}:repository/{repository}"
    yield _Use("ecr:GetAuthorizationToken", "*", {})
    yield _Use("ecr:BatchCheckLayerAvailability", resource, {})
    yield _Use("ecr:BatchGetImage", resource, {})
    yield _Use("ecr:GetDownloadUrlForLayer", resource, {})


def _network_uses(platform: Platform, scope: Scope, network: Any) -> Iterator[_Use]:
    """Network interfaces in the model's subnets.

    AWS: Give Batch Transform Jobs Access to Resources in Your Amazon VPC.
    """
    for name in (
        "NetworkInterfaces",
        "Vpcs",
        "DhcpOptions",
        "Subnets",
        "SecurityGroups",
    ):
        yield _Use(f"ec2:Describe{name}", "*", {})
    interface = arns.ec2(scope, "network-interface/*")
    for subnet in network["Subnets"]:
        vpc = platform.vpc_of(subnet)
        if vpc is None:
            raise RoleError(f"The subnet ID '{subnet}' does not exist.")
        place = {
            "ec2:Subnet": arns.ec2(scope, f"subnet/{subnet}"),
            "ec2:Vpc": arns.ec2(scope, f"vpc/{vpc}"),
        }
        yield _Use("ec2:CreateNetworkInterface", place["ec2:Subnet"], place)
        for group in network["SecurityGroupIds"]:
            resource = arns.ec2(scope, f"security-group/{group}")
            yield _Use("ec2:CreateNetworkInterface", resource, place)
        for action in (
            "ec2:CreateNetworkInterface",
            "ec2:CreateNetworkInterfacePermission",
            "ec2:DeleteNetworkInterface",
            "ec2:DeleteNetworkInterfacePermission",
        ):
            yield _Use(action, interface, place)
