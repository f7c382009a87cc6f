"""The report as one page for people: no address in it leads elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib.resources import files
from xml.etree.ElementTree import Element

from .figure import figure
from .markup import Content, document, tag
from .values import (
    AnswerRow,
    ClaimRow,
    NotificationRow,
    Report,
    RunRow,
    StackRow,
    TransformRow,
    duration,
    promises,
)


def to_html(report: Report) -> str:
    """Render the report as a self-contained document."""
    tried = promises(report.claims).values()
    held = sum(all(row.ok for row in rows) for rows in tried)
    seen = sum(len(photograph.predictions) for photograph in report.photographs)
    ok = report.status == "ok"
    return document(
        tag(
            "html",
            _head(),
            tag(
                "body",
                tag(
                    "header",
                    tag("h1", "Private Batch Transform: rehearsal"),
                    _mark(ok, "Everything held" if ok else "Failed"),
                    tag(
                        "p",
                        "The real deployment, on an AWS embedded in one process: what "
                        "was created, what ran, and what was tried to get at the data.",
                    ),
                    *([tag("p", report.failure)] if report.failure else []),
                    _numbers(
                        ("Time", duration(report.seconds)),
                        ("Stacks", str(len(report.stacks))),
                        ("Transform jobs", str(len(report.transforms))),
                        ("Promises held", f"{held} of {len(tried)}"),
                        ("Photographs", str(len(report.photographs))),
                        ("Objects found", str(seen)),
                    ),
                ),
                tag("main", *_sections(report)),
                tag(
                    "footer",
                    tag("p", "The same values for programs: report.json beside this."),
                ),
            ),
            lang="en",
        )
    )


def _head() -> Element:
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag(
            "meta",
            http_equiv="Content-Security-Policy",
            content="default-src 'none'; img-src data:; style-src 'unsafe-inline'",
        ),
        tag("title", "Private Batch Transform: rehearsal"),
        tag("style", files(__package__).joinpath("page.css").read_text("utf-8")),
    )


def _sections(report: Report) -> Iterable[Element]:
    if report.photographs:
        yield _section(
            "Predictions",
            "Read from the output bucket through the trusted endpoint, by a role that "
            "may read outputs and nothing else.",
            tag("div", *map(figure, report.photographs), class_="photographs"),
        )
    if report.claims:
        yield _section(
            "Privacy",
            "For each promise, what was tried to break it, and what came back.",
            tag(
                "ul",
                *map(_promise, promises(report.claims).values()),
                class_="claims",
                role="list",
            ),
        )
    if report.transforms:
        yield _section(
            "Transform jobs",
            "One run per transform, started by its deployment.",
            _table(_JOB_COLUMNS, map(_transform, report.transforms)),
        )
    if report.runs:
        yield _section(
            "Other runs",
            "Failures shown on purpose among them, with the status that was expected.",
            _table(_JOB_COLUMNS, map(_run, report.runs)),
        )
    if report.notifications:
        yield _section(
            "Notifications",
            "What a subscriber of the environment's topic heard of these runs.",
            tag(
                "ul",
                *map(_notification, report.notifications),
                class_="claims",
                role="list",
            ),
        )
    if report.answers:
        yield _section(
            "Queries",
            "What an analyst asked of the results, through Athena, and the answers.",
            tag("ul", *map(_answer, report.answers), class_="claims", role="list"),
        )
    if report.stacks:
        yield _section(
            "Stacks",
            "As CloudFormation left them.",
            _table(("Stack", "Status"), map(_stack, report.stacks)),
        )


def _section(title: str, lead: str, content: Element) -> Element:
    name = title.lower().replace(" ", "-")
    return tag(
        "section",
        tag("h2", title, id=name),
        tag("p", lead, class_="quiet"),
        content,
        aria_labelledby=name,
    )


def _mark(ok: bool, words: str) -> Element:
    # The sign says it as well, for eyes that do not tell the colours apart.
    sign = "\N{CHECK MARK}" if ok else "\N{MULTIPLICATION X}"
    return tag(
        "span",
        tag("span", f"{sign} ", aria_hidden="true"),
        words,
        class_=f"mark {'good' if ok else 'bad'}",
    )


def _numbers(*pairs: tuple[str, str]) -> Element:
    return tag(
        "dl",
        *(tag("div", tag("dt", name), tag("dd", value)) for name, value in pairs),
        class_="numbers",
    )


def _promise(tried: Sequence[ClaimRow]) -> Element:
    held = all(row.ok for row in tried)
    verdict = _mark(held, "held" if held else "broken")
    # What held is a line that opens; what was broken lies open.
    return tag(
        "li",
        tag(
            "details",
            tag("summary", tag("h3", tried[0].claim), verdict),
            tag("dl", *(part for row in tried for part in _attempt(row))),
            **({} if held else {"open": "open"}),
        ),
    )


def _attempt(row: ClaimRow) -> Iterable[Element]:
    yield tag("dt", "Tried")
    yield tag("dd", row.tried)
    yield tag("dt", "Seen")
    yield tag("dd", row.seen) if row.ok else tag("dd", tag("strong", row.seen))


def _notification(row: NotificationRow) -> Element:
    lines = [tag("p", line) for line in row.message.splitlines()]
    return tag(
        "li", tag("details", tag("summary", tag("h3", row.subject)), tag("div", *lines))
    )


def _answer(row: AnswerRow) -> Element:
    rows = [[_value(each) for each in line] for line in row.rows]
    number = f"{len(rows)} {'row' if len(rows) == 1 else 'rows'}"
    return tag(
        "li",
        tag(
            "details",
            tag(
                "summary",
                tag("h3", row.question),
                tag("span", number, class_="quiet"),
            ),
            # What is wider than the page is moved within it.
            tag(
                "div",
                tag("pre", row.sql),
                _table(row.columns, rows),
                class_="answer",
                tabindex="0",
                role="region",
                aria_label=row.question,
            ),
        ),
    )


def _value(value: str | None) -> Content:
    return tag("span", "no value", class_="quiet") if value is None else value


_JOB_COLUMNS = ("Transform", "Status", "Outputs", "Time", "What went wrong")


def _transform(row: TransformRow) -> Sequence[Content]:
    return _job(row, _mark(row.status == "Completed", row.status))


def _run(row: RunRow) -> Sequence[Content]:
    if row.status == row.expected:
        return _job(row, _mark(True, f"{row.status}, as expected"))
    return _job(row, _mark(False, f"{row.status}, expected {row.expected}"))


def _job(row: TransformRow, status: Element) -> Sequence[Content]:
    wrong = [
        *([tag("p", "No output for ", *_names(row))] if row.failed_inputs else []),
        *([tag("p", row.failure_reason)] if row.failure_reason else []),
    ]
    return (
        tag("span", row.name, tag("span", row.job or "no job", class_="name")),
        status,
        f"{row.outputs} of {row.inputs}",
        duration(row.seconds),
        tag("div", *wrong) if wrong else tag("span", "nothing", class_="quiet"),
    )


def _names(row: TransformRow) -> Iterable[Content]:
    for number, name in enumerate(row.failed_inputs):
        if number:
            yield ", "
        yield tag("span", name, class_="name")


def _stack(row: StackRow) -> Sequence[Content]:
    # CloudFormation's other final statuses name a failure or a roll-back.
    ok = row.status in ("CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE")
    return [row.name, _mark(ok, row.status)]


def _table(columns: Sequence[str], rows: Iterable[Sequence[Content]]) -> Element:
    """Return a table whose rows become cards on a narrow screen.

    Roles are spelled out because browsers forget that a table is one once its rows
    are laid out as blocks.
    """
    head = tag("tr", *map(_column, columns), role="row")
    body = [tag("tr", *_cells(columns, row), role="row") for row in rows]
    return tag(
        "table",
        tag("thead", head, role="rowgroup"),
        tag("tbody", *body, role="rowgroup"),
        role="table",
    )


def _column(name: str) -> Element:
    return tag("th", name, scope="col", role="columnheader")


def _cells(columns: Sequence[str], row: Sequence[Content]) -> Iterable[Element]:
    yield tag("th", row[0], scope="row", role="rowheader")
    for column, content in zip(columns[1:], row[1:], strict=True):
        yield tag("td", content, data_label=column, role="cell")
