"""What a resource's policy gives people by itself, without policies of their own."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from review.plain import listed
from review.scene import Document


def direct(document: Document) -> Document:
    """A resource's policy without what it leaves to others, and gives to services.

    Naming the account as principal means that its people need a right of their own
    (AWS: AWS JSON policy elements: Principal).
    """
    return {**document, "Statement": list(_direct(document))}


def _direct(document: Document) -> Iterator[Mapping[str, Any]]:
    for statement in document["Statement"]:
        principal = statement.get("Principal")
        if statement["Effect"] == "Deny" or not isinstance(principal, dict):
            yield statement
            continue
        named = list(filter(_is_one, listed(principal.get("AWS", []))))
        if named:
            yield {**statement, "Principal": {"AWS": named}}


def _is_one(principal: Any) -> bool:
    account = r"\d{12}|arn:[\w-]+:iam::\d{12}:root"
    return re.fullmatch(account, str(principal)) is None
