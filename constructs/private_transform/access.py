"""Turn an environment's people and exceptions into the perimeter of its lock."""

from collections.abc import Iterable

from private_transform.environment import Environment, Person
from private_transform.lock import ArtifactPlace, Perimeter
from private_transform.query import RESULTS_PREFIX


def role_path(environment: Environment, part: str = "") -> str:
    """Where the environment's roles lie: the boundary that policies are written for.

    The region is part of it, because IAM has none: an environment of the same name in
    another region must not be let in.

    Args:
        environment: Whose roles.
        part: `execution/`, `launcher/`, or nothing for all of them.
    """
    prefix = environment.iam.role_path
    return f"{prefix}{environment.name}-{environment.region}/{part}"


def role_arns(environment: Environment, partition: str, part: str = "") -> str:
    """ARN pattern of the roles below `role_path`."""
    path = role_path(environment, part)
    return f"arn:{partition}:iam::{environment.account}:role{path}*"


def perimeter(environment: Environment, *, partition: str) -> Perimeter:
    """The perimeter that the environment's files describe.

    Args:
        environment: The files.
        partition: AWS partition of the account.
    """
    people = environment.people
    qualifier = environment.bootstrap_qualifier
    account, region = environment.account, environment.region
    deployment = f"cdk-{qualifier}-cfn-exec-role-{account}-{region}"
    return Perimeter(
        partition=partition,
        account=account,
        region=region,
        execution_roles=role_arns(environment, partition, "execution/"),
        launcher_roles=role_arns(environment, partition, "launcher/"),
        environment_roles=role_arns(environment, partition),
        deployment_roles=(f"arn:{partition}:iam::{account}:role/{deployment}",),
        break_glass=_roles(people.break_glass),
        uploaders=_roles(people.uploaders),
        uploaders_outside=_roles(p for p in people.uploaders if p.outside),
        readers=_roles(people.readers),
        readers_outside=_roles(p for p in people.readers if p.outside),
        analysts=_roles(people.analysts),
        query_prefix=RESULTS_PREFIX,
        key_administrators=_roles(people.key_administrators),
        artifact_places=tuple(
            ArtifactPlace(
                objects=f"arn:{partition}:s3:::{source.location}*",
                account=source.account or account,
            )
            for source in environment.artifact_sources
        ),
        sagemaker_api_reads=environment.sagemaker_api_reads == "models",
        lock_management=environment.lock_management,
    )


def workgroup_name(environment: Environment) -> str:
    """What the environment's queries run in."""
    return f"private-transform-{environment.name}"


def database_name(environment: Environment) -> str:
    """What its tables lie in; SQL takes no hyphens without quotation marks."""
    return f"private_transform_{environment.name}"


def model_packages(environment: Environment) -> tuple[str, ...]:
    """ARNs of the model packages that the environment's transforms use."""
    used = {
        container.model_package_name
        for transform in environment.transforms
        for container in transform.model.containers
        if container.model_package_name
    }
    return tuple(sorted(used))


def _roles(people: Iterable[Person]) -> tuple[str, ...]:
    return tuple(person.role for person in people)
