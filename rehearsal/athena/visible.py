"""The names of columns that a SELECT sees: its sources', and none of its own.

DuckDB lets WHERE, GROUP BY, HAVING and other columns use what AS names; Trino does
not.
"""

from collections.abc import Collection, Iterable, Mapping

from sqlglot import exp

from rehearsal.athena.errors import QueryFailed

Columns = Mapping[int, Collection[str]]
"""By the identity of a place of a table: the columns that are there."""


def require_visible(query: exp.Query, columns: Columns) -> None:
    """Refuse columns that only AS, or a table's name, names.

    HAVING is refused what AS names even where a source has the same.

    Raises:
        QueryFailed: There is one.
    """
    for select in query.find_all(exp.Select):
        own = _own_names(select)
        seen = _seen(select, columns)
        sources = {each.alias_or_name.lower() for each in _sources(select)}
        parts = [
            *select.expressions,
            select.args.get("where"),
            select.args.get("group"),
        ]
        _require(select, parts, (own | sources) - seen)
        _require(select, [select.args.get("having")], own | (sources - seen))


def _require(
    select: exp.Select, parts: Iterable[exp.Expr | None], hidden: Collection[str]
) -> None:
    """Refuse hidden names that a select itself, no query inside of it, uses."""
    for part in parts:
        for column in part.find_all(exp.Column) if part is not None else ():
            name = column.name.lower()
            if (
                name in hidden
                and not column.table
                and column.find_ancestor(exp.Select) is select
            ):
                raise QueryFailed(
                    f"COLUMN_NOT_FOUND: Column '{name}' cannot be resolved: it is no "
                    "column of what is selected from"
                )


def _own_names(select: exp.Select) -> set[str]:
    """What AS names, unless it names a column as it is called."""
    return {
        each.alias.lower()
        for each in select.expressions
        if isinstance(each, exp.Alias)
        and not (
            isinstance(each.this, exp.Column)
            and each.this.name.lower() == each.alias.lower()
        )
    }


def _sources(select: exp.Select) -> list[exp.Expr]:
    found = [select.args.get("from_"), *(select.args.get("joins") or ())]
    return [each.this for each in found if each is not None]


def _seen(select: exp.Select, columns: Columns) -> set[str]:
    """The names of all columns of a select's sources."""
    return {name for source in _sources(select) for name in _of_source(source, columns)}


def _of_source(source: exp.Expr, columns: Columns) -> Collection[str]:
    named = source.args.get("alias")
    if named is not None and named.columns:
        return [each.name.lower() for each in named.columns]
    if id(source) in columns:
        return columns[id(source)]
    if isinstance(source, exp.Table):
        [common] = (
            each
            for each in source.root().find_all(exp.CTE)
            if each.alias.lower() == source.name.lower()
        )
        listed = [each.name.lower() for each in common.args["alias"].columns]
        return listed or _answered(common.this, columns)
    if isinstance(source, exp.Subquery):
        return _answered(source.this, columns)
    return []


def _answered(query: exp.Expr, columns: Columns) -> Collection[str]:
    """The names of the columns that a query answers."""
    if isinstance(query, exp.SetOperation):
        return _answered(query.this, columns)
    if not isinstance(query, exp.Select):
        return []
    found = set[str]()
    for each in query.expressions:
        if each.is_star:
            found |= _seen(query, columns)
        else:
            found.add(each.alias_or_name.lower())
    return found
