"""Athena's SQL as DuckDB's, with an error where DuckDB would answer otherwise.

Macros of DuckDB stand in where only the types of values tell the two apart.
"""

from collections.abc import Callable, Collection
from typing import Final

from sqlglot import exp
from sqlglot.optimizer.annotate_types import annotate_types

from rehearsal.athena.errors import QueryFailed

KNOWN: Final = (
    *(exp.Abs, exp.And, exp.AnyValue, exp.Array, exp.ArrayAgg, exp.ArrayContains),
    *(exp.ArrayFilter, exp.ArraySize, exp.Avg, exp.Case, exp.Cast, exp.Ceil),
    *(exp.Coalesce, exp.Concat, exp.Count, exp.CountIf, exp.CurrentDate),
    *(exp.CurrentTimestamp, exp.Date, exp.DateAdd, exp.DateDiff, exp.DateTrunc),
    *(exp.Day, exp.DenseRank, exp.Exists, exp.Extract, exp.Flatten, exp.Floor, exp.If),
    *(exp.Lag, exp.Lead, exp.Length, exp.LogicalAnd, exp.LogicalOr, exp.Lower),
    *(exp.Max, exp.Min, exp.Month, exp.Nullif, exp.Or, exp.Rank, exp.RegexpExtract),
    *(
        exp.RegexpLike,
        exp.Replace,
        exp.Round,
        exp.RowNumber,
        exp.Split,
        exp.StrPosition,
    ),
    *(exp.StrToTime, exp.Substring, exp.Sum, exp.TimeToStr, exp.TimestampTrunc),
    *(exp.Transform, exp.Trim, exp.Try, exp.TryCast, exp.Unnest, exp.Upper, exp.Year),
)
"""The functions whose answers were compared with what Trino documents."""

PATH: Final = "$path"
"""The hidden column with an object's place. AWS: $path in Athena's SQL reference."""

MACROS: Final = (
    """CREATE MACRO trino_divide(a, b) AS CASE
    WHEN (typeof(a) LIKE 'DECIMAL%' OR typeof(b) LIKE 'DECIMAL%')
        AND typeof(a) <> 'DOUBLE' AND typeof(b) <> 'DOUBLE'
    THEN error('the rehearsal does not divide decimals: CAST one AS DOUBLE')
    ELSE a / b END""",
    """CREATE MACRO trino_double(a) AS CASE
    WHEN typeof(a) <> 'DOUBLE'
    THEN error('the rehearsal rounds doubles only: CAST it AS DOUBLE')
    ELSE a END""",
    """CREATE MACRO trino_no_decimal(a) AS CASE
    WHEN typeof(a) LIKE 'DECIMAL%'
    THEN error('the rehearsal averages no decimals: CAST them AS DOUBLE')
    ELSE a END""",
    """CREATE MACRO trino_text(a) AS CASE
    WHEN typeof(a) NOT IN ('BIGINT', 'BOOLEAN', 'DATE', 'HUGEINT', 'INTEGER', 'VARCHAR',
        'NULL', '"NULL"') AND typeof(a) NOT LIKE 'DECIMAL%'
    THEN error('the rehearsal does not write a ' || typeof(a) || ' as text')
    ELSE CAST(a AS VARCHAR) END""",
    """CREATE MACRO trino_number(a) AS CASE
    WHEN typeof(a) = 'DATE'
    THEN error('TYPE_MISMATCH: a date and a number have no sum: use INTERVAL')
    ELSE a END""",
    """CREATE MACRO trino_readable(a, form) AS CASE
    WHEN typeof(a) = 'VARCHAR' AND NOT regexp_full_match(CAST(a AS VARCHAR), form)
    THEN error('INVALID_CAST_ARGUMENT: Cannot cast ' || CAST(a AS VARCHAR))
    ELSE a END""",
    """CREATE MACRO trino_readable_or_null(a, form) AS CASE
    WHEN typeof(a) = 'VARCHAR' AND NOT regexp_full_match(CAST(a AS VARCHAR), form)
    THEN NULL
    ELSE a END""",
    """CREATE MACRO trino_item(a, i) AS CASE
    WHEN typeof(a) = 'VARCHAR' THEN error('TYPE_MISMATCH: a text has no subscripts')
    WHEN i < 1 THEN error('INVALID_FUNCTION_ARGUMENT: SQL array indices start at 1')
    WHEN i > len(a) THEN error('INVALID_FUNCTION_ARGUMENT: Array subscript must be '
        || 'less than or equal to array length: ' || i || ' > ' || len(a))
    ELSE a[i] END""",
    """CREATE MACRO trino_value(a, k) AS CASE
    WHEN NOT map_contains(a, k)
    THEN error('INVALID_FUNCTION_ARGUMENT: Key not present in map: ' || k)
    ELSE a[k] END""",
    """CREATE MACRO trino_extract(a, p, g) AS CASE
    WHEN regexp_matches(a, p) THEN regexp_extract(a, p, g) END""",
    """CREATE MACRO trino_contains(a, v) AS CASE
    WHEN list_contains(a, v) THEN TRUE
    WHEN len(list_filter(a, LAMBDA each : each IS NULL)) > 0 THEN NULL
    ELSE list_contains(a, v) END""",
    r"""CREATE MACRO trino_unnest(a) AS CASE
    WHEN regexp_full_match(typeof(a), 'STRUCT\(.*\)\[\]|MAP\(.*\)')
    THEN error('the rehearsal does not UNNEST rows or maps, whose fields become '
        || 'columns: UNNEST(transform(...)) what is needed')
    ELSE a END""",
)
"""What is asked of DuckDB before any statement."""

_COMPARISONS: Final = (exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In)
_KEEPS_TEXT: Final = (
    *_COMPARISONS,
    exp.Between,
    exp.Case,
    exp.Coalesce,
    exp.If,
    exp.Nullif,
)
_REFUSED: Final = (
    *(exp.Lateral, exp.Parameter, exp.Pivot, exp.Placeholder, exp.Qualify),
    *(exp.NullSafeEQ, exp.NullSafeNEQ, exp.Slice, exp.TableSample, exp.Version),
)
_TARGETS: Final = (
    *(exp.DType.BIGINT, exp.DType.BOOLEAN, exp.DType.DATE, exp.DType.DECIMAL),
    *(exp.DType.DOUBLE, exp.DType.INT, exp.DType.TIMESTAMP, exp.DType.VARCHAR),
)
_WHOLE: Final = r"[+-]?\d+"
_DAY: Final = r"\d{4}-\d{1,2}-\d{1,2}"
_FORMS: Final = {
    exp.DType.BIGINT: _WHOLE,
    exp.DType.DATE: _DAY,
    exp.DType.INT: _WHOLE,
    exp.DType.TIMESTAMP: rf"{_DAY}( \d{{1,2}}:\d{{1,2}}(:\d{{1,2}}(\.\d+)?)?)?",
}
"""By type: the texts that Trino casts to it, where DuckDB casts more."""
_MOMENTS: Final = (exp.DType.TIMESTAMP, exp.DType.TIMESTAMPTZ)


def to_duckdb(query: exp.Query, stored: Collection[exp.Table]) -> str:
    """Translate a query, which is changed.

    Args:
        query: The query.
        stored: Its places of tables that have the hidden column `$path`.

    Raises:
        QueryFailed: It holds what DuckDB would answer otherwise, or what nobody has
            compared.
    """
    _require_known(query)
    places = {id(table) for table in stored}
    for select in query.find_all(exp.Select):
        _hide_path(select, places)
        _name_columns(select)
    # What is inside comes first, so that a change never meets its own outcome.
    for node in reversed(list(query.walk())):
        changed = _changed(node)
        if changed is not node:
            node.replace(changed)
    return query.sql(dialect="duckdb")


def _require_known(query: exp.Query) -> None:
    for node in query.walk():
        if isinstance(node, exp.Func) and not isinstance(node, KNOWN):
            name = node.name if isinstance(node, exp.Anonymous) else node.sql_name()
            raise QueryFailed(
                f"nobody has compared the rehearsal's function {name.lower()} with "
                "Athena's"
            )
        if isinstance(node, _REFUSED):
            raise QueryFailed(f"the rehearsal does not know {node.key.upper()}")


def _hide_path(select: exp.Select, places: Collection[int]) -> None:
    """Leave `$path` out of stars, where a star would show it."""
    sources = [select.args.get("from_"), *(select.args.get("joins") or ())]
    hidden = {
        each.this.alias_or_name.lower()
        for each in sources
        if each is not None and id(each.this) in places
    }
    for each in select.expressions:
        star = each.this if isinstance(each, exp.Column) else each
        if not isinstance(star, exp.Star):
            continue
        if each.table.lower() in hidden if star is not each else hidden:
            star.set("except_", [exp.to_identifier(PATH, quoted=True)])


def _name_columns(select: exp.Select) -> None:
    """Give columns without a name the one that Trino gives them."""
    named = []
    for number, each in enumerate(select.expressions):
        if isinstance(each, exp.Dot):
            named.append(exp.alias_(each, each.name))
        elif isinstance(each, exp.Alias | exp.Column | exp.Star):
            named.append(each)
        else:
            named.append(exp.alias_(each, f"_col{number}"))
    select.set("expressions", named)


def _changed(node: exp.Expr) -> exp.Expr:
    for kind, change in _CHANGES:
        if isinstance(node, kind):
            return change(node)
    return node


def _macro(name: str, *arguments: exp.Expr) -> exp.Expr:
    copies = [each.copy() for each in arguments]
    return exp.Anonymous(this=name, expressions=copies)


def _literal(node: exp.Expr) -> exp.Expr:
    """DuckDB takes a text for whatever it is compared with; Trino takes it for text."""
    if node.is_string and isinstance(node.parent, _KEEPS_TEXT):
        return exp.cast(node.copy(), "varchar")
    return node


def _comparison(node: exp.Expr) -> exp.Expr:
    """Compare values of one type only; DuckDB's COALESCE takes no others."""
    others = node.expressions if isinstance(node, exp.In) else [node.expression]
    if not others:
        return node
    same = exp.Coalesce(
        this=node.this.copy(), expressions=[each.copy() for each in others]
    )
    known = exp.Not(this=exp.Is(this=same, expression=exp.Null()))
    return exp.Case(ifs=[exp.If(this=known, true=node.copy())])


def _nullif(node: exp.Expr) -> exp.Expr:
    same = exp.EQ(this=node.this.copy(), expression=node.expression.copy())
    is_same = exp.If(this=_comparison(same), true=exp.Null())
    return exp.Case(ifs=[is_same], default=node.this.copy())


def _joined_text(node: exp.Expr) -> exp.Expr:
    """Join text only; DuckDB would take numbers, too."""
    text = exp.cast(exp.Null(), "varchar")
    parts = node.expressions or [node.this, node.expression]
    for part in parts:
        part.replace(exp.Coalesce(this=part.copy(), expressions=[text.copy()]))
    return node


def _subscript(node: exp.Expr) -> exp.Expr:
    """Fail where nothing is; DuckDB answers NULL, which is right for `element_at`."""
    if node.args.get("safe"):
        return node
    [index] = node.expressions
    if index.is_string:
        return _macro("trino_value", node.this, index)
    if not index.is_int:
        raise QueryFailed("the rehearsal takes subscripts that are numbers or texts")
    # SQLGlot counts from 0.
    return _macro("trino_item", node.this, exp.Literal.number(index.to_py() + 1))


def _cast(node: exp.Expr) -> exp.Expr:
    target = node.args["to"]
    if target.this not in _TARGETS:
        raise QueryFailed(f"the rehearsal does not cast to {target.sql('athena')}")
    form = _FORMS.get(target.this)
    if form is not None:
        tries = isinstance(node, exp.TryCast)
        macro = "trino_readable_or_null" if tries else "trino_readable"
        node.set("this", _macro(macro, node.this, exp.Literal.string(form)))
    if target.this != exp.DType.VARCHAR:
        return node
    if target.expressions:
        raise QueryFailed("the rehearsal casts to VARCHAR without a length only")
    if isinstance(node.this, exp.Literal | exp.Null):
        return node
    return _macro("trino_text", node.this)


def _unnest(node: exp.Expr) -> exp.Expr:
    if len(node.expressions) != 1:
        raise QueryFailed("the rehearsal does UNNEST one array at a time")
    node.set("expressions", [_macro("trino_unnest", node.expressions[0])])
    return node


def _argument(macro: str) -> Callable[[exp.Expr], exp.Expr]:
    """Check the argument of a function by a macro."""

    def change(node: exp.Expr) -> exp.Expr:
        node.set("this", _macro(macro, node.this))
        return node

    return change


def _extract(node: exp.Expr) -> exp.Expr:
    """Nothing where a pattern does not match; DuckDB answers an empty text."""
    group = node.args.get("group") or exp.Literal.number(0)
    return _macro("trino_extract", node.this, node.expression, group)


def _days_between(node: exp.Expr) -> exp.Expr:
    """Whole units, as Trino counts; DuckDB's DATE_DIFF counts their ends."""
    unit = exp.Literal.string(node.text("unit").lower())
    return _macro("date_sub", unit, node.expression, node.this)


def _moved(node: exp.Expr) -> exp.Expr:
    """A date with days added is a date; DuckDB makes a timestamp of it."""
    adds = isinstance(node, exp.Add | exp.Sub)
    if adds and not isinstance(node.expression, exp.Interval):
        for side in (node.this, node.expression):
            side.replace(_macro("trino_number", side))
        return node
    known = annotate_types(node.this.copy(), dialect="athena").type
    if known is not None and known.this == exp.DType.DATE:
        return exp.cast(node.copy(), "date")
    if known is None or known.this not in _MOMENTS:
        raise QueryFailed(
            f"the rehearsal must be told what {node.this.sql('athena')} is: CAST it AS "
            "DATE or TIMESTAMP"
        )
    return node


_Kinds = type[exp.Expr] | tuple[type[exp.Expr], ...]

_CHANGES: Final[tuple[tuple[_Kinds, Callable[[exp.Expr], exp.Expr]], ...]] = (
    (exp.Literal, _literal),
    (_COMPARISONS, _comparison),
    (exp.Nullif, _nullif),
    ((exp.DPipe, exp.Concat), _joined_text),
    (exp.Div, lambda node: _macro("trino_divide", node.this, node.expression)),
    (exp.Bracket, _subscript),
    (exp.Cast, _cast),
    (exp.Unnest, _unnest),
    (exp.Avg, _argument("trino_no_decimal")),
    ((exp.Ceil, exp.Floor, exp.Round), _argument("trino_double")),
    (
        exp.ArrayContains,
        lambda node: _macro("trino_contains", node.this, node.expression),
    ),
    (exp.RegexpExtract, _extract),
    (exp.DateDiff, _days_between),
    (
        (exp.Add, exp.Sub, exp.DateAdd, exp.DateTrunc, exp.TimestampTrunc),
        _moved,
    ),
)
