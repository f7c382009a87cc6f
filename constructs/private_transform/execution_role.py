"""The role with which SageMaker runs one transform's jobs."""

import re
from collections.abc import Iterator, Sequence

from constructs import Construct

from private_transform.environment import ArtifactSource, Transform
from private_transform.handlers.contract import JOB_LOG_GROUP
from private_transform.handlers.names import digest
from private_transform.lock import Buckets, digests
from private_transform.lock.kms_actions import ENCRYPT, THROUGH_SERVICES, kms_actions
from private_transform.service_role import (
    Place,
    Statement,
    allow,
    policy_document,
    service_role,
)

_ECR_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z.]+/"
    r"(?P<repository>[^:@]+)"
)


class ExecutionRole(Construct):
    """Reads one transform's artifact and inputs, writes its outputs, nothing else.

    Sources: AWS: How to use SageMaker AI execution roles; AWS: Give Batch Transform
    Jobs Access to Resources in Your Amazon VPC; AWS: Cross-service confused deputy
    prevention (SageMaker AI).

    Buckets and key are named by their ARNs: there are many transforms, and to read an
    ARN from a construct is a call to another process each time.

    Args:
        transform: Whose prefixes the role reaches.
        path: IAM path of the environment's execution roles.
        place: Where the environment is.
        key_arn: The key of artifact, inputs, outputs and volumes.
        buckets: The data buckets, and the one with the transform's manifests, below
            `manifests/<name>/`.
        artifact_sources: Where artifacts lie that are not in the models bucket.
        subnets: Ids of the subnets where the role may place network interfaces.
        security_groups: Ids of the groups that these interfaces may have.

    Attributes:
        role_arn: ARN of the role.
        policy_digest: SHA-256 of its rights, as `lock.digests` makes them.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        transform: Transform,
        path: str,
        place: Place,
        key_arn: str,
        buckets: Buckets,
        artifact_sources: Sequence[ArtifactSource],
        subnets: Sequence[str],
        security_groups: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        self.role_arn = service_role(
            self,
            "Resource",
            service="sagemaker.amazonaws.com",
            path=path,
            description=f"SageMaker runs the transform {transform.name}",
            conditions={
                "StringEquals": {"aws:SourceAccount": place.account},
                "ArnLike": {"aws:SourceArn": place.arn("sagemaker", "*")},
            },
            statements=_rights(
                transform,
                place,
                key_arn=key_arn,
                buckets=buckets,
                artifact_sources=artifact_sources,
                subnets=subnets,
                security_groups=security_groups,
            ),
        )
        self.policy_digest = digest(
            policy_document(
                _rights(
                    transform,
                    place,
                    key_arn=digests.KEY,
                    buckets=digests.BY_NAME,
                    artifact_sources=artifact_sources,
                    subnets=[f"subnet {number}" for number in range(len(subnets))],
                    security_groups=["container", "peers"],
                )
            )
        )


def _rights(
    transform: Transform,
    place: Place,
    *,
    key_arn: str,
    buckets: Buckets,
    artifact_sources: Sequence[ArtifactSource],
    subnets: Sequence[str],
    security_groups: Sequence[str],
) -> Iterator[Statement]:
    yield from _data(transform, buckets, place.partition)
    yield from _key(key_arn)
    yield from _keys_of_sources(transform, artifact_sources, place)
    yield from _network(place, subnets, security_groups)
    yield from _observation(place)
    yield from _images(transform, place.partition)


def _data(
    transform: Transform, buckets: Buckets, partition: str
) -> Iterator[Statement]:
    """Read and write below this transform's prefixes."""
    prefixes = list(_sources(transform))
    artifacts = list(_artifacts(transform, buckets.models, partition))
    if artifacts:
        yield allow("ReadArtifacts", ["s3:GetObject"], artifacts)
    yield allow(
        "ListInputs",
        ["s3:ListBucket"],
        [buckets.inputs],
        StringLike={"s3:prefix": [f"{prefix}*" for prefix in prefixes]},
    )
    yield allow(
        "ReadInputs",
        ["s3:GetObject"],
        [f"{buckets.inputs}/{prefix}*" for prefix in prefixes],
    )
    yield allow(
        "ReadManifests",
        ["s3:GetObject"],
        [f"{buckets.control}/manifests/{transform.name}/*"],
    )
    # What lists inputs at CreateTransformJob may look for the manifest in the same way.
    yield allow(
        "SeeManifests",
        ["s3:ListBucket"],
        [buckets.control],
        StringLike={"s3:prefix": [f"manifests/{transform.name}/*"]},
    )
    yield allow(
        "WriteOutputs",
        ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"],
        [f"{buckets.outputs}/{prefix}*" for prefix in _destinations(transform)],
    )


def _artifacts(transform: Transform, models: str, partition: str) -> Iterator[str]:
    for container in transform.model.containers:
        url = container.model_data_url
        if url is None:
            continue
        if url.startswith("s3://"):
            yield _arn_of_object(url, partition)
        else:
            yield f"{models}/{url}"


def _arn_of_object(s3_uri: str, partition: str) -> str:
    return f"arn:{partition}:s3:::{s3_uri.removeprefix('s3://')}"


def _sources(transform: Transform) -> Iterator[str]:
    yield transform.transform_input.data_source.s3_data_source.prefix
    if transform.smoke_input is not None:
        yield transform.smoke_input


def _destinations(transform: Transform) -> Iterator[str]:
    yield transform.transform_output.s3_output_path
    if transform.data_capture_config:
        yield transform.data_capture_config.destination_s3_uri


def _key(key_arn: str) -> Iterator[Statement]:
    """Encrypt and decrypt, and lend the key to the volumes of its instances.

    Source: AWS: Protecting data at rest using encryption (SageMaker AI).
    """
    yield allow(
        "UseTheKey",
        kms_actions(THROUGH_SERVICES, ENCRYPT, ("DescribeKey",)),
        [key_arn],
    )
    yield allow(
        "LendTheKeyToVolumes",
        ["kms:CreateGrant"],
        [key_arn],
        Bool={"kms:GrantIsForAWSResource": "true"},
    )


def _keys_of_sources(
    transform: Transform,
    sources: Sequence[ArtifactSource],
    place: Place,
) -> Iterator[Statement]:
    """Decrypt this transform's artifacts with their owners' keys, when S3 asks for it.

    The encryption context is the object's ARN, or the bucket's where it has a bucket
    key (AWS: Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys).
    """
    urls = sorted({each.model_data_url or "" for each in transform.model.containers})
    for number, source in enumerate(sources, 1):
        objects = [
            _arn_of_object(url, place.partition) for url in urls if source.holds(url)
        ]
        if source.key_arn is None or not objects:
            continue
        bucket = objects[0].partition("/")[0]
        yield allow(
            f"DecryptArtifacts{number}",
            ["kms:Decrypt"],
            [source.key_arn],
            StringEquals={
                "kms:ViaService": f"s3.{place.region}.amazonaws.com",
                "kms:EncryptionContext:aws:s3:arn": [bucket, *objects],
            },
        )


def _network(
    place: Place, subnets: Sequence[str], security_groups: Sequence[str]
) -> Iterator[Statement]:
    """Place network interfaces in our subnets with our groups, and take them away."""
    interfaces = place.arn("ec2", "network-interface/*")
    places = [place.arn("ec2", f"subnet/{subnet}") for subnet in subnets]
    yield allow(
        "CreateInterfaces",
        ["ec2:CreateNetworkInterface"],
        [
            interfaces,
            *places,
            *(place.arn("ec2", f"security-group/{group}") for group in security_groups),
        ],
    )
    yield allow(
        "LendInterfaces",
        ["ec2:CreateNetworkInterfacePermission"],
        [interfaces],
        ArnEquals={"ec2:Subnet": places},
    )
    yield allow(
        "RemoveInterfaces",
        ["ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"],
        [interfaces],
        ArnEquals={"ec2:Subnet": places},
    )
    yield allow(
        "SeeTheNetwork",
        [
            "ec2:DescribeDhcpOptions",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
        ],
        ["*"],
    )


def _observation(place: Place) -> Iterator[Statement]:
    """Logs and metrics of the job."""
    group = place.arn("logs", f"log-group:{JOB_LOG_GROUP}")
    yield allow(
        "WriteLogs",
        [
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
        ],
        [group, f"{group}:*"],
    )
    yield allow(
        "WriteMetrics",
        ["cloudwatch:PutMetricData"],
        ["*"],
        StringEquals={"cloudwatch:namespace": JOB_LOG_GROUP},
    )


def _images(transform: Transform, partition: str) -> Iterator[Statement]:
    """Pull the containers' images, from the repositories they name."""
    repositories = sorted(
        {
            f"arn:{partition}:ecr:{found['region']}:{found['account']}:"
            f"repository/{found['repository']}"
            for container in transform.model.containers
            if container.image and (found := _ECR_IMAGE.match(container.image))
        }
    )
    if not repositories:
        return
    yield allow("SignInToRegistries", ["ecr:GetAuthorizationToken"], ["*"])
    yield allow(
        "PullImages",
        [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
        ],
        repositories,
    )
