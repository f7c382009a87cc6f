"""Templates as tests read them: every reference is a string that names its target.

`<foundation/Models.Arn>` is an attribute of a resource, `<foundation/Models>` its
reference, in whichever stack and through whichever export it is used. So policies
read as plain documents, and two mentions of one thing are equal.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path
from typing import Any

import aws_cdk as cdk

from app import FEATURE_FLAGS, create_stacks
from private_transform.environment import Environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource of a template."""

    stack: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]
    on_delete: str | None
    on_replace: str | None
    depends_on: tuple[str, ...]

    @property
    def ref(self) -> str:
        return f"<{self.stack}/{self.logical_id}>"

    def attribute(self, name: str) -> str:
        return f"<{self.stack}/{self.logical_id}.{name}>"

    @property
    def arn(self) -> str:
        return self.attribute("Arn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of an identity's or a resource's policy, lists always lists."""

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]
    conditions: Mapping[str, Any]
    principal: Any

    @classmethod
    def of(cls, document: Mapping[str, Any]) -> "tuple[Statement, ...]":
        assert document["Version"] == "2012-10-17"
        return tuple(
            cls(
                effect=each["Effect"],
                actions=_listed(each["Action"]) if "Action" in each else (),
                resources=_listed(each.get("Resource", [])),
                conditions=each.get("Condition", {}),
                principal=each.get("Principal"),
            )
            for each in document["Statement"]
        )

    def matches(self, action: str, resource: str) -> bool:
        """Whether it speaks of that action on that resource, whatever its conditions.

        An asterisk in `resource` is a name like any other.
        """
        return any(
            fnmatchcase(action.lower(), each.lower()) for each in self.actions
        ) and any(_covers(each, resource) for each in self.resources)


def _covers(pattern: str, resource: str) -> bool:
    return fnmatchcase(resource, pattern.replace("[", "[[]"))


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, list) else (value,)


@dataclass(frozen=True)
class Synthesis:
    """The templates of one environment, by the part of the stack's name."""

    environment: Environment
    directory: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        return self._read("manifest.json")

    @cached_property
    def templates(self) -> dict[str, dict[str, Any]]:
        parts = ["foundation", "operations"]
        parts += [transform.name for transform in self.environment.transforms]
        return {
            part: self._read(f"{self.environment.stack_name(part)}.template.json")
            for part in parts
        }

    def stack_properties(self, part: str) -> dict[str, Any]:
        artifact = self.manifest["artifacts"][self.environment.stack_name(part)]
        properties: dict[str, Any] = artifact["properties"]
        return properties

    @cached_property
    def resources(self) -> tuple[Resource, ...]:
        return tuple(
            Resource(
                stack=part,
                logical_id=logical_id,
                type=body["Type"],
                properties=self._plain(part, body.get("Properties", {})),
                on_delete=body.get("DeletionPolicy"),
                on_replace=body.get("UpdateReplacePolicy"),
                depends_on=_listed(body.get("DependsOn", [])),
            )
            for part, template in self.templates.items()
            for logical_id, body in template["Resources"].items()
        )

    def all(self, resource_type: str, part: str | None = None) -> tuple[Resource, ...]:
        """The resources of a type, of one stack or of all."""
        return tuple(
            each
            for each in self.resources
            if each.type == resource_type and part in (None, each.stack)
        )

    def one(self, resource_type: str, part: str | None = None) -> Resource:
        (found,) = self.all(resource_type, part)
        return found

    def named(self, reference: str) -> Resource:
        """The resource that a reference or an attribute names."""
        stack, _, rest = reference.strip("<>").partition("/")
        logical_id = rest.partition(".")[0]
        (found,) = (
            each
            for each in self.resources
            if (each.stack, each.logical_id) == (stack, logical_id)
        )
        return found

    def outputs(self, part: str) -> dict[str, Any]:
        """The outputs that a person reads: exports for other stacks left out."""
        return {
            name: self._plain(part, body["Value"])
            for name, body in self.templates[part].get("Outputs", {}).items()
            if "Export" not in body
        }

    def exports(self, part: str) -> set[str]:
        """What a stack exports for others."""
        return {
            self._plain(part, body["Value"])
            for body in self.templates[part].get("Outputs", {}).values()
            if "Export" in body
        }

    def bucket(self, output: str) -> Resource:
        return self.named(self.outputs("foundation")[output])

    @cached_property
    def data_buckets(self) -> dict[str, Resource]:
        return {
            kind: self.bucket(f"{kind.capitalize()}Bucket")
            for kind in ("models", "inputs", "outputs")
        }

    @cached_property
    def key(self) -> Resource:
        return self.one("AWS::KMS::Key")

    def bucket_policy(self, bucket: Resource) -> Resource:
        (found,) = (
            each
            for each in self.all("AWS::S3::BucketPolicy")
            if each.properties["Bucket"] == bucket.ref
        )
        return found

    def rights(self, role: Resource) -> tuple[Statement, ...]:
        """Every statement of the policies in and on a role."""
        documents = [
            each["PolicyDocument"] for each in role.properties.get("Policies", [])
        ]
        documents += [
            each.properties["PolicyDocument"]
            for kind in ("AWS::IAM::Policy", "AWS::IAM::ManagedPolicy")
            for each in self.all(kind)
            if role.ref in each.properties.get("Roles", [])
        ]
        for document in documents:
            for each in document["Statement"]:
                # What is allowed by exclusion is seen by no test that asks for it.
                assert each["Action"]
                assert each["Resource"]
        return tuple(
            statement for document in documents for statement in Statement.of(document)
        )

    def execution_role(self, transform: str) -> Resource:
        (found,) = (
            each
            for each in self.all("AWS::IAM::Role", transform)
            if each.properties["Path"].endswith("/execution/")
        )
        return found

    def functions_of_the_environment(self) -> tuple[Resource, ...]:
        """The functions that run our handlers, in the order of the template."""
        return tuple(
            each
            for each in self.all("AWS::Lambda::Function")
            if each.properties["Handler"].startswith("handlers.")
        )

    def role_of(self, function: Resource) -> Resource:
        return self.named(function.properties["Role"])

    def _read(self, name: str) -> dict[str, Any]:
        content: dict[str, Any] = json.loads((self.directory / name).read_text())
        return content

    def _plain(self, part: str, value: Any) -> Any:
        """Replace what CloudFormation computes by strings that name it."""
        if isinstance(value, list):
            return [self._plain(part, each) for each in value]
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if name == "Ref":
                return self._pseudo(argument) or f"<{part}/{argument}>"
            if name == "Fn::GetAtt":
                return f"<{part}/{argument[0]}.{argument[1]}>"
            if name == "Fn::Sub":
                return argument.replace("${AWS::Partition}", "aws")
            if name == "Fn::Join":
                separator, pieces = argument
                return separator.join(self._plain(part, each) for each in pieces)
            if name == "Fn::ImportValue":
                return self._exported(argument)
            assert not name.startswith("Fn::"), f"{name} is not known here"
        return {name: self._plain(part, each) for name, each in value.items()}

    def _exported(self, name: str) -> Any:
        for part, template in self.templates.items():
            for output in template.get("Outputs", {}).values():
                if output.get("Export", {}).get("Name") == name:
                    return self._plain(part, output["Value"])
        raise AssertionError(f"no stack exports {name}")

    def _pseudo(self, name: str) -> str | None:
        return {
            "AWS::AccountId": self.environment.account,
            "AWS::Partition": "aws",
            "AWS::Region": self.environment.region,
            "AWS::URLSuffix": "amazonaws.com",
        }.get(name)


def synthesize(environment: Environment, directory: Path) -> Synthesis:
    """Synthesize an environment as `app.py` does, without the slow validation."""
    app = cdk.App(
        analytics_reporting=False,
        post_cli_context=FEATURE_FLAGS,
        builtin_cloud_formation_validation=False,
        outdir=str(directory),
    )
    create_stacks(app, environment)
    app.synth()
    return Synthesis(environment, directory)


def bare_stack() -> cdk.Stack:
    """A stack for one construct."""
    app = cdk.App(
        analytics_reporting=False,
        post_cli_context=FEATURE_FLAGS,
        builtin_cloud_formation_validation=False,
    )
    return cdk.Stack(
        app, "Stack", env=cdk.Environment(account="123456789012", region="us-east-1")
    )
