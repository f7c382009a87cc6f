"""One side of a review: what is declared, and which resource is what.

A resource is found by the outputs of the foundation stack, which name it for people.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from private_transform.lock import Buckets

from .assembly import Assembly, Stack
from .bad_input import BadInputError
from .declared import Declared, declared_in
from .grammar import faults
from .plain import (
    UNRESOLVED,
    Estate,
    Place,
    Resource,
    is_function,
    listed,
    place_of,
)
from .references import FUNCTIONS, functions
from .site import KeyServices, Site

Document = Mapping[str, Any]

_NOTHING: Document = {"Version": "2012-10-17", "Statement": []}
_BUCKETS = ("models", "inputs", "outputs", "control", "logs")
_READ = {
    "DeletionPolicy",
    "DependsOn",
    "Metadata",
    "Properties",
    "Type",
    "UpdateReplacePolicy",
}
"""Attributes of a resource that are understood; CreationPolicy and UpdatePolicy concern
types that none of ours has, and a Condition may take the resource away."""


_READ_OF_OUTPUT = {"Description", "Export", "Value"}

_SECTIONS = {
    "AWSTemplateFormatVersion",
    "Conditions",
    "Description",
    "Mappings",
    "Metadata",
    "Outputs",
    "Parameters",
    "Resources",
    "Rules",
}
"""Sections of a template that are understood; Rules only stop a deployment, and of
Conditions and Mappings counts where something uses them."""


class UnclearError(Exception):
    """A question cannot be answered from the templates; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One side.

    Args:
        assembly: What was synthesized.
        estate: Its resources with plain values.
        declared: The environment's declaration.
        foundation: The stack that carries it.
        names: Physical names by output, such as `ModelsBucket`.
        blind_spots: What the review cannot see through, in sentences. Nothing is
            proved where there is one.
    """

    assembly: Assembly
    estate: Estate
    declared: Declared
    foundation: Stack
    names: Mapping[str, str]
    blind_spots: tuple[str, ...]
    _sites: list[Site] = field(default_factory=list)

    @property
    def place(self) -> Place:
        """Where the environment is."""
        return place_of(self.foundation)

    @property
    def site(self) -> Site:
        """The environment, as the proofs see it.

        Raises:
            UnclearError: An output is missing.
        """
        if not self._sites:
            self._sites.append(self._made_site())
        return self._sites[0]

    def _made_site(self) -> Site:
        place, name = self.place, self.declared.name
        region = f"{place.region}:{place.account}"
        arn = f"arn:{place.partition}"
        logs = f"{arn}:logs:{region}:log-group:"
        trail = f"{arn}:cloudtrail:{region}:trail/{name}-audit-{place.region}"
        return Site(
            perimeter=self.declared.perimeter,
            endpoint_ids=(self.named("EndpointId"), *self.declared.endpoints),
            services=KeyServices(
                log_groups=(f"{logs}{name}-*", f"{logs}/aws/sagemaker/TransformJobs"),
                trails=(trail,) if self.declared.audits else (),
                topics=(f"{arn}:sns:{region}:{name}-*",),
                publishers=("cloudwatch.amazonaws.com",),
            ),
            bucket_pattern=f"{arn}:s3:::{self.foundation.name}-*",
            key_arn=self.named("KeyArn"),
            buckets=Buckets(
                models=self.bucket_arn("models"),
                inputs=self.bucket_arn("inputs"),
                outputs=self.bucket_arn("outputs"),
                control=self.bucket_arn("control"),
            ),
        )

    def named(self, output: str) -> str:
        """The value of one of the foundation's outputs.

        Raises:
            UnclearError: There is none, or it is not known before a deployment.
        """
        found = self.names.get(output)
        if found is None or UNRESOLVED in found:
            raise UnclearError(
                f"{self.foundation.name} has no output {output} that names a resource"
            )
        return found

    def bucket_arn(self, kind: str) -> str:
        """ARN of one of the five buckets."""
        name = self.named(f"{kind.capitalize()}Bucket")
        return f"arn:{self.place.partition}:s3:::{name}"

    def bucket(self, kind: str) -> Resource:
        """One of the five buckets."""
        return self.resource(
            "AWS::S3::Bucket", self.named(f"{kind.capitalize()}Bucket")
        )

    def resource(self, kind: str, reference: str) -> Resource:
        """The resource of a type that a name or an ARN belongs to.

        Raises:
            UnclearError: There is none in the templates.
        """
        for each in self.estate.of_type(kind):
            names = self.estate.names(each)
            if reference in (names.reference, names.arn):
                return each
        raise UnclearError(f"no {kind} of the templates is {reference}")

    def other_buckets(self) -> Iterator[Resource]:
        """Buckets that are none of the five: nothing says what they are for."""
        known = {self.names.get(f"{kind.capitalize()}Bucket") for kind in _BUCKETS}
        for each in self.estate.of_type("AWS::S3::Bucket"):
            if self.estate.names(each).reference not in known:
                yield each

    def bucket_policy(self, bucket: str) -> Document:
        """The policy of a bucket by its name; one without any statement if it has none.

        Raises:
            UnclearError: Several claim it, or it cannot be read.
        """
        policies = list(self.estate.of_type("AWS::S3::BucketPolicy"))
        for each in policies:
            if UNRESOLVED in str(each.properties.get("Bucket")):
                raise UnclearError(f"nobody can tell whose policy {each.path} is")
        found = [each for each in policies if each.properties.get("Bucket") == bucket]
        if len(found) > 1:
            raise UnclearError(
                f"{' and '.join(each.path for each in found)} are policies of one "
                "bucket: the last to be deployed counts"
            )
        return document_in(found[0], "PolicyDocument") if found else _NOTHING

    def endpoint_policy(self) -> Document:
        """The policy of the environment's endpoint.

        Raises:
            UnclearError: It cannot be read.
        """
        endpoint = self.resource("AWS::EC2::VPCEndpoint", self.named("EndpointId"))
        if "PolicyDocument" not in endpoint.properties:
            # AWS: Control access to VPC endpoints using endpoint policies.
            everything = {
                "Effect": "Allow",
                "Principal": "*",
                "Action": "*",
                "Resource": "*",
            }
            return {"Version": "2012-10-17", "Statement": [everything]}
        return document_in(endpoint, "PolicyDocument")

    @property
    def key(self) -> Resource:
        """The environment's key.

        Raises:
            UnclearError: It is not in the templates.
        """
        return self.resource("AWS::KMS::Key", self.named("KeyArn"))

    @property
    def key_names(self) -> tuple[str, str]:
        """How a bucket may name the key: by ARN or id (AWS: AWS::S3::Bucket)."""
        return self.named("KeyArn"), self.estate.names(self.key).name

    def key_policy(self) -> Document:
        """The policy of the environment's key.

        Raises:
            UnclearError: It cannot be read.
        """
        return document_in(self.key, "KeyPolicy")


def scene_of(assembly: Assembly) -> Scene:
    """Find out what is what.

    Raises:
        BadInputError: It is not the assembly of one environment in one place.
    """
    found = [
        (stack, declared)
        for stack in assembly.stacks
        if (declared := declared_in(stack)) is not None
    ]
    if len(found) != 1:
        raise BadInputError(
            " and ".join(str(stack.file) for stack, _ in found)
            or str(assembly.stacks[0].file.parent),
            f"An environment has one foundation stack, and here are {len(found)}.",
            "Review the assembly of one environment: cdk synth -q -c environment=NAME",
        )
    ((foundation, declared),) = found
    located = replace(
        assembly,
        stacks=tuple(_located(stack, declared) for stack in assembly.stacks),
    )
    foundation = _located(foundation, declared)
    estate = Estate(located)
    return Scene(
        assembly=located,
        estate=estate,
        declared=declared,
        foundation=foundation,
        names={
            name: value
            for name, value in estate.outputs(foundation).items()
            if isinstance(value, str)
        },
        blind_spots=tuple(_blind_spots(located, estate)),
    )


def _located(stack: Stack, declared: Declared) -> Stack:
    """A stack where the environment is; a template alone says nothing of it."""
    account, region = declared.perimeter.account, declared.perimeter.region
    if (stack.account or account, stack.region or region) != (account, region):
        raise BadInputError(
            str(stack.file),
            f"The stack goes to {stack.account} {stack.region}, and the environment is "
            f"declared for {account} {region}.",
            "Review the assembly of one environment: cdk synth -q -c environment=NAME",
        )
    # What is reviewed alone is a foundation, however its file is called.
    name = stack.name or f"{declared.name}-foundation"
    return replace(stack, name=name, account=account, region=region)


def document_in(resource: Resource, key: str) -> Document:
    """A policy among a resource's properties, in a form that proofs may rely on.

    Raises:
        UnclearError: It is not a policy, or says what only a deployment knows.
    """
    document = resource.properties.get(key)
    place = f"{resource.path} {key}"
    text = json.dumps(document)
    if UNRESOLVED in text:
        raise UnclearError(f"{place} says what only a deployment knows")
    fault = _fault_in(text)
    if fault is not None:
        raise UnclearError(f"{place}{fault}")
    assert isinstance(document, dict)
    statements = listed(document["Statement"])
    if resource.type == "AWS::EC2::VPCEndpoint":
        _for_everybody(place, statements)
    return {**document, "Statement": statements}


@cache
def _fault_in(document: str) -> str | None:
    # Every promise reads the same policies.
    return next(faults(json.loads(document)), None)


def _for_everybody(place: str, statements: Sequence[Mapping[str, Any]]) -> None:
    """An account is its root user alone, and who else is meant depends on the endpoint.

    AWS: Control access to VPC endpoints using endpoint policies, Principals for gateway
    endpoints.
    """
    for statement in statements:
        if statement.get("Principal") not in ("*", {"AWS": "*"}, {"AWS": ["*"]}):
            raise UnclearError(
                f"{place} is not for everybody, and whom else an endpoint means is "
                "not known here"
            )


def encryptions_of(bucket: Resource) -> list[Any]:
    """What a bucket's rules encrypt with where an upload does not say."""
    encryption = bucket.properties.get("BucketEncryption")
    rules = (
        encryption.get("ServerSideEncryptionConfiguration", [])
        if isinstance(encryption, dict)
        else []
    )
    return [
        rule.get("ServerSideEncryptionByDefault")
        for rule in listed(rules)
        if isinstance(rule, dict)
    ]


def mappings_in(resource: Resource, key: str) -> Iterator[Mapping[str, Any]]:
    """The mappings of a list among a resource's properties.

    Raises:
        UnclearError: Something else is among them.
    """
    for each in listed(resource.properties.get(key, [])):
        if not isinstance(each, dict):
            raise UnclearError(f"{resource.path} has a {key} that cannot be read")
        yield each


def _blind_spots(assembly: Assembly, estate: Estate) -> Iterator[str]:
    for where in dict.fromkeys(estate.unresolved):
        # What such a reference gives, a deployment knows; other values nobody does.
        if "{{resolve:" not in where:
            yield f"{where} has no value here"
    for stack in assembly.stacks:
        for section in sorted(stack.template.keys() - _SECTIONS):
            yield f"{stack.name} has {section}, which is not evaluated"
        for name, output in stack.template.get("Outputs", {}).items():
            path = f"{stack.name} Outputs.{name}"
            yield from _not_evaluated(path, output)
            if isinstance(output, dict):
                yield from _not_understood(path, output.keys() - _READ_OF_OUTPUT)
    for one, other in estate.namesakes():
        yield f"{one.path} and {other.path} have one name"
    for each in estate.resources:
        if each.type in ("AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet"):
            yield f"{each.path} is a nested stack, whose template is not here"
        if each.type.endswith("::MODULE"):
            yield f"{each.path} is a module, whose resources are not here"
        for name in filter(is_function, each.body.get("Properties", {})):
            yield f"{each.path} has its properties from {name}, which is not evaluated"
        yield from _not_evaluated(each.path, each.body.get("Properties"))
        yield from _not_understood(each.path, each.body.keys() - _READ)


def _not_evaluated(path: str, value: Any) -> Iterator[str]:
    for name in sorted(set(functions(value)) - FUNCTIONS):
        yield f"{path} uses {name}, which is not evaluated"


def _not_understood(path: str, attributes: set[str]) -> Iterator[str]:
    for attribute in sorted(attributes):
        yield f"{path} has {attribute}, which is not understood"
