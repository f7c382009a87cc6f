"""Text stays what was written: nothing on its way to AWS replaces a part of it."""

import re
from collections.abc import Iterator
from typing import Any

from private_transform.environment.rules.breach import Breach
from private_transform.environment.yaml_source import Place

_TOKEN = re.compile(r"[$#]\{Token\[|-1\.[0-9]{10,16}e\+289")
"""The forms that AWS CDK gives to texts, lists and numbers that it does not know yet.
Within other text it looks each up, and fails where it made none."""

_DYNAMIC_REFERENCE = "{{resolve:"


def replaced_text(written: Any, place: Place = ()) -> Iterator[Breach]:
    """What CDK or CloudFormation would take for a mark of its own and replace.

    Args:
        written: What stands in a file, or a part of it.
        place: Where that part stands.
    """
    if isinstance(written, dict):
        for key, value in written.items():
            yield from _in_text(key, (*place, key))
            yield from replaced_text(value, (*place, key))
    elif isinstance(written, list):
        for position, entry in enumerate(written):
            yield from replaced_text(entry, (*place, position))
    elif written is not None:
        yield from _in_text(written, place)


def _in_text(text: str, place: Place) -> Iterator[Breach]:
    token = _TOKEN.search(text)
    if token is not None:
        yield Breach(
            place=place,
            rule=f"AWS CDK takes {token[0]} for a mark of its own and would replace it "
            "(AWS: Tokens and the AWS CDK).",
            fix="Write it in other words.",
        )
    if _DYNAMIC_REFERENCE in text:
        yield Breach(
            place=place,
            rule=f"AWS CloudFormation replaces {_DYNAMIC_REFERENCE}...}}}} by a value "
            "or secret that the deployment may read, and it would be copied into jobs, "
            "events and trails (AWS: Using dynamic references to specify template "
            "values).",
            fix="Write the value itself, if it is no secret; otherwise leave it out.",
        )
