"""What an environment's file declares, as its foundation template carries it.

The perimeter is made anew from the file's words, so that an error in the library that
makes policies of them cannot excuse itself.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from private_transform.environment import ENVIRONMENT_TAG
from private_transform.lock import ArtifactPlace, Perimeter

from .assembly import Stack
from .bad_input import BadInputError
from .plain import place_of

_FIX = "Synthesize it anew: the foundation stack writes it from environment.yaml."


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
class Declared:
    """The declaration of one environment.

    Args:
        name: The environment's name.
        keeps_data: Whether its data outlives its stacks.
        audits: Whether it has a trail of its own.
        needs_volume_keys: Whether instances whose disks take no key are refused.
        perimeter: Who may meet its data.
        endpoints: Ids of the endpoints that it trusts beside its own.
        leaves: All exceptions.
        source_keys: KMS keys of other accounts' artifacts.
    """

    name: str
    keeps_data: bool
    audits: bool
    needs_volume_keys: bool
    perimeter: Perimeter
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
    return _Reader(stack, content).declared()


class _Reader:
    """Reads one declaration, word by word."""

    def __init__(self, stack: Stack, content: Any) -> None:
        self._stack = stack
        self._content = content

    def declared(self) -> Declared:
        name, account = self._text("name"), self._text("account")
        region = self._text("region")
        partition = place_of(self._stack).partition
        roles = f"{self._text('iam', 'role_path')}{name}-{region}/"
        ours = f"arn:{partition}:iam::{account}:role"
        deployment = f"cdk-{self._text('bootstrap_qualifier')}-cfn-exec-role"
        duties = (
            "break_glass",
            "uploaders",
            "readers",
            "key_administrators",
        )
        people = {duty: tuple(self._people(duty)) for duty in duties}
        outside = {
            duty: tuple(role for role, leave in people[duty] if leave is not None)
            for duty in duties
        }
        sources = list(self._listed("artifact_sources"))
        try:
            perimeter = Perimeter(
                partition=partition,
                account=account,
                region=region,
                execution_roles=f"{ours}{roles}execution/*",
                launcher_roles=f"{ours}{roles}launcher/*",
                environment_roles=f"{ours}{roles}*",
                deployment_roles=(f"{ours}/{deployment}-{account}-{region}",),
                break_glass=tuple(role for role, _ in people["break_glass"]),
                uploaders=tuple(role for role, _ in people["uploaders"]),
                uploaders_outside=outside["uploaders"],
                readers=tuple(role for role, _ in people["readers"]),
                readers_outside=outside["readers"],
                key_administrators=tuple(
                    role for role, _ in people["key_administrators"]
                ),
                artifact_places=tuple(
                    ArtifactPlace(
                        objects=f"arn:{partition}:s3:::"
                        + self._of(source, "s3_uri").removeprefix("s3://")
                        + "*",
                        account=source.get("account", account),
                    )
                    for source in sources
                ),
                sagemaker_api_reads=self._get("sagemaker_api_reads") == "models",
                lock_management=self._get("lock_management") is True,
            )
        except ValueError as error:
            raise self._wrong("", str(error)) from None
        return Declared(
            name=name,
            keeps_data=self._get("protection") == "keep",
            audits=self._get("audit") == "own",
            needs_volume_keys=self._get("limits", "require_volume_key") is not False,
            perimeter=perimeter,
            endpoints=tuple(
                self._of(each, "id") for each in self._listed("trusted_endpoints")
            ),
            leaves=tuple(sorted(self._leaves(people))),
            source_keys=tuple(
                self._of(each, "key_arn") for each in sources if "key_arn" in each
            ),
        )

    def _leaves(
        self, people: Mapping[str, tuple[tuple[str, Any], ...]]
    ) -> Iterator[Leave]:
        for duty, members in people.items():
            for role, leave in members:
                if leave is not None:
                    what = f"{duty.replace('_', '-')} from outside the endpoint"
                    yield self._leave(what, role, leave)
        for each in self._listed("trusted_endpoints"):
            yield self._leave("another trusted endpoint", self._of(each, "id"), each)
        for each in self._listed("artifact_sources"):
            yield self._leave(
                "artifacts of another bucket", self._of(each, "s3_uri"), each
            )

    def _leave(self, what: str, who: str, content: Mapping[str, Any]) -> Leave:
        return Leave(
            what=what,
            who=who,
            reason=self._of(content, "reason"),
            owner=self._of(content, "owner"),
            expires=self._of(content, "expires"),
        )

    def _people(self, duty: str) -> Iterator[tuple[str, Any]]:
        for person in self._listed("people", duty):
            outside = person.get("outside")
            if outside is not None and not isinstance(outside, dict):
                raise self._wrong(f"people.{duty}", "A leave is a mapping.")
            yield self._of(person, "role"), outside

    def _listed(self, *path: str) -> Iterator[dict[str, Any]]:
        found = self._get(*path)
        if found is None:
            return
        if not isinstance(found, list) or not all(
            isinstance(each, dict) for each in found
        ):
            raise self._wrong(".".join(path), "This is a list of mappings.")
        yield from found

    def _text(self, *path: str) -> str:
        found = self._get(*path)
        if not isinstance(found, str):
            raise self._wrong(".".join(path), "This is a text.")
        return found

    def _of(self, content: Mapping[str, Any], key: str) -> str:
        found = content.get(key)
        if not isinstance(found, str):
            raise self._wrong(key, "This is a text.")
        return found

    def _get(self, *path: str) -> Any:
        found = self._content
        for step in path:
            if not isinstance(found, dict):
                raise self._wrong(".".join(path), "This is a mapping.")
            found = found.get(step)
            if found is None:
                return None
        return found

    def _wrong(self, path: str, rule: str) -> BadInputError:
        place = f"{self._stack.file} Metadata.{ENVIRONMENT_TAG}"
        return BadInputError(f"{place}.{path}".rstrip("."), rule, _FIX)
