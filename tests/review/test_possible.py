"""Many questions at once: each is answered as if it were asked alone."""

from collections.abc import Mapping
from typing import Any

import pytest
import z3

from review.proof.formulas import Formula
from review.proof.patience import UndecidedError
from review.proof.patterns import like
from review.proof.possible import possible
from review.proof.request import Request

PREFIX = "s3:prefix"


def answers(*questions: tuple[str, ...]) -> Mapping[tuple[str, ...], bool]:
    """Whether a text matches all patterns of a question; `!` stands for not."""
    request = Request()
    text = request.value(PREFIX)

    def matches(pattern: str) -> Formula:
        found = like(text, pattern.removeprefix("!"))
        return z3.Not(found) if pattern.startswith("!") else found

    asked = {
        each: z3.And(*map(matches, each), request.present(PREFIX)) for each in questions
    }
    return possible(request, asked, partition="aws", account="123456789012")


EXPECTED = {
    ("a*", "ab*"): True,
    ("a*", "b*"): False,
    ("a", "a*"): True,
    ("b", "a*"): False,
    ("!*",): False,
    ("a", "!a*"): False,
    # Of these no lemma tells, and no text that is likely is right.
    ("*a", "*b*"): True,
    ("*a", "*b"): False,
    ("a*", "!a*z", "!a?"): True,
}


def test_each_question_has_its_own_answer() -> None:
    assert answers(*EXPECTED) == EXPECTED


@pytest.mark.parametrize("question", EXPECTED)
def test_a_question_alone_has_the_same_answer(question: tuple[str, ...]) -> None:
    assert answers(question) == {question: EXPECTED[question]}


def test_more_questions_than_one_solver_is_asked_have_their_own_answers() -> None:
    beginnings = [(f"{number}/*",) for number in range(300)]
    impossible = [(f"{number}/*", f"!{number}/*") for number in range(300)]
    expected = {each: each in beginnings for each in (*beginnings, *impossible)}
    assert answers(*expected) == expected


def test_no_question_has_no_answer() -> None:
    assert answers() == {}


def test_what_the_solver_gives_up_is_no_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    def unknown(*_: Any) -> Any:
        return z3.unknown

    monkeypatch.setattr(z3.Solver, "check", unknown)
    with pytest.raises(UndecidedError):
        answers(("a",))
