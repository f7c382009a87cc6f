"""The JSON shape that all policy documents share."""

from collections.abc import Iterable
from typing import Any

Statement = dict[str, Any]
"""One statement, as IAM writes it."""

Document = dict[str, Any]
"""A policy document, as IAM writes it."""

Condition = dict[str, dict[str, Any]]
"""Operators, each with its condition keys and their values."""


def document(statements: Iterable[Statement]) -> Document:
    """Put statements into a document of the current policy language."""
    return {"Version": "2012-10-17", "Statement": list(statements)}
