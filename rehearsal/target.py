"""A deployed environment as those see it who try to break its promises."""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from rehearsal.company import Company
from rehearsal.steps import StepError

KINDS = ("models", "inputs", "outputs")

_TRIAL = "trial-of-a-promise"
"""What attempts write and delete is named like this: no object of a job is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A deployed environment, with an object in each of its data buckets.

    Attributes:
        company: Those who try.
        endpoint: Id of the environment's endpoint.
        key: ARN of the environment's key.
        ciphertext: Something that was encrypted with it.
        objects: An object of each data bucket, by what lies there, as S3's calls
            name it.
        other_bucket: A bucket of the account that is not the environment's.
        other_key: Such a key.
    """

    company: Company
    endpoint: str
    key: str
    ciphertext: bytes
    objects: Mapping[str, Mapping[str, str]]
    other_bucket: str
    other_key: str
    _clients: dict[tuple[Any, ...], Any] = field(default_factory=dict, repr=False)

    @classmethod
    @contextlib.contextmanager
    def of(cls, company: Company) -> "Iterator[Target]":
        """See an environment; what attempts have left in it is gone in the end.

        Raises:
            StepError: A data bucket is empty.
        """
        outputs = company.outputs("foundation")
        buckets = {kind: outputs[f"{kind.title()}Bucket"] for kind in KINDS}
        s3, kms = company.client("s3"), company.client("kms")
        objects = {kind: _some_object(s3, buckets[kind]) for kind in KINDS}
        secret = kms.encrypt(KeyId=outputs["KeyArn"], Plaintext=b"secret")
        other_bucket = f"somebody-elses-of-{company.environment.name}"
        s3.create_bucket(Bucket=other_bucket)
        other_key = kms.create_key()["KeyMetadata"]["Arn"]
        try:
            yield cls(
                company=company,
                endpoint=outputs["EndpointId"],
                key=outputs["KeyArn"],
                ciphertext=secret["CiphertextBlob"],
                objects=objects,
                other_bucket=other_bucket,
                other_key=other_key,
            )
        finally:
            for bucket in (*buckets.values(), other_bucket):
                _remove_trials(s3, bucket)
            s3.delete_bucket(Bucket=other_bucket)
            kms.schedule_key_deletion(KeyId=other_key, PendingWindowInDays=7)

    def outside(self, role: str, *, plain: bool = False) -> Any:
        """S3 as this role sees it from outside the endpoint."""
        return self._client("s3", role, plain=plain)

    def inside(self, role: str) -> Any:
        """S3 as this role sees it through the endpoint."""
        return self._client("s3", role, through=self.endpoint)

    def kms(self, role: str) -> Any:
        """KMS as this role sees it."""
        return self._client("kms", role)

    def _client(self, service: str, role: str, **way: Any) -> Any:
        """Make a client once: that takes longer than most attempts."""
        key = (service, role, *way.items())
        if key not in self._clients:
            self._clients[key] = self.company.client(service, role=role, **way)
        return self._clients[key]

    def new(self, kind: str) -> dict[str, Any]:
        """An object that is not there yet."""
        return trial_in(self.objects[kind]["Bucket"])

    def nothing(self, kind: str) -> dict[str, str]:
        """A key without an object: S3 asks for the right to delete it all the same.

        A promise that is broken costs no data.
        """
        return {"Bucket": self.objects[kind]["Bucket"], "Key": f"{_TRIAL}/nothing"}


def trial_in(bucket: str) -> dict[str, Any]:
    """An empty object of a bucket that is removed when the attempts are over."""
    return {"Bucket": bucket, "Key": _TRIAL, "Body": b""}


def _some_object(s3: Any, bucket: str) -> dict[str, str]:
    found = s3.list_objects_v2(Bucket=bucket, MaxKeys=1).get("Contents", [])
    if not found:
        raise StepError(f"{bucket} is empty: there is nothing to try its promises on")
    return {"Bucket": bucket, "Key": found[0]["Key"]}


def _remove_trials(s3: Any, bucket: str) -> None:
    listed = s3.list_object_versions(Bucket=bucket, Prefix=_TRIAL)
    for each in (*listed.get("Versions", []), *listed.get("DeleteMarkers", [])):
        s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
