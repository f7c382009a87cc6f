"""Reads an environment's folder: files, values, rules, and every problem at once."""

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from private_transform.environment.catalogue import GPU_FAMILIES, REGIONS, family
from private_transform.environment.checked_file import CheckedFile, check, unread
from private_transform.environment.images import Surroundings
from private_transform.environment.partial import UnknownKeyError
from private_transform.environment.problems import (
    EnvironmentFileError,
    Problem,
)
from private_transform.environment.rules import (
    account,
    artifacts,
    job,
    limits,
    model,
    network,
    people,
    prefixes,
    results,
    rights,
    runs,
    tags,
)
from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Environment, Transform
from private_transform.environment.yaml_source import Source, UnreadableError, read

FILE_NAME = "environment.yaml"
TRANSFORMS = "transforms"

_ENVIRONMENT_RULES: Sequence[Callable[[Environment], Iterator[Breach]]] = (
    account.production_keeps,
    account.removable,
    account.boundary_of_this_account,
    artifacts.sources_apart,
    artifacts.sources_outside,
    artifacts.keys_of_the_region,
    network.private_range,
    network.zones_of_the_region,
    people.roles_of_this_account,
    people.one_duty_each,
    people.leave_by_duty,
    people.endpoints_once,
    people.addresses_once,
    results.analysts_can_query,
)
_TRANSFORM_RULES: Sequence[Callable[[Transform], Iterator[Breach]]] = (
    model.image_or_package,
    model.host_names,
    model.variables_in_total,
    job.input_shape,
    job.payload_in_flight,
    job.batches_of_records,
    job.ami_on_gpu,
    job.fallbacks_alike,
    job.failed_inputs_counted,
    job.smoke_both_or_neither,
    job.joined_alike,
    job.filtered_types,
    job.no_secrets,
    runs.inputs_by_day,
    runs.inputs_that_are_listed,
    runs.shards_by_lists,
    runs.fields_of_cron,
    runs.known_zone,
    results.columns_that_are_needed,
    results.format_of_the_outputs,
    results.columns_with_names,
    results.columns_with_types,
    results.label_of_a_column,
)
_RULES_OF_BOTH: Sequence[Callable[[Environment, Transform], Iterator[Breach]]] = (
    model.image_of_this_region,
    model.package_of_this_region,
    network.room_for_each,
    results.somewhere_to_query,
    rights.room_for_names,
    tags.room_for_both,
)
_LIMITS: Sequence[
    Callable[[Environment, Transform, limits.Where], Iterator[Breach]]
] = (
    artifacts.from_a_named_source,
    limits.allowed_instance_type,
    limits.allowed_instance_count,
    limits.allowed_registry,
    limits.no_unseen_image,
    limits.volume_key,
)


def load_environment(folder: Path, *, today: date | None) -> Environment:
    """Read `environment.yaml` and the files of `transforms/`.

    Args:
        folder: The environment's folder; its name is the environment's name.
        today: The day on which leave may have expired. None: leave is not judged,
            for an environment that is removed and grants nothing any more.

    Raises:
        EnvironmentFileError: Something is missing or breaks a rule; it holds every
            problem that was found.
    """
    if not (folder / FILE_NAME).is_file():
        raise EnvironmentFileError([_missing(folder)])
    environment = _read_environment(folder)
    transforms = [
        _read_transform(file, environment.value) for file in _transform_files(folder)
    ]
    problems = [
        *environment.problems,
        *(problem for each in transforms for problem in each.problems),
        *_misnamed(folder),
        *_broken_rules(environment, transforms, today),
    ]
    if problems:
        raise EnvironmentFileError(problems)
    return replace(
        environment.value, transforms=tuple(each.value for each in transforms)
    )


def problem_of(folder: Path, breach: Breach) -> Problem:
    """A breach that was found in the values, at its place in `environment.yaml`."""
    file = folder / FILE_NAME
    read_again = CheckedFile(file=file, source=read(file), value=None, problems=())
    return read_again.problem(breach)


def _broken_rules(
    environment: CheckedFile[Environment],
    transforms: Sequence[CheckedFile[Transform]],
    today: date | None,
) -> Iterator[Problem]:
    values = [each.value for each in transforms]
    whole = environment.value
    for of_environment in _ENVIRONMENT_RULES:
        yield from _problems(environment, of_environment(whole))
    if today is not None:
        yield from _problems(environment, people.leave_in_time(whole, today))
    yield from _problems(environment, network.room_for_all(whole, values))
    for each in transforms:
        for of_transform in _TRANSFORM_RULES:
            yield from _problems(each, of_transform(each.value))
        if today is not None:
            yield from _problems(each, runs.times_that_come(each.value, today))
        for of_both in _RULES_OF_BOTH:
            yield from _problems(each, of_both(whole, each.value))
        for limit in _LIMITS:
            yield from _problems(each, limit(whole, each.value, environment.where))
    for position, breach in (
        *prefixes.apart(values),
        *results.tables_apart(values),
        *rights.room_for_packages(values),
    ):
        yield transforms[position].problem(breach)


def _problems(file: CheckedFile[Any], breaches: Iterator[Breach]) -> Iterator[Problem]:
    """The breaches of one rule, up to the first key that could not be read."""
    try:
        for breach in breaches:
            yield file.problem(breach)
    except UnknownKeyError:
        return


def _read_environment(folder: Path) -> CheckedFile[Environment]:
    source = _source(folder / FILE_NAME)
    if isinstance(source, Problem):
        return unread(folder / FILE_NAME, source)
    name = Path(os.path.abspath(folder)).name
    return check(folder / FILE_NAME, source, Environment, name=name)


def _read_transform(file: Path, environment: Environment) -> CheckedFile[Transform]:
    source = _source(file)
    if isinstance(source, Problem):
        return unread(file, source)
    return check(
        file,
        source,
        Transform,
        name=file.stem,
        surroundings=_surroundings(environment, source),
    )


def _surroundings(environment: Environment, source: Source) -> Surroundings:
    """What is known of region and instance type before they are checked."""
    try:
        region = environment.region
    except UnknownKeyError:
        # Any region serves to find the other problems: nothing is returned.
        region = next(iter(REGIONS))
    resources = source.content.get("transform_resources")
    instance_type = (
        resources.get("instance_type") if isinstance(resources, dict) else ""
    )
    return Surroundings(region=region, gpu=family(str(instance_type)) in GPU_FAMILIES)


def _source(file: Path) -> Source | Problem:
    try:
        return read(file)
    except UnreadableError as error:
        line, rule, fix = error.line, error.rule, error.fix
    except OSError as error:
        line, rule, fix = 0, f"The file cannot be read: {error.strerror}.", ""
    return Problem(file=file, line=line, path="", value="", rule=rule, fix=fix)


def _transform_files(folder: Path) -> list[Path]:
    return sorted((folder / TRANSFORMS).glob("*.yaml"))


def _misnamed(folder: Path) -> Iterator[Problem]:
    """Files that look like a transform's and would be passed over in silence."""
    for file in sorted((folder / TRANSFORMS).glob("*.yml")):
        yield Problem(
            file=file,
            line=0,
            path="",
            value="",
            rule="A transform's file ends in .yaml.",
            fix="Rename it.",
        )


def _missing(folder: Path) -> Problem:
    others = sorted(file.parent.name for file in folder.parent.glob(f"*/{FILE_NAME}"))
    return Problem(
        file=folder,
        line=0,
        path="",
        value="",
        rule=f"There is no environment {folder.name}: it is a folder with {FILE_NAME}.",
        fix=f"Environments here: {', '.join(others) or 'none'}.",
    )
