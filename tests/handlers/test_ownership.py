"""What the owner of a name asks of the one who makes what it stands for."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from chaos.storage import Storage
from private_transform.handlers.lifecycle import Attributes, Properties, Request
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
    """A maker that is never done and remembers what it was asked for."""

    asked: list[Request] = field(default_factory=list)

    def digest(self, properties: Properties) -> str:
        return "0" * 8

    def spent(self, name: str, properties: Properties) -> bool:
        return False

    def make(
        self,
        name: str,
        request: Request,
        *,
        restored: Attributes | None,
        previous: Attributes | None,
    ) -> Attributes | None:
        self.asked.append(request)
        return None

    def remove(self, name: str) -> str | None:
        return None


def test_the_time_of_a_request_counts_from_its_first_delivery() -> None:
    maker = Listening()
    owner = Owner(maker=maker, s3=Storage(), bucket="control", now=lambda: FIRST)
    name = owner.begin(CREATE)["PhysicalResourceId"]
    again = FIRST + timedelta(minutes=30)

    owner.finished(replace(CREATE, physical_id=name, started=again))

    (asked,) = maker.asked
    assert asked.started == FIRST
