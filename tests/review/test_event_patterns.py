"""Patterns match what MiniStack's EventBridge matches, or are not understood."""

import json
from typing import Any

import pytest
from ministack.services import eventbridge

from review.event_patterns import matches
from review.scene import UnclearError

EVENTS: tuple[dict[str, Any], ...] = (
    {"a": "x"},
    {"a": "xyz"},
    {"a": ["y", "x"]},
    {"a": {"b": "x"}},
    {"a": [{"b": "x"}, {"b": "y", "c": "z"}]},
    {"a": {}},
    {"a": None},
    {"b": "x"},
    {"a": {"b": {"c": "x"}}},
    {"a": True},
)
PATTERNS: tuple[dict[str, Any], ...] = (
    {"a": ["x"]},
    {"a": ["x", "y"]},
    {"a": [{"exists": True}]},
    {"a": [{"exists": False}]},
    {"a": [{"anything-but": "x"}]},
    {"a": [{"anything-but": ["x", "y"]}]},
    {"a": [{"exists": False}, {"anything-but": ["x"]}]},
    {"a": [{"prefix": "xy"}]},
    {"a": [{"wildcard": "x*z"}]},
    {"a": [{"wildcard": "x"}]},
    {"a": {"b": ["x"]}},
    {"a": {"b": ["x"], "c": ["z"]}},
    {"a": {"b": [{"exists": False}]}},
    {"a": {"b": {"c": [{"exists": False}, {"anything-but": ["x"]}]}}},
    {"$or": [{"a": ["y"]}, {"b": ["x"]}]},
    {"a": {"$or": [{"b": ["y"]}, {"c": ["x"]}]}, "b": [{"exists": False}]},
)


@pytest.mark.parametrize("pattern", PATTERNS, ids=json.dumps)
def test_it_is_matched_as_eventbridge_does(pattern: dict[str, Any]) -> None:
    whole = {"detail": pattern}
    for event in EVENTS:
        sent = {"Source": "s", "DetailType": "t", "Detail": json.dumps(event)}
        expected = eventbridge._matches_pattern(json.dumps(whole), sent)
        assert matches(whole, {"detail": event}) == expected, event
        assert matches(json.dumps(whole), {"detail": event}) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        {},
        "no JSON",
        {"a": "x"},
        {"a": [{"suffix": "x"}]},
        {"a": [{"anything-but": {"prefix": "x"}}]},
        {"a": [{"prefix": "x", "suffix": "y"}]},
        {"a": [{"wildcard": "x\\*"}]},
    ],
    ids=str,
)
def test_what_is_not_understood_is_not_guessed_at(pattern: Any) -> None:
    with pytest.raises(UnclearError):
        matches(pattern, {"a": "z"})
