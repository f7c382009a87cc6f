"""A review as Markdown, for the comment of a pull request."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence

from review.delta.picture import EDGES, nodes
from review.findings import SEVERITIES
from review.review import FailOn, Review

from .text import flat, parts, visible

LIMIT = 60_000
"""Bytes; GitHub takes 65,536 characters for a comment."""

_CLOSING = 40
"""Bytes that end code and details."""

_MOST_ROWS = 60
"""Of effective access, so that what follows it has its place."""

_LIVE = re.compile(r"@|#\d|\bgh-\d|://|\bwww\.|\$", re.IGNORECASE)
"""In words of which GitHub makes a mention, a reference, a link or a formula."""

_CUT = "\n\nThe rest does not fit into a comment: see the other forms of this review.\n"


def as_markdown(review: Review, fail_on: FailOn) -> str:
    """The review as Markdown of at most `LIMIT` bytes.

    Args:
        review: The review.
        fail_on: From which severity on it blocks.
    """
    text = "\n".join(_lines(review, fail_on)) + "\n"
    content = text.encode()
    if len(content) <= LIMIT:
        return text
    # Lines stay whole: half of one could hide what follows.
    room = LIMIT - _CLOSING - len(_CUT)
    kept, _, _ = content[:room].decode(errors="ignore").rpartition("\n")
    return kept + _closed(kept) + _CUT


def _closed(text: str) -> str:
    """What ends the code and the details that a text leaves open."""
    fence, is_open = "", False
    for line in text.splitlines():
        if fence:
            fence = "" if line == fence else fence
        elif found := re.match("`{3,}", line):
            fence = found[0]
        elif line.startswith(("<details>", "</details>")):
            is_open = line.startswith("<details>")
    return f"\n{fence}" * bool(fence) + "\n\n</details>" * is_open


def _lines(review: Review, fail_on: FailOn) -> Iterator[str]:
    change = review.change
    word = "BLOCK" if review.blocks(fail_on) else "APPROVE"
    counts = ", ".join(
        f"{sum(f.severity == severity for f in review.findings)} {severity}"
        for severity in SEVERITIES
    )
    yield f"# Review of {_code(change.after.declared.name)}: {word}"
    yield ""
    yield f"Findings: {counts}. Deploy exactly this: {_code(_digest(review))}"
    if change.before is None:
        yield ""
        yield "Everything is created: there is nothing to compare with."
    yield from _unreviewed(review)
    yield from _exceptions(review)
    yield from _findings(review)
    yield from _promises(review)
    yield from _jobs(review)
    yield from _access(review)
    yield from _effective(review)
    yield from _replaced(review)
    yield from _network(review)
    yield from _compliance(review)
    yield from _register(review)
    yield from _code_changes(review)


def _digest(review: Review) -> str:
    return review.change.after.assembly.digest[:16]


def _unreviewed(review: Review) -> Iterator[str]:
    if review.unreviewed:
        yield from ("", "## Not reviewed", "")
        yield from (f"* {_sentence(each)}" for each in review.unreviewed)


def _exceptions(review: Review) -> Iterator[str]:
    yield from ("", "## Exceptions", "")
    if not review.leaves:
        yield "None: nothing reaches the data from outside."
        return
    yield from _table(
        ("", "What", "Who", "Until", "Owner", "Reason"),
        (
            (
                "" if each.change == "kept" else each.change,
                _plain(each.leave.what),
                _code(each.leave.who),
                _plain(each.leave.expires),
                _plain(each.leave.owner),
                _plain(each.leave.reason),
            )
            for each in review.leaves
        ),
    )


def _findings(review: Review) -> Iterator[str]:
    yield from ("", "## Findings", "")
    if not review.findings:
        yield "None."
        return
    yield from _table(
        ("Severity", "Rule", "Resource", "What to know"),
        (
            (
                each.severity,
                _code(each.rule),
                _code(each.resource),
                _sentence(each.message),
            )
            for each in review.findings
        ),
    )


def _promises(review: Review) -> Iterator[str]:
    broken = [each for each in review.promises if each.after.status != "PROVED"]
    title = f"{len(review.promises) - len(broken)} of {len(review.promises)} proved"
    yield from ("", f"## Promises: {title}", "")
    yield from _folded(
        "All promises",
        _table(
            ("Promise", "Before", "After"),
            (
                (
                    _sentence(each.invariant.says),
                    each.before.status if each.before else "",
                    each.after.status,
                )
                for each in review.promises
            ),
        ),
    )


def _jobs(review: Review) -> Iterator[str]:
    if not review.jobs:
        return
    yield from ("", "## Jobs", "")
    yield from _table(
        ("Transform", "Deploying it", "Why", "On", "Reads", "Writes", "Key"),
        (
            (
                _code(each.transform),
                each.effect,
                _sentence(each.why),
                _plain(each.machines),
                _code(each.inputs),
                _code(each.outputs),
                _code(each.key),
            )
            for each in review.jobs
        ),
    )


def _access(review: Review) -> Iterator[str]:
    if not review.access or review.change.before is None:
        return
    yield from ("", f"## Policies that changed: {len(review.access)}", "")
    yield from _folded(
        "What each allows more and less",
        _table(
            ("Policy", "More", "Less"),
            (
                (
                    f"{_code(each.resource)}: {each.what}",
                    _sentence(each.unclear or each.more or "no (proved)"),
                    "" if each.unclear else _sentence(each.less or "no (proved)"),
                )
                for each in review.access
            ),
        ),
    )


def _effective(review: Review) -> Iterator[str]:
    if not review.effective:
        return
    more = len(review.effective) - _MOST_ROWS
    rows = (
        (
            _some(each.who),
            each.resource,
            _some(each.what) or "everything",
            each.before,
            _sentence(each.after),
        )
        for each in review.effective[:_MOST_ROWS]
    )
    yield from ("", "## Effective access", "")
    yield from _folded(
        "Who can do what, and whether inside, through the endpoint, or outside",
        [
            *_table(("Who", "Where", "What", "Before", "After"), rows),
            *(("", f"And {more} more: see the other forms.") if more > 0 else ()),
        ],
    )


def _some(names: tuple[Sequence[str], int]) -> str:
    named, more = names
    return ", ".join(map(_code, named)) + (f" and {more} more" if more else "")


def _replaced(review: Review) -> Iterator[str]:
    if not review.replaced:
        return
    yield from ("", "## Replaced", "")
    for each in review.replaced:
        line = f"{_marked(each.resource.path)}, because of {_marked(each.property)}"
        yield from _folded(line, (f"* {_code(path)}" for path in each.cascade))


def _network(review: Review) -> Iterator[str]:
    if not review.network:
        return
    yield from ("", "## Network", "", "```mermaid")
    yield from _picture(review)
    yield from ("```", "")
    yield from _table(
        ("Resource", "Type", "", "Properties"),
        (
            (
                _code(each.resource),
                _plain(each.type),
                each.kind,
                _plain(", ".join(each.properties)),
            )
            for each in review.network
        ),
    )


def _picture(review: Review) -> Iterator[str]:
    """The network as a Mermaid flow chart, what changed coloured."""
    parts = list(nodes(review.change, review.network))
    names = {each.name for each in parts}
    yield "flowchart LR"
    for each in parts:
        yield f'  {each.name}["{each.label}"]'
    for one, other in EDGES:
        if {one, other} <= names:
            yield f"  {one} --> {other}"
    for each in parts:
        if each.change is not None:
            yield f"  class {each.name} {each.change}"
    yield "  classDef added fill:#fde68a,stroke:#b45309,color:#111"
    yield "  classDef changed fill:#bfdbfe,stroke:#1d4ed8,color:#111"
    yield "  classDef removed fill:#fecaca,stroke:#b91c1c,color:#111"


def _compliance(review: Review) -> Iterator[str]:
    yield from ("", f"## Compliance: {review.compliance}", "")
    told = review.compliance.to_tell
    if not told:
        yield "All that public rules find is acknowledged, each with its reason."
        return
    yield from _folded(
        "What public rules find",
        _table(
            ("", "Rule", "Resource", "Acknowledged"),
            (
                (
                    each.state,
                    _code(each.rule),
                    _code(each.resource),
                    _plain(
                        each.acknowledged or ("" if each.state == "fixed" else "no")
                    ),
                )
                for each in told
            ),
        ),
    )


def _register(review: Review) -> Iterator[str]:
    if not review.register:
        return
    yield from ("", "## Acknowledgements", "")
    yield from _table(
        ("", "Rule", "Where", "Reason", "Owner", "Until"),
        (
            (
                each.change,
                _code(each.rule),
                _code(each.scope),
                _plain(each.reason),
                _plain(each.owner),
                each.expires,
            )
            for each in review.register
        ),
    )


def _code_changes(review: Review) -> Iterator[str]:
    if not review.code:
        return
    yield from ("", "## Code", "")
    for each in review.code:
        title = _marked(", ".join(each.functions))
        # A fence is longer than any in what it holds; no code of ours holds long ones.
        lines = [
            re.sub("`{9,}", "(backticks)", visible(line))
            for line in each.difference.split("\n")
        ]
        longest = max(map(len, re.findall("`+", "\n".join(lines))), default=0)
        fence = "`" * max(3, longest + 1)
        yield from _folded(
            title,
            [f"{fence}diff", *lines, fence]
            if each.difference
            else [_sentence(each.unclear)],
        )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(row)} |"


def _folded(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from (f"<details><summary>{title}</summary>", "", *lines, "", "</details>")


def _sentence(text: str) -> str:
    return "".join(
        _code(part) if is_code else _plain(part) for part, is_code in parts(text)
    )


def _plain(text: str) -> str:
    """Text of a template may hold what would break a table, or out of it."""
    words = flat(text).split(" ")
    return " ".join(_code(it) if _LIVE.search(it) else _escaped(it) for it in words)


def _escaped(word: str) -> str:
    signs = "\\|<>[]*_#`~&"
    return "".join(f"\\{each}" if each in signs else each for each in word)


def _code(text: str) -> str:
    plain = flat(text).replace("`", "'").replace("|", "/")
    return f"`{plain}`" if plain else ""


def _marked(text: str) -> str:
    """Code in a summary: that is HTML, in which Markdown's own signs mean nothing."""
    return f"<code>{html.escape(flat(text))}</code>"
