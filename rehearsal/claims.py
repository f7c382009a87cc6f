"""Promises of the environment, and an attempt to break each on the running one.

Most attempts are made by roles whom IAM allows everything: then nothing but the
environment's own policies can refuse, and an attempt counts as refused only if the
refusal names the policy that the promise rests on. The root of the embedded account
makes none, because no policy limits it.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from botocore.exceptions import ClientError

from rehearsal.company import Company
from rehearsal.report import ClaimRow

KINDS = ("models", "inputs", "outputs")

BUCKET_OR_KEY = "explicit deny in a resource-based policy"
ENDPOINT = "VPC endpoint policy"
OWN_RIGHTS = "no identity-based policy allows"
NOT_ALLOWED = "is not authorized to perform"
"""For roles whom IAM allows everything: something else does not allow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One thing somebody tries.

    Args:
        claim: The promise, as a sentence.
        tried: Who does what.
        call: The attempt.
        refused_by: What the refusal must say of the policy behind it; None when
            keeping the promise means that the attempt is served.
    """

    claim: str
    tried: str
    call: Callable[[], Any]
    refused_by: str | None = None


def try_claims(company: Company) -> tuple[ClaimRow, ...]:
    """Try to break each promise of a deployed environment."""
    return tuple(_outcome(attempt) for attempt in attempts(company))


def attempts(company: Company) -> Iterator[Attempt]:
    """Everything that is tried; each belongs to one promise."""
    there = _There.of(company)
    yield from _duties(there)
    people = company.environment.people
    with company.unbounded(
        company.administrator,
        people.uploaders[0].role,
        people.readers[0].role,
        people.break_glass[0].role,
        people.key_administrators[0].role,
    ):
        for kind in KINDS:
            yield from _lock(there, kind)
        yield from _exceptions(there)
        yield from _endpoint(there)
        yield from _key(there)


@dataclass(frozen=True, slots=True, kw_only=True)
class _There:
    """A deployed environment, with an object in each of its data buckets."""

    company: Company
    endpoint: str
    key: str
    objects: dict[str, dict[str, str]]

    @classmethod
    def of(cls, company: Company) -> "_There":
        outputs = company.outputs("foundation")
        s3 = company.client("s3", role=company.environment.people.break_glass[0].role)

        def some_object(bucket: str) -> dict[str, str]:
            (found,) = s3.list_objects_v2(Bucket=bucket, MaxKeys=1)["Contents"]
            return {"Bucket": bucket, "Key": found["Key"]}

        return cls(
            company=company,
            endpoint=outputs["EndpointId"],
            key=outputs["KeyArn"],
            objects={
                kind: some_object(outputs[f"{kind.title()}Bucket"]) for kind in KINDS
            },
        )

    def outside(self, role: str, *, plain: bool = False) -> Any:
        """S3 as this role sees it from outside the endpoint."""
        return self.company.client("s3", role=role, plain=plain)

    def inside(self, role: str) -> Any:
        """S3 as this role sees it through the endpoint."""
        return self.company.client("s3", role=role, through=self.endpoint)

    def kms(self, role: str) -> Any:
        """KMS as this role sees it."""
        return self.company.client("kms", role=role)

    def new(self, kind: str) -> dict[str, Any]:
        """An object that is not there yet."""
        return {"Bucket": self.objects[kind]["Bucket"], "Key": "new", "Body": b""}


def _duties(there: _There) -> Iterator[Attempt]:
    """People with no rights but those that the deployment gave them."""
    people = there.company.environment.people
    reader, uploader = people.readers[0].role, people.uploaders[0].role
    glass, keeper = people.break_glass[0].role, people.key_administrators[0].role
    yield Attempt(
        claim="Readers get outputs through the endpoint.",
        tried="A reader gets an output through the endpoint",
        call=lambda: there.inside(reader).get_object(**there.objects["outputs"]),
    )
    yield Attempt(
        claim="Readers see outputs alone.",
        tried="A reader gets an input through the endpoint",
        call=lambda: there.inside(reader).get_object(**there.objects["inputs"]),
        refused_by=OWN_RIGHTS,
    )
    yield Attempt(
        claim="Readers write nothing.",
        tried="A reader puts an output through the endpoint",
        call=lambda: there.inside(reader).put_object(**there.new("outputs")),
        refused_by=OWN_RIGHTS,
    )
    yield Attempt(
        claim="Uploaders put inputs, from outside too.",
        tried="An uploader puts an input from outside",
        call=lambda: there.outside(uploader).put_object(
            Bucket=there.objects["inputs"]["Bucket"], Key="claims/empty", Body=b""
        ),
    )
    yield Attempt(
        claim="Uploaders cannot take out what they put in.",
        tried="An uploader gets an input through the endpoint",
        call=lambda: there.inside(uploader).get_object(**there.objects["inputs"]),
        refused_by=OWN_RIGHTS,
    )
    for kind in KINDS:
        yield Attempt(
            claim=f"The break-glass role reads {kind} in an emergency.",
            tried=f"The break-glass role gets one of the {kind} from outside",
            call=partial(there.outside(glass).get_object, **there.objects[kind]),
        )
    yield Attempt(
        claim="Key administrators manage the key.",
        tried="A key administrator changes the key's description",
        call=lambda: there.kms(keeper).update_key_description(
            KeyId=there.key, Description="Private batch transform"
        ),
    )
    yield Attempt(
        claim="Key administrators never use the key.",
        tried="A key administrator encrypts with the key",
        call=lambda: there.kms(keeper).encrypt(KeyId=there.key, Plaintext=b"secret"),
        refused_by=OWN_RIGHTS,
    )


def _lock(there: _There, kind: str) -> Iterator[Attempt]:
    """One data bucket against an administrator whom IAM allows everything."""
    administrator = there.company.administrator
    glass = there.company.environment.people.break_glass[0].role
    item = there.objects[kind]
    # S3 asks for the same right, and a promise that is broken costs no data.
    nothing = {"Bucket": item["Bucket"], "Key": "nothing"}
    yield Attempt(
        claim=f"The {kind} answer only through the environment's endpoint.",
        tried=f"An administrator gets one of the {kind} from outside",
        call=lambda: there.outside(administrator).get_object(**item),
        refused_by=BUCKET_OR_KEY,
    )
    yield Attempt(
        claim=f"Nobody writes {kind} from outside without leave.",
        tried=f"An administrator puts one of the {kind} from outside",
        call=lambda: there.outside(administrator).put_object(**there.new(kind)),
        refused_by=BUCKET_OR_KEY,
    )
    yield Attempt(
        claim=f"Nobody deletes {kind} from outside.",
        tried=f"An administrator deletes one of the {kind} from outside",
        call=lambda: there.outside(administrator).delete_object(**nothing),
        refused_by=BUCKET_OR_KEY,
    )
    yield Attempt(
        claim=f"Nobody deletes {kind} through the endpoint.",
        tried=f"An administrator deletes one of the {kind} through the endpoint",
        call=lambda: there.inside(administrator).delete_object(**nothing),
        refused_by=ENDPOINT,
    )
    yield Attempt(
        claim=f"The {kind} are never served without TLS.",
        tried=f"The break-glass role gets one of the {kind} over plain HTTP",
        call=lambda: there.outside(glass, plain=True).get_object(**item),
        refused_by=BUCKET_OR_KEY,
    )


def _exceptions(there: _There) -> Iterator[Attempt]:
    """Leave to act from outside is for the duty alone, whatever IAM allows."""
    people = there.company.environment.people
    uploader, glass = people.uploaders[0].role, people.break_glass[0].role
    reader = people.readers[0].role
    yield Attempt(
        claim="A reader without leave reads nothing from outside.",
        tried="A reader gets an output from outside",
        call=lambda: there.outside(reader).get_object(**there.objects["outputs"]),
        refused_by=BUCKET_OR_KEY,
    )
    for kind in KINDS:
        yield Attempt(
            claim=f"An uploader's leave is not for reading {kind}.",
            tried=f"An uploader gets one of the {kind} from outside",
            call=partial(there.outside(uploader).get_object, **there.objects[kind]),
            refused_by=BUCKET_OR_KEY,
        )
        yield Attempt(
            claim=f"The break-glass leave is not for writing {kind}.",
            tried=f"The break-glass role puts one of the {kind} from outside",
            call=partial(there.outside(glass).put_object, **there.new(kind)),
            refused_by=BUCKET_OR_KEY,
        )
    for words, headers in (
        ("S3's own key", {"ServerSideEncryption": "AES256"}),
        ("the account's default key", {"ServerSideEncryption": "aws:kms"}),
    ):
        yield Attempt(
            claim=f"New objects carry the environment's key, not {words}.",
            tried=f"An uploader puts an input under {words}",
            call=partial(
                there.outside(uploader).put_object, **there.new("inputs"), **headers
            ),
            refused_by=BUCKET_OR_KEY,
        )


def _endpoint(there: _There) -> Iterator[Attempt]:
    """The endpoint leads to the environment's buckets, and outputs are the jobs'."""
    administrator = there.company.administrator
    bucket = f"somebody-elses-of-{there.company.environment.name}"
    there.company.client("s3").create_bucket(Bucket=bucket)
    elsewhere = {"Bucket": bucket, "Key": "stolen", "Body": b""}
    yield Attempt(
        claim="The endpoint leads to no other bucket.",
        tried="An administrator puts an object elsewhere through the endpoint",
        call=lambda: there.inside(administrator).put_object(**elsewhere),
        refused_by=ENDPOINT,
    )
    yield Attempt(
        claim="It is the endpoint that refuses this, and nothing else.",
        tried="The same administrator puts the same object there from outside",
        call=lambda: there.outside(administrator).put_object(**elsewhere),
    )
    yield Attempt(
        claim="Through the endpoint, outputs are written by jobs alone.",
        tried="An administrator puts an output through the endpoint",
        call=lambda: there.inside(administrator).put_object(**there.new("outputs")),
        refused_by=ENDPOINT,
    )


def _key(there: _There) -> Iterator[Attempt]:
    """The key against people whom IAM allows everything."""
    administrator = there.company.administrator
    keeper = there.company.environment.people.key_administrators[0].role
    for who, role in (("An administrator", administrator), ("A key admin", keeper)):
        yield Attempt(
            claim=f"{who} cannot use the key.",
            tried=f"{who} encrypts with the key",
            call=partial(there.kms(role).encrypt, KeyId=there.key, Plaintext=b"secret"),
            refused_by=NOT_ALLOWED,
        )
        yield Attempt(
            claim=f"{who} cannot rewrite the key's policy.",
            tried=f"{who} puts another policy on the key",
            call=partial(
                there.kms(role).put_key_policy,
                KeyId=there.key,
                PolicyName="default",
                Policy="{}",
            ),
            refused_by=BUCKET_OR_KEY,
        )
    yield Attempt(
        claim="Only those named administer the key.",
        tried="An administrator stops the key's rotation",
        call=lambda: there.kms(administrator).disable_key_rotation(KeyId=there.key),
        refused_by=BUCKET_OR_KEY,
    )


def _outcome(attempt: Attempt) -> ClaimRow:
    try:
        attempt.call()
    except ClientError as error:
        details = error.response["Error"]
        seen = f"{details['Code']}: {details['Message']}"
        # Any other refusal says nothing about the promise.
        ok = attempt.refused_by is not None and attempt.refused_by in seen
    else:
        seen, ok = "served", attempt.refused_by is None
    return ClaimRow(claim=attempt.claim, tried=attempt.tried, seen=seen, ok=ok)
