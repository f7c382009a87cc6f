"""What an environment's file declares, as its foundation template carries it.

The perimeter is made anew from the file's words, so that an error in the library that
makes policies of them cannot excuse itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from private_transform.environment import ENVIRONMENT_TAG, amounts, shapes
from private_transform.environment.kinds import Expiry, Switch
from private_transform.lock import ArtifactPlace, Perimeter
from private_transform.query import RESULTS_PREFIX

from .assembly import Stack
from .plain import place_of
from .words import Words, wrong


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Leave:
    """A declared exception.

    Args:
        what: What it allows.
        who: To whom, or from where.
        reason: Why.
        owner: Who answers for it.
        expires: Its last day in ISO 8601, or `never`.
    """

    what: str
    who: str
    reason: str
    owner: str
    expires: str

    def is_expired(self, today: date) -> bool:
        """Whether its last day is over."""
        return self.expires != "never" and self.expires < today.isoformat()


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What transforms may use at most; None where everything is allowed.

    Args:
        max_instance_count: Instances of one job.
        max_runtime_in_hours: How long a job may last.
        instance_types: What jobs may run on.
        registries: Where images may come from.
    """

    max_instance_count: int | None
    max_runtime_in_hours: int | None
    instance_types: frozenset[str] | None
    registries: frozenset[str] | None

    def wider_than(self, other: "Limits") -> Iterator[str]:
        """Names of those that allow more."""
        if _is_more(self.max_instance_count, other.max_instance_count):
            yield "max_instance_count"
        if _is_more(self.max_runtime_in_hours, other.max_runtime_in_hours):
            yield "max_runtime_in_hours"
        if _has_more(self.instance_types, other.instance_types):
            yield "instance_types"
        if _has_more(self.registries, other.registries):
            yield "registries"


def _is_more(new: int | None, old: int | None) -> bool:
    return old is not None and (new is None or new > old)


def _has_more(new: frozenset[str] | None, old: frozenset[str] | None) -> bool:
    return old is not None and (new is None or not new <= old)


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The declaration of one environment.

    Args:
        name: The environment's name.
        qualifier: The one that its account was bootstrapped with.
        keeps_data: Whether its data outlives its stacks.
        audits: Whether it has a trail of its own.
        keeps_versions_for: Days for which buckets keep what is overwritten.
        needs_volume_keys: Whether instances whose disks take no key are refused.
        limits: What its transforms may use at most.
        perimeter: Who may meet its data.
        operators: Roles that see to its runs, and meet no data.
        assets_bucket: Where deployments put the code of functions.
        endpoints: Ids of the endpoints that it trusts beside its own.
        leaves: All exceptions.
        source_keys: KMS keys of other accounts' artifacts.
    """

    name: str
    qualifier: str
    keeps_data: bool
    audits: bool
    keeps_versions_for: int
    needs_volume_keys: bool
    limits: Limits
    perimeter: Perimeter
    operators: tuple[str, ...]
    assets_bucket: str
    endpoints: tuple[str, ...]
    leaves: tuple[Leave, ...]
    source_keys: tuple[str, ...]


def declared_in(stack: Stack) -> Declared | None:
    """The declaration in a stack's template, or None without one.

    Raises:
        BadInputError: It is not as the foundation stack writes it.
    """
    content = stack.template.get("Metadata", {}).get(ENVIRONMENT_TAG)
    if content is None:
        return None
    place = f"{stack.file} Metadata.{ENVIRONMENT_TAG}"
    words = Words(place, content)
    people = words.inside("people")
    members = {duty: tuple(people.each(duty)) for duty in _DUTIES}
    sources = tuple(words.each("artifact_sources"))
    endpoints = tuple(words.each("trusted_endpoints"))
    try:
        perimeter = _perimeter(stack, words, members, sources)
    except ValueError as error:
        raise wrong(place, str(error)) from None
    return Declared(
        name=words.one(shapes.EnvironmentName, "name"),
        qualifier=words.one(shapes.Qualifier, "bootstrap_qualifier"),
        keeps_data=words.one(Literal["keep", "discard"], "protection") == "keep",
        audits=words.one(Literal["own", "organization"], "audit") == "own",
        keeps_versions_for=words.inside("retention").one(
            amounts.NoncurrentDays, "noncurrent_versions_in_days"
        ),
        needs_volume_keys=words.inside("limits").one(
            Switch, "require_volume_key", default=True
        ),
        limits=_limits(words.inside("limits")),
        perimeter=perimeter,
        operators=tuple(map(_role, members["operators"])),
        assets_bucket=_assets_bucket(words),
        endpoints=tuple(each.one(shapes.VpcEndpointId, "id") for each in endpoints),
        leaves=tuple(sorted(_leaves(members, sources, endpoints))),
        source_keys=tuple(
            each.one(shapes.KeyArn, "key_arn")
            for each in sources
            if each.has("key_arn")
        ),
    )


def _assets_bucket(words: Words) -> str:
    """AWS: Bootstrapping, the default template."""
    qualifier = words.one(shapes.Qualifier, "bootstrap_qualifier")
    account = words.one(shapes.AccountId, "account")
    region = words.one(shapes.Region, "region")
    return f"cdk-{qualifier}-assets-{account}-{region}"


def _limits(words: Words) -> Limits:
    types = words.one(tuple[shapes.InstanceType, ...], "instance_types", default=None)
    places = words.one(tuple[shapes.Registry, ...], "registries", default=None)
    return Limits(
        max_instance_count=words.one(
            amounts.InstanceCount, "max_instance_count", default=None
        ),
        max_runtime_in_hours=words.one(
            amounts.RuntimeHours, "max_runtime_in_hours", default=None
        ),
        instance_types=None if types is None else frozenset(types),
        registries=None if places is None else frozenset(places),
    )


_Members = Mapping[str, tuple[Words, ...]]
_DUTIES = (
    "break_glass",
    "uploaders",
    "readers",
    "analysts",
    "operators",
    "key_administrators",
)


def _perimeter(
    stack: Stack, words: Words, members: _Members, sources: tuple[Words, ...]
) -> Perimeter:
    name = words.one(shapes.EnvironmentName, "name")
    account = words.one(shapes.AccountId, "account")
    region = words.one(shapes.Region, "region")
    partition = place_of(stack).partition
    path = words.inside("iam").one(shapes.RolePath, "role_path")
    roles = f"arn:{partition}:iam::{account}:role{path}{name}-{region}/"
    qualifier = words.one(shapes.Qualifier, "bootstrap_qualifier")
    deployment = f"cdk-{qualifier}-cfn-exec-role-{account}-{region}"
    people = {duty: tuple(map(_role, members[duty])) for duty in _DUTIES}
    outside = {
        duty: tuple(_role(each) for each in members[duty] if each.has("outside"))
        for duty in _DUTIES
    }
    return Perimeter(
        partition=partition,
        account=account,
        region=region,
        execution_roles=f"{roles}execution/*",
        launcher_roles=f"{roles}launcher/*",
        environment_roles=f"{roles}*",
        deployment_roles=(f"arn:{partition}:iam::{account}:role/{deployment}",),
        break_glass=people["break_glass"],
        uploaders=people["uploaders"],
        uploaders_outside=outside["uploaders"],
        readers=people["readers"],
        readers_outside=outside["readers"],
        analysts=people["analysts"],
        query_prefix=RESULTS_PREFIX,
        key_administrators=people["key_administrators"],
        artifact_places=tuple(
            ArtifactPlace(
                objects=f"arn:{partition}:s3:::"
                + _uri(source).removeprefix("s3://")
                + "*",
                account=source.one(shapes.AccountId, "account", default=account),
            )
            for source in sources
        ),
        sagemaker_api_reads=words.one(
            Literal["models"], "sagemaker_api_reads", default=None
        )
        == "models",
        lock_management=words.one(Switch, "lock_management"),
    )


def _leaves(
    members: _Members, sources: tuple[Words, ...], endpoints: tuple[Words, ...]
) -> Iterator[Leave]:
    for duty in _DUTIES:
        for each in members[duty]:
            if each.has("outside"):
                what = f"{duty.replace('_', '-')} from outside the endpoint"
                yield _leave(what, _role(each), each.inside("outside"))
    for each in endpoints:
        id_ = each.one(shapes.VpcEndpointId, "id")
        yield _leave("another trusted endpoint", id_, each)
    for each in sources:
        yield _leave("artifacts of another bucket", _uri(each), each)


def _leave(what: str, who: str, words: Words) -> Leave:
    ends: date | None = words.one(Expiry, "expires")
    return Leave(
        what=what,
        who=who,
        reason=words.one(shapes.Sentence, "reason"),
        owner=words.one(shapes.Sentence, "owner"),
        expires="never" if ends is None else ends.isoformat(),
    )


def _role(person: Words) -> str:
    return str(person.one(shapes.RoleArn, "role"))


def _uri(source: Words) -> str:
    return str(source.one(shapes.ArtifactPrefix, "s3_uri"))
