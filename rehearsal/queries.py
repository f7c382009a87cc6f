"""What an analyst asks of the results, and what comes back."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from private_transform.environment import Transform
from private_transform.query.tables import Tables
from rehearsal.company import Company
from rehearsal.report import AnswerRow
from rehearsal.results import WrongResultError

_SECONDS = 60
_ENDED = ("SUCCEEDED", "FAILED", "CANCELLED")

Row = tuple[str | None, ...]


class QueryError(Exception):
    """A query came to nothing; the text is Athena's reason."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Where one person queries an environment's results.

    Args:
        athena: A client of Athena, as that person.
        workgroup: The environment's workgroup.
        database: Its database.
    """

    athena: Any
    workgroup: str
    database: str

    @classmethod
    def of(cls, company: Company, role: str) -> "Desk":
        """The desk of a role."""
        operations = company.outputs("operations")
        return cls(
            athena=company.client("athena", role=role),
            workgroup=operations["Workgroup"],
            database=operations["Database"],
        )

    def ask(self, sql: str, **settings: Any) -> list[Row]:
        """The answer, its columns' names first.

        Args:
            sql: The question.
            settings: Further ones of StartQueryExecution.

        Raises:
            QueryError: Athena has no answer.
        """
        ended = self.run(sql, **settings)
        pages = self.athena.get_paginator("get_query_results").paginate(
            QueryExecutionId=ended["QueryExecutionId"]
        )
        return [
            tuple(each.get("VarCharValue") for each in row["Data"])
            for page in pages
            for row in page["ResultSet"]["Rows"]
        ]

    def run(self, sql: str, **settings: Any) -> Mapping[str, Any]:
        """Athena's record of a query that ended well.

        Raises:
            QueryError: It did not.
        """
        started = self.athena.start_query_execution(
            QueryString=sql,
            QueryExecutionContext={"Database": self.database},
            **{"WorkGroup": self.workgroup, **settings},
        )
        deadline = time.monotonic() + _SECONDS
        while True:
            found: Mapping[str, Any] = self.athena.get_query_execution(
                QueryExecutionId=started["QueryExecutionId"]
            )["QueryExecution"]
            status = found["Status"]
            if status["State"] == "SUCCEEDED":
                return found
            if status["State"] in _ENDED or time.monotonic() > deadline:
                raise QueryError(status.get("StateChangeReason", status["State"]))
            time.sleep(0.1)


def questions(company: Company, transform: Transform) -> Iterator[AnswerRow]:
    """Ask of one transform what is asked most, as an analyst.

    Raises:
        QueryError: A question has no answer.
        WrongResultError: An input is seen twice.
    """
    desk = Desk.of(company, company.environment.people.analysts[0].role)
    view = Tables(database=desk.database, transform=transform.name).current
    asked = f"SELECT date, input, count(DISTINCT job) AS jobs FROM {view} GROUP BY 1, 2"
    for row in desk.ask(asked)[1:]:
        if row[2] != "1":
            raise WrongResultError(f"{row[1]} of {row[0]} has answers of {row[2]} jobs")
    if transform.results and transform.results.format == "object_detection":
        yield _answered(
            desk,
            f"{transform.name}: what was seen in each photograph",
            "SELECT date, input, cardinality(prediction) AS objects\n"
            f"FROM {view}\n"
            "ORDER BY date, input",
        )
    for name, sql in sorted(_saved(desk, transform.name)):
        yield _answered(desk, name, sql)


def _saved(desk: Desk, transform: str) -> Iterator[tuple[str, str]]:
    """Name and statement of each query that the environment keeps of a transform."""
    ids = desk.athena.list_named_queries(WorkGroup=desk.workgroup)["NamedQueryIds"]
    for each in ids:
        saved = desk.athena.get_named_query(NamedQueryId=each)["NamedQuery"]
        if f" {transform}: " in saved["Name"]:
            yield saved["Name"].partition(" ")[2], saved["QueryString"]


def _answered(desk: Desk, question: str, sql: str) -> AnswerRow:
    columns, *rows = desk.ask(sql)
    return AnswerRow(question=question, sql=sql, columns=_named(columns), rows=rows)


def _named(columns: Sequence[str | None]) -> tuple[str, ...]:
    return tuple(each or "" for each in columns)
