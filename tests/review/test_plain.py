"""References become names, the same ones each time; what is not known says so."""

from pathlib import Path
from typing import Any

import pytest

from review.assembly import Assembly, Stack
from review.invented import is_spelled_in, shown
from review.plain import UNRESOLVED, Estate

BUCKET = {"Type": "AWS::S3::Bucket"}
RESOURCES = {
    "Data": BUCKET,
    "Key": {"Type": "AWS::KMS::Key"},
    "Endpoint": {"Type": "AWS::EC2::VPCEndpoint"},
    "Role": {"Type": "AWS::IAM::Role", "Properties": {"Path": "/ours/"}},
    "Named": {"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "given-it"}},
    "Topic": {"Type": "AWS::SNS::Topic"},
    "Strange": {"Type": "Custom::Strange"},
}


def stack(name: str, resources: dict[str, Any], **template: Any) -> Stack:
    return Stack(
        name=name,
        file=Path(f"{name}.template.json"),
        template={"Resources": resources, **template},
        account="111122223333",
        region="eu-west-1",
    )


def resolved(value: Any, *others: Stack) -> tuple[Any, list[str]]:
    """A value among a resource's properties, and what could not be resolved."""
    asking = {"Type": "Custom::It", "Properties": {"Value": value}}
    here = stack("here", {**RESOURCES, "Asking": asking})
    estate = Estate(Assembly(stacks=(here, *others), assets={}))
    (found,) = (each for each in estate.resources if each.logical_id == "Asking")
    return found.properties.get("Value"), estate.unresolved


KNOWN = [
    ({"Ref": "AWS::AccountId"}, "111122223333"),
    ({"Ref": "AWS::Partition"}, "aws"),
    ({"Ref": "AWS::Region"}, "eu-west-1"),
    ({"Ref": "AWS::StackName"}, "here"),
    ({"Ref": "AWS::URLSuffix"}, "amazonaws.com"),
    ({"Ref": "AWS::NoValue"}, None),
    ([{"Ref": "AWS::NoValue"}, "a"], ["a"]),
    ({"Ref": "Data"}, "here-data"),
    ({"Ref": "Named"}, "given-it"),
    ({"Ref": "Endpoint"}, "vpce-here-Endpoint"),
    ({"Ref": "Topic"}, "arn:aws:sns:eu-west-1:111122223333:here-Topic"),
    ({"Fn::GetAtt": ["Data", "Arn"]}, "arn:aws:s3:::here-data"),
    ({"Fn::GetAtt": "Data.Arn"}, "arn:aws:s3:::here-data"),
    (
        {"Fn::GetAtt": ["Key", "Arn"]},
        "arn:aws:kms:eu-west-1:111122223333:key/here-Key",
    ),
    (
        {"Fn::GetAtt": ["Role", "Arn"]},
        "arn:aws:iam::111122223333:role/ours/here-Role",
    ),
    ({"Fn::Join": ["-", ["a", {"Ref": "Data"}]]}, "a-here-data"),
    (
        {"Fn::Sub": "${AWS::Region}/${Data}/${Data.Arn}/${!Data}"},
        "eu-west-1/here-data/arn:aws:s3:::here-data/${Data}",
    ),
    ({"Fn::Sub": ["${It}", {"It": {"Ref": "Data"}}]}, "here-data"),
    ({"Fn::Select": ["1", ["a", "b"]]}, "b"),
    ({"Fn::Select": [0, ["a", "b"]]}, "a"),
    ({"Fn::Split": ["/", "a/b"]}, ["a", "b"]),
    (
        {"Fn::Select": [5, {"Fn::Split": [":", {"Fn::GetAtt": ["Data", "Arn"]}]}]},
        "here-data",
    ),
    ({"Fn::Select": [1, {"Fn::Split": ["-", {"Ref": "Named"}]}]}, "it"),
    ({"a": {"Ref": "Data"}, "b": 1}, {"a": "here-data", "b": 1}),
    ({"Ref": "Data", "Other": 1}, {"Ref": "Data", "Other": 1}),
]


@pytest.mark.parametrize(("value", "plain"), KNOWN)
def test_a_reference_is_a_name(value: Any, plain: Any) -> None:
    found, unresolved = resolved(value)
    assert (_shown(found), unresolved) == (plain, [])


def _shown(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _shown(each) for key, each in value.items()}
    return shown(value)


MADE_UP = [
    {"Ref": "Data"},
    {"Ref": "Endpoint"},
    {"Ref": "Key"},
    {"Ref": "Topic"},
    {"Fn::GetAtt": ["Data", "Arn"]},
    {"Fn::GetAtt": ["Endpoint", "CreationTimestamp"]},
    {"Fn::GetAtt": ["Key", "Arn"]},
    {"Fn::GetAtt": ["Role", "Arn"]},
    {"Fn::GetAtt": ["Strange", "It"]},
]


@pytest.mark.parametrize("value", MADE_UP)
def test_no_literal_is_a_name_that_aws_makes_up(value: Any) -> None:
    made_up, _ = resolved(value)
    written, _ = resolved(shown(made_up))

    assert written != made_up
    assert shown(written) == shown(made_up)
    assert is_spelled_in(made_up)


def test_a_name_that_is_given_is_known() -> None:
    assert resolved({"Ref": "Named"}) == ("given-it", [])


UNKNOWN = [
    {"Ref": "Nobody"},
    {"Ref": 7},
    {"Fn::GetAtt": ["Nobody", "Arn"]},
    {"Fn::GetAtt": []},
    {"Fn::If": ["Condition", "a", "b"]},
    {"Fn::FindInMap": ["a", "b", "c"]},
    {"Fn::GetAZs": ""},
    {"Fn::Cidr": ["10.0.0.0/16", 2, 8]},
    {"Fn::Transform": {"Name": "AWS::Include"}},
    {"Fn::Invented": 1},
    {"Fn::Join": ["-", [{"Fn::GetAZs": ""}, ["a"]]]},
    {"Fn::Select": ["7", ["a"]]},
    {"Fn::Select": ["-1", ["a"]]},
    {"Fn::Select": [0, {"Ref": "Data"}]},
    {"Fn::Select": [7, {"Fn::Split": [":", {"Fn::GetAtt": ["Data", "Arn"]}]}]},
    {"Fn::Select": [0, {"Fn::Split": ["-", {"Ref": "Data"}]}]},
    {"Fn::Select": [0, {"Fn::Split": [":", {"Ref": "Endpoint"}]}]},
    {"Fn::Split": [":", {"Fn::GetAZs": ""}]},
    {"Fn::Split": ["", "a"]},
    {"Fn::ImportValue": "nothing"},
    {"Fn::ImportValue": {"Ref": "Nobody"}},
    {"Fn::Sub": 7},
]


@pytest.mark.parametrize("value", UNKNOWN)
def test_what_only_a_deployment_knows_says_so(value: Any) -> None:
    plain, unresolved = resolved(value)

    assert UNRESOLVED in str(plain)
    assert unresolved
    assert all("here Resources.Asking" in each for each in unresolved)


def test_an_import_is_what_another_stack_exports() -> None:
    exported = {"Value": {"Ref": "There"}, "Export": {"Name": "there:It"}}
    other = stack("there", {"There": BUCKET}, Outputs={"It": exported})

    plain, unresolved = resolved({"Fn::ImportValue": "there:It"}, other)

    assert (shown(plain), unresolved) == ("there-there", [])


def test_imports_that_go_in_circles_come_to_an_end() -> None:
    around = {"Value": {"Fn::ImportValue": "a"}, "Export": {"Name": "a"}}
    other = stack("there", {}, Outputs={"It": around})

    plain, unresolved = resolved({"Fn::ImportValue": "a"}, other)

    assert UNRESOLVED in plain
    assert unresolved


def test_what_is_written_at_length_is_cut_in_the_report() -> None:
    _, unresolved = resolved({"Ref": "x" * 10_000})

    assert len(unresolved[0]) < 300
