"""An attempt counts only if the policy that the promise rests on decided it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from rehearsal.attempts import ENDPOINT, OWN_RIGHTS, Attempt


def attempt(*, refused_by: str | None, seen: str | None) -> Attempt:
    def call() -> Any:
        if seen is not None:
            raise ClientError(
                {"Error": {"Code": "AccessDenied", "Message": seen}}, "GetObject"
            )

    return Attempt(claim="c", tried="t", call=call, refused_by=refused_by)


@pytest.mark.parametrize(
    ("refused_by", "seen", "ok"),
    [
        (None, None, True),
        (None, f"because {OWN_RIGHTS} it", False),
        (ENDPOINT, None, False),
        (ENDPOINT, f"with an explicit deny in a {ENDPOINT}", True),
        (ENDPOINT, f"because {OWN_RIGHTS} it", False),
        (OWN_RIGHTS, "The specified key does not exist.", False),
    ],
)
def test_only_the_right_answer_keeps_a_promise(
    refused_by: str | None, seen: str | None, ok: bool
) -> None:
    row = attempt(refused_by=refused_by, seen=seen).outcome()
    assert row.ok is ok
    assert row.seen == ("served" if seen is None else f"AccessDenied: {seen}")


def test_an_attempt_that_reaches_nobody_is_no_refusal() -> None:
    def call() -> Any:
        raise EndpointConnectionError(endpoint_url="https://127.0.0.1:1")

    with pytest.raises(EndpointConnectionError):
        Attempt(claim="c", tried="t", call=call, refused_by=ENDPOINT).outcome()
