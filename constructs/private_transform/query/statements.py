"""The SQL that comes with each table, in the dialect of Athena's engine.

AWS: SQL reference for Athena. Every statement says which days it looks at: a table has
a place for each of some thousand days, and one that is asked about all of them costs a
request for each.
"""

from collections.abc import Sequence

from private_transform.environment import Column
from private_transform.query.column_types import ColumnType
from private_transform.query.formats import OutputFormat
from private_transform.query.label import Label
from private_transform.query.tables import BESIDE_THE_ANSWERS, Tables

_WELL = "result IN ('succeeded', 'tolerated')"
_MENDED = f"bool_or({_WELL}) OVER (PARTITION BY date, root)"
"""Whether a run ended well, or one of its repetitions did."""

_LATELY = "date >= CAST(current_date - INTERVAL '40' DAY AS varchar)"

OF_EACH_RUN = (
    Column(name="job", type="string"),
    Column(name="root", type="string"),
    Column(name="origin", type="string"),
    Column(name="result", type="string"),
    Column(name="summary", type="string"),
    Column(name="reason", type="string"),
    Column(name="began", type="string"),
    Column(name="ended", type="string"),
    Column(name="inputs", type="bigint"),
    Column(name="outputs", type="bigint"),
    Column(name="folder", type="string"),
    Column(name="failed_inputs", type="array<string>"),
)
"""The columns of a table of runs, as `handlers.outcomes` writes them."""


def current(tables: Tables, form: OutputFormat) -> str:
    """Of each day and input the newest answers of a run that ended well.

    A run that left inputs out counts with its repetitions, once one of these has ended
    well: a repetition is over all that was left out.
    """
    columns = ", ".join(f'"{each.name}"' for each in form.columns)
    return f"""\
WITH whole AS (
  SELECT date, job, folder, began
  FROM (
    SELECT date, job, folder, began, {_MENDED} AS mended
    FROM {tables.quoted(tables.runs)}
  )
  WHERE mended
), answers AS (
  SELECT date, {", ".join(form.value(each) for each in form.columns)},
    regexp_extract("$path", '/job=([^/]+)/', 1) AS job,
    regexp_extract("$path", '/job=[^/]+/(.+)[.]out$', 1) AS path
  FROM {tables.quoted(tables.outputs)}
), ranked AS (
  SELECT answers.date, whole.folder || answers.path AS input, {columns},
    answers.job, whole.began,
    rank() OVER (
      PARTITION BY answers.date, whole.folder || answers.path
      ORDER BY whole.began DESC, answers.job DESC
    ) AS place
  FROM answers
  JOIN whole ON answers.date = whole.date AND answers.job = whole.job
)
SELECT date, input, {columns}, job, began
FROM ranked
WHERE place = 1"""


def current_columns(form: OutputFormat) -> Sequence[Column]:
    """The columns of the view."""
    first, second, *last = (
        Column(name=name, type="string") for name in BESIDE_THE_ANSWERS
    )
    return [first, second, *form.columns, *last]


def engine_columns(columns: Sequence[Column]) -> list[dict[str, str]]:
    """Columns as a view names them to Athena's engine."""
    return [
        {"name": each.name, "type": ColumnType.of(each.type).engine} for each in columns
    ]


def latest_run(tables: Tables) -> str:
    """The answers of the run that began last."""
    view = tables.quoted(tables.current)
    return f"""\
SELECT *
FROM {view}
WHERE {_LATELY}
  AND began = (
    SELECT max(began)
    FROM {view}
    WHERE {_LATELY}
  )
ORDER BY input"""


def counts_by_label(tables: Tables, label: Label) -> str:
    """How many answers there are of each label, by day."""
    source = [tables.quoted(tables.current), *filter(None, [label.join])]
    lines = "\n".join(source)
    return f"""\
SELECT date, {label.value} AS label, count(*) AS answers
FROM {lines}
WHERE {_LATELY}
GROUP BY date, {label.value}
ORDER BY date DESC, answers DESC"""


def failures(tables: Tables) -> str:
    """The runs that failed and that no repetition has made good, by input."""
    return f"""\
SELECT date, job, input, summary, reason
FROM (
  SELECT *, {_MENDED} AS mended
  FROM {tables.quoted(tables.runs)}
  WHERE {_LATELY}
)
LEFT JOIN UNNEST(failed_inputs) AS left_out (input) ON TRUE
WHERE result = 'failed' AND NOT mended
ORDER BY date DESC, job, input"""
