"""Promises of the environment, and an attempt to break each on the running one."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.company import Company
from rehearsal.report import ClaimRow

REFUSALS = ("AccessDenied", "AccessDeniedException")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
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


def try_claims(company: Company) -> tuple[ClaimRow, ...]:
    """Try to break each promise of a deployed environment.

    The root of the embedded account proves nothing, because no policy limits it: all
    attempts are made by roles.
    """
    return tuple(_outcome(attempt) for attempt in attempts(company))


def attempts(company: Company) -> Iterator[Attempt]:
    """Everything that is tried; each belongs to one promise."""
    there = company.outputs("foundation")
    people = company.environment.people
    reader, uploader = people.readers[0].role, people.uploaders[0].role
    glass, keeper = people.break_glass[0].role, people.key_administrators[0].role
    endpoint = there["EndpointId"]
    models, inputs, outputs = (
        there[f"{kind}Bucket"] for kind in ("Models", "Inputs", "Outputs")
    )
    output = {"Bucket": outputs, "Key": _first(company, glass, outputs)}
    model = {"Bucket": models, "Key": _first(company, glass, models)}
    photograph = {"Bucket": inputs, "Key": _first(company, glass, inputs)}

    def s3(role: str, through: str | None = None, *, plain: bool = False) -> Any:
        return company.client("s3", role=role, through=through, plain=plain)

    yield Attempt(
        claim="Outputs answer only through the environment's endpoint.",
        tried="A reader gets an output from outside",
        call=lambda: s3(reader).get_object(**output),
        refused=True,
    )
    yield Attempt(
        claim="Readers get outputs through the endpoint.",
        tried="The same reader gets the same output through the endpoint",
        call=lambda: s3(reader, endpoint).get_object(**output),
        refused=False,
    )
    yield Attempt(
        claim="Readers write nothing.",
        tried="A reader puts an output through the endpoint",
        call=lambda: s3(reader, endpoint).put_object(
            Bucket=outputs, Key="forged.out", Body=b"{}"
        ),
        refused=True,
    )
    yield Attempt(
        claim="Readers see outputs alone.",
        tried="A reader gets an input through the endpoint",
        call=lambda: s3(reader, endpoint).get_object(**photograph),
        refused=True,
    )
    yield Attempt(
        claim="Uploaders cannot take out what they put in.",
        tried="An uploader gets an input",
        call=lambda: s3(uploader).get_object(**photograph),
        refused=True,
    )
    yield Attempt(
        claim="Nobody deletes while the lock is on.",
        tried="An uploader deletes an input through the endpoint",
        call=lambda: s3(uploader, endpoint).delete_object(**photograph),
        refused=True,
    )
    yield Attempt(
        claim="New objects carry the environment's key.",
        tried="An uploader puts an input under S3's own key",
        call=lambda: s3(uploader).put_object(
            Bucket=inputs, Key="forged", Body=b"", ServerSideEncryption="AES256"
        ),
        refused=True,
    )
    elsewhere = {"Bucket": _foreign_bucket(company), "Key": "stolen", "Body": b""}
    yield Attempt(
        claim="The endpoint leads to no other bucket.",
        tried="An uploader puts an object into a foreign bucket through the endpoint",
        call=lambda: s3(uploader, endpoint).put_object(**elsewhere),
        refused=True,
    )
    yield Attempt(
        claim="It is the endpoint that refuses this, and nothing else.",
        tried="The same uploader puts the same object there from outside",
        call=lambda: s3(uploader).put_object(**elsewhere),
        refused=False,
    )
    yield Attempt(
        claim="Nothing is served without TLS.",
        tried="The break-glass role gets a model over plain HTTP",
        call=lambda: s3(glass, plain=True).get_object(**model),
        refused=True,
    )
    yield Attempt(
        claim="The break-glass role reads in an emergency.",
        tried="The break-glass role gets a model from outside",
        call=lambda: s3(glass).get_object(**model),
        refused=False,
    )
    yield Attempt(
        claim="The break-glass role changes nothing.",
        tried="The break-glass role puts a model",
        call=lambda: s3(glass).put_object(**model, Body=b"forged"),
        refused=True,
    )
    yield Attempt(
        claim="Key administrators manage the key.",
        tried="A key administrator reads the key's rotation",
        call=lambda: company.client("kms", role=keeper).get_key_rotation_status(
            KeyId=there["KeyArn"]
        ),
        refused=False,
    )
    yield Attempt(
        claim="Key administrators never use the key.",
        tried="A key administrator encrypts with the key",
        call=lambda: company.client("kms", role=keeper).encrypt(
            KeyId=there["KeyArn"], Plaintext=b"secret"
        ),
        refused=True,
    )


def _first(company: Company, role: str, bucket: str) -> str:
    listed = company.client("s3", role=role).list_objects_v2(Bucket=bucket, MaxKeys=1)
    key: str = listed["Contents"][0]["Key"]
    return key


def _foreign_bucket(company: Company) -> str:
    """A bucket that is not the environment's, and that the uploader may write to."""
    name = f"somebody-elses-of-{company.environment.name}"
    s3 = company.client("s3")
    s3.create_bucket(Bucket=name)
    role = company.environment.people.uploaders[0].role
    company.client("iam").put_role_policy(
        RoleName=role.rpartition("/")[2],
        PolicyName="writes-elsewhere",
        PolicyDocument=(
            '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", '
            '"Action": "s3:PutObject", "Resource": "*"}}'
        ),
    )
    return name


def _outcome(attempt: Attempt) -> ClaimRow:
    try:
        attempt.call()
    except ClientError as error:
        details = error.response["Error"]
        seen = f"{details['Code']}: {details['Message']}"
        # Any error but a refusal says nothing about the promise.
        ok = attempt.refused and details["Code"] in REFUSALS
    else:
        seen, ok = "served", not attempt.refused
    return ClaimRow(claim=attempt.claim, tried=attempt.tried, seen=seen, ok=ok)
