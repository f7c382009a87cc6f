"""What of each answer is counted: a column, or something within it."""

from collections.abc import Mapping
from dataclasses import dataclass

from private_transform.query.column_types import ColumnType


class LabelError(ValueError):
    """Nothing can be counted by that; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """Where the label of each answer is found, in SQL.

    Args:
        value: The label.
        join: What makes a row of each answer, after the table's name; may be empty.
    """

    value: str
    join: str = ""

    @classmethod
    def of(cls, path: str, columns: Mapping[str, ColumnType]) -> "Label":
        """Find the label that a file names.

        Args:
            path: `column`, or `column.field`.
            columns: The types of the table's columns by their names.

        Raises:
            LabelError: There is no such column, or it holds no single values.
        """
        name, dot, field = path.partition(".")
        column = columns.get(name)
        if column is None:
            raise LabelError(f"there is no column {name}")
        answer = column.item or column
        if dot:
            fields = dict(answer.fields)
            if field not in fields:
                raise LabelError(f"what {name} holds has no field {field}")
            answer = fields[field]
        if not answer.is_plain:
            raise LabelError(f"{path} holds {answer.engine}, which is no single value")
        if column.item is None:
            return cls(value=f'"{name}"' + (f'."{field}"' if dot else ""))
        inner = (
            f'transform("{name}", answer -> answer."{field}")' if dot else f'"{name}"'
        )
        return cls.of_each(inner)

    @classmethod
    def of_each(cls, labels: str) -> "Label":
        """The labels of several answers, as an expression that gives an array."""
        return cls(
            value="each_answer.label",
            join=f"CROSS JOIN UNNEST({labels}) AS each_answer (label)",
        )
