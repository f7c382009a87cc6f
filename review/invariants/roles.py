"""The promises about roles: what jobs, functions and people reach, and no more."""

from collections.abc import Callable, Iterable, Iterator, Sequence

import z3

from review.identity import arn_of, rights_of, roles
from review.plain import Resource, listed
from review.proof.actions import (
    INVENTED_S3,
    actions_of,
    bucket_policy_actions,
)
from review.proof.alike import speaks_of
from review.proof.encoder import (
    FALSE,
    Formula,
    Reading,
    Request,
    Text,
    all_of,
    any_of,
    arn_like,
    literal,
)
from review.proof.encoder import Resource as At
from review.proof.witness import place_told
from review.scene import Document, Scene, document_in
from review.site import Site
from review.transforms import DeclaredTransform, transforms_of

from .at_bucket import FETCH, LIST, READ, WRITE
from .invariant import Invariant, Violation

Meant = Callable[[Request, Text, str], Formula]
"""When an action at an ARN is meant."""

_S3 = tuple(each.name for each in (*bucket_policy_actions(), *INVENTED_S3))
_JOB_DOES = {
    "cloudwatch:PutMetricData",
    "ec2:CreateNetworkInterface",
    "ec2:CreateNetworkInterfacePermission",
    "ec2:DeleteNetworkInterface",
    "ec2:DeleteNetworkInterfacePermission",
    "ec2:DescribeDhcpOptions",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "ec2:DescribeSubnets",
    "ec2:DescribeVpcs",
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetAuthorizationToken",
    "ecr:GetDownloadUrlForLayer",
    "logs:CreateLogGroup",
    "logs:CreateLogStream",
    "logs:DescribeLogStreams",
    "logs:PutLogEvents",
}
"""Beside S3 and KMS (AWS: How to use SageMaker AI execution roles)."""

_JOB_ENCRYPTS = {
    "kms:Decrypt",
    "kms:DescribeKey",
    "kms:Encrypt",
    "kms:GenerateDataKey",
    "kms:GenerateDataKeyWithoutPlaintext",
    "kms:ReEncryptFrom",
    "kms:ReEncryptTo",
}
_PEOPLE = (
    "AWS::IAM::AccessKey",
    "AWS::IAM::Group",
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::User",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::UserToGroupAddition",
)
_JOB_MODELS = ("sagemaker:CreateModel", "sagemaker:CreateTransformJob")


def _jobs_reach_their_own(scene: Scene) -> Iterator[Violation]:
    declared = {each.stack: each for each in transforms_of(scene)}
    for role in roles(scene):
        if not _is_execution_role(scene, role):
            continue
        rights = rights_of(scene, role)
        own = declared.get(role.stack)
        yield from _witnesses(
            scene, role, rights, _S3, lambda *at, own=own: _own(scene.site, own, *at)
        )
        yield from _witnesses(
            scene, role, rights, actions_of("kms"), lambda *at: _own_key(scene, *at)
        )
        yield from _named_actions(role, rights, ("s3", "kms"), _JOB_DOES)


def _own(
    site: Site,
    transform: DeclaredTransform | None,
    request: Request,
    arn: Text,
    action: str,
) -> Formula:
    """What a transform's job does: nothing where no file declares it."""
    if transform is None:
        return FALSE
    buckets = site.buckets
    if action == "s3:ListBucket":
        within = any_of(
            z3.PrefixOf(literal(prefix), request.value("s3:prefix"))
            for prefix in transform.inputs
        )
        listed_bucket = arn == literal(buckets.inputs)
        return all_of([listed_bucket, request.present("s3:prefix"), within])
    if action == "s3:GetObject":
        below = [f"{buckets.inputs}/{prefix}" for prefix in transform.inputs]
        below.append(f"{buckets.control}/manifests/{transform.name}/")
        exact = [_artifact(site, url) for url in transform.artifacts]
        return any_of(
            [
                *(z3.PrefixOf(literal(each), arn) for each in below),
                *(arn == literal(each) for each in exact),
            ]
        )
    if action in WRITE:
        return any_of(
            z3.PrefixOf(literal(f"{buckets.outputs}/{prefix}"), arn)
            for prefix in transform.outputs
        )
    return FALSE


def _artifact(site: Site, url: str) -> str:
    if url.startswith("s3://"):
        return f"arn:{site.perimeter.partition}:s3:::{url.removeprefix('s3://')}"
    return f"{site.buckets.models}/{url}"


def _own_key(scene: Scene, request: Request, arn: Text, action: str) -> Formula:
    ours = arn == literal(scene.site.key_arn)
    if action in _JOB_ENCRYPTS:
        through_s3 = request.equals("kms:ViaService", scene.site.service("s3"))
        of_sources = any_of(arn == literal(key) for key in scene.declared.source_keys)
        lent = z3.And(of_sources, through_s3) if action == "kms:Decrypt" else FALSE
        return z3.Or(ours, lent)
    if action == "kms:CreateGrant":
        return all_of(
            [
                ours,
                request.present("kms:GrantIsForAWSResource"),
                request.value("kms:GrantIsForAWSResource"),
            ]
        )
    return FALSE


def _functions_open_no_data(scene: Scene) -> Iterator[Violation]:
    for role in roles(scene):
        if _is_execution_role(scene, role):
            continue
        rights = rights_of(scene, role)
        yield from _witnesses(
            scene, role, rights, _S3, lambda *at: _not_an_object(scene.site, *at)
        )
        yield from _witnesses(
            scene,
            role,
            rights,
            ("iam:PassRole", *_JOB_MODELS),
            lambda *at: _launches(scene, *at),
        )
        forbidden = [
            *(a for a in actions_of("iam") if a != "iam:PassRole" and _changes(a)),
            *(a for a in actions_of("sts") if a.startswith("sts:Assume")),
            *(
                a
                for a in actions_of("sagemaker")
                if a.startswith("sagemaker:Create") and a not in _JOB_MODELS
            ),
        ]
        yield from _granted(role, rights, forbidden)


def _changes(action: str) -> bool:
    return not action.startswith(("iam:Get", "iam:List", "iam:Simulate"))


def _not_an_object(site: Site, request: Request, arn: Text, action: str) -> Formula:
    """Any action that is not on an object of a data bucket."""
    return z3.Not(any_of(z3.PrefixOf(literal(f"{b}/"), arn) for b in site.buckets.data))


def _launches(scene: Scene, request: Request, arn: Text, action: str) -> Formula:
    place, name = scene.place, scene.declared.name
    here = f"arn:{place.partition}:sagemaker:{place.region}:{place.account}"
    ours = z3.PrefixOf(literal(f"{here}:model/{name}-"), arn)
    if action == "iam:PassRole":
        return z3.And(
            arn_like(arn, scene.declared.perimeter.execution_roles),
            request.equals("iam:PassedToService", "sagemaker.amazonaws.com"),
        )
    if action == "sagemaker:CreateModel":
        isolated = z3.And(
            request.present("sagemaker:NetworkIsolation"),
            request.value("sagemaker:NetworkIsolation"),
        )
        subnets = [
            scene.estate.names(each).reference
            for each in scene.estate.of_type("AWS::EC2::Subnet")
        ]
        groups = [
            scene.estate.names(each).attribute("GroupId")
            for each in scene.estate.of_type("AWS::EC2::SecurityGroup")
        ]
        placed = [
            z3.And(request.present(key), z3.Not(request.contains_beside(key, values)))
            for key, values in (
                ("sagemaker:VpcSubnets", subnets),
                ("sagemaker:VpcSecurityGroupIds", groups),
            )
        ]
        # A package of the registry carries no network: its model's name does.
        package = any_of(
            arn == literal(name)
            for transform in transforms_of(scene)
            for name in transform.packages
        )
        return z3.Or(package, all_of([ours, isolated, *placed]))
    jobs = z3.PrefixOf(literal(f"{here}:transform-job/{name}-"), arn)
    volumes = "sagemaker:VolumeKmsKeyArn"
    key = scene.site.key_arn
    keys = z3.And(
        request.equals("sagemaker:OutputKmsKeyArn", key),
        # Instances with disks of their own take none.
        z3.Or(z3.Not(request.present(volumes)), request.equals(volumes, key)),
    )
    model = z3.And(
        request.present("sagemaker:ModelArn"),
        z3.PrefixOf(
            literal(f"{here}:model/{name}-"), request.value("sagemaker:ModelArn")
        ),
    )
    return all_of([jobs, keys, model])


def _duties_apart(scene: Scene) -> Iterator[Violation]:
    perimeter = scene.declared.perimeter
    duties = {
        "uploaders": perimeter.uploaders,
        "readers": perimeter.readers,
        "key_administrators": perimeter.key_administrators,
        "break_glass": perimeter.break_glass,
    }
    for each in scene.estate.of_type(*_PEOPLE):
        yield Violation(
            resource=each.path,
            says=f"{each.type} {each.path}: people are roles of a declared duty.",
        )
    ours = {scene.estate.names(each).reference for each in roles(scene)}
    for each in scene.estate.of_type("AWS::IAM::RolePolicy"):
        if str(each.properties.get("RoleName")) not in ours:
            yield Violation(
                resource=each.path,
                says=f"{each.path} gives rights to {each.properties.get('RoleName')}, "
                "which is no role of these templates.",
            )
    for policy in scene.estate.of_type("AWS::IAM::ManagedPolicy", "AWS::IAM::Policy"):
        members = {
            str(member)
            for key in ("Roles", "Users", "Groups")
            for member in listed(policy.properties.get(key, []))
        }
        people = members - ours
        if any(policy.properties.get(key) for key in ("Users", "Groups")):
            yield Violation(
                resource=policy.path,
                says=f"{policy.path} gives rights to users or groups, and people are "
                "roles of a declared duty.",
            )
            continue
        if not people:
            continue
        duty = next(
            (
                name
                for name, arns in duties.items()
                if people <= {arn.rpartition("/")[2] for arn in arns}
            ),
            None,
        )
        if duty is None or members & ours:
            yield Violation(
                resource=policy.path,
                says=f"{policy.path} gives rights to {', '.join(sorted(members))}, who "
                "are not of one declared duty.",
            )
            continue
        document = document_in(policy, "PolicyDocument")
        yield from _witnesses(
            scene,
            policy,
            document,
            _S3,
            lambda *at, duty=duty: _duty_at(scene, duty, *at),
        )
        yield from _witnesses(
            scene,
            policy,
            document,
            actions_of("kms"),
            lambda *at, duty=duty: _duty_at_key(scene, duty, *at),
        )
        yield from _named_actions(policy, document, ("s3", "kms"), set())


def _duty_at(
    scene: Scene, duty: str, request: Request, arn: Text, action: str
) -> Formula:
    buckets = scene.site.buckets
    logs = scene.bucket_arn("logs")
    reach: dict[str, tuple[Sequence[str], set[str]]] = {
        "uploaders": ((buckets.models, buckets.inputs), WRITE),
        "readers": ((buckets.outputs,), FETCH),
        "break_glass": ((*buckets.data, buckets.control, logs), READ),
        "key_administrators": ((), set()),
    }
    there, does = reach[duty]
    if action in does:
        return any_of(z3.PrefixOf(literal(f"{b}/"), arn) for b in there)
    if action in LIST | {"s3:GetBucketLocation"}:
        return any_of(arn == literal(bucket) for bucket in there)
    return FALSE


def _duty_at_key(
    scene: Scene, duty: str, request: Request, arn: Text, action: str
) -> Formula:
    ours = arn == literal(scene.site.key_arn)
    if duty == "key_administrators":
        used = action.removeprefix("kms:") in _CRYPTOGRAPHY
        return z3.And(ours, z3.BoolVal(not used and action != "kms:CreateGrant"))
    through_s3 = request.equals("kms:ViaService", scene.site.service("s3"))
    meant = {"kms:Decrypt"} | (
        {"kms:GenerateDataKey"} if duty == "uploaders" else set()
    )
    return z3.And(ours, through_s3) if action in meant else FALSE


_CRYPTOGRAPHY = {
    "Decrypt",
    "DeriveSharedSecret",
    "Encrypt",
    "GenerateDataKey",
    "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext",
    "GenerateDataKeyWithoutPlaintext",
    "GenerateMac",
    "GenerateRandom",
    "ReEncryptFrom",
    "ReEncryptTo",
    "Sign",
    "Verify",
    "VerifyMac",
}


def _is_execution_role(scene: Scene, role: Resource) -> bool:
    pattern = scene.declared.perimeter.execution_roles
    return arn_of(scene, role).startswith(pattern.removesuffix("*"))


def _witnesses(
    scene: Scene,
    resource: Resource,
    document: Document,
    actions: Iterable[str],
    meant: Meant,
) -> Iterator[Violation]:
    request = Request()
    arn = request.object_key
    reading = Reading(request, document, At("", arn))
    formulas = [
        (action, z3.And(reading.allows(action), z3.Not(meant(request, arn, action))))
        for action in actions
        if any(
            speaks_of(statement, action)
            for statement in document["Statement"]
            if statement["Effect"] == "Allow"
        )
    ]
    if not formulas:
        return
    found = scene.site.place_of_contradiction(request, formulas)
    if found is not None:
        action, where = found
        yield Violation(
            resource=resource.path,
            says=f"{resource.path} may call {action} on {place_told(where)}, which "
            "it has no need of.",
        )


def _granted(
    resource: Resource, document: Document, forbidden: Iterable[str]
) -> Iterator[Violation]:
    for action in forbidden:
        if any(
            statement["Effect"] == "Allow" and speaks_of(statement, action)
            for statement in document["Statement"]
        ):
            yield Violation(
                resource=resource.path,
                says=f"{resource.path} may call {action}.",
            )
            return


def _named_actions(
    resource: Resource, document: Document, proved: Sequence[str], meant: set[str]
) -> Iterator[Violation]:
    """Of other services it may do what is listed, each action by its name."""
    for statement in document["Statement"]:
        if statement["Effect"] == "Deny":
            continue
        actions = listed(statement.get("Action", "*"))
        for action in map(str, actions):
            service = action.partition(":")[0].lower()
            if service in proved or action in meant:
                continue
            yield Violation(
                resource=resource.path,
                says=f"{resource.path} may call {action}, which it has no need of.",
            )


ROLES = (
    Invariant(
        id="roles-of-jobs",
        says="A job reaches the prefixes that its transform's file names, the key, and "
        "what it needs to run.",
        violations=_jobs_reach_their_own,
    ),
    Invariant(
        id="roles-of-functions",
        says="Functions open no data, and start models and jobs of this environment "
        "only, in its network and under its key.",
        violations=_functions_open_no_data,
    ),
    Invariant(
        id="roles-of-people",
        says="People may do what their declared duty needs.",
        violations=_duties_apart,
    ),
)
"""All of them."""
