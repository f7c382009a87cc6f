"""What changed in the code of functions: files, lines, and calls to AWS."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from review.assembly import Assembly, Stack, read_assembly
from review.change import Change
from review.delta import settings
from review.delta.code import CodeChange, code_changes, findings
from review.scene import Scene, scene_of
from tests.synthesized import Synthesis

OLD, NEW = "1" * 64, "2" * 64


Make = Callable[..., Scene]


@pytest.fixture
def scene(kept: Synthesis, tmp_path: Path) -> Make:
    """Makes an environment with one more function, whose code are some files."""
    whole = read_assembly(kept.directory)

    def make(asset: str, files: Mapping[str, str], **more: Any) -> Scene:
        return _scene(whole, tmp_path, asset, files, **more)

    return make


def _scene(
    whole: Assembly,
    folder: Path,
    asset: str,
    files: Mapping[str, str],
    *,
    beside: Mapping[str, Any] | None = None,
    **more: Any,
) -> Scene:
    place = folder / f"asset.{asset}"
    for name, text in files.items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_text(text)
    rights = {
        "Effect": "Allow",
        "Action": ["s3:ListBucket", "sagemaker:Describe*"],
        "Resource": "*",
    }
    resources = {
        **(beside or {}),
        "Role": {
            "Type": "AWS::IAM::Role",
            "Properties": {
                "Policies": [{"PolicyDocument": {"Statement": [rights]}}],
            },
        },
        "Function": _function(asset, "Role", **more),
    }
    extra = Stack(
        name="extra", file=folder / "extra", template={"Resources": resources}
    )
    return scene_of(Assembly(stacks=(*whole.stacks, extra), assets={asset: place}))


def _function(asset: str, role: str, **more: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Lambda::Function",
        "Properties": {
            "Code": {"S3Bucket": "assets", "S3Key": f"{asset}.zip"},
            "Handler": "it.handle",
            "Role": {"Fn::GetAtt": [role, "Arn"]},
            **more,
        },
    }


@pytest.fixture
def compared(scene: Make) -> Callable[..., list[CodeChange]]:
    def compare(old: Mapping[str, str], new: Mapping[str, str]) -> list[CodeChange]:
        return code_changes(Change(before=scene(OLD, old), after=scene(NEW, new)))

    return compare


def test_files_and_lines_that_differ_are_shown(
    compared: Callable[..., list[CodeChange]],
) -> None:
    old = {"kept.py": "a = 1\n", "it.py": "check()\nrun()\n", "gone.py": ""}
    new = {"kept.py": "a = 1\n", "it.py": "run()\n", "sub/new.py": "b = 2\n"}

    (found,) = compared(old, new)

    assert found.functions == ("extra/Function",)
    assert (found.added, found.changed, found.removed) == (
        ("sub/new.py",),
        ("it.py",),
        ("gone.py",),
    )
    assert "-check()" in found.difference.splitlines()
    assert "kept.py" not in found.difference


def test_new_calls_are_named_with_the_right_that_they_need(
    compared: Callable[..., list[CodeChange]],
) -> None:
    old = {"it.py": "s3.list_objects_v2()\n"}
    new = {
        "it.py": "s3.list_objects_v2()\ns3.head_bucket()\nsagemaker.describe_model()\n"
        "sagemaker.create_training_job()\nours.anything()\n"
    }

    (found,) = compared(old, new)

    assert [(each.call, each.actions, each.allowed) for each in found.calls] == [
        ("create_training_job", ("sagemaker:CreateTrainingJob",), False),
        ("describe_model", ("sagemaker:DescribeModel",), True),
        ("head_bucket", ("s3:ListBucket",), True),
    ]


def test_a_call_is_allowed_where_one_role_of_several_allows_it(scene: Make) -> None:
    def side(asset: str, code: str) -> Scene:
        beside = {
            "Bare": {"Type": "AWS::IAM::Role", "Properties": {}},
            "Another": _function(asset, "Bare"),
        }
        return scene(asset, {"it.py": code}, beside=beside)

    change = Change(before=side(OLD, ""), after=side(NEW, "s3.head_bucket()"))
    (found,) = code_changes(change)

    assert found.functions == ("extra/Another", "extra/Function")
    assert [each.allowed for each in found.calls] == [True]


def test_of_a_role_that_is_elsewhere_nobody_knows_what_it_allows(scene: Make) -> None:
    theirs = {"Role": "arn:aws:iam::123456789012:role/theirs"}
    before = scene(OLD, {"it.py": ""}, **theirs)
    after = scene(NEW, {"it.py": "s3.head_bucket()"}, **theirs)

    (found,) = code_changes(Change(before=before, after=after))

    assert [each.allowed for each in found.calls] == [None]


@pytest.mark.parametrize(
    ("old", "new", "calls"),
    [
        ("", "s3.head_bucket()", ["it.py"]),
        ("s3.head_bucket()", "s3.head_bucket()\ns3.head_bucket()", ["it.py"]),
        ("s3.head_bucket()", "def f():\n    s3.head_bucket()", []),
        ("s3.head_bucket()\ns3.head_bucket()", "s3.head_bucket()", []),
        ("", "run(s3.head_bucket)", ["it.py"]),
        ("", "self.head_bucket = 1", []),
        ("", "getattr(s3, 'head_bucket')()", ["it.py"]),
        ("", "s3.get_paginator('head_bucket')", ["it.py"]),
        ("", "operator.methodcaller('head_bucket')(s3)", ["it.py"]),
        ("a b (", "s3.head_bucket()", ["it.py"]),
    ],
)
def test_a_call_is_new_where_a_file_makes_it_in_more_places(
    compared: Callable[..., list[CodeChange]], old: str, new: str, calls: list[str]
) -> None:
    other = "s3.head_bucket()\n"

    (found,) = compared({"it.py": old, "b.py": other}, {"it.py": new, "b.py": other})

    assert [name for each in found.calls for name in each.files] == calls
    assert not found.unreadable


def test_a_call_in_many_files_is_told_of_some(
    compared: Callable[..., list[CodeChange]],
) -> None:
    many = {f"{number}.py": "s3.head_bucket()" for number in range(50)}

    (found,) = compared({"it.py": ""}, many)

    assert [len(each.files) for each in found.calls] == [10]


@pytest.mark.parametrize(
    ("old", "new", "unreadable"),
    [
        ("", "getattr(s3, 'head_' + what)()", True),
        ("getattr(s3, what)()", "getattr(s3, what)()\ngetattr(s3, that)()", True),
        ("getattr(s3, what)()", "getattr(s3, that)()\n", False),
        ("", "getattr(*pair)()", True),
        ("", "s3.get_paginator(operation_name=what)", True),
        ("", "getattr(self, 'ours')", False),
        ("", "a b (", True),
        ("a b (", "a b c (", True),
        ("#" * 600_000, "#" * 600_001, True),
        ("a b (", "getattr(s3, what)()", True),
    ],
)
def test_a_call_whose_name_is_made_up_cannot_be_read(
    scene: Make, old: str, new: str, unreadable: bool
) -> None:
    change = Change(before=scene(OLD, {"it.py": old}), after=scene(NEW, {"it.py": new}))

    (found,) = code_changes(change)

    assert (found.unreadable, found.calls) == (("it.py",) if unreadable else (), ())
    told = {each.rule: each.severity for each in findings([found], change)}
    assert told.get("code-unreadable") == ("medium" if unreadable else None)


def test_the_same_files_under_another_name_are_only_good_to_know(scene: Make) -> None:
    files = {"it.py": "run()\n"}
    change = Change(before=scene(OLD, files), after=scene(NEW, files))

    (found,) = findings(code_changes(change), change)

    assert (found.rule, found.severity) == ("code-changed", "low")


def test_what_is_no_python_hides_no_file(
    compared: Callable[..., list[CodeChange]],
) -> None:
    (found,) = compared({"it.py": "a\n"}, {"it.py": "a b (\n", "it.bin": "\0\0"})

    assert (found.added, found.changed) == (("it.bin",), ("it.py",))
    assert "\0" not in found.difference


def test_a_difference_without_end_is_cut(
    compared: Callable[..., list[CodeChange]],
) -> None:
    (found,) = compared({"it.py": ""}, {"it.py": "x\n" * 5000})

    assert len(found.difference.splitlines()) < 420
    assert found.difference.endswith("more lines")


def test_code_that_is_not_there_cannot_be_looked_into(scene: Make) -> None:
    before, after = scene(OLD, {"it.py": ""}), scene(NEW, {"it.py": ""})
    change = Change(
        before=before,
        after=scene_of(Assembly(stacks=after.assembly.stacks, assets={})),
    )

    (found,) = code_changes(change)

    assert found.unclear
    rules = {each.rule: each.severity for each in findings([found], change)}
    assert rules["code-changed"] == "medium"


def test_code_that_is_an_archive_on_one_side_cannot_be_looked_into(
    scene: Make, tmp_path: Path
) -> None:
    archive = tmp_path / "asset.zip"
    archive.write_bytes(b"PK")
    before = scene(OLD, {"it.py": ""})
    after = scene_of(replace(before.assembly, assets={OLD: archive}))

    (found,) = code_changes(Change(before=before, after=after))

    assert found.unclear == "it is an archive on one side"


@pytest.mark.parametrize(("other", "count"), [("a", 0), ("b", 1)])
def test_two_archives_of_one_name_are_compared_by_what_they_hold(
    scene: Make, tmp_path: Path, other: str, count: int
) -> None:
    before, after = (
        scene_of(
            replace(
                scene(OLD, {}).assembly,
                assets={OLD: tmp_path / "no-folder.zip"},
                contents={OLD: content},
            )
        )
        for content in ("a", other)
    )

    assert len(code_changes(Change(before=before, after=after))) == count


@pytest.mark.parametrize(
    "setting",
    [
        {"Handler": "other.handle"},
        {"Runtime": "nodejs24.x"},
        {"Layers": ["arn:aws:lambda:us-east-1:210987654321:layer:it:1"]},
        {"Environment": {"Variables": {"PYTHONPATH": "/tmp"}}},
        {"FileSystemConfigs": [{"Arn": "theirs", "LocalMountPath": "/mnt/it"}]},
        {"ImageConfig": {"Command": ["other.handle"]}},
        {"RuntimeManagementConfig": {"UpdateRuntimeOn": "Manual"}},
        {"VpcConfig": {"SubnetIds": ["subnet-0"]}},
    ],
)
def test_what_makes_the_same_code_do_something_else_is_told(
    scene: Make, setting: dict[str, Any]
) -> None:
    change = Change(before=scene(OLD, {}), after=scene(OLD, {}, **setting))

    (found,) = findings([], change)

    assert (found.rule, found.severity) == ("code-settings", "medium")
    assert next(iter(setting)) in found.message


def _layer(asset: str) -> dict[str, Any]:
    content = {"S3Bucket": "assets", "S3Key": f"{asset}.zip"}
    return {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": content}}


@pytest.fixture
def layered(scene: Make) -> Callable[..., Scene]:
    """Makes an environment with a layer of some files, beside the same function."""

    def make(asset: str, text: str, *, of: str = "Function") -> Scene:
        more = {"Layers": [{"Ref": "Layer"}]} if of == "Function" else {}
        function = scene(
            "3" * 64, {"it.py": ""}, beside={"Layer": _layer(asset)}, **more
        )
        layer = scene(asset, {"python/it.py": text})
        return scene_of(
            replace(
                function.assembly,
                assets={**function.assembly.assets, **layer.assembly.assets},
            )
        )

    return make


def test_a_layer_is_code_of_the_functions_that_have_it(
    layered: Callable[..., Scene],
) -> None:
    before, after = layered(OLD, "run()\n"), layered(NEW, "s3.head_bucket()\n")
    change = Change(before=before, after=after)

    (found,) = code_changes(change)

    assert (found.functions, found.changed) == (("extra/Layer",), ("python/it.py",))
    assert "-run()" in found.difference.splitlines()
    assert [(each.call, each.allowed) for each in found.calls] == [
        ("head_bucket", True)
    ]
    told = {each.rule: each.severity for each in findings([found], change)}
    assert told == {"code-changed": "medium", "code-calls": "medium"}
    assert not list(settings.findings(change))


def test_a_layer_of_the_same_name_is_compared_by_what_it_holds(
    layered: Callable[..., Scene], tmp_path: Path
) -> None:
    before = layered(OLD, "run()\n")
    copy = tmp_path / "copy" / "python" / "it.py"
    copy.parent.mkdir(parents=True)
    copy.write_text("other()\n")
    assets = {**before.assembly.assets, OLD: tmp_path / "copy"}
    after = scene_of(replace(before.assembly, assets=assets))

    (found,) = code_changes(Change(before=before, after=after))

    assert (found.functions, found.changed) == (("extra/Layer",), ("python/it.py",))


def test_of_a_layer_that_no_function_has_nobody_knows_what_it_may(
    layered: Callable[..., Scene],
) -> None:
    before, after = (
        layered(asset, text, of="nobody")
        for asset, text in ((OLD, ""), (NEW, "s3.head_bucket()"))
    )

    (found,) = code_changes(Change(before=before, after=after))

    assert [each.allowed for each in found.calls] == [None]


def test_a_layer_that_is_new_or_comes_from_elsewhere_is_told(
    layered: Callable[..., Scene], scene: Make
) -> None:
    without = scene("3" * 64, {"it.py": ""})
    elsewhere = _layer(OLD)
    elsewhere["Properties"]["Content"]["S3Bucket"] = "elsewhere"
    moved = scene("3" * 64, {"it.py": ""}, beside={"Layer": elsewhere})
    here = layered(OLD, "", of="nobody")

    told = [
        [each.rule for each in findings([], Change(before=before, after=after))]
        for before, after in ((without, here), (here, moved))
    ]

    assert told == [["code-new"], ["code-source"]]
