"""What a job needs beside its data: a place in the network, an image, logs."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from private_transform.handlers.contract import JOB_LOG_GROUP
from review.plain import listed
from review.scene import Scene

from .context import Told, by_role
from .jobs import containers_in
from .passing import Question

_IMAGE = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.[a-z.]+/"
    r"(?P<name>[^:@]+)(?:[:@].*)?"
)
_SEES = (
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
)
_SIGNS_IN = ("ecr:GetAuthorizationToken",)
_PULLS = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)


def needs_of_a_model(
    scene: Scene, who: str, request: Mapping[str, Any], images: Iterable[str]
) -> Iterator[Question]:
    """What the role of a model has to be allowed.

    AWS: How to use SageMaker AI execution roles, CreateModel API.

    Args:
        scene: The side.
        who: The role's ARN.
        request: The CreateModel request.
        images: Of its containers, as its file names them.
    """

    def asked(
        does: str, at: str, below: str | None = None, told: Told | None = None
    ) -> Question:
        everything = {**by_role(scene, who), **(told or {})}
        return Question(does=does, at=at, below=below, told=everything)

    pulled = sorted({*repositories(scene, (*images, *_images_in(request)))})
    for does in (*_SEES, *(_SIGNS_IN if pulled else ())):
        yield asked(does, "*")
    place = scene.place
    ours = f"{place.region}:{place.account}"
    ec2, logs = (f"arn:{place.partition}:{each}:{ours}:" for each in ("ec2", "logs"))
    network = request.get("VpcConfig")
    network = network if isinstance(network, dict) else {}
    groups = listed(network.get("SecurityGroupIds", []))
    subnets = [f"{ec2}subnet/{each}" for each in listed(network.get("Subnets", []))]
    for part in (*subnets, *(f"{ec2}security-group/{each}" for each in groups)):
        yield asked("ec2:CreateNetworkInterface", part)
    yield asked("ec2:CreateNetworkInterface", f"{ec2}network-interface/", "")
    for does in (
        "ec2:CreateNetworkInterfacePermission",
        "ec2:DeleteNetworkInterface",
        "ec2:DeleteNetworkInterfacePermission",
    ):
        for subnet in subnets:
            told = {"ec2:Subnet": subnet}
            yield asked(does, f"{ec2}network-interface/", "", told)
    for repository in pulled:
        for does in _PULLS:
            yield asked(does, repository)
    group = f"{logs}log-group:{JOB_LOG_GROUP}:"
    for does in ("CreateLogStream", "DescribeLogStreams", "PutLogEvents"):
        yield asked(f"logs:{does}", group, "log-stream:")
    # Jobs write there what their instances use (AWS: Metrics for monitoring).
    namespace = {"cloudwatch:namespace": JOB_LOG_GROUP}
    yield asked("cloudwatch:PutMetricData", "*", None, namespace)


def _images_in(request: Mapping[str, Any]) -> Iterator[str]:
    """The images that a CreateModel request names."""
    for each in containers_in(request):
        if "Image" in each:
            yield str(each["Image"])


def repositories(scene: Scene, images: Iterable[str]) -> Iterator[str]:
    """ARNs of where images of Amazon ECR are.

    Args:
        scene: The side.
        images: As a transform's file names them.
    """
    for image in images:
        if found := _IMAGE.fullmatch(image):
            of_account = f"{found['region']}:{found['account']}"
            partition = scene.place.partition
            yield f"arn:{partition}:ecr:{of_account}:repository/{found['name']}"
