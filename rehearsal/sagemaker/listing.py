"""Lists of models and jobs: filtered, sorted, page by page."""

import base64
import binascii
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Protocol, TypeVar

from rehearsal.sagemaker.errors import ValidationError
from rehearsal.sagemaker.store import JobRecord


class Listed(Protocol):
    """What every listed resource has."""

    created: float

    @property
    def name(self) -> str:
        """The resource's name."""


R = TypeVar("R", bound=Listed)


def page(
    records: Iterable[R],
    request: Mapping[str, Any],
    *,
    key: str,
    row: Callable[[R], Mapping[str, Any]],
) -> dict[str, Any]:
    """Answer a List request.

    The token names the last resource of a page, so that what is made in between
    neither repeats nor hides another. AWS: ListModels; ListTransformJobs.

    Args:
        records: All resources of the account and region.
        request: The request, whose shape has been checked.
        key: The member of the answer that holds the rows.
        row: Renders one resource.

    Raises:
        ValidationError: The token is not one of ours.
    """
    descending = request.get("SortOrder", "Descending") == "Descending"

    def position(record: R) -> list[Any]:
        return [_sort_value(record, request.get("SortBy")), record.name]

    wanted = sorted(
        (record for record in records if _matches(record, request)),
        key=position,
        reverse=descending,
    )
    if token := request.get("NextToken"):
        last = _read_token(token)
        wanted = [
            record
            for record in wanted
            if (position(record) < last if descending else position(record) > last)
        ]
    size = request.get("MaxResults", 10)
    answer: dict[str, Any] = {key: [row(record) for record in wanted[:size]]}
    if len(wanted) > size:
        answer["NextToken"] = _write_token(position(wanted[size - 1]))
    return answer


def _sort_value(record: Any, sort_by: str | None) -> str | float:
    if sort_by == "Name":
        return str(record.name)
    if sort_by == "Status":
        return str(record.status)
    return float(record.created)


def _matches(record: Listed, request: Mapping[str, Any]) -> bool:
    status = request.get("StatusEquals")
    times = [
        ("CreationTimeAfter", "CreationTimeBefore", record.created),
        (
            "LastModifiedTimeAfter",
            "LastModifiedTimeBefore",
            record.modified if isinstance(record, JobRecord) else record.created,
        ),
    ]
    return (
        request.get("NameContains", "") in record.name
        and (not status or getattr(record, "status", None) == status)
        and all(
            request.get(after, time) <= time <= request.get(before, time)
            for after, before, time in times
        )
    )


def _write_token(position: list[Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode()


def _read_token(token: str) -> list[Any]:
    try:
        position = json.loads(base64.urlsafe_b64decode(token))
    except (binascii.Error, ValueError) as error:
        raise ValidationError("Invalid NextToken.") from error
    if not isinstance(position, list):
        raise ValidationError("Invalid NextToken.")
    return position
