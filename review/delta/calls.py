"""The calls to AWS in Python code, by the names of boto3's methods.

Code that hides what it calls is only told as changed, but for a name that is made up
where a method is looked for.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from functools import cache

import botocore.session
from botocore import xform_name

from .asset import Files

UNREADABLE = "(a call that cannot be read)"
"""Stands for a call whose name is made up while the code runs."""

_SERVICES = (
    "athena",
    "cloudwatch",
    "dynamodb",
    "ec2",
    "events",
    "glue",
    "iam",
    "kms",
    "lambda",
    "logs",
    "s3",
    "sagemaker",
    "secretsmanager",
    "sns",
    "sqs",
    "ssm",
    "stepfunctions",
    "sts",
)
"""Services whose calls are known by the names of boto3's methods."""

_RIGHTS = {
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:ListObjectVersions": "s3:ListBucketVersions",
}
"""Calls that IAM knows under another name (AWS: Actions, resources, and condition keys
for Amazon S3)."""

_PREFIXES = {"stepfunctions": "states"}

_PARSED_LIMIT = 500_000
"""Bytes of a file whose calls are looked for: to parse it takes 500 times as many."""

_BY_NAME = {"get_paginator": 0, "getattr": 1, "methodcaller": 0}
"""What looks a method up by its name, and the place of the name among its arguments."""


def new_calls(before: Files, after: Files) -> dict[str, list[str]]:
    """Files by the names that they mention in more places than before.

    In each file for itself: what one function may call is news in another.
    """
    found: dict[str, list[str]] = {}
    for name, content in sorted(after.items()):
        old = before.get(name, b"")
        if name.endswith(".py") and content != old:
            for call in _more(old, content):
                found.setdefault(call, []).append(name)
    return found


def actions_of(call: str) -> tuple[str, ...]:
    """What IAM may call a method; nothing if boto3 has none of this name."""
    return _actions().get(call, ())


def _more(old: bytes, new: bytes) -> Counter[str]:
    was, now = _parsed(old), _parsed(new)
    if now is None:
        return Counter([UNREADABLE])
    return Counter(_calls(now)) - Counter(_calls(was) if was else ())


def _parsed(content: bytes) -> ast.Module | None:
    if len(content) > _PARSED_LIMIT:
        return None
    try:
        return ast.parse(content)
    except (MemoryError, RecursionError, SyntaxError, ValueError):
        return None  # Also what nests too deep to be parsed.


def _calls(tree: ast.Module) -> Iterator[str]:
    """Names of methods, whatever of, called or only handed on to be called."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute(attr=name, ctx=ast.Load()):
                yield name
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)):
                if name in _BY_NAME:
                    yield _given(node.args[_BY_NAME[name] :])


def _given(arguments: list[ast.expr]) -> str:
    match arguments:
        case [ast.Constant(value=str(name)), *_]:
            return name
        case _:
            return UNREADABLE


@cache
def _actions() -> dict[str, tuple[str, ...]]:
    """What IAM may call each of boto3's methods."""
    session = botocore.session.get_session()
    found: dict[str, set[str]] = {}
    for service in _SERVICES:
        prefix = _PREFIXES.get(service, service)
        for operation in session.get_service_model(service).operation_names:
            action = f"{prefix}:{operation}"
            method = xform_name(operation)
            found.setdefault(method, set()).add(_RIGHTS.get(action, action))
    return {method: tuple(sorted(actions)) for method, actions in found.items()}
