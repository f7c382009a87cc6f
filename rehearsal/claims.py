"""Promises of the environment, and an attempt to break each on the running one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.company import Company
from rehearsal.report import ClaimRow


@dataclass(frozen=True, slots=True, kw_only=True)
class _Attempt:
    """One thing somebody tries.

    Args:
        claim: The promise, as a sentence.
        tried: Who does what.
        call: The attempt.
        refused: Whether keeping the promise means that the attempt is refused.
    """

    claim: str
    tried: str
    call: Callable[[], Any]
    refused: bool


def try_claims(company: Company, output_key: str) -> tuple[ClaimRow, ...]:
    """Try to break each promise; root proves nothing, so roles do the trying.

    Args:
        company: The environment that is running.
        output_key: Key of an output that exists.
    """
    return tuple(_outcome(attempt) for attempt in _attempts(company, output_key))


def _attempts(company: Company, output_key: str) -> Iterator[_Attempt]:
    foundation = company.outputs("foundation")
    people = company.environment.people
    reader, uploader = people.readers[0].role, people.uploaders[0].role
    endpoint = foundation["EndpointId"]
    output = {"Bucket": foundation["OutputsBucket"], "Key": output_key}
    inside = company.client("s3", role=reader, through=endpoint)
    yield _Attempt(
        claim="Outputs answer only through the environment's endpoint.",
        tried="A reader gets an output from outside",
        call=lambda: company.client("s3", role=reader).get_object(**output),
        refused=True,
    )
    yield _Attempt(
        claim="Readers get outputs through the endpoint.",
        tried="The same reader gets the same output through the endpoint",
        call=lambda: inside.get_object(**output),
        refused=False,
    )
    yield _Attempt(
        claim="Readers read and nothing else.",
        tried="A reader writes into the outputs through the endpoint",
        call=lambda: inside.put_object(
            Bucket=foundation["OutputsBucket"], Key="forged.out", Body=b"{}"
        ),
        refused=True,
    )
    yield _Attempt(
        claim="Uploaders put data in and cannot take any out.",
        tried="An uploader gets an output",
        call=lambda: company.client("s3", role=uploader).get_object(**output),
        refused=True,
    )
    yield _Attempt(
        claim="New objects carry the environment's key.",
        tried="An uploader puts an input under S3's own key",
        call=lambda: company.client("s3", role=uploader).put_object(
            Bucket=foundation["InputsBucket"],
            Key="forged",
            Body=b"",
            ServerSideEncryption="AES256",
        ),
        refused=True,
    )
    yield _Attempt(
        claim="Key administrators manage the key and never use it.",
        tried="A key administrator encrypts with the key",
        call=lambda: company.client(
            "kms", role=people.key_administrators[0].role
        ).encrypt(KeyId=foundation["KeyArn"], Plaintext=b"secret"),
        refused=True,
    )


def _outcome(attempt: _Attempt) -> ClaimRow:
    try:
        attempt.call()
    except ClientError as error:
        details = error.response["Error"]
        refused = details["Code"].startswith("AccessDenied")
        return ClaimRow(
            claim=attempt.claim,
            tried=attempt.tried,
            seen=f"{details['Code']}: {details['Message']}",
            ok=attempt.refused and refused,
        )
    return ClaimRow(
        claim=attempt.claim,
        tried=attempt.tried,
        seen="served",
        ok=not attempt.refused,
    )
