import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from review.report.html import as_html
from tests.review.chromium import Browser, browser
from tests.review.forms import HOSTILE, review_of
from tests.synthesized import Synthesis

pytestmark = pytest.mark.skipif(
    not shutil.which("chromium"), reason="there is no chromium: apt install chromium"
)

SHOWN = "[...document.querySelectorAll('#findings tbody tr')].filter(r => !r.hidden)"
COUNT = "document.querySelector('output').textContent"


@pytest.fixture
def chromium(tmp_path: Path) -> Iterator[Browser]:
    with browser(tmp_path / "profile") as opened:
        yield opened


@pytest.fixture
def shown(chromium: Browser, discarded: Synthesis, tmp_path: Path) -> Browser:
    """The page of a review with hostile text in every place."""
    file = tmp_path / "review.html"
    text = as_html(review_of(discarded.directory, "".join(HOSTILE)), "high")
    file.write_bytes(text.encode(errors="backslashreplace"))
    chromium.open(file)
    return chromium


def severities(page: Browser) -> str:
    return str(page.evaluate(f"{SHOWN}.map(r => r.cells[0].textContent).join()"))


def test_findings_are_filtered_by_keys(shown: Browser) -> None:
    assert severities(shown) == "high,medium,low"
    assert shown.evaluate(COUNT) == "3 of 3 shown"
    shown.press("Tab")
    assert shown.evaluate("document.activeElement.className") == "skip"
    shown.press("Enter")
    shown.press("Tab")
    assert shown.evaluate("document.activeElement.value") == "high"
    outline = "getComputedStyle(document.activeElement).outlineStyle"
    assert shown.evaluate(outline) == "solid"
    shown.press("Space")
    assert severities(shown) == "medium,low"
    for key in ("Tab", "Tab", "Tab", *"LOW  Replaced"):
        shown.press("Space" if key == " " else key)
    assert severities(shown) == "low"
    assert shown.evaluate(COUNT) == "1 of 3 shown"


def test_the_page_asks_for_nothing_and_complains_of_nothing(shown: Browser) -> None:
    assert shown.evaluate("document.title").startswith("Review of </style>")
    told = {method for method, _ in shown.events}
    assert told.isdisjoint(
        {"Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"}
    )
    asked = [
        parameters["request"]["url"]
        for method, parameters in shown.events
        if method == "Network.requestWillBeSent"
    ]
    assert len(asked) == 1
    assert asked[0].startswith("file:///")
    # Were there a script of others, it would not run, and the browser would complain.
    shown.evaluate(
        "const s = document.createElement('script');"
        "s.textContent = 'window.ran = 1'; document.body.append(s)"
    )
    assert shown.evaluate("window.ran") is None
    assert "Log.entryAdded" in {method for method, _ in shown.events}


def test_the_page_is_dark_at_night_and_light_on_paper(shown: Browser) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    grounds = []
    for scheme in ("light", "dark"):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        shown.call("Emulation.setEmulatedMedia", media="screen", features=[feature])
        grounds.append(shown.evaluate(ground))
    assert grounds == ["rgb(246, 247, 249)", "rgb(18, 21, 26)"]
    shown.call("Emulation.setEmulatedMedia", media="print", features=[feature])
    assert shown.evaluate("getComputedStyle(document.body).color") == "rgb(22, 25, 31)"
    assert shown.evaluate("document.querySelector('details:not([open])') !== null")
    shown.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert shown.evaluate("document.querySelector('details:not([open])') === null")


def test_the_page_is_complete_without_its_script(
    chromium: Browser, discarded: Synthesis, tmp_path: Path
) -> None:
    file = tmp_path / "review.html"
    file.write_text(as_html(review_of(discarded.directory), "high"), "utf-8")
    chromium.call("Emulation.setScriptExecutionDisabled", value=True)
    chromium.open(file)
    assert severities(chromium) == "high,medium,low"
    assert chromium.evaluate("document.getElementById('filter').checkVisibility()") is (
        False
    )


def test_nothing_is_wider_than_a_small_screen(shown: Browser) -> None:
    shown.call(
        "Emulation.setDeviceMetricsOverride",
        width=360,
        height=800,
        deviceScaleFactor=1,
        mobile=False,
    )
    assert shown.evaluate("document.documentElement.scrollWidth") <= 360
