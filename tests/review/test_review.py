"""A review as a whole: the same bytes each time, an exit code, what it begins at."""

import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import copy, copytree
from typing import Any

import pytest

from review.__main__ import FORMS, main
from review.assembly import Assembly, read_assembly
from review.delta.register import Registers, register_in
from review.prices import prices_in
from review.report.as_json import as_json
from review.review import Review, review
from review.scene import scene_of
from tests.review.reseal import reseal
from tests.synthesized import Synthesis

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 30)


@pytest.fixture
def assembly(discarded: Synthesis) -> Assembly:
    return read_assembly(discarded.directory)


def changed(assembly: Assembly, part: str, **template: Any) -> Assembly:
    return replace(
        assembly,
        stacks=tuple(
            replace(stack, template={**stack.template, **template})
            if stack.name.endswith(f"-{part}")
            else stack
            for stack in assembly.stacks
        ),
    )


def rules(found: Review) -> set[str]:
    return {each.rule for each in found.findings}


def test_a_review_says_where_it_does_not_begin_at_what_is_deployed(
    assembly: Assembly,
) -> None:
    other = changed(assembly, "operations", Description="another")

    same = review(assembly, assembly, today=TODAY, deployed=assembly)
    found = review(assembly, assembly, today=TODAY, deployed=other)

    assert rules(same) == set()
    (finding,) = found.findings
    assert (finding.rule, finding.severity) == ("base-not-deployed", "medium")
    assert finding.resource.endswith("-operations")


def test_two_templates_are_compared_whatever_their_files_are_called(
    discarded: Synthesis, tmp_path: Path
) -> None:
    (file,) = discarded.directory.glob("*-foundation.template.json")
    sides = [tmp_path / name for name in ("old.json", "new.json")]
    for side in sides:
        copy(file, side)

    found = review(*map(read_assembly, sides), today=TODAY)

    assert {each.after.status for each in found.promises} == {"PROVED"}
    assert rules(found) == set()


def test_what_is_created_is_judged_and_not_compared(assembly: Assembly) -> None:
    registers = Registers(after=register_in(ROOT))
    found = review(None, assembly, today=TODAY, registers=registers)

    assert {each.after.status for each in found.promises} == {"PROVED"}
    assert rules(found) <= {"job-run", "job-smoke"}
    assert not found.blocks("high")


def test_what_is_not_seen_through_proves_nothing(assembly: Assembly) -> None:
    found = review(assembly, changed(assembly, "foundation", Transform={}), today=TODAY)

    assert {each.after.status for each in found.promises} == {"UNKNOWN"}
    assert found.unreviewed
    assert found.blocks("high")


UNUSED = {
    "Conditions": {"Never": {"Fn::Equals": ["a", "b"]}},
    "Mappings": {"Map": {"a": {"b": "c"}}},
}


def test_what_nothing_uses_hides_nothing(assembly: Assembly) -> None:
    found = review(assembly, changed(assembly, "foundation", **UNUSED), today=TODAY)

    assert {each.after.status for each in found.promises} == {"PROVED"}
    assert found.unreviewed == ()


@pytest.mark.parametrize(
    ("section", "added"),
    [
        ("Resources", {"Type": "A::B::C", "Condition": "Never"}),
        ("Outputs", {"Value": "a", "Condition": "Never"}),
        *(
            each
            for value in (
                {"Fn::If": ["Never", "a", "b"]},
                {"Fn::Join": ["", [{"Fn::FindInMap": ["Map", "a", "b"]}]]},
            )
            for each in (
                ("Resources", {"Type": "A::B::C", "Properties": {"Name": value}}),
                ("Outputs", {"Value": value}),
                ("Outputs", {"Value": "a", "Export": {"Name": value}}),
            )
        ),
    ],
)
def test_what_a_deployment_chooses_is_not_seen_through(
    assembly: Assembly, section: str, added: dict[str, Any]
) -> None:
    (template,) = (
        stack.template
        for stack in assembly.stacks
        if stack.name.endswith("-foundation")
    )
    sections = {**UNUSED, section: {**template[section], "Added": added}}

    spots = scene_of(changed(assembly, "foundation", **sections)).blind_spots

    assert spots
    assert all("Added" in each for each in spots)


@pytest.fixture
def rewritten(discarded: Synthesis, kept: Synthesis, tmp_path: Path) -> Path:
    """The other environment's assembly under the name of the first."""
    names = (each.directory for each in (kept, discarded))
    was, now = (next(each.glob("*-foundation.template.json")) for each in names)
    old, new = (file.name.partition("-")[0] for file in (was, now))
    folder = tmp_path / "rewritten"
    copytree(kept.directory, folder)
    for file in list(folder.glob("*.json")):
        text = re.sub(rf"\b{old}\b", new, file.read_text())
        file.unlink()
        file.with_name(file.name.replace(f"{old}-", f"{new}-")).write_text(text)
    reseal(folder)
    return folder


@pytest.mark.gate
@pytest.mark.parametrize("form", FORMS)
def test_the_same_two_sides_give_the_same_bytes(
    discarded: Synthesis, rewritten: Path, form: str
) -> None:
    sides = read_assembly(discarded.directory), read_assembly(rewritten)

    def told() -> str:
        return FORMS[form](review(*sides, today=TODAY), "high")

    assert told() == told()


@pytest.mark.gate
@pytest.mark.parametrize("seed", ["1", "2"])
def test_every_process_gives_the_same_bytes(
    discarded: Synthesis, rewritten: Path, seed: str
) -> None:
    sides = read_assembly(discarded.directory), read_assembly(rewritten)
    found = review(
        *sides,
        today=datetime.now(UTC).date(),
        registers=Registers(after=register_in(ROOT)),
        prices=prices_in(ROOT),
    )
    here = as_json(found, "high")

    done = subprocess.run(
        [
            *(sys.executable, "-m", "review", "--format", "json"),
            *(str(discarded.directory), str(rewritten)),
        ],
        cwd=ROOT,
        env={
            **os.environ,
            "PYTHONHASHSEED": seed,
            "PYTHONPATH": f"{ROOT}:{ROOT / 'constructs'}",
        },
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.stdout == here


@pytest.mark.parametrize(
    ("fail_on", "code"), [("never", 0), ("high", 1), ("medium", 1), ("low", 1)]
)
def test_the_exit_code_says_whether_something_blocks(
    discarded: Synthesis, tmp_path: Path, fail_on: str, code: int
) -> None:
    folder = copytree(discarded.directory, tmp_path / "new")
    (file,) = folder.glob("*-foundation.template.json")
    template = json.loads(file.read_text())
    template["Resources"]["Way"] = {"Type": "AWS::EC2::InternetGateway"}
    file.write_text(json.dumps(template))
    reseal(folder)
    out = tmp_path / "sub" / "review.json"

    asked = [str(discarded.directory), str(folder), "--format", "json"]
    assert main([*asked, "--fail-on", fail_on, "--out", str(out)]) == code

    found = json.loads(out.read_text())
    assert found["verdict"] == ("block" if code else "approve")
    assert "network-isolated" in {
        each["id"] for each in found["invariants"] if each["status"] == "VIOLATED"
    }


def test_too_many_sides_are_refused_in_words(
    discarded: Synthesis, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([str(discarded.directory)] * 3)

    assert ended.value.code == 2
    assert "Traceback" not in capsys.readouterr().err
