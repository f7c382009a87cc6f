"""What a transform's outputs hold, and who may query them."""

from collections.abc import Iterator, Sequence
from contextlib import suppress

from private_transform.environment.partial import UnknownKeyError
from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Environment, Transform
from private_transform.query.column_types import ColumnType, ColumnTypeError
from private_transform.query.label import Label, LabelError
from private_transform.query.tables import BESIDE_THE_ANSWERS, Tables

_COLUMNS = ("results", "columns")


def analysts_can_query(environment: Environment) -> Iterator[Breach]:
    """Without a workgroup, analysts could do nothing."""
    if environment.people.analysts and environment.query is None:
        yield Breach(
            place=("people", "analysts"),
            rule="Analysts query outputs through Athena, and there is no `query`.",
            fix="Add `query: {}`, or make them readers.",
        )


def somewhere_to_query(
    environment: Environment, transform: Transform
) -> Iterator[Breach]:
    """A table belongs to the environment's database."""
    if transform.results is not None and environment.query is None:
        yield Breach(
            place=("results",),
            rule="A table of results needs `query` in environment.yaml.",
            fix="Have the platform team add `query: {}`, or remove results.",
        )


def columns_that_are_needed(transform: Transform) -> Iterator[Breach]:
    """A format is known, or its columns are named: one of the two."""
    results = transform.results
    if results is None:
        return
    if results.format != "object_detection":
        if not results.columns:
            yield Breach(
                place=("results",),
                rule=f"What a {results.format} output holds, its file says.",
                fix="Add columns: [{name: ..., type: ...}].",
            )
        return
    for key, given in (("columns", results.columns), ("label", results.label)):
        if given:
            yield Breach(
                place=("results", key),
                rule="What object_detection answers is known (AWS: Object Detection "
                "Request and Response Formats).",
                fix="Remove it, or write format: json_lines.",
            )


def format_of_the_outputs(transform: Transform) -> Iterator[Breach]:
    """The container is asked for what the table reads."""
    results, accept = transform.results, transform.transform_output.accept or ""
    if results is None:
        return
    other = "application/json" if results.format == "csv" else "text/csv"
    if accept.startswith(other):
        yield Breach(
            place=("results", "format"),
            rule=f"The container is asked for {accept} (transform_output.accept), "
            f"and a table of {results.format} cannot read that.",
            fix="Change one of the two.",
        )


def columns_with_names(transform: Transform) -> Iterator[Breach]:
    """A name stands for one column of table and view."""
    seen = list(BESIDE_THE_ANSWERS)
    columns = transform.results.columns if transform.results else ()
    for position, column in enumerate(columns):
        if column.name in seen:
            yield Breach(
                place=(*_COLUMNS, position, "name"),
                rule="Each column has a name of its own, and "
                f"{', '.join(BESIDE_THE_ANSWERS)} are those of the table itself.",
                fix="Give it another name; in JSON, that of a column is its key.",
            )
        seen.append(column.name)


def columns_with_types(transform: Transform) -> Iterator[Breach]:
    """A type that Glue or Athena does not know fails each query, and no deployment."""
    results = transform.results
    if results is None:
        return
    for position, column in enumerate(results.columns):
        place = (*_COLUMNS, position, "type")
        try:
            found = ColumnType.of(column.type)
        except ColumnTypeError as error:
            yield Breach(
                place=place,
                rule=f"This is no type of a column: {error} (AWS: Data types in "
                "Amazon Athena).",
            )
            continue
        if results.format == "csv" and not found.is_plain:
            yield Breach(
                place=place,
                rule="A CSV file holds single values.",
                fix="Write string, or format: json_lines.",
            )


def label_of_a_column(transform: Transform) -> Iterator[Breach]:
    """What is counted is there."""
    results = transform.results
    if results is None or results.label is None or not results.columns:
        return
    with suppress(ColumnTypeError):
        types = {each.name: ColumnType.of(each.type) for each in results.columns}
        try:
            Label.of(results.label, types)
        except LabelError as error:
            yield Breach(
                place=("results", "label"),
                rule=f"Nothing can be counted by this: {error}.",
                fix="Name a column, or column.field, that holds one value.",
            )


def tables_apart(transforms: Sequence[Transform]) -> Iterator[tuple[int, Breach]]:
    """The tables of two transforms lie in one database.

    Yields:
        The position of a transform, and its breach.
    """
    seen: dict[str, str] = {}
    for position, transform in enumerate(transforms):
        with suppress(UnknownKeyError):
            if transform.results is None:
                continue
            names = Tables(database="", transform=transform.name).names
            taken = [name for name in names if name in seen]
            if taken:
                yield (
                    position,
                    Breach(
                        place=("results",),
                        rule=f"{taken[0]} is a table of {seen[taken[0]]} already.",
                        fix="Rename one of the two files.",
                    ),
                )
            seen.update(dict.fromkeys(names, transform.name))
