"""What differs between environments, so that one register holds for all of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from string import Formatter

from private_transform.access import role_arns
from private_transform.environment import Environment, Transform
from private_transform.environment.catalogue import REGIONS

_OF_ENVIRONMENT = frozenset(
    {"account", "environment", "execution_roles", "partition", "region"}
)
_OF_TRANSFORM = frozenset(
    {"captures", "inputs", "outputs", "smoke_inputs", "transform"}
)


def unknown_placeholders(text: str) -> Iterator[str]:
    """Say what is wrong with the placeholders of a text, if anything is."""
    try:
        names = _names(text)
    except ValueError as error:
        yield f"The braces do not stand for a placeholder: {error}."
        return
    known = _OF_ENVIRONMENT | _OF_TRANSFORM
    for name in sorted(names - known):
        yield f"{{{name}}} is no placeholder; there are {', '.join(sorted(known))}."


@dataclass(frozen=True, slots=True, kw_only=True)
class Values:
    """What the placeholders stand for in one environment.

    Args:
        environment: Values that hold for all of it.
        transforms: Those of each transform; what it does not use is left out.
    """

    environment: Mapping[str, str]
    transforms: tuple[Mapping[str, str], ...]


def values_of(environment: Environment) -> Values:
    """The values of an environment's files."""
    return Values(
        environment=_of_environment(environment),
        transforms=tuple(map(_of_transform, environment.transforms)),
    )


def filled(finding: str, scope: str, values: Values) -> Iterator[tuple[str, str]]:
    """Write a finding and its scope as the checks do, for one environment.

    Where a transform's placeholder stands, once for each transform that has a value
    for it.

    Args:
        finding: Id of a rule: `AwsSolutions-IAM5[Resource::<Inputs.Arn>/{inputs}*]`.
        scope: Path of a construct: `{transform}/ExecutionRole/Policy/Resource`.
        values: Of the environment.
    """
    names = _names(finding) | _names(scope)
    own = values.environment
    sets = (
        [{**own, **each} for each in values.transforms]
        if names & _OF_TRANSFORM
        else [own]
    )
    for each in sets:
        if names <= each.keys():
            path = f"{own['environment']}-{scope.format_map(each)}"
            yield finding.format_map(each), path


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def _of_environment(environment: Environment) -> Mapping[str, str]:
    partition = REGIONS[environment.region].partition
    return {
        "account": environment.account,
        "environment": environment.name,
        "execution_roles": role_arns(environment, partition, "execution/"),
        "partition": partition,
        "region": environment.region,
    }


def _of_transform(transform: Transform) -> Mapping[str, str]:
    source = transform.transform_input.data_source.s3_data_source
    capture = transform.data_capture_config
    return {
        "transform": transform.name,
        "inputs": source.prefix,
        "outputs": transform.transform_output.s3_output_path,
        **({"captures": capture.destination_s3_uri} if capture else {}),
        **({"smoke_inputs": transform.smoke_input} if transform.smoke_input else {}),
    }
