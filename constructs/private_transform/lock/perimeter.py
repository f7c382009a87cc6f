"""Who may meet the data, inside and outside: what all documents of the lock share."""

from dataclasses import dataclass
from typing import Literal

BucketKind = Literal["models", "inputs", "outputs"]
"""The data buckets, by what lies in them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Buckets:
    """The ARNs of an environment's buckets that hold something confidential."""

    models: str
    inputs: str
    outputs: str
    control: str

    @property
    def data(self) -> tuple[str, str, str]:
        """The three that are locked to the endpoint."""
        return (self.models, self.inputs, self.outputs)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactPlace:
    """Objects outside the environment that its jobs may read, and nobody else here.

    Args:
        objects: Their ARN pattern: a bucket, a prefix that ends in `/`, and `*`.
        account: Who owns the bucket.

    Raises:
        ValueError: The pattern does not end in `/*`.
    """

    objects: str
    account: str

    def __post_init__(self) -> None:
        """Refuse a prefix that would let its neighbours through."""
        if not self.objects.endswith("/*"):
            raise ValueError(
                f"objects must end in '/*', got {self.objects!r}; without the slash "
                "it also matches its neighbours"
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Perimeter:
    """Who may meet an environment's data, inside and outside.

    Outside means not through one of the trusted endpoints. An empty list means nobody
    and renders no statement.

    Args:
        partition: AWS partition, for example `aws`.
        account: The one account whose principals may meet the data.
        region: Region of the key and the buckets.
        execution_roles: ARN pattern of the transforms' execution roles.
        launcher_roles: ARN pattern of the launcher functions' roles.
        environment_roles: ARN pattern of all roles of the environment.
        deployment_roles: Roles with which CloudFormation deploys.
        break_glass: Roles that may read everything from outside.
        uploaders: Roles that put models and inputs.
        uploaders_outside: Those of them that may do so from outside.
        readers: Roles that get outputs.
        readers_outside: Those of them that may do so from outside.
        analysts: Roles that query outputs through Athena, which always calls from
            outside.
        query_prefix: Where in the outputs bucket Athena writes its results, ending
            in `/`. Required with analysts.
        key_administrators: Roles that manage the key and never use it.
        artifact_places: What lies outside and jobs may read through the endpoint.
        sagemaker_api_reads: Execution roles may read models from outside.
        lock_management: Only the deployment roles change buckets, and only named
            roles list them from outside.

    A role ARN holds no wildcard, except after the name of an IAM Identity Center
    permission set: `.../AWSReservedSSO_Name_*`.

    Raises:
        ValueError: Two lists contradict each other.
    """

    partition: str
    account: str
    region: str
    execution_roles: str
    launcher_roles: str
    environment_roles: str
    deployment_roles: tuple[str, ...]
    break_glass: tuple[str, ...] = ()
    uploaders: tuple[str, ...] = ()
    uploaders_outside: tuple[str, ...] = ()
    readers: tuple[str, ...] = ()
    readers_outside: tuple[str, ...] = ()
    analysts: tuple[str, ...] = ()
    query_prefix: str = ""
    key_administrators: tuple[str, ...] = ()
    artifact_places: tuple[ArtifactPlace, ...] = ()
    sagemaker_api_reads: bool = False
    lock_management: bool = False

    def __post_init__(self) -> None:
        """Refuse lists that would quietly take rights away from each other."""
        both = set(self.break_glass) & set(self.uploaders_outside)
        if both:
            raise ValueError(
                f"{min(both)} is both a break-glass role and an uploader from outside; "
                "each exception narrows the other, so it could neither read nor "
                "write: name two roles"
            )
        for duty, everyone, outside in (
            ("uploaders", self.uploaders, self.uploaders_outside),
            ("readers", self.readers, self.readers_outside),
        ):
            strangers = set(outside) - set(everyone)
            if strangers:
                raise ValueError(
                    f"{min(strangers)} may act from outside but is not among the "
                    f"{duty}; without that duty it cannot use the key"
                )
        if self.analysts and not self.query_prefix.endswith("/"):
            raise ValueError(
                "query_prefix must end in '/' when there are analysts, got "
                f"{self.query_prefix!r}; without the slash it also matches its "
                "neighbours"
            )
