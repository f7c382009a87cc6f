"""The role with which SageMaker runs one transform's jobs."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from private_transform.environment import ArtifactSource, Transform
from private_transform.handlers.job import LOG_GROUP as JOB_LOG_GROUP
from private_transform.lock.kms_actions import ENCRYPT, THROUGH_SERVICES, kms_actions

_ECR_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z.]+/"
    r"(?P<repository>[^:@]+)"
)

_Statement = dict[str, Any]
_Arn = Callable[[str, str], str]
"""Service and resource to an ARN of the stack's account and region."""


class ExecutionRole(Construct):
    """Reads one transform's artifact and inputs, writes its outputs, nothing else.

    Sources: AWS: How to use SageMaker AI execution roles; AWS: Give Batch Transform
    Jobs Access to Resources in Your Amazon VPC; AWS: Cross-service confused deputy
    prevention (SageMaker AI).

    Args:
        transform: Whose prefixes the role reaches.
        path: IAM path of the environment's execution roles.
        key: Encrypts artifact, inputs, outputs and volumes.
        models_bucket: Holds the artifacts.
        inputs_bucket: Holds the inputs.
        outputs_bucket: Takes the outputs.
        control_bucket: Holds the transform's manifests, below `manifests/<name>/`.
        artifact_sources: Where artifacts lie that are not in the models bucket.
        subnets: Ids of the subnets where the role may place network interfaces.
        security_groups: Ids of the groups that these interfaces may have.

    Attributes:
        role_arn: ARN of the role.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        transform: Transform,
        path: str,
        key: kms.IKey,
        models_bucket: s3.IBucket,
        inputs_bucket: s3.IBucket,
        outputs_bucket: s3.IBucket,
        control_bucket: s3.IBucket,
        artifact_sources: Sequence[ArtifactSource],
        subnets: Sequence[str],
        security_groups: Sequence[str],
    ) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        partition, account, region = stack.partition, stack.account, stack.region

        def arn(service: str, resource: str) -> str:
            return f"arn:{partition}:{service}:{region}:{account}:{resource}"

        statements = [
            *_data(
                transform,
                models=models_bucket.bucket_arn,
                inputs=inputs_bucket.bucket_arn,
                outputs=outputs_bucket.bucket_arn,
                control=control_bucket.bucket_arn,
                partition=partition,
            ),
            *_key(key.key_arn),
            *_keys_of_sources(transform, artifact_sources, partition, region),
            *_network(arn, subnets, security_groups),
            *_observation(arn),
            *_images(transform, partition),
        ]
        # Role and policy are one resource: SageMaker reads the artifact with the role
        # while it creates the model, so a role without its rights must never be seen.
        self.role_arn = iam.CfnRole(
            self,
            "Resource",
            path=path,
            description=f"SageMaker runs the transform {transform.name}",
            assume_role_policy_document=_document([_trust(account, arn)]),
            policies=[
                iam.CfnRole.PolicyProperty(
                    policy_name="Transform", policy_document=_document(statements)
                )
            ],
        ).attr_arn


def _document(statements: Sequence[_Statement]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def _trust(account: str, arn: _Arn) -> _Statement:
    return {
        "Effect": "Allow",
        "Principal": {"Service": "sagemaker.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "StringEquals": {"aws:SourceAccount": account},
            "ArnLike": {"aws:SourceArn": arn("sagemaker", "*")},
        },
    }


def _allow(
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    **conditions: Mapping[str, object],
) -> _Statement:
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Action": list(actions),
        "Resource": list(resources),
        **({"Condition": conditions} if conditions else {}),
    }


def _data(
    transform: Transform,
    *,
    models: str,
    inputs: str,
    outputs: str,
    control: str,
    partition: str,
) -> Iterator[_Statement]:
    """Read and write below this transform's prefixes; buckets are named by ARN."""
    prefix = transform.transform_input.data_source.s3_data_source.prefix
    artifacts = list(_artifacts(transform, models, partition))
    if artifacts:
        yield _allow("ReadArtifacts", ["s3:GetObject"], artifacts)
    yield _allow(
        "ListInputs",
        ["s3:ListBucket"],
        [inputs],
        StringLike={"s3:prefix": f"{prefix}*"},
    )
    yield _allow("ReadInputs", ["s3:GetObject"], [f"{inputs}/{prefix}*"])
    yield _allow(
        "ReadManifests",
        ["s3:GetObject"],
        [f"{control}/manifests/{transform.name}/*"],
    )
    yield _allow(
        "WriteOutputs",
        ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts", "s3:PutObject"],
        [f"{outputs}/{place}*" for place in _destinations(transform)],
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


def _destinations(transform: Transform) -> Iterator[str]:
    yield transform.transform_output.s3_output_path
    if transform.data_capture_config:
        yield transform.data_capture_config.destination_s3_uri


def _key(key_arn: str) -> Iterator[_Statement]:
    """Encrypt and decrypt, and lend the key to the volumes of its instances.

    Source: AWS: Protecting data at rest using encryption (SageMaker AI).
    """
    yield _allow(
        "UseTheKey",
        kms_actions(THROUGH_SERVICES, ENCRYPT, ("DescribeKey",)),
        [key_arn],
    )
    yield _allow(
        "LendTheKeyToVolumes",
        ["kms:CreateGrant"],
        [key_arn],
        Bool={"kms:GrantIsForAWSResource": "true"},
    )


def _keys_of_sources(
    transform: Transform,
    sources: Sequence[ArtifactSource],
    partition: str,
    region: str,
) -> Iterator[_Statement]:
    """Decrypt this transform's artifacts with their owners' keys, when S3 asks for it.

    The encryption context is the object's ARN, or the bucket's where it has a bucket
    key (AWS: Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys).
    """
    urls = sorted({each.model_data_url or "" for each in transform.model.containers})
    for number, source in enumerate(sources, 1):
        objects = [_arn_of_object(url, partition) for url in urls if source.holds(url)]
        if source.key_arn is None or not objects:
            continue
        bucket = objects[0].partition("/")[0]
        yield _allow(
            f"DecryptArtifacts{number}",
            ["kms:Decrypt"],
            [source.key_arn],
            StringEquals={
                "kms:ViaService": f"s3.{region}.amazonaws.com",
                "kms:EncryptionContext:aws:s3:arn": [bucket, *objects],
            },
        )


def _network(
    arn: _Arn, subnets: Sequence[str], security_groups: Sequence[str]
) -> Iterator[_Statement]:
    """Place network interfaces in our subnets with our groups, and take them away."""
    interfaces = arn("ec2", "network-interface/*")
    places = [arn("ec2", f"subnet/{subnet}") for subnet in subnets]
    yield _allow(
        "CreateInterfaces",
        ["ec2:CreateNetworkInterface"],
        [
            interfaces,
            *places,
            *(arn("ec2", f"security-group/{group}") for group in security_groups),
        ],
    )
    yield _allow(
        "LendInterfaces",
        ["ec2:CreateNetworkInterfacePermission"],
        [interfaces],
        ArnEquals={"ec2:Subnet": places},
    )
    yield _allow(
        "RemoveInterfaces",
        ["ec2:DeleteNetworkInterface", "ec2:DeleteNetworkInterfacePermission"],
        [interfaces],
    )
    yield _allow(
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


def _observation(arn: _Arn) -> Iterator[_Statement]:
    """Logs and metrics of the job."""
    group = arn("logs", f"log-group:{JOB_LOG_GROUP}")
    yield _allow(
        "WriteLogs",
        [
            "logs:CreateLogGroup",
            "logs:CreateLogStream",
            "logs:DescribeLogStreams",
            "logs:PutLogEvents",
        ],
        [group, f"{group}:*"],
    )
    yield _allow(
        "WriteMetrics",
        ["cloudwatch:PutMetricData"],
        ["*"],
        StringEquals={"cloudwatch:namespace": JOB_LOG_GROUP},
    )


def _images(transform: Transform, partition: str) -> Iterator[_Statement]:
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
    yield _allow("SignInToRegistries", ["ecr:GetAuthorizationToken"], ["*"])
    yield _allow(
        "PullImages",
        [
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
        ],
        repositories,
    )
