"""Resources with plain values: every reference is the name that AWS would give.

Names that AWS makes up are made up here too, the same ones each time, from the stack
and the logical id: so policies read as documents, and a resource keeps its name across
a change. No literal is equal to such a name. What cannot be known becomes `Unresolved`
text, which no proof looks through.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from .assembly import Assembly, Stack
from .bad_input import BadInputError
from .invented import is_spelled_in, unknown, with_unknown_end

UNRESOLVED = "<unresolved "
"""What stands for a value that only a deployment knows begins so."""

TEXT_LIMIT = 10_000_000
"""Characters that all references may become; ours become 100,000."""

_NO_VALUE = object()
_IMPORTS_DEEP = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """One resource with plain values.

    Args:
        stack: Its stack's name.
        logical_id: Its name in the template.
        type: Its type.
        properties: Its properties.
        body: As the template has it.
    """

    stack: str
    logical_id: str
    type: str
    properties: Mapping[str, Any]
    body: Mapping[str, Any]

    @property
    def path(self) -> str:
        """How a report names it."""
        return f"{self.stack}/{self.logical_id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a stack is deployed."""

    partition: str
    account: str
    region: str


@dataclass(slots=True)
class Estate:
    """All resources of an assembly, with plain values.

    Args:
        assembly: What was synthesized.

    Attributes:
        resources: In the order of stacks and templates.
        unresolved: What could not be resolved: where, and what stands there.

    Raises:
        BadInputError: References multiply, each into several others.
    """

    assembly: Assembly
    resources: tuple[Resource, ...] = ()
    unresolved: list[str] = field(default_factory=list)
    imported: dict[str, Any] = field(default_factory=dict)
    _characters: int = 0
    _exports: dict[str, tuple[Stack, Any]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Resolve everything."""
        for stack in self.assembly.stacks:
            for output in stack.template.get("Outputs", {}).values():
                name = isinstance(output, dict) and output.get("Export", {})
                if isinstance(name, dict) and isinstance(name.get("Name"), str):
                    self._exports[name["Name"]] = (stack, output.get("Value"))
        self.resources = tuple(
            Resource(
                stack=stack.name,
                logical_id=logical_id,
                type=body["Type"],
                properties=self._properties(stack, logical_id, body),
                body=body,
            )
            for stack in self.assembly.stacks
            for logical_id, body in stack.resources.items()
        )

    def _properties(
        self, stack: Stack, logical_id: str, body: Mapping[str, Any]
    ) -> Mapping[str, Any]:
        found = self._resolved(
            stack, f"Resources.{logical_id}", body.get("Properties", {})
        )
        # A macro in place of all properties: the review says that it cannot look there.
        return found if isinstance(found, dict) else {}

    def names(self, resource: Resource) -> "Names":
        """What AWS calls a resource."""
        stack = next(s for s in self.assembly.stacks if s.name == resource.stack)
        return Names(stack.name, resource.logical_id, resource.body, place_of(stack))

    def namesakes(self) -> Iterator[tuple[Resource, Resource]]:
        """Pairs of resources that AWS cannot tell apart, nor could a proof."""
        called: dict[str, Resource] = {}
        for each in self.of_type(*_ARNS):
            arn = self.names(each).arn
            if arn in called:
                yield called[arn], each
            called[arn] = each

    def of_type(self, *types: str) -> Iterator[Resource]:
        """The resources of some types."""
        return (each for each in self.resources if each.type in types)

    def outputs(self, stack: Stack) -> dict[str, Any]:
        """Plain values of a stack's outputs, exports for other stacks left out."""
        return {
            name: self._resolved(stack, f"Outputs.{name}", output.get("Value"))
            for name, output in stack.template.get("Outputs", {}).items()
            if isinstance(output, dict) and "Export" not in output
        }

    def _resolved(self, stack: Stack, path: str, value: Any) -> Any:
        resolved = _Resolver(self, stack, path).plain(value)
        return None if resolved is _NO_VALUE else resolved

    def count(self, stack: Stack, path: str, characters: int) -> None:
        """Count what a reference becomes, before it does."""
        self._characters += characters
        if self._characters > TEXT_LIMIT:
            raise BadInputError(
                f"{stack.file} {path}",
                f"References become more than {TEXT_LIMIT:,} characters.",
                "No template of use does: look at what wrote it.",
            )

    def exported(self, name: str) -> tuple[Stack, Any] | None:
        """The stack that exports a value under this name, and the value."""
        return self._exports.get(name)


def place_of(stack: Stack) -> Place:
    """Where a stack is deployed; the documentation's account where nothing says."""
    region = stack.region or "us-east-1"
    partition = next(
        (
            partition
            for prefix, partition in _PARTITIONS.items()
            if region.startswith(prefix)
        ),
        "aws",
    )
    return Place(
        partition=partition, account=stack.account or "123456789012", region=region
    )


_PARTITIONS = {"cn-": "aws-cn", "us-gov-": "aws-us-gov"}


class _Resolver:
    """Resolves the values of one resource or output."""

    def __init__(self, estate: Estate, stack: Stack, path: str, deep: int = 0) -> None:
        self._estate, self._stack, self._path = estate, stack, path
        self._deep = deep
        self._place = place_of(stack)

    def plain(self, value: Any) -> Any:
        if isinstance(value, list):
            return [each for each in map(self.plain, value) if each is not _NO_VALUE]
        if isinstance(value, str):
            return self._text(value)
        if not isinstance(value, dict):
            return value
        if len(value) == 1:
            ((name, argument),) = value.items()
            if is_function(name):
                return self._counted(self._function(name, argument))
        for name in value:
            # A macro beside other keys may change them.
            if name.startswith("Fn::"):
                return self._unresolved(name)
        resolved = {key: self.plain(each) for key, each in value.items()}
        return {key: each for key, each in resolved.items() if each is not _NO_VALUE}

    def _text(self, text: str) -> str:
        # AWS: Get values stored in other services using dynamic references.
        if "{{resolve:" in text:
            return self._unresolved(text)
        return text

    def _counted(self, found: Any) -> Any:
        if isinstance(found, str):
            found = self._text(found)
        self._count(len(found) if isinstance(found, str | list) else 0)
        return found

    def _count(self, characters: int) -> None:
        self._estate.count(self._stack, self._path, characters)

    def _function(self, name: str, argument: Any) -> Any:
        match name, argument:
            case "Ref", str():
                return self._reference(argument)
            case "Fn::GetAtt", [str() as logical_id, str() as attribute]:
                return self._attribute(logical_id, attribute)
            case "Fn::GetAtt", str() if "." in argument:
                return self._attribute(*argument.split(".", 1))
            case "Fn::Join", [str() as separator, list() as parts]:
                plain = [self.plain(part) for part in parts]
                if all(isinstance(part, str) for part in plain):
                    self._count(len(separator) * len(plain))
                    return separator.join(plain)
            case "Fn::Sub", str():
                return self._substituted(argument, {})
            case "Fn::Sub", [str() as text, dict() as values]:
                return self._substituted(text, values)
            case "Fn::Select", [index, values]:
                listed = values if isinstance(values, list) else self.plain(values)
                number = whole_number(index)
                if (
                    isinstance(listed, list)
                    and number is not None
                    and number < len(listed)
                ):
                    return self.plain(listed[number])
            case "Fn::Split", [str() as separator, text] if separator:
                plain_text = self.plain(text)
                if isinstance(plain_text, str) and _is_split(plain_text, separator):
                    return plain_text.split(separator)
            case "Fn::ImportValue", _:
                return self._imported(argument)
        return self._unresolved(f"{name} {argument}")

    def _reference(self, name: str) -> Any:
        pseudo = {
            "AWS::AccountId": self._place.account,
            "AWS::NoValue": _NO_VALUE,
            "AWS::Partition": self._place.partition,
            "AWS::Region": self._place.region,
            "AWS::StackName": self._stack.name,
            "AWS::URLSuffix": "amazonaws.com"
            if self._place.partition != "aws-cn"
            else "amazonaws.com.cn",
        }
        if name in pseudo:
            return pseudo[name]
        body = self._stack.resources.get(name)
        if body is None:
            return self._unresolved(f"Ref {name}")
        return Names(self._stack.name, name, body, self._place).reference

    def _attribute(self, logical_id: str, attribute: str) -> Any:
        body = self._stack.resources.get(logical_id)
        if body is None:
            return self._unresolved(f"Fn::GetAtt {logical_id}.{attribute}")
        names = Names(self._stack.name, logical_id, body, self._place)
        return names.attribute(attribute)

    def _substituted(self, text: str, values: Mapping[str, Any]) -> Any:
        @cache
        def named(name: str) -> str:
            if name.startswith("!"):
                return f"${{{name[1:]}}}"
            if name in values:
                plain = self.plain(values[name])
            elif "." in name:
                plain = self._attribute(*name.split(".", 1))
            else:
                plain = self._reference(name)
            return plain if isinstance(plain, str) else self._unresolved(f"Sub {name}")

        def one(found: re.Match[str]) -> str:
            plain = named(found[1])
            self._count(len(plain))
            return plain

        return re.sub(r"\$\{([^{}]*)\}", one, text)

    def _imported(self, name: Any) -> Any:
        plain_name = self.plain(name)
        found = (
            self._estate.exported(plain_name) if isinstance(plain_name, str) else None
        )
        known = self._estate.imported
        if found is not None and self._deep < _IMPORTS_DEEP and plain_name not in known:
            known[plain_name] = None  # What imports itself has no value.
            stack, value = found
            resolver = _Resolver(self._estate, stack, self._path, self._deep + 1)
            known[plain_name] = resolver.plain(value)
        text = known.get(plain_name) if found else None
        # AWS: Outputs: what is exported is a text.
        if not isinstance(text, str):
            return self._unresolved(f"Fn::ImportValue {plain_name}")
        return text

    def _unresolved(self, what: str) -> str:
        short = what if len(what) <= 200 else f"{what[:200]}..."
        self._estate.unresolved.append(f"{self._stack.name} {self._path}: {short}")
        return f"{UNRESOLVED}{short}>"


@dataclass(frozen=True, slots=True)
class Names:
    """What AWS calls a resource.

    Args:
        stack: Its stack's name.
        logical_id: Its name in the template.
        body: As the template has it.
        place: Where it is.
    """

    stack: str
    logical_id: str
    body: Mapping[str, Any]
    place: Place

    @property
    def reference(self) -> str:
        """What `Ref` gives."""
        if not self._is_known:
            return self._chosen("Ref")
        if self._type == "AWS::EC2::VPCEndpoint":
            return f"vpce-{unknown(self._generated)}"
        if self._type in _REFERENCED_BY_ARN:
            return self.arn
        if self._type == "AWS::SQS::Queue":
            return f"https://sqs.{self.place.region}.amazonaws.com/{self.name}"
        return self.name

    def attribute(self, name: str) -> str:
        """What `Fn::GetAtt` gives."""
        if not self._is_known:
            return self._chosen(name)
        if name in ("Arn", "TopicArn", "RoleArn"):
            return self.arn
        if name in ("RegionalDomainName", "DomainName"):
            return f"{self.name}.s3.{self.place.region}.amazonaws.com"
        if self._type == "AWS::KMS::Key" and name == "KeyId":
            return self.name
        return unknown(f"{self._generated}.{name}")

    @property
    def name(self) -> str:
        """The name that its template gives, or one as CloudFormation makes them."""
        given = self._properties.get(_NAME_KEYS.get(self._type, ""))
        if given is not None:
            return given if isinstance(given, str) else self._chosen("name")
        if self._type not in _NAMED_BY_STACK:
            return unknown(self._generated)
        made = self._generated.lower() if self._type in _LOWER else self._generated
        return with_unknown_end(made)

    @property
    def arn(self) -> str:
        """The ARN; of a network's resource, a text of its own."""
        pattern = _ARNS.get(self._type)
        if pattern is None:
            arn = f"{self._generated}.Arn"
            return unknown(arn) if self._is_known else self._chosen("Arn")
        path = self._properties.get("Path", "/")
        return pattern.format(
            partition=self.place.partition,
            account=self.place.account,
            region=self.place.region,
            name=self.name,
            path=path if isinstance(path, str) else self._chosen("path"),
        )

    @property
    def _is_known(self) -> bool:
        """Whether AWS makes its attributes up; others may be anything, chosen by it."""
        return self._type in _ARNS or self._type.startswith("AWS::EC2::")

    def _chosen(self, name: str) -> str:
        # It is not known, and two are told apart, also from what a literal says.
        return f"{UNRESOLVED}{unknown(f'{self._generated}.{name}')}>"

    @property
    def _type(self) -> str:
        return str(self.body["Type"])

    @property
    def _properties(self) -> Mapping[str, Any]:
        properties: Mapping[str, Any] = self.body.get("Properties", {})
        return properties

    @property
    def _generated(self) -> str:
        return f"{self.stack}-{self.logical_id}"


_REFERENCED_BY_ARN = (
    "AWS::IAM::ManagedPolicy",
    "AWS::SNS::Topic",
    "AWS::StepFunctions::StateMachine",
)
_LOWER = ("AWS::S3::Bucket",)
_NAME_KEYS = {
    "AWS::CloudTrail::Trail": "TrailName",
    "AWS::CloudWatch::Alarm": "AlarmName",
    "AWS::IAM::ManagedPolicy": "ManagedPolicyName",
    "AWS::IAM::Role": "RoleName",
    "AWS::Lambda::Function": "FunctionName",
    "AWS::Logs::LogGroup": "LogGroupName",
    "AWS::S3::Bucket": "BucketName",
    "AWS::SNS::Topic": "TopicName",
    "AWS::SQS::Queue": "QueueName",
    "AWS::StepFunctions::StateMachine": "StateMachineName",
}
_NAMED_BY_STACK = (*_NAME_KEYS, "AWS::Events::Rule")
"""Names of these begin with the stack's and the logical id; others are all unknown."""

_ARNS = {
    "AWS::CloudTrail::Trail": (
        "arn:{partition}:cloudtrail:{region}:{account}:trail/{name}"
    ),
    "AWS::CloudWatch::Alarm": (
        "arn:{partition}:cloudwatch:{region}:{account}:alarm:{name}"
    ),
    "AWS::Events::Rule": "arn:{partition}:events:{region}:{account}:rule/{name}",
    "AWS::IAM::ManagedPolicy": "arn:{partition}:iam::{account}:policy{path}{name}",
    "AWS::IAM::Role": "arn:{partition}:iam::{account}:role{path}{name}",
    "AWS::KMS::Key": "arn:{partition}:kms:{region}:{account}:key/{name}",
    "AWS::Lambda::Function": (
        "arn:{partition}:lambda:{region}:{account}:function:{name}"
    ),
    "AWS::Logs::LogGroup": "arn:{partition}:logs:{region}:{account}:log-group:{name}:*",
    "AWS::S3::Bucket": "arn:{partition}:s3:::{name}",
    "AWS::SNS::Topic": "arn:{partition}:sns:{region}:{account}:{name}",
    "AWS::SQS::Queue": "arn:{partition}:sqs:{region}:{account}:{name}",
    "AWS::StepFunctions::StateMachine": (
        "arn:{partition}:states:{region}:{account}:stateMachine:{name}"
    ),
}


def listed(value: Any) -> Sequence[Any]:
    """A list, also where a template may write one value alone."""
    return value if isinstance(value, list | tuple) else [value]


def variables_of(function: Resource) -> Mapping[str, Any]:
    """The variables that a function is given."""
    environment = function.properties.get("Environment")
    found = environment.get("Variables") if isinstance(environment, dict) else None
    return found if isinstance(found, dict) else {}


def spelled(value: Any) -> str:
    """Plain values as one text, in which names are as they are: `str` escapes them."""
    return json.dumps(value, ensure_ascii=False)


def is_true(value: Any) -> bool:
    """Whether something is on, also where a template writes it as text."""
    return value is True or value == "true"


def _is_split(text: str, separator: str) -> bool:
    """Whether it is known where it is split: a made-up name may have any letter."""
    if UNRESOLVED in text:
        return False
    return not is_spelled_in(text) or (separator in ":/" and separator in text)


def whole_number(value: Any) -> int | None:
    """A number as templates write one, as a number or as a text of few digits."""
    found = re.fullmatch("[0-9]{1,9}", str(value))
    return int(found[0]) if found else None


def is_function(key: str) -> bool:
    """Whether a mapping with this key alone stands for another value."""
    return key == "Ref" or key.startswith("Fn::")
