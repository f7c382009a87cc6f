import base64
import re
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest

from rehearsal.report import (
    AnswerRow,
    ClaimRow,
    NotificationRow,
    Photograph,
    Prediction,
    Report,
    RunRow,
    StackRow,
    TransformRow,
    to_html,
)

HOSTILE = """</style></title><script>alert("1")</script><img src=x onerror='2'>&amp;"""

JPEG = b"\xff\xd8 not really"


def prediction(**changes: float) -> Prediction:
    values = {"score": 0.934, "xmin": 0.25, "ymin": 0.5, "xmax": 0.5, "ymax": 1.0}
    return Prediction(label="face", **(values | changes))


def report_of(text: str, *predictions: Prediction, ok: bool = True) -> Report:
    job: dict[str, Any] = {
        "name": text,
        "job": text,
        "inputs": 3,
        "outputs": 2,
        "failed_inputs": (text,),
        "seconds": 7.0,
        "failure_reason": text,
    }
    return Report(
        status="ok" if ok else "failed",
        seconds=61,
        stacks=(StackRow(name=text, status=text),),
        transforms=(TransformRow(**job, status=text),),
        runs=(RunRow(**job, status=text, expected=f"not {text}"),),
        notifications=(NotificationRow(subject=text, message=text, result=None),),
        answers=(
            AnswerRow(
                question=text, sql=text, columns=(text, "b"), rows=[(text, None)]
            ),
        ),
        claims=(ClaimRow(claim=text, tried=text, seen=text, ok=ok),),
        photographs=(
            Photograph(
                name=text, jpeg=JPEG, width=400, height=200, predictions=predictions
            ),
        ),
    )


EMPTY = Report(
    status="failed",
    seconds=1,
    stacks=(),
    transforms=(),
    runs=(),
    notifications=(),
    answers=(),
    claims=(),
    photographs=(),
)


class Page(HTMLParser):
    """What a browser makes of the page: its elements, and its text."""

    void = ("meta", "img")

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.void:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data)

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attributes for name, attributes in self.elements if name == tag]


def test_a_promise_is_held_only_if_nothing_broke_it() -> None:
    held = ClaimRow(claim="readers read", tried="Get", seen="served", ok=True)
    broken = ClaimRow(claim="readers read", tried="List", seen="refused", ok=False)
    page = Page(to_html(replace(EMPTY, claims=(held, held, broken))))
    assert page.texts.count("readers read") == 1
    assert page.texts.count("Tried") == 3
    assert "0 of 1" in page.texts
    assert "broken" in page.texts
    assert "held" not in page.texts


@pytest.mark.parametrize("ok", [True, False])
def test_what_was_broken_lies_open(ok: bool) -> None:
    promise, *_ = Page(to_html(report_of("any", prediction(), ok=ok))).all("details")
    assert ("open" in promise) is not ok


def test_hostile_names_stay_text() -> None:
    page = Page(to_html(report_of(HOSTILE, prediction())))
    harmless = Page(to_html(report_of("harmless", prediction())))
    assert [name for name, _ in page.elements] == [
        name for name, _ in harmless.elements
    ]
    assert [set(attributes) for _, attributes in page.elements] == [
        set(attributes) for _, attributes in harmless.elements
    ]
    assert page.texts == [text.replace("harmless", HOSTILE) for text in harmless.texts]
    assert page.all("img")[0]["alt"].startswith(f"Photograph {HOSTILE};")


def test_every_element_is_closed() -> None:
    assert Page(to_html(report_of("text", prediction()))).open == []


def test_nothing_is_fetched_from_anywhere() -> None:
    html = to_html(report_of("text", prediction()))
    page = Page(html)
    addresses = [
        value
        for _, attributes in page.elements
        for name, value in attributes.items()
        if name in ("src", "href", "srcset", "action", "data")
    ]
    assert [address.split(":")[0] for address in addresses] == ["data"]
    assert not re.search(r"url\(|@import|https?://", html)
    assert "script" not in {name for name, _ in page.elements}
    policy = next(
        meta["content"]
        for meta in page.all("meta")
        if meta.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy.startswith("default-src 'none'; ")


def test_the_photograph_is_in_the_page_with_its_answer_as_words() -> None:
    (image,) = Page(to_html(report_of("a.jpg", prediction()))).all("img")
    assert image["src"] == f"data:image/jpeg;base64,{base64.b64encode(JPEG).decode()}"
    assert image["alt"] == "Photograph a.jpg; the model's answer: face 0.93"


def test_a_photograph_without_predictions_says_so() -> None:
    page = Page(to_html(report_of("a.jpg")))
    assert page.all("rect") == []
    assert page.all("img")[0]["alt"].endswith("answer: nothing found")
    assert "nothing found" in page.texts


def test_the_box_lies_where_the_prediction_says() -> None:
    page = Page(to_html(report_of("a.jpg", prediction())))
    (drawing,) = page.all("svg")
    assert drawing["viewbox"] == "0 0 400 200"
    boxes = [rect for rect in page.all("rect") if rect["class"] == "box"]
    assert boxes == [
        {
            "class": "box",
            "x": "100.0",
            "y": "100.0",
            "width": "100.0",
            "height": "100.0",
        }
    ]
    assert page.texts.count("face 0.93") == 2  # beside the box, and in the caption


@pytest.mark.parametrize(
    "corners",
    [
        {"xmin": 0.0, "ymin": 0.0, "xmax": 0.1, "ymax": 0.1},
        {"xmin": 0.9, "ymin": 0.0, "xmax": 1.0, "ymax": 0.1},
        {"xmin": 0.9, "ymin": 0.9, "xmax": 1.0, "ymax": 1.0},
    ],
)
def test_a_label_is_never_cut_off_by_the_edge(corners: dict[str, float]) -> None:
    page = Page(to_html(report_of("a.jpg", prediction(**corners))))
    (plate,) = (rect for rect in page.all("rect") if rect["class"] == "plate")
    left, top, width, height = (
        float(plate[name]) for name in ("x", "y", "width", "height")
    )
    assert left >= 0
    assert left + width <= 400
    assert top >= 0
    assert top + height <= 200


def test_headings_go_down_without_a_gap() -> None:
    page = Page(to_html(report_of("text")))
    levels = [int(name[1]) for name, _ in page.elements if re.fullmatch("h[1-6]", name)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(below - above <= 1 for above, below in pairwise(levels))


def test_every_cell_of_a_row_says_which_column_it_is_in() -> None:
    page = Page(to_html(report_of("text")))
    assert {cell["data-label"] for cell in page.all("td")} == {
        *("Status", "Outputs", "Time", "What went wrong", "b")
    }
    assert all(cell["role"] == "cell" for cell in page.all("td"))


def test_success_and_failure_differ_in_words_and_not_in_colour_alone() -> None:
    good = Page(to_html(report_of("text", ok=True))).texts
    bad = Page(to_html(report_of("text", ok=False))).texts
    assert {"Everything held", "held", "1 of 1"} <= set(good)
    assert {"Failed", "broken", "0 of 1"} <= set(bad)


def test_a_run_says_what_was_expected_of_it() -> None:
    surprising = report_of("Completed")
    assert "Completed, expected not Completed" in Page(to_html(surprising)).texts
    (run,) = surprising.runs
    expected = RunRow(
        name=run.name,
        job=None,
        status="Failed",
        expected="Failed",
        inputs=0,
        outputs=0,
        failed_inputs=("photos/a.jpg", "photos/b.jpg"),
        seconds=1,
        failure_reason=None,
    )
    report = Report(
        status="ok",
        seconds=1,
        stacks=(),
        transforms=(),
        runs=(expected,),
        notifications=(),
        answers=(),
        claims=(),
        photographs=(),
    )
    texts = Page(to_html(report)).texts
    assert "Failed, as expected" in texts
    assert "no job" in texts
    assert "".join(texts).count("No output for photos/a.jpg, photos/b.jpg") == 1


def test_sections_without_rows_are_left_out() -> None:
    page = Page(to_html(EMPTY))
    assert page.all("section") == []
    assert "Failed" in page.texts


def test_a_rehearsal_that_could_not_go_on_says_why_on_the_page() -> None:
    failed = replace(report_of("faces", ok=False), failure="the <key> was disabled")
    assert "the &lt;key&gt; was disabled" in to_html(failed)
