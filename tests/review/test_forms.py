import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from review import __main__ as command
from review.delta.access import AccessChange
from review.delta.code import CodeChange
from review.findings import Finding
from review.report.html import as_html
from review.report.markdown import LIMIT, as_markdown
from review.review import FailOn, Review
from tests.review.forms import HOSTILE, PLAIN, UNSEEN, review_of
from tests.synthesized import Synthesis

PAGE_FILES = Path(command.__file__).parent / "report"


class Page(HTMLParser):
    """What a browser makes of a page: its elements, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in ("input", "meta"):
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._open and self._open[-1] not in ("script", "style"):
            self.text += f"{data}\n"

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def finding(number: int = 0, severity: FailOn = "high") -> Finding:
    assert severity
    return Finding(
        rule="replaced",
        severity=severity,
        resource=f"stack/Resource{number}",
        message=f"Number {number} is a long story. " * 20,
    )


@pytest.mark.parametrize("form", command.FORMS.values(), ids=command.FORMS)
def test_the_same_review_is_the_same_text(
    form: Callable[[Review, FailOn], str], discarded: Synthesis
) -> None:
    one, other = (form(review_of(discarded.directory), "high") for _ in range(2))
    assert one == other


@pytest.mark.parametrize("form", command.FORMS)
@pytest.mark.parametrize("text", HOSTILE)
def test_every_form_can_be_written_whatever_a_template_holds(
    form: str,
    text: str,
    discarded: Synthesis,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    hostile = review_of(discarded.directory, text)
    monkeypatch.setattr(command, "review", lambda *_, **__: hostile)
    out = tmp_path / "out"
    arguments = [str(discarded.directory), "--format", form, "--out", str(out)]
    assert command.main(arguments) == 1
    told = out.read_text("utf-8")
    if form in ("json", "sarif"):
        told = "\n".join(texts(json.loads(told)))
    assert {each for each in told if not each.isprintable()} <= {"\n"}
    assert not set(told) & set(UNSEEN)
    for each in set(text) & set(f"\u202e{UNSEEN}"):
        assert each.encode("unicode_escape").decode() in told


def texts(value: Any) -> Iterator[str]:
    """Every text in what a program reads."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)


def skeleton(markdown: str) -> list[str]:
    """The signs of every line that Markdown takes for more than text or code."""
    found, fence = [], ""
    for line in markdown.splitlines():
        if fence:
            # CommonMark: a closing fence is as long as the opening one, or longer.
            if re.fullmatch(f" {{0,3}}{fence}`* *", line):
                fence = ""
        elif opening := re.match("`{3,}", line):
            fence = opening[0]
        else:
            found.append(signs(line))
    assert not fence
    return found


def signs(line: str) -> str:
    if line.startswith("<details>"):  # Up to the next empty line this is HTML.
        return re.sub(r"[^<>]", "", line)
    outside_code = re.sub(r"`[^`]*`", "", re.sub(r"\\.", "", line))
    return re.sub(r"[^|<>#*\[\]`~&]", "", outside_code)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_breaks_out_of_its_place_in_markdown(
    text: str, discarded: Synthesis
) -> None:
    plain = as_markdown(review_of(discarded.directory), "high")
    hostile = as_markdown(review_of(discarded.directory, text), "high")
    assert skeleton(hostile) == skeleton(plain)


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_of_a_comment_calls_anybody_or_leads_elsewhere(
    text: str, discarded: Synthesis
) -> None:
    told = as_markdown(review_of(discarded.directory, text), "high")
    fenced = r"^(`{3,})diff\n.*?\n\1$|^```mermaid\n.*?\n```$"
    plain = re.sub(fenced, "", told, flags=re.DOTALL | re.MULTILINE)
    for code in (r"<code>.*?</code>", r"(?<!\\)`[^`]*`"):
        plain = re.sub(code, "", plain)
    assert not re.search(r"@|#\d|GH-|://|www\.|\$", plain, re.IGNORECASE)


def test_a_change_of_very_many_findings_fits_into_a_comment(
    discarded: Synthesis,
) -> None:
    many = tuple(map(finding, range(5000)))
    text = as_markdown(review_of(discarded.directory, findings=many), "high")
    assert 0.95 * LIMIT < len(text) <= LIMIT
    assert text.startswith(f"# Review of `{PLAIN}`: BLOCK\n\nFindings: 5000 high, 0")
    *_, last, _, note = text.strip().split("\n")
    assert last.endswith("story.  |")
    assert note.startswith("The rest does not fit")


def test_details_are_closed_where_a_comment_ends(discarded: Synthesis) -> None:
    more = "somebody may call s3:GetObject " * 10
    change = AccessChange(resource="stack/Policy", what="its policy", more=more)
    review = replace(review_of(discarded.directory), access=(change,) * 500)
    text = as_markdown(review, "high")
    assert len(text) <= LIMIT
    opened, closed = (text.count(f"\n{sign}") for sign in ("<details>", "</details>"))
    assert opened == closed == 2
    assert "no (proved) |\n\n</details>\n\nThe rest does not fit" in text


def test_code_is_closed_where_a_comment_ends(discarded: Synthesis) -> None:
    lines = "\n".join(["+" + "x" * 200] * 400)
    long = CodeChange(functions=("stack/Function",), difference=f" ````\n{lines}")
    text = as_markdown(replace(review_of(discarded.directory), code=(long,)), "high")
    assert len(text) <= LIMIT
    assert "x\n`````\n\n</details>\n\nThe rest does not fit" in text
    assert skeleton(text)[-1] == ""


def test_a_comment_tells_of_so_many_rows_and_how_many_more_there_are(
    discarded: Synthesis,
) -> None:
    review = review_of(discarded.directory)
    row, unclear = review.effective
    many = as_markdown(replace(review, effective=(row,) * 70), "high")
    names = ", ".join([f"`{PLAIN}`"] * 4)
    actions = ", ".join(["`s3:GetObject`"] * 4)
    line = (
        f"| {names} and 1 more | inputs bucket | {actions} and 1 more | inside "
        "| inside and outside |"
    )
    assert many.count(line) == 60
    assert "\n\nAnd 10 more: see the other forms.\n\n</details>" in many
    few = as_markdown(replace(review, effective=(unclear,)), "high")
    assert f"| `{PLAIN}` | key | everything |  | cannot be told: {PLAIN} |" in few
    assert "see the other forms" not in few


def test_short_details_are_folded_and_closed(discarded: Synthesis) -> None:
    text = as_markdown(review_of(discarded.directory), "high")
    assert text.count("<details>") == text.count("</details>") == 8
    assert "<details open" not in text


def test_what_markdown_quotes_stays_readable(discarded: Synthesis) -> None:
    quoted = replace(finding(), message="With `lock_management` on, a_b | c.")
    text = as_markdown(review_of(discarded.directory, findings=(quoted,)), "high")
    assert r"With `lock_management` on, a\_b \| c." in text


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_markup_of_the_page(text: str, discarded: Synthesis) -> None:
    plain, hostile = (
        Page(as_html(review_of(discarded.directory, each), "high"))
        for each in (PLAIN, text)
    )
    # A quotation that never ends is told as text: one element less, never one more.
    kinds = [
        Counter(name for name, _ in page.elements if name != "code")
        for page in (plain, hostile)
    ]
    assert kinds[0] == kinds[1]
    assert [set(each) for each in plain.all("input")] == [
        set(each) for each in hostile.all("input")
    ]
    assert not [
        name for _, each in hostile.elements for name in each if name[:2] == "on"
    ]


def test_the_page_tells_what_markdown_tells_in_the_same_order(
    discarded: Synthesis,
) -> None:
    review = review_of(discarded.directory)
    headings = re.findall(r"^##? (.*)", as_markdown(review, "high"), re.MULTILINE)
    text = Page(as_html(review, "high")).text
    places = [text.index(f"\n{each}\n") for each in headings[1:]]
    assert headings[0] == f"Review of `{PLAIN}`: BLOCK"
    assert f"Review of {PLAIN}\n" in text
    assert "\nBlock\n" in text
    assert places == sorted(places)
    assert review.change.after.assembly.digest[:16] in text


def test_the_verdict_depends_on_what_shall_block(discarded: Synthesis) -> None:
    low = review_of(discarded.directory, findings=(finding(severity="low"),))
    assert "\nApprove\n" in Page(as_html(low, "medium")).text
    assert "\nBlock\n" in Page(as_html(low, "low")).text


def test_a_broken_promise_lies_open_with_its_witness(discarded: Synthesis) -> None:
    html = as_html(review_of(discarded.directory, "the witness"), "high")
    promises = html.partition('id="promises"')[2].partition("</section>")[0]
    kept, broken, unclear = re.findall(r"<details.*?</details>", promises)
    assert "open=" not in kept
    for each in (broken, unclear):
        assert each.startswith('<details open="open">')
        assert "<dt>Seen</dt><dd>the witness</dd>" in each


def test_the_page_fetches_nothing_and_runs_its_own_script_only(
    discarded: Synthesis,
) -> None:
    html = as_html(review_of(discarded.directory), "high")
    page = Page(html)
    addresses = {
        value
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in ("action", "data", "href", "src", "srcset")
    }
    assert addresses == {"#review"}
    assert not re.search(r"url\(|@import|https?://", html)
    assert page.all("script") == [{}]
    assert "unsafe" not in page.all("meta")[2]["content"]
    assert page.all("meta")[2]["content"].startswith("default-src 'none'; ")


def test_the_page_can_be_walked_by_landmarks_headings_and_labels(
    discarded: Synthesis,
) -> None:
    page = Page(as_html(review_of(discarded.directory), "high"))
    names = [name for name, _ in page.elements]
    levels = [int(name[1]) for name in names if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))
    assert [names.count(each) for each in ("header", "main", "footer")] == [1, 1, 1]
    assert names[names.index("body") + 1] == "a"
    for name, following in pairwise(names):
        assert following != "input" or name == "label"
    ids = [each["id"] for _, each in page.elements if "id" in each]
    assert len(ids) == len(set(ids))
    assert {each["aria-labelledby"] for each in page.all("section")} <= set(ids)


def luminance(colour: str) -> float:
    """WCAG 2.2's relative luminance of a colour."""
    channels = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = [
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4
        for each in channels
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_text_stands_out_from_its_ground_by_day_and_night() -> None:
    css = (PAGE_FILES / "page.css").read_text()
    light, dark = (
        dict(re.findall(r"--([\w-]+): (#\w{6});", each))
        for each in re.findall(r":root {(.*?)}", css, re.DOTALL)
    )
    assert light.keys() == dark.keys()
    for palette in (light, dark):
        for text, ground, least in (
            ("text", "page", 7),
            ("text", "card", 7),
            ("quiet", "page", 4.5),
            ("quiet", "card", 4.5),
            ("good", "good-page", 4.5),
            ("bad", "bad-page", 4.5),
            ("warn", "warn-page", 4.5),
            ("focus", "page", 3),
            ("focus", "card", 3),
        ):
            one, other = sorted(luminance(palette[each]) for each in (text, ground))
            assert (other + 0.05) / (one + 0.05) >= least, (text, ground)
