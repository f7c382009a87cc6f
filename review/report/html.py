"""A review as one page for people: it fetches nothing, and runs its own script only."""

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from importlib.resources import files
from xml.etree.ElementTree import Element

from review.findings import SEVERITIES, Finding
from review.review import FailOn, Promise, Review

from .drawing import drawing
from .markup import Content, document, tag
from .text import flat, parts, visible


def as_html(review: Review, fail_on: FailOn) -> str:
    """The review as a document; the same review is the same text.

    Args:
        review: The review.
        fail_on: From which severity on it blocks.
    """
    title = f"Review of {flat(review.change.after.declared.name)}"
    return document(
        tag(
            "html",
            _head(title),
            tag(
                "body",
                tag("a", "Skip to the review", href="#review", class_="skip"),
                _header(title, review, fail_on),
                tag("main", *_sections(review), id="review", tabindex="-1"),
                tag("footer", tag("p", "For programs: --format json or sarif.")),
                tag("script", _own("page.js")),
            ),
            lang="en",
        )
    )


def _own(name: str) -> str:
    return files(__package__).joinpath(name).read_text("utf-8")


def _allowed(name: str) -> str:
    """How a policy names one text that the page may use, and no other."""
    digest = hashlib.sha256(_own(name).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"


def _head(title: str) -> Element:
    policy = (
        f"default-src 'none'; style-src {_allowed('page.css')}; "
        f"script-src {_allowed('page.js')}; base-uri 'none'; form-action 'none'"
    )
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("title", title),
        tag("style", _own("page.css")),
    )


def _header(title: str, review: Review, fail_on: FailOn) -> Element:
    blocks = review.blocks(fail_on)
    numbers = {
        severity.capitalize(): str(
            sum(each.severity == severity for each in review.findings)
        )
        for severity in SEVERITIES
    }
    return tag(
        "header",
        tag("h1", title),
        _mark("Block" if blocks else "Approve", "bad" if blocks else "good"),
        tag(
            "dl",
            *(
                tag("div", tag("dt", name), tag("dd", value))
                for name, value in {
                    **numbers,
                    "Promises proved": _proved(review),
                    "Deploy exactly this": review.change.after.assembly.digest[:16],
                }.items()
            ),
            class_="numbers",
        ),
        *(
            [tag("p", "Everything is created: there is nothing to compare with.")]
            if review.change.before is None
            else []
        ),
    )


def _proved(review: Review) -> str:
    proved = sum(each.after.status == "PROVED" for each in review.promises)
    return f"{proved} of {len(review.promises)}"


def _sections(review: Review) -> Iterator[Element]:
    if review.unreviewed:
        spots = (tag("li", *_sentence(each)) for each in review.unreviewed)
        yield _section("Not reviewed", tag("ul", *spots))
    yield _section("Exceptions", _exceptions(review))
    yield _section("Findings", *_findings(review.findings))
    yield _section(f"Promises: {_proved(review)} proved", _promises(review.promises))
    if review.jobs:
        yield _section("Jobs", _jobs(review))
    if review.access and review.change.before is not None:
        title = f"Policies that changed: {len(review.access)}"
        yield _section(title, _access(review))
    if review.effective:
        title = "Effective access"
        yield _section(title, _effective(review))
    if review.replaced:
        yield _section("Replaced", *_replaced(review))
    if review.network:
        yield _section("Network", drawing(review), _network(review))
    yield _section(f"Compliance: {review.compliance}", _compliance(review))
    if review.register:
        yield _section("Acknowledgements", _register(review))
    if review.code:
        yield _section("Code", *_changed_code(review))


def _section(title: str, *content: Element) -> Element:
    name = title.partition(":")[0].lower().replace(" ", "-")
    heading = tag("h2", title, id=f"{name}-title")
    return tag("section", heading, *content, id=name, aria_labelledby=f"{name}-title")


def _exceptions(review: Review) -> Element:
    if not review.leaves:
        return tag("p", "None: nothing reaches the data from outside.")
    return _table(
        ("Change", "What", "Who", "Until", "Owner", "Reason"),
        (
            (
                "" if each.change == "kept" else each.change,
                flat(each.leave.what),
                _code(each.leave.who),
                flat(each.leave.expires),
                flat(each.leave.owner),
                flat(each.leave.reason),
            )
            for each in review.leaves
        ),
    )


def _findings(findings: Sequence[Finding]) -> Iterator[Element]:
    if not findings:
        yield tag("p", "None.")
        return
    severities = (
        tag(
            "label",
            tag("input", type="checkbox", value=each, checked="checked"),
            f" {each}",
        )
        for each in SEVERITIES
    )
    yield tag(
        "div",
        tag("fieldset", tag("legend", "Severity"), *severities),
        tag("label", "Words in it ", tag("input", type="search")),
        tag("output"),
        # Nothing to use until the script is there to answer.
        id="filter",
        role="search",
        aria_label="Findings",
        hidden="hidden",
    )
    yield _table(
        ("Severity", "Rule", "Resource", "What to know"),
        (
            (
                _mark(each.severity, each.severity),
                _code(each.rule),
                _code(each.resource),
                tag("span", *_sentence(each.message)),
            )
            for each in findings
        ),
    )


def _promises(promises: Iterable[Promise]) -> Element:
    # What is proved is a line that opens; what is not lies open.
    return tag("ul", *map(_promise, promises), class_="promises", role="list")


def _promise(promise: Promise) -> Element:
    is_proved = promise.after.status == "PROVED"
    before = promise.before.status if promise.before else "nothing was there"
    witnesses = [each.says for each in promise.after.violations]
    if promise.after.why and not is_proved:
        witnesses.append(promise.after.why)
    return tag(
        "li",
        tag(
            "details",
            tag(
                "summary",
                tag("h3", *_sentence(promise.invariant.says)),
                _mark(promise.after.status, "good" if is_proved else "bad"),
            ),
            tag(
                "dl",
                tag("dt", "Name"),
                tag("dd", _code(promise.invariant.id)),
                tag("dt", "Before"),
                tag("dd", before),
                *(
                    part
                    for each in witnesses
                    for part in (tag("dt", "Seen"), tag("dd", *_sentence(each)))
                ),
            ),
            **({} if is_proved else {"open": "open"}),
        ),
    )


def _jobs(review: Review) -> Element:
    return _table(
        ("Transform", "Deploying it", "Why", "On", "Reads", "Writes", "Key"),
        (
            (
                _code(each.transform),
                each.effect,
                tag("span", *_sentence(each.why)),
                flat(each.machines),
                _code(each.inputs),
                _code(each.outputs),
                _code(each.key),
            )
            for each in review.jobs
        ),
    )


def _access(review: Review) -> Element:
    rows = (
        (
            tag("span", _code(each.resource), f": {each.what}"),
            tag("span", *_sentence(each.unclear or each.more or "no (proved)")),
            tag("span", *_sentence("" if each.unclear else each.less or "no (proved)")),
        )
        for each in review.access
    )
    return tag(
        "details",
        tag("summary", "What each allows more and less"),
        _table(("Policy", "More", "Less"), rows),
    )


def _effective(review: Review) -> Element:
    rows = (
        (
            tag("span", *_some(each.who)),
            each.resource,
            tag("span", *_some(each.what)) if each.actions else "everything",
            each.before,
            tag("span", *_sentence(each.after)),
        )
        for each in review.effective
    )
    return tag(
        "details",
        tag(
            "summary",
            "Who can do what, and whether inside, through the endpoint, or outside",
        ),
        _table(("Who", "Where", "What", "Before", "After"), rows),
    )


def _some(names: tuple[Sequence[str], int]) -> Iterator[Content]:
    named, more = names
    for number, each in enumerate(named):
        yield from (", ", _code(each)) if number else (_code(each),)
    if more:
        yield f" and {more} more"


def _replaced(review: Review) -> Iterator[Element]:
    for each in review.replaced:
        cause = (_code(each.resource.path), ", because of ", _code(each.property))
        if each.cascade:
            followers = (tag("li", _code(path)) for path in each.cascade)
            yield tag("details", tag("summary", *cause), tag("ul", *followers))
        else:
            yield tag("p", *cause)


def _network(review: Review) -> Element:
    return _table(
        ("Resource", "Type", "Change", "Properties"),
        (
            (
                _code(each.resource),
                flat(each.type),
                each.kind,
                flat(", ".join(each.properties)),
            )
            for each in review.network
        ),
    )


def _compliance(review: Review) -> Element:
    return tag(
        "details",
        tag("summary", "What public rules find"),
        _table(
            ("Change", "Rule", "Resource", "It asks for", "Acknowledged"),
            (
                (
                    each.state,
                    _code(each.rule),
                    _code(each.resource),
                    flat(each.meaning),
                    flat(each.acknowledged or "no"),
                )
                for each in review.compliance.changes
            ),
        ),
    )


def _register(review: Review) -> Element:
    return _table(
        ("Change", "Rule", "Where", "Reason", "Owner", "Until"),
        (
            (
                each.change,
                _code(each.rule),
                _code(each.scope),
                flat(each.reason),
                flat(each.owner),
                each.expires,
            )
            for each in review.register
        ),
    )


def _changed_code(review: Review) -> Iterator[Element]:
    for each in review.code:
        lines = (_line(line) for line in each.difference.split("\n"))
        yield tag(
            "details",
            tag("summary", _code(", ".join(each.functions))),
            tag("pre", *lines)
            if each.difference
            else tag("p", *_sentence(each.unclear)),
        )


def _line(line: str) -> Content:
    text = f"{visible(line)}\n"
    name = {"+": "ins", "-": "del"}.get(line[:1])
    return tag(name, text) if name else text


def _table(columns: Sequence[str], rows: Iterable[Sequence[Content]]) -> Element:
    """A table whose rows become cards on a narrow screen.

    Roles are spelled out: browsers forget them once rows are laid out as blocks.
    """
    head = (tag("th", each, scope="col", role="columnheader") for each in columns)
    return tag(
        "table",
        tag("thead", tag("tr", *head, role="row"), role="rowgroup"),
        tag(
            "tbody",
            *(tag("tr", *_cells(columns, row), role="row") for row in rows),
            role="rowgroup",
        ),
        role="table",
    )


def _cells(columns: Sequence[str], row: Sequence[Content]) -> Iterator[Element]:
    yield tag("th", row[0], scope="row", role="rowheader")
    for column, content in zip(columns[1:], row[1:], strict=True):
        yield tag("td", content, data_label=column, role="cell")


def _mark(words: str, look: str) -> Element:
    # The sign says it as well, for eyes that do not tell the colours apart.
    sign = {"good": "\N{CHECK MARK} ", "bad": "\N{MULTIPLICATION X} "}.get(look)
    signs = [tag("span", sign, aria_hidden="true")] if sign else []
    return tag("span", *signs, words, class_=f"mark {look}")


def _code(text: str) -> Element:
    return tag("code", flat(text))


def _sentence(text: str) -> Iterator[Content]:
    return (tag("code", part) if is_code else part for part, is_code in parts(text))
