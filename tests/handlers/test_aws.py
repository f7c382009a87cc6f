"""How AWS's errors are read."""

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from chaos.errors import refused
from private_transform.handlers.aws import is_missing, is_transient


@pytest.mark.parametrize(
    ("code", "words", "missing"),
    [
        ("ResourceNotFound", "Requested resource not found.", True),
        ("ValidationException", "Could not find requested job with name: it", True),
        ("ValidationException", 'Model "it" does not exist.', True),
        ("ValidationException", "Could not access model data.", False),
        ("AccessDeniedException", "It does not exist for you.", False),
    ],
)
def test_what_is_not_there_is_told_in_several_ways(
    code: str, words: str, missing: bool
) -> None:
    assert is_missing(refused(code, words)) is missing


@pytest.mark.parametrize(
    ("code", "status", "passes"),
    [
        ("ThrottlingException", 400, True),
        ("TooManyRequestsException", 429, True),
        ("RequestTimeout", 400, True),
        ("OperationAbortedException", 400, True),
        ("ConditionalRequestConflict", 409, True),
        ("PreconditionFailed", 412, True),
        ("NobodyKnowsThisOne", 500, True),
        ("NobodyKnowsThisOne", 503, True),
        ("NobodyKnowsThisOne", 400, False),
        ("AccessDenied", 403, False),
        ("ValidationException", 400, False),
    ],
)
def test_what_may_succeed_later_is_told_from_what_will_not(
    code: str, status: int, passes: bool
) -> None:
    assert is_transient(refused(code, "No.", status=status)) is passes


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://aws.example"),
        ReadTimeoutError(endpoint_url="https://aws.example"),
    ],
)
def test_what_did_not_answer_may_answer_later(error: Exception) -> None:
    assert is_transient(error)


def test_an_error_of_ours_is_none_of_awss() -> None:
    assert not is_transient(ValueError())
