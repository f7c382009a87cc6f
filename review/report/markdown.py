"""A review as Markdown, for the comment of a pull request."""

import html
import re
from collections.abc import Iterable, Iterator, Sequence

from review.delta.network import picture
from review.findings import SEVERITIES
from review.review import FailOn, Review

LIMIT = 60_000
"""Characters; GitHub takes 65,536 for a comment."""

_CUT = "\n\nThe rest does not fit into a comment: see the other forms of this review.\n"


def as_markdown(review: Review, fail_on: FailOn) -> str:
    """The review as Markdown of at most `LIMIT` characters.

    Args:
        review: The review.
        fail_on: From which severity on it blocks.
    """
    text = "\n".join(_lines(review, fail_on)) + "\n"
    if len(text) <= LIMIT:
        return text
    # Details are folded, and one that is cut would hide what follows.
    kept = text[: LIMIT - len(_CUT) - len("</details>")]
    still_open = kept.count("<details>") - kept.count("</details>")
    return kept + "</details>" * still_open + _CUT


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
    yield from _replaced(review)
    yield from _network(review)
    yield from _code_changes(review)


def _digest(review: Review) -> str:
    return review.change.after.assembly.digest[:16]


def _unreviewed(review: Review) -> Iterator[str]:
    if review.unreviewed:
        yield from ("", "## Not reviewed", "")
        yield from (f"* {_plain(each)}" for each in review.unreviewed)


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
                each.leave.what,
                _code(each.leave.who),
                each.leave.expires,
                each.leave.owner,
                each.leave.reason,
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
            (each.severity, _code(each.rule), _code(each.resource), each.message)
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
                    each.invariant.says,
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
        ("Transform", "Deploying it", "Why", "On"),
        (
            (
                _code(each.transform),
                each.effect,
                each.why,
                f"{each.instance_count} x {each.instance_type}"
                if each.instance_type
                else "",
            )
            for each in review.jobs
        ),
    )


def _access(review: Review) -> Iterator[str]:
    if not review.access or review.change.before is None:
        return
    yield from ("", f"## Access: {len(review.access)} policies changed", "")
    yield from _folded(
        "What each allows more and less",
        _table(
            ("Policy", "More", "Less"),
            (
                (
                    f"{_code(each.resource)}: {each.what}",
                    each.unclear or each.more or "no (proved)",
                    "" if each.unclear else each.less or "no (proved)",
                )
                for each in review.access
            ),
        ),
    )


def _replaced(review: Review) -> Iterator[str]:
    if not review.replaced:
        return
    yield from ("", "## Replaced", "")
    for each in review.replaced:
        line = f"{_code(each.resource.path)}, because of {_code(each.property)}"
        yield from _folded(line, (f"* {_code(path)}" for path in each.cascade))


def _network(review: Review) -> Iterator[str]:
    if not review.network:
        return
    yield from ("", "## Network", "", "```mermaid")
    yield picture(review.change, list(review.network))
    yield from ("```", "")
    yield from _table(
        ("Resource", "Type", "", "Properties"),
        (
            (
                _code(each.resource),
                each.type,
                each.kind,
                ", ".join(each.properties),
            )
            for each in review.network
        ),
    )


def _code_changes(review: Review) -> Iterator[str]:
    if not review.code:
        return
    yield from ("", "## Code", "")
    for each in review.code:
        title = html.escape(", ".join(each.functions))
        # A fence is longer than any in what it holds.
        longest = max(map(len, re.findall("`+", each.difference)), default=0)
        fence = "`" * max(3, longest + 1)
        lines = [f"{fence}diff", each.difference, fence]
        yield from _folded(title, lines if each.difference else [each.unclear])


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    for row in rows:
        yield f"| {' | '.join(map(_cell, row))} |"


def _folded(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from (f"<details><summary>{title}</summary>", "", *lines, "", "</details>")


def _cell(text: str) -> str:
    """Text of a template may hold what would break a table, or out of it."""
    return _plain(text) if not text.startswith("`") else text


def _plain(text: str) -> str:
    flat = " ".join(text.split())
    for character in "\\|<>[]*_#":
        flat = flat.replace(character, f"\\{character}")
    return flat


def _code(text: str) -> str:
    flat = " ".join(text.split()).replace("`", "'").replace("|", "/")
    return f"`{flat}`" if flat else ""
