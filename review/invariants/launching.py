"""The promise that the launcher can do its work: its own rights would be in its way."""

from collections.abc import Iterator, Mapping
from typing import Any

from private_transform.handlers.contract import JOB_TYPE
from review.identity import rights_of
from review.orders import JobOrder, orders_of
from review.plain import Resource, is_true, listed, spelled, variables_of
from review.scene import Document, Scene

from .context import Told, by_role
from .hearing import HANDLER
from .invariant import Invariant, Violation
from .jobs import containers_in, models_of
from .passing import Question, allowed

_VOLUMES = "sagemaker:VolumeKmsKeyArn"
_TAGGING = "sagemaker:TaggingAction"
_SAMPLE = "0123456789abcdef"
"""What may follow the name of an environment and a transform."""


def _launches(scene: Scene) -> Iterator[Violation]:
    for model, request in models_of(scene):
        yield from _can(scene, model, _of_a_model(scene, model, request))
    for job in orders_of(scene):
        yield from _can(scene, job.resource, _of_a_job(scene, job))


def _of_a_model(
    scene: Scene, model: Resource, request: Mapping[str, Any]
) -> Iterator[Question]:
    name = _named(scene, model.properties, "model")
    network = request.get("VpcConfig")
    network = network if isinstance(network, dict) else {}
    role = str(request.get("ExecutionRoleArn"))
    yield _asked(
        "iam:PassRole", role, {"iam:PassedToService": "sagemaker.amazonaws.com"}
    )
    yield _asked(
        "sagemaker:CreateModel",
        name,
        {
            "sagemaker:NetworkIsolation": is_true(
                request.get("EnableNetworkIsolation")
            ),
            "sagemaker:VpcSecurityGroupIds": _texts(network, "SecurityGroupIds"),
            "sagemaker:VpcSubnets": _texts(network, "Subnets"),
            **_tags(request, "RequestTag"),
        },
    )
    yield _asked("sagemaker:AddTags", name, {_TAGGING: "CreateModel"})
    of_ours = _tags(request, "ResourceTag")
    yield _asked("sagemaker:DescribeModel", name, of_ours)
    yield _asked("sagemaker:DeleteModel", name, of_ours)
    # AWS: Deploy a Model in the Registry.
    for package in _packages(request):
        yield _asked("sagemaker:DescribeModelPackage", package, {})
        yield _asked("sagemaker:CreateModel", package, {})


def _packages(request: Mapping[str, Any]) -> Iterator[str]:
    for each in containers_in(request):
        if "ModelPackageName" in each:
            yield str(each["ModelPackageName"])


def _of_a_job(scene: Scene, job: JobOrder) -> Iterator[Question]:
    request, name = job.request, _named(scene, job.given, "transform-job")
    output = request.get("TransformOutput")
    key = output.get("KmsKeyId") if isinstance(output, dict) else None
    for each in job.resources:
        volumes = each.get("VolumeKmsKeyId")
        keys: Told = {} if volumes is None else {_VOLUMES: str(volumes)}
        yield _asked(
            "sagemaker:CreateTransformJob",
            name,
            {
                "sagemaker:ModelArn": _named(scene, job.given, "model"),
                "sagemaker:OutputKmsKeyArn": str(key),
                **keys,
                **_tags(request, "RequestTag"),
            },
        )
    yield _asked("sagemaker:AddTags", name, {_TAGGING: "CreateTransformJob"})
    of_ours = _tags(request, "ResourceTag")
    yield _asked("sagemaker:DescribeTransformJob", name, of_ours)
    yield to_stop(scene, job)
    if job.resource.type == JOB_TYPE:  # Runs know the names of all of theirs.
        yield _asked("sagemaker:ListTransformJobs", "*", {})


def to_stop(scene: Scene, job: JobOrder) -> Question:
    """What has to be allowed so that somebody can stop the job of an order."""
    name = _named(scene, job.given, "transform-job")
    return _asked("sagemaker:StopTransformJob", name, _tags(job.request, "ResourceTag"))


def _asked(does: str, at: str, told: Told) -> Question:
    return Question(does=does, at=at, told=told)


def _can(
    scene: Scene, resource: Resource, questions: Iterator[Question]
) -> Iterator[Violation]:
    acting = list(_roles_behind(scene, resource))
    for question in questions:
        if not any(
            allowed(
                scene,
                Question(
                    does=question.does,
                    at=question.at,
                    told={**by_role(scene, who), **question.told},
                ),
                rights,
            )
            for who, rights in acting
        ):
            yield Violation(
                resource=resource.path,
                says=f"{resource.path} needs the launcher to call {question.does} on "
                f"{question.at}, and no role of its functions may.",
            )


def _roles_behind(scene: Scene, resource: Resource) -> Iterator[tuple[str, Document]]:
    """The roles of the functions that the one which serves a resource calls.

    A state machine calls them itself, and what hears of its end stops its job.
    """
    functions = {
        scene.estate.names(each).arn: each
        for each in scene.estate.of_type("AWS::Lambda::Function")
    }
    provider = functions.get(str(resource.properties.get("ServiceToken")))
    if provider is not None:
        called = " ".join(map(str, variables_of(provider).values()))
    else:
        called = spelled(resource.properties.get("Definition"))
    for arn, function in functions.items():
        hears = provider is None and function.properties.get("Handler") == HANDLER
        if arn in called or hears:
            role = str(function.properties.get("Role"))
            yield role, rights_of(scene, scene.resource("AWS::IAM::Role", role))


def _named(scene: Scene, given: Mapping[str, Any], kind: str) -> str:
    place = scene.place
    here = f"arn:{place.partition}:sagemaker:{place.region}:{place.account}:{kind}"
    return f"{here}/{given.get('Environment')}-{given.get('Transform')}-{_SAMPLE}"


def _texts(content: Mapping[str, Any], key: str) -> tuple[str, ...]:
    return tuple(map(str, listed(content.get(key, []))))


def _tags(request: Mapping[str, Any], kind: str) -> Told:
    return {
        f"aws:{kind}/{tag.get('Key')}": str(tag.get("Value"))
        for tag in listed(request.get("Tags", []))
        if isinstance(tag, dict)
    }


LAUNCHING = (
    Invariant(
        id="works-launcher",
        says="The launcher can create, look at, stop and remove each model and job.",
        violations=_launches,
    ),
)
"""All of them."""
