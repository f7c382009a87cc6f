"""What the owner of a name asks of the one who makes what it stands for."""

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from chaos.storage import Storage
from private_transform.handlers.job import TransformJob
from private_transform.handlers.lifecycle import (
    Attributes,
    LauncherError,
    Properties,
    Request,
)
from private_transform.handlers.ownership import Owner

FIRST = datetime(2030, 1, 1, tzinfo=UTC)
CREATE = Request(
    kind="Create",
    request_id="r1",
    stack_id="arn:aws:cloudformation:us-east-1:123456789012:stack/dev-faces/1",
    logical_id="Job",
    physical_id=None,
    properties={"Environment": "dev", "Transform": "faces"},
    old_properties={},
    started=None,
)


@dataclass
class Listening:
    """A maker that remembers what it was asked for, and is done or not."""

    is_done: bool = False
    asked: list[Request] = field(default_factory=list)

    def digest(self, properties: Properties) -> str:
        return str(properties.get("Digest", "0" * 8))

    def make(
        self,
        name: str,
        request: Request,
        *,
        before: Attributes | None,
        restores: bool,
        previous: Attributes | None,
    ) -> Attributes | None:
        self.asked.append(request)
        if request.properties.get("Fails"):
            raise LauncherError("No.")
        return {"Name": name} if self.is_done else None

    def remove(self, name: str) -> str | None:
        return None


@dataclass
class Resource:
    """One resource as CloudFormation sees it; each request is answered at once."""

    owner: Owner
    held: str | None = None
    properties: Properties = field(default_factory=dict)
    number: int = 0

    def ask(self, **properties: str) -> str:
        """The physical id that a request for these properties is given."""
        self.number += 1
        wanted = {**CREATE.properties, **properties}
        request = replace(
            CREATE,
            kind="Create" if self.held is None else "Update",
            request_id=f"r{self.number}",
            physical_id=self.held,
            properties=wanted,
            old_properties=self.properties,
        )
        name = str(self.owner.begin(request)["PhysicalResourceId"])
        with suppress(LauncherError):
            self.owner.finished(replace(request, physical_id=name, started=FIRST))
        self.held, self.properties = name, wanted
        return name


@pytest.fixture
def resource() -> Resource:
    maker = Listening(is_done=True)
    return Resource(
        Owner(maker=maker, s3=Storage(), bucket="control", now=lambda: FIRST)
    )


def test_what_succeeded_is_kept_while_its_digest_is(resource: Resource) -> None:
    first = resource.ask(Digest="1" * 8)

    assert resource.ask(Digest="1" * 8, Tags="more") == first
    assert resource.ask(Digest="2" * 8) != first


def test_what_only_a_failed_request_has_named_is_made_again(resource: Resource) -> None:
    resource.ask(Digest="1" * 8)
    failed = resource.ask(Digest="2" * 8, Fails="yes")

    again = resource.ask(Digest="2" * 8)

    assert again != failed
    assert again.startswith("dev-faces-22222222-")


def test_a_roll_back_goes_back_to_what_was_there(resource: Resource) -> None:
    first = resource.ask(Digest="1" * 8)
    resource.ask(Digest="2" * 8, Fails="yes")

    assert resource.ask(Digest="1" * 8) == first


def test_the_time_of_a_request_counts_from_its_first_delivery() -> None:
    maker = Listening()
    owner = Owner(maker=maker, s3=Storage(), bucket="control", now=lambda: FIRST)
    name = owner.begin(CREATE)["PhysicalResourceId"]
    again = FIRST + timedelta(minutes=30)

    owner.finished(replace(CREATE, physical_id=name, started=again))

    (asked,) = maker.asked
    assert asked.started == FIRST


def test_a_declared_digest_of_an_artifact_is_part_of_the_runs_digest() -> None:
    job = TransformJob(
        sagemaker=cast(Any, None), s3=Storage(), bucket="control", now=lambda: FIRST
    )
    properties: dict[str, Any] = {"ModelDigest": "1", "Request": {}, "Run": "1"}

    def declared(sha256: str) -> dict[str, Any]:
        artifact = {"S3Uri": "s3://models/a", "Sha256": sha256}
        return {**properties, "ArtifactDigests": [artifact]}

    assert len({job.digest(p) for p in (properties, declared("1"), declared("2"))}) == 3
    assert job.digest(declared("1")) == job.digest({**declared("1"), "Policies": {}})
