"""Rule packs in a process of their own: what it says, and that it may end."""

import json
import sys

import pytest

from compliance import packs
from compliance.finding import Finding
from compliance.templates import find_in

STACK = "stack"
TEMPLATE = json.dumps({"Resources": {"B": {"Type": "AWS::S3::Bucket"}}})


def test_what_packs_find_comes_back_as_it_was() -> None:
    found = find_in([(STACK, TEMPLATE)])[STACK, TEMPLATE]

    of_packs = packs.find(STACK, TEMPLATE)
    assert isinstance(found, tuple)
    assert isinstance(of_packs, tuple)
    assert "AwsSolutions-S1" in {each.rule for each in of_packs}
    assert {*of_packs} <= {*found}
    assert {each.path for each in found} == {f"{STACK}/B"}
    assert all(isinstance(each, Finding) for each in found)


def test_packs_that_end_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "false")

    found = find_in([(STACK, TEMPLATE)])

    assert found == {(STACK, TEMPLATE): "stack: cdk-nag ended with 1: nothing"}
