"""The values that a statement leaves to a column, as far as its text alone says so.

An injected partition column needs such values (AWS: Dynamic ID partitioning): an
equality with a literal, or IN a list of literals, that every row must meet.
"""

from collections.abc import Callable, Iterator

from sqlglot import exp

Restrict = Callable[[str], frozenset[str] | None]
"""By a column's name: the values that are left to it; None when any may come."""


def free(column: str) -> None:
    """Restrict nothing: what is outside of a statement."""


def of_table(table: exp.Table, outside: Restrict = free) -> Restrict:
    """What the query around one place of a table leaves to the table's columns.

    Args:
        table: The place, in a FROM or a JOIN.
        outside: What is left to the columns of the whole query, which may be a view's.
    """

    def restrict(column: str) -> frozenset[str] | None:
        return _left(table, table.alias_or_name.lower(), column, outside)

    return restrict


def _left(
    source: exp.Expr, alias: str, column: str, outside: Restrict
) -> frozenset[str] | None:
    """The values that are left where a source with an alias is read."""
    select = source.find_ancestor(exp.Select)
    if select is None:
        return None
    for condition in _conditions(select):
        values = _values(condition, alias, column)
        if values is not None:
            return values
    return _left_outside(select, column, outside) if _shows(select, column) else None


def _left_outside(
    select: exp.Select, column: str, outside: Restrict
) -> frozenset[str] | None:
    """What is left by those who read a select's result."""
    if select.parent is None:
        return outside(column)
    if isinstance(select.parent, exp.Subquery) and isinstance(
        select.parent.parent, exp.From | exp.Join
    ):
        alias = select.parent.alias.lower()
        return _left(select.parent, alias, column, outside)
    if isinstance(select.parent, exp.CTE):
        return _left_by_readers(select.parent, column, outside)
    return None


def _left_by_readers(
    common: exp.CTE, column: str, outside: Restrict
) -> frozenset[str] | None:
    found: frozenset[str] = frozenset()
    for reader in common.root().find_all(exp.Table):
        if not reader.db and reader.name.lower() == common.alias.lower():
            values = _left(reader, reader.alias_or_name.lower(), column, outside)
            if values is None:
                return None
            found |= values
    return found


def _conditions(select: exp.Select) -> Iterator[exp.Expr]:
    """What every row of a select meets: the parts of WHERE that AND joins."""
    where = select.args.get("where")
    if where is not None:
        condition = where.this.unnest()
        yield from (
            condition.flatten() if isinstance(condition, exp.And) else [condition]
        )


def _values(condition: exp.Expr, alias: str, column: str) -> frozenset[str] | None:
    """The values of an equality of the column, or of one or another; else None."""
    condition = condition.unnest()
    if isinstance(condition, exp.Or):
        either = [_values(each, alias, column) for each in condition.flatten()]
        found = [values for values in either if values is not None]
        return frozenset[str]().union(*found) if len(found) == len(either) else None
    if isinstance(condition, exp.EQ):
        sides = [condition.this, condition.expression]
        for one, other in (sides, sides[::-1]):
            if _is_column(one, alias, column) and _is_text(other):
                return frozenset([str(other.this)])
    if isinstance(condition, exp.In) and _is_column(condition.this, alias, column):
        values = condition.expressions
        if values and all(map(_is_text, values)):
            return frozenset(str(value.this) for value in values)
    return None


def _is_column(node: exp.Expr, alias: str, column: str) -> bool:
    return (
        isinstance(node, exp.Column)
        and node.name.lower() == column
        and node.table.lower() in ("", alias)
    )


def _is_text(node: exp.Expr) -> bool:
    return isinstance(node, exp.Literal) and node.is_string


def _shows(select: exp.Select, column: str) -> bool:
    """Whether a select hands a column on as it is, row by row."""
    if select.args.get("limit") or select.args.get("offset"):
        return False
    return select.is_star or any(
        isinstance(each, exp.Column) and each.name.lower() == column
        for each in select.selects
    )
