"""What a value refers to, in each way to write it, and what leads back to itself."""

from typing import Any

import pytest

from review.references import cycle, imports, targets


@pytest.mark.parametrize(
    "value",
    [
        {"Ref": "A"},
        {"Fn::GetAtt": ["A", "Arn"]},
        {"Fn::GetAtt": "A.Arn"},
        {"Fn::Sub": "arn:${AWS::Region}/${A}/x"},
        {"Fn::Sub": ["${A.Arn}/${B}", {"B": "x"}]},
        {"Fn::Join": ["", ["x", {"Ref": "A"}]]},
        [{"Key": {"Ref": "A"}}],
    ],
)
def test_every_way_to_refer_is_seen(value: Any) -> None:
    assert "A" in set(targets(value))


def test_an_import_is_of_another_stack() -> None:
    value = {"Fn::Join": ["", [{"Fn::ImportValue": "name"}]]}

    assert list(imports(value)) == ["name"]
    assert list(targets(value)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"Properties": {"P": {"Ref": "B"}}}, {"Properties": {"P": {"Ref": "A"}}}),
        ({"DependsOn": "B"}, {"Properties": {"P": {"Fn::Sub": "${A}"}}}),
        ({"DependsOn": ["B"]}, {"DependsOn": ["A"]}),
    ],
)
def test_what_leads_back_is_named(one: Any, other: Any) -> None:
    assert cycle({"A": one, "B": other}) in ("A -> B -> A", "B -> A -> B")
    assert cycle({"A": one, "B": {}}) == ""
