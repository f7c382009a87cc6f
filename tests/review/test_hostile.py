"""What anybody may have written is refused in words, or told; it is never believed."""

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any

import pytest

from review.__main__ import FORMS, main
from review.assembly import Assembly, read_assembly
from review.bad_input import BadInputError
from tests.review.conftest import Bases
from tests.review.draft import ENVIRONMENT, FOUNDATION, OPERATIONS, Draft, prop
from tests.review.reseal import reseal
from tests.synthesized import Synthesis

pytestmark = pytest.mark.gate

Edit = Callable[[dict[str, Any]], None]
Key = str | int

READ = ("Outputs", "Resources")
"""Sections of a template that a review reads."""

MEANINGLESS = {"Description", "Sid"}
"""Properties that are there for people alone."""


@pytest.fixture
def folder(discarded: Synthesis, tmp_path: Path) -> Path:
    """A copy of an assembly, to be spoiled."""
    return copytree(discarded.directory, tmp_path / "assembly")


def spoilt(folder: Path, edit: Edit) -> Path:
    """The foundation's template, edited."""
    (file,) = folder.glob(f"*-{FOUNDATION}.template.json")
    template = json.loads(file.read_text())
    edit(template)
    file.write_text(json.dumps(template))
    reseal(folder)
    return file


def named(template: dict[str, Any], name: str) -> dict[str, Any]:
    """Properties of the resource that CDK gave an id which begins so."""
    (properties,) = (
        body["Properties"]
        for logical_id, body in template["Resources"].items()
        if logical_id[:-8] == name
    )
    assert isinstance(properties, dict)
    return properties


def _laughs(template: dict[str, Any]) -> None:
    """Each output is ten of the one before it: a text of ten billion characters."""
    template["Outputs"]["Laugh0"] = {
        "Value": "ha",
        "Export": {"Name": "laugh0"},
    }
    for number in range(1, 11):
        value = {"Fn::ImportValue": f"laugh{number - 1}"}
        template["Outputs"][f"Laugh{number}"] = {
            "Value": {"Fn::Join": ["", [value] * 10]},
            "Export": {"Name": f"laugh{number}"},
        }
    named(template, "Inputs")["Tags"] = [
        {"Key": "k", "Value": {"Fn::ImportValue": "laugh10"}}
    ]


def _grow(template: dict[str, Any]) -> None:
    """One long text, a hundred times in one value and again in the next."""
    named(template, "Inputs")["Tags"] = [
        {"Key": "k", "Value": {"Fn::Sub": ["${a}" * 20_000, {"a": "x" * 20_000}]}}
    ]


def _declared(template: dict[str, Any]) -> dict[str, Any]:
    declaration: dict[str, Any] = template["Metadata"][ENVIRONMENT]
    return declaration


def _wildcard_in_leave(template: dict[str, Any]) -> None:
    _declared(template)["people"] = {
        "break_glass": [
            {
                "role": "arn:aws:iam::111122223333:role/*",
                "outside": {"reason": "r", "owner": "o", "expires": "2027-01-01"},
            }
        ]
    }


def _set(*path: Key, to: Any) -> Edit:
    def edit(template: dict[str, Any]) -> None:
        inner: Any = template
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = to

    return edit


DECLARED = ("Metadata", ENVIRONMENT)


@pytest.mark.parametrize(
    ("edit", "place"),
    [
        (_laughs, "characters"),
        (_grow, "characters"),
        (_wildcard_in_leave, "break_glass[0].role"),
        (_set(*DECLARED, to=[]), f"Metadata.{ENVIRONMENT}"),
        (_set(*DECLARED, "name", to="*"), f"Metadata.{ENVIRONMENT}.name"),
        (_set(*DECLARED, "name", to={"Ref": "A"}), f"Metadata.{ENVIRONMENT}.name"),
        (_set(*DECLARED, "account", to="4"), f"Metadata.{ENVIRONMENT}.account"),
        (_set(*DECLARED, "region", to=None), f"Metadata.{ENVIRONMENT}.region"),
        (_set(*DECLARED, "people", to="x"), f"Metadata.{ENVIRONMENT}.people"),
        (_set("Resources", "<b>", to={"Type": "A::B::C"}), "Resources.<b>"),
        (_set("Resources", "A", to={"Type": "A::B\n```"}), "Resources.A"),
        (_set("Outputs", to=[]), "Outputs"),
        (_set("Mappings", to=[]), "Mappings"),
    ],
)
def test_a_hostile_template_is_refused_by_file_and_place(
    folder: Path, capsys: pytest.CaptureFixture[str], edit: Edit, place: str
) -> None:
    file = spoilt(folder, edit)

    for asked in (folder, file):
        assert main([str(asked)]) == 2

        said = capsys.readouterr()
        assert said.out == ""
        assert str(file) in said.err
        assert place in said.err


def _cycle(template: dict[str, Any]) -> None:
    for one, other in ("AB", "BC", "CA"):
        template["Outputs"][one] = {
            "Value": {"Fn::ImportValue": other.lower()},
            "Export": {"Name": one.lower()},
        }
    named(template, "InputsLock")["Bucket"] = {"Fn::ImportValue": "a"}


def _crowd(template: dict[str, Any]) -> None:
    """A policy that is longer than any that AWS takes."""
    named(template, "InputsLock")["PolicyDocument"]["Statement"] += [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": f"arn:aws:s3:::b/{'*x' * 20}{number}",
        }
        for number in range(500)
    ]


def _backtrack(template: dict[str, Any]) -> None:
    """A pattern that a careless matcher never finishes with."""
    named(template, "InputsLock")["PolicyDocument"]["Statement"].append(
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:" + "*" * 200,
            "NotResource": "arn:aws:s3:::" + "*a" * 200,
            "Condition": {
                "StringNotLike": {"aws:PrincipalArn": "arn:aws:iam::" + "*a" * 200}
            },
        }
    )


def _is_function(template: dict[str, Any]) -> None:
    named(template, "InputsLock")["PolicyDocument"] = {
        "Fn::Transform": {"Name": "AWS::Include", "Parameters": {"Location": "s3://x"}}
    }


@pytest.mark.parametrize(
    ("edit", "promise"),
    [
        (_cycle, "data-endpoint"),
        (_crowd, "data-endpoint"),
        (_is_function, "data-endpoint"),
        (_backtrack, "works-jobs"),
    ],
)
def test_what_a_review_cannot_follow_proves_nothing_of_it(
    folder: Path, capsys: pytest.CaptureFixture[str], edit: Edit, promise: str
) -> None:
    spoilt(folder, edit)

    assert main([str(folder), "--format", "json"]) == 1

    told = json.loads(capsys.readouterr().out)
    status = {each["id"]: each["status"] for each in told["invariants"]}
    assert status[promise] != "PROVED"
    assert told["verdict"] == "block"


@pytest.mark.parametrize(
    ("file", "was", "now"),
    [
        ("*.assets.json", "-file-publishing-role-", "-theirs-"),
        ("manifest.json", '"dependencies": [', '"dependencies": ["theirs",'),
    ],
)
def test_another_way_to_deploy_is_told(
    folder: Path,
    discarded: Synthesis,
    capsys: pytest.CaptureFixture[str],
    file: str,
    was: str,
    now: str,
) -> None:
    for each in folder.glob(file):
        each.write_text(each.read_text().replace(was, now))

    asked = [str(discarded.directory), str(folder), "--format", "json"]
    assert main([*asked, "--fail-on", "medium"]) == 1

    told = json.loads(capsys.readouterr().out)
    assert {each["rule"] for each in told["findings"]} == {"deployment-changed"}
    assert told["digests"]["old"] != told["digests"]["new"]
    assert all("theirs" in each["message"] for each in told["findings"])


@pytest.mark.parametrize("form", FORMS)
def test_what_turns_a_line_round_is_told_as_its_escape(
    folder: Path, discarded: Synthesis, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    def edit(template: dict[str, Any]) -> None:
        named(template, "NetworkVpc")["\u202eon\u2066"] = "off"

    spoilt(folder, edit)

    main([str(discarded.directory), str(folder), "--format", form])

    told = capsys.readouterr().out
    assert r"\u202eon\u2066" in told.replace(r"\\u", r"\u")
    assert not {"\u202e", "\u2066"} & set(told)


@pytest.mark.parametrize("count", [True, "many", [], {"a": "b"}])
def test_a_request_that_no_launcher_takes_is_a_change(bases: Bases, count: Any) -> None:
    draft = Draft(bases.assemblies["rehearsal"])
    job = draft.properties("Job", "faces")
    job["Request"]["TransformResources"]["InstanceCount"] = count

    assert bases.new_findings("rehearsal", _read_again(draft))


def test_a_link_and_a_pipe_are_no_templates(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (file,) = folder.glob(f"*-{FOUNDATION}.template.json")
    kept = file.rename(folder.parent / file.name)
    os.mkfifo(file)
    assert main([str(folder)]) == 2
    assert f"There is no file {file.name} in the assembly" in capsys.readouterr().err
    file.unlink()
    file.symlink_to(kept)
    assert main([str(folder)]) == 2
    assert f"There is no file {file.name} in the assembly" in capsys.readouterr().err


def test_two_environments_are_not_compared(
    discarded: Synthesis, kept: Synthesis, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(discarded.directory), str(kept.directory)]) == 2

    assert "OLD is the environment" in capsys.readouterr().err


def _places(value: Any, *path: Key) -> Iterator[tuple[Key, ...]]:
    """Every place below a value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, each in pairs:
        yield (*path, key)
        if isinstance(each, dict | list):
            yield from _places(each, *path, key)


_SCALARS = (
    *(None, True, False, 0, -1, 10**6, 1.5),
    *("", "*", "x", "${", "${A}", "arn:", "\ud800", "s3://", "<b>", "true", "Deny"),
)
_KEYS = (
    *("Ref", "Fn::GetAtt", "Fn::Join", "Fn::Sub", "Fn::ImportValue", "Fn::If"),
    *("Fn::Select", "Fn::Split", "Statement", "Effect", "AWS", "Arn", "Type"),
)


def _any_value(random: Random, deep: int = 2) -> Any:
    """What JSON can hold, more often than not something that a template has."""
    kind = random.choice(["scalar", "list", "mapping"] if deep else ["scalar"])
    count = random.randrange(4)
    if kind == "list":
        return [_any_value(random, deep - 1) for _ in range(count)]
    if kind == "mapping":
        keys = random.sample(_KEYS, min(count, 2))
        return {key: _any_value(random, deep - 1) for key in keys}
    return random.choice(_SCALARS)


def _replace_somewhere(draft: Draft, random: Random) -> tuple[tuple[Key, ...], Any]:
    """Put another value into one place of one template, and say where and which."""
    template = draft.templates[random.choice(sorted(draft.templates))]
    path = random.choice([each for each in _places(template) if each[0] in READ])
    inner: Any = template
    for key in path[:-1]:
        inner = inner[key]
    value = was = inner[path[-1]]
    while repr(value) == repr(was):
        value = _any_value(random)
    inner[path[-1]] = value
    return path, value


def _read_again(draft: Draft) -> Assembly:
    """A changed assembly as its files are read, which refuses some of it already."""
    with TemporaryDirectory() as folder:
        artifacts = {
            stack.name: {
                "type": "aws:cloudformation:stack",
                "environment": f"aws://{stack.account}/{stack.region}",
                "properties": {
                    "templateFile": stack.file.name,
                    "terminationProtection": stack.is_protected,
                },
            }
            for stack in draft.original.stacks
        }
        Path(folder, "manifest.json").write_text(json.dumps({"artifacts": artifacts}))
        for stack in draft.original.stacks:
            template = draft.templates[stack.name.partition("-")[2]]
            Path(folder, stack.file.name).write_text(json.dumps(template))
        read = read_assembly(Path(folder))
    # What is told shall be of the template, and not of how it is deployed here.
    stacks = tuple(
        replace(stack, deployment=was.deployment)
        for stack, was in zip(read.stacks, draft.original.stacks, strict=True)
    )
    return replace(draft.original, stacks=stacks)


def _is_refused_or_told(bases: Bases, seed: int) -> None:
    draft = Draft(bases.assemblies["rehearsal"])
    path, value = _replace_somewhere(draft, Random(seed))
    try:
        found = bases.reviewed("rehearsal", _read_again(draft))
    except BadInputError as refused:
        place, rule, fix = str(refused).split("\n")[:3]
        assert all(map(str.strip, (place, rule, fix)))
    else:
        # Tags of what is deployed give nobody a right.
        is_tag = path[2:4] == ("Properties", "Tags")
        if path[0] == "Resources" and path[-1] not in MEANINGLESS and not is_tag:
            assert found.findings or found.access, f"{path} becomes {value!r}"


@pytest.mark.parametrize("seed", range(24))
def test_anything_anywhere_is_refused_or_told(bases: Bases, seed: int) -> None:
    _is_refused_or_told(bases, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1_000, 1_400))
def test_many_values_anywhere_are_refused_or_told(bases: Bases, seed: int) -> None:
    _is_refused_or_told(bases, seed)


@pytest.mark.parametrize(
    "name", ["LauncherOnEvent", "LauncherProviderframeworkonEvent"]
)
@pytest.mark.parametrize("variables", [5, "text", [1], [{"a": "b"}]])
def test_variables_of_another_type_are_told(
    bases: Bases, name: str, variables: Any
) -> None:
    draft = Draft(bases.assemblies["rehearsal"])
    prop(name, "Environment", {"Variables": variables}, part=OPERATIONS)(draft)

    assert bases.new_findings("rehearsal", draft.assembly())
