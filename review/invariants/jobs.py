"""The promises about models and jobs: where they run and what encrypts their work."""

from collections.abc import Iterator, Mapping
from typing import Any

from private_transform.environment.catalogue import LOCAL_DISK_FAMILIES, family
from private_transform.handlers.contract import JOB_TYPE, MODEL_TYPE
from review.orders import PROVIDER, JobOrder, machines_of, orders_of
from review.plain import Resource, is_true, listed, whole_number
from review.scene import Scene, UnclearError
from review.transforms import DeclaredTransform, transforms_of

from .invariant import Invariant, Violation

_OUTSIDE_THE_LAUNCHER = "AWS::SageMaker::"


def models_of(scene: Scene) -> Iterator[tuple[Resource, Mapping[str, Any]]]:
    """Every model with its CreateModel request."""
    for each in scene.estate.of_type(MODEL_TYPE):
        yield each, request_of(each)


def request_of(resource: Resource) -> Mapping[str, Any]:
    """The request that a custom resource of the launcher carries.

    Raises:
        UnclearError: It carries none.
    """
    request = resource.properties.get("Request")
    if not isinstance(request, dict):
        raise UnclearError(f"{resource.path} has no Request that can be read")
    return request


def containers_in(request: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The containers that a CreateModel request names, one or several."""
    given = (request.get("PrimaryContainer"), *listed(request.get("Containers", [])))
    return (each for each in given if isinstance(each, dict))


def _placed(scene: Scene) -> Iterator[Violation]:
    for each in scene.estate.resources:
        if each.type.startswith(_OUTSIDE_THE_LAUNCHER):
            yield Violation(
                resource=each.path,
                says=f"{each.type} {each.path} is made past the launcher, which looks "
                "at a model's network before each job.",
            )
    yield from _one_of_each(scene)
    for model, request in models_of(scene):
        yield from _in_our_network(scene, model, "runs", request.get("VpcConfig"))
        if not is_true(request.get("EnableNetworkIsolation")):
            yield Violation(
                resource=model.path,
                says=f"The model {model.path} is not isolated from the network.",
            )
        yield from _acts_as_its_own(scene, model, request.get("ExecutionRoleArn"))
    for job in orders_of(scene):
        yield from _in_our_network(
            scene, job.resource, "is looked for", job.given.get("Network")
        )
        yield from _uses_its_own(scene, job)


def _one_of_each(scene: Scene) -> Iterator[Violation]:
    """What the second would do, no file declares."""
    seen: set[tuple[str, str]] = set()
    for each in (*scene.estate.of_type(MODEL_TYPE, JOB_TYPE), *machines_of(scene)):
        if (each.stack, each.type) in seen:
            yield Violation(
                resource=each.path,
                says=f"{each.path} is one {each.type} more than the transform's file "
                "declares.",
            )
        seen.add((each.stack, each.type))


def _acts_as_its_own(scene: Scene, model: Resource, role: Any) -> Iterator[Violation]:
    """Each transform has a role of its own, whose rights are its own."""
    for each in scene.estate.of_type("AWS::IAM::Role"):
        if each.stack == model.stack and scene.estate.names(each).arn == role:
            return
    yield Violation(
        resource=model.path,
        says=f"The model {model.path} acts as {role}, which is no role of its stack.",
    )


def _uses_its_own(scene: Scene, job: JobOrder) -> Iterator[Violation]:
    """A job of another model than its stack's is one that nothing here looks at."""
    name, stack = job.given.get("ModelName"), job.resource.stack
    for model in scene.estate.of_type(MODEL_TYPE):
        if model.stack == stack and scene.estate.names(model).reference == name:
            return
    yield Violation(
        resource=job.path,
        says=f"The job {job.path} is of the model {name}, which its stack does not "
        "make.",
    )


def _in_our_network(
    scene: Scene, resource: Resource, runs: str, network: Any
) -> Iterator[Violation]:
    network = network if isinstance(network, dict) else {}
    names = scene.estate.names
    ours = {
        "Subnets": {
            names(each).reference for each in scene.estate.of_type("AWS::EC2::Subnet")
        },
        "SecurityGroupIds": {
            names(each).attribute("GroupId")
            for each in scene.estate.of_type("AWS::EC2::SecurityGroup")
        },
    }
    for key, known in ours.items():
        given = listed(network.get(key, []))
        foreign = [each for each in given if str(each) not in known]
        if not given or foreign:
            where = ", ".join(map(str, foreign)) or "no VPC"
            yield Violation(
                resource=resource.path,
                says=f"{resource.path} {runs} outside the environment's network: "
                f"{key} {where}.",
            )


def _served_by_our_launcher(scene: Scene) -> Iterator[Violation]:
    functions = {
        scene.estate.names(each).arn: str(each.properties.get("Handler"))
        for each in scene.estate.of_type("AWS::Lambda::Function")
    }
    for each in scene.estate.resources:
        if not each.type.startswith(
            ("Custom::", "AWS::CloudFormation::CustomResource")
        ):
            continue
        token = each.properties.get("ServiceToken")
        handler = functions.get(str(token))
        if handler is None:
            yield Violation(
                resource=each.path,
                says=f"{each.path} is served by {token}, which is not in this review.",
            )
        elif each.type in (JOB_TYPE, MODEL_TYPE) and handler != PROVIDER:
            yield Violation(
                resource=each.path,
                says=f"{each.path} is served by {token}, which is not the launcher.",
            )


def _encrypted(scene: Scene) -> Iterator[Violation]:
    key = scene.named("KeyArn")
    for job in orders_of(scene):
        request = job.request
        output = _mapping(request, "TransformOutput")
        if output.get("KmsKeyId") != key:
            yield Violation(
                resource=job.path,
                says=f"The outputs of {job.path} are encrypted with "
                f"{output.get('KmsKeyId', 'no key of ours')}.",
            )
        capture = request.get("DataCaptureConfig")
        if isinstance(capture, dict) and capture.get("KmsKeyId") != key:
            yield Violation(
                resource=job.path,
                says=f"What {job.path} captures is encrypted with "
                f"{capture.get('KmsKeyId', 'no key of ours')}.",
            )
        for resources in job.resources:
            yield from _volume_encrypted(scene, job, resources, key)


def _volume_encrypted(
    scene: Scene, job: JobOrder, resources: Mapping[str, Any], key: str
) -> Iterator[Violation]:
    kind = str(resources.get("InstanceType", ""))
    excused = (
        not scene.declared.needs_volume_keys
        and "VolumeKmsKeyId" not in resources
        and family(kind) in LOCAL_DISK_FAMILIES
    )
    if resources.get("VolumeKmsKeyId") != key and not excused:
        yield Violation(
            resource=job.path,
            says=f"The volumes of {job.path} on {kind} are encrypted with "
            f"{resources.get('VolumeKmsKeyId', 'no key of ours')}.",
        )


def _within_limits(scene: Scene) -> Iterator[Violation]:
    limits = scene.declared.limits
    for job in orders_of(scene):
        for each in job.resources:
            kind, count = each.get("InstanceType"), each.get("InstanceCount")
            number, most = whole_number(count), limits.max_instance_count
            if most is not None and (number is None or number > most):
                yield Violation(
                    resource=job.path,
                    says=f"{job.path} is on {count} instances, and the environment's "
                    f"file allows {most}.",
                )
            if limits.instance_types is not None and kind not in limits.instance_types:
                yield Violation(
                    resource=job.path,
                    says=f"{job.path} is on {kind}, which the environment's file does "
                    "not allow.",
                )


def _on_our_buckets(scene: Scene) -> Iterator[Violation]:
    inputs = f"s3://{scene.named('InputsBucket')}/"
    outputs = f"s3://{scene.named('OutputsBucket')}/"
    declared = {each.stack: each for each in transforms_of(scene)}
    for job in orders_of(scene):
        request, own = job.request, declared.get(job.resource.stack)
        yield from _in_its_own_name(scene, job, own)
        reads = tuple(f"{inputs}{each}" for each in (own.inputs if own else ()))
        writes = tuple(f"{outputs}{each}" for each in (own.outputs if own else ()))
        source = _mapping(
            _mapping(_mapping(request, "TransformInput"), "DataSource"), "S3DataSource"
        )
        capture = _mapping(request, "DataCaptureConfig")
        for uri, meant in (
            (source.get("S3Uri"), reads),
            (_mapping(request, "TransformOutput").get("S3OutputPath"), writes),
            (capture.get("DestinationS3Uri", *writes[:1]), writes),
        ):
            if not str(uri).startswith(meant):
                yield Violation(
                    resource=job.path,
                    says=f"{job.path} works on {uri}, which the transform's file does "
                    "not name.",
                )


def _in_its_own_name(
    scene: Scene, job: JobOrder, own: DeclaredTransform | None
) -> Iterator[Violation]:
    """What is known of a transform's runs lies below its name."""
    names = {
        "Environment": scene.declared.name,
        "Transform": own.name if own else None,
    }
    for key, name in names.items():
        if job.given.get(key) != name:
            yield Violation(
                resource=job.path,
                says=f"{job.path} works in the name of the {key.lower()} "
                f"{job.given.get(key)}, which is not its own.",
            )


def _mapping(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = content.get(key, {})
    return found if isinstance(found, dict) else {}


JOBS = (
    Invariant(
        id="models-placed",
        says="Every model runs in the environment's subnets and groups, isolated, and "
        "every job is of such a model.",
        violations=_placed,
    ),
    Invariant(
        id="jobs-encrypted",
        says="Every job encrypts its volumes and outputs with the environment's key.",
        violations=_encrypted,
    ),
    Invariant(
        id="jobs-on-our-buckets",
        says="Every job reads and writes where its transform's file says, in the "
        "inputs and the outputs bucket.",
        violations=_on_our_buckets,
    ),
    Invariant(
        id="jobs-limited",
        says="Every job is on instances that the environment's file allows, and on no "
        "more of them.",
        violations=_within_limits,
    ),
    Invariant(
        id="custom-resources-ours",
        says="Custom resources are served by functions that this review has seen.",
        violations=_served_by_our_launcher,
    ),
)
"""All of them."""
