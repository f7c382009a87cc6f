"""A statement of Athena's: what it is, and which tables it names."""

from dataclasses import dataclass

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from rehearsal.athena.errors import QueryFailed
from rehearsal.athena.grammar import require_trino

CATALOG = "awsdatacatalog"


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a table or view, in lower case, as the Data Catalog has it."""

    database: str
    table: str


def parse(sql: str) -> exp.Query:
    """Read one statement.

    Raises:
        QueryFailed: It cannot be read, or is anything but a SELECT.
    """
    try:
        found = [each for each in sqlglot.parse(sql, read="athena") if each is not None]
    except SqlglotError as error:
        raise QueryFailed(f"SYNTAX_ERROR: {str(error).splitlines()[0]}") from error
    if len(found) != 1:
        raise QueryFailed("SYNTAX_ERROR: Only one sql statement is allowed.")
    if not isinstance(found[0], exp.Query):
        raise QueryFailed(
            f"the rehearsal runs SELECT only, no {found[0].key.upper()}: "
            f"{sql.strip()[:60]}"
        )
    require_trino(sql, found[0])
    return found[0]


def name_tables(query: exp.Query, database: str) -> list[tuple[exp.Table, Name]]:
    """Every place where a query names a table or view, and which one it is.

    The query is changed: each place gets the name in full.

    Args:
        query: The query.
        database: Of names that have none.
    """
    own = {each.alias.lower() for each in query.find_all(exp.CTE)}
    places = []
    for table in query.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier):
            raise QueryFailed(f"the rehearsal reads tables only, no {table.this.sql()}")
        if not table.db and table.name.lower() in own - _defined_around(table):
            continue
        if table.catalog and table.catalog.lower() != CATALOG:
            raise QueryFailed(f"the rehearsal has no catalog {table.catalog}")
        name = Name(table.db.lower() or database.lower(), table.name.lower())
        places.append((table, name))
    for table, name in places:
        table.set("catalog", None)
        table.set("db", exp.to_identifier(name.database, quoted=True))
        table.set("this", exp.to_identifier(name.table, quoted=True))
    return places


def _defined_around(table: exp.Table) -> set[str]:
    """What WITH defines by this place: its name means something else inside."""
    found = set[str]()
    around = table.find_ancestor(exp.CTE)
    while around is not None:
        found.add(around.alias.lower())
        around = around.find_ancestor(exp.CTE)
    return found
