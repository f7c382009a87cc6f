from typing import Any

from review.proof.request import Request
from review.proof.solver import example


def _asked() -> dict[str, Any]:
    request = Request()
    found = example(
        request,
        request.equals("s3:prefix", "a/"),
        partition="aws",
        account="111122223333",
    )
    assert found is not None
    return found


def test_who_asks_the_same_has_the_same_answer_and_one_of_their_own() -> None:
    first = _asked()
    found = dict(first)
    first.clear()

    assert _asked() == found
    assert found["s3:prefix"] == "a/"
