"""What people can do with the rights of their duty: every deed, tried by every duty.

A deed on objects is tried through the endpoint, where the lock stands open, so that
a refusal comes from what the person is not given.
"""

from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

from rehearsal.attempts import BUCKET_OR_KEY, OWN_RIGHTS, Attempt
from rehearsal.target import KINDS, Target


@dataclass(frozen=True, slots=True, kw_only=True)
class _Deed:
    """One thing that a person may be able to do.

    Args:
        words: What it is, after the person's name.
        service: The service that is asked.
        does: Does it, with a client of the service.
        refused_by: What a refusal says to those whose duty it is not.
    """

    words: str
    service: Literal["s3", "kms"]
    does: Callable[[Any], Any]
    refused_by: str = OWN_RIGHTS


@dataclass(frozen=True, slots=True, kw_only=True)
class _Duty:
    """The people of one duty.

    Args:
        person: One of them, in words.
        role: ARN of a role of the duty.
        claim: The duty's promise.
        deeds: All that its people can do, in the words of the deeds.
    """

    person: str
    role: str
    claim: str
    deeds: Set[str]


def duties(target: Target) -> Iterator[Attempt]:
    """Try every deed as somebody of every duty."""
    for duty in _duties(target):
        clients = {"s3": target.inside(duty.role), "kms": target.kms(duty.role)}
        for deed in _deeds(target):
            yield Attempt(
                claim=duty.claim,
                tried=f"{duty.person} {deed.words}",
                call=partial(deed.does, clients[deed.service]),
                refused_by=None if deed.words in duty.deeds else deed.refused_by,
            )


def _duties(target: Target) -> Iterator[_Duty]:
    people = target.company.environment.people
    yield _Duty(
        person="An uploader",
        role=people.uploaders[0].role,
        claim="Uploaders put and list models and inputs, and do nothing else.",
        deeds={
            *("puts one of the models", "puts one of the inputs"),
            *("lists the models", "lists the inputs"),
        },
    )
    yield _Duty(
        person="A reader",
        role=people.readers[0].role,
        claim="Readers get and list outputs, and do nothing else.",
        deeds={"gets one of the outputs", "lists the outputs"},
    )
    yield _Duty(
        person="An analyst",
        role=people.analysts[0].role,
        claim="Analysts come to no data in another way than Athena.",
        deeds=set(),
    )
    yield _Duty(
        person="An operator",
        role=people.operators[0].role,
        claim="Operators begin and stop runs, and come to no data.",
        deeds=set(),
    )
    yield _Duty(
        person="A key administrator",
        role=people.key_administrators[0].role,
        claim="Key administrators manage the key, and do nothing else.",
        deeds={"looks at the key", "changes the key's description"},
    )
    yield _Duty(
        person="The break-glass role",
        role=people.break_glass[0].role,
        claim="The break-glass role gets and lists data, and does nothing else.",
        deeds={
            f"{verb} {kind}"
            for verb in ("gets one of the", "lists the")
            for kind in KINDS
        },
    )


def _deeds(target: Target) -> Iterator[_Deed]:
    for kind in KINDS:
        yield from _deeds_on_objects(target, kind)
    yield _Deed(
        words="looks at the key",
        service="kms",
        does=lambda kms: kms.describe_key(KeyId=target.key),
    )
    yield _Deed(
        words="changes the key's description",
        service="kms",
        does=lambda kms: kms.update_key_description(
            KeyId=target.key, Description="Private batch transform"
        ),
        refused_by=BUCKET_OR_KEY,
    )
    yield _Deed(
        words="encrypts with the key",
        service="kms",
        does=lambda kms: kms.encrypt(KeyId=target.key, Plaintext=b"secret"),
    )
    yield _Deed(
        words="decrypts with the key",
        service="kms",
        does=lambda kms: kms.decrypt(CiphertextBlob=target.ciphertext),
    )
    yield _Deed(
        words="lends the key to somebody",
        service="kms",
        does=lambda kms: kms.create_grant(
            KeyId=target.key,
            GranteePrincipal=target.company.administrator,
            Operations=["Decrypt"],
        ),
    )


def _deeds_on_objects(target: Target, kind: str) -> Iterator[_Deed]:
    item = target.objects[kind]
    yield _Deed(
        words=f"puts one of the {kind}",
        service="s3",
        does=lambda s3: s3.put_object(**target.new(kind)),
    )
    yield _Deed(
        words=f"gets one of the {kind}",
        service="s3",
        does=lambda s3: s3.get_object(**item),
    )
    yield _Deed(
        words=f"lists the {kind}",
        service="s3",
        does=lambda s3: s3.list_objects_v2(Bucket=item["Bucket"], MaxKeys=1),
    )
    yield _Deed(
        words=f"deletes one of the {kind}",
        service="s3",
        does=lambda s3: s3.delete_object(**target.nothing(kind)),
    )
