"""The promise about people: they are roles of a declared duty, and may do no more."""

from collections.abc import Iterator

from review.identity import roles
from review.plain import listed
from review.proof.actions import actions_of
from review.scene import Scene, document_in

from .invariant import Invariant, Violation
from .meant import CallsOfADuty, DataOfADuty, KeyOfADuty
from .rights import S3, more_than, more_than_named

_PEOPLE = (
    "AWS::IAM::AccessKey",
    "AWS::IAM::Group",
    "AWS::IAM::GroupPolicy",
    "AWS::IAM::User",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::UserToGroupAddition",
)

_CALLED = ("athena", "cloudwatch", "glue", "logs", "sagemaker", "states")
_CALLS = tuple(action for service in _CALLED for action in actions_of(service))


def _duties_apart(scene: Scene) -> Iterator[Violation]:
    perimeter = scene.declared.perimeter
    duties = {
        "uploaders": perimeter.uploaders,
        "readers": perimeter.readers,
        "analysts": perimeter.analysts,
        "operators": scene.declared.operators,
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
        data = DataOfADuty(scene.site, scene.bucket_arn("logs"), duty)
        key = KeyOfADuty(scene.site, duty)
        calls = CallsOfADuty(scene.site, scene.declared.name, duty)
        yield from more_than(data, scene, policy, document, S3)
        yield from more_than(key, scene, policy, document, actions_of("kms"))
        yield from more_than(calls, scene, policy, document, _CALLS)
        yield from more_than_named((), policy, document, ("kms", "s3", *_CALLED))


PEOPLE = (
    Invariant(
        id="roles-of-people",
        says="People may do what their declared duty needs.",
        violations=_duties_apart,
    ),
)
"""All of them."""
