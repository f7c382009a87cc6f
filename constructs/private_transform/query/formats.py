"""Formats of outputs: their columns, and how Athena reads them.

AWS: OpenX JSON SerDe; AWS: Open CSV SerDe for processing CSV.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from private_transform.environment import Column, Results
from private_transform.query.column_types import ColumnType
from private_transform.query.label import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFormat:
    """One transform's outputs as a table.

    Args:
        columns: As the transform's file has them, or as the format is known to.
        stored: As they are read: all of a CSV is text, where something may be missing.
        serde: The class that reads them.
        parameters: Its settings.
        label: What of each answer is counted; None where nobody said so.
    """

    columns: Sequence[Column]
    stored: Sequence[Column]
    serde: str
    label: Label | None
    parameters: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, results: Results) -> "OutputFormat":
        """The format that a transform's file describes."""
        columns = results.columns
        if results.format == "object_detection":
            # AWS: Object Detection Request and Response Formats.
            columns = (Column(name="prediction", type="array<array<double>>"),)
            of_class = 'transform("prediction", answer -> CAST(answer[1] AS integer))'
            label: Label | None = Label.of_each(of_class)
        else:
            types = {each.name: ColumnType.of(each.type) for each in columns}
            label = Label.of(results.label, types) if results.label else None
        if results.format == "csv":
            return cls(
                columns=columns,
                stored=[Column(name=each.name, type="string") for each in columns],
                serde="org.apache.hadoop.hive.serde2.OpenCSVSerde",
                parameters={"separatorChar": ",", "quoteChar": '"', "escapeChar": "\\"},
                label=label,
            )
        return cls(
            columns=columns,
            stored=columns,
            serde="org.openx.data.jsonserde.JsonSerDe",
            label=label,
        )

    def value(self, column: Column) -> str:
        """A column of the table as what the file says that it is, in SQL."""
        name = f'"{column.name}"'
        if column in self.stored:
            return name
        engine = ColumnType.of(column.type).engine
        return f"CAST(NULLIF({name}, '') AS {engine}) AS {name}"
