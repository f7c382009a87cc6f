"""Public rules over the templates of both sides."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from compliance.controls import CONTROLS, control_rules
from compliance.logical_ids import logical_id
from compliance.register import Register, read_register
from review.assembly import Assembly
from review.change import Change
from review.delta.compliance import Compliance, compliance_of, findings
from review.scene import scene_of
from tests.review.conftest import ROOT, TODAY, Bases
from tests.review.draft import Draft, Edit, add, all_of, attribute, no_prop, prop

pytestmark = pytest.mark.gate

REGISTER = ROOT / "acknowledgements.yaml"
BUCKET = {"Type": "AWS::S3::Bucket", "Properties": {}}


@pytest.fixture(scope="module")
def register() -> Register:
    return read_register(REGISTER)


def changed(
    bases: Bases, register: Register | None, edit: Edit, *, today: date = TODAY
) -> Compliance:
    base = bases.assemblies["rehearsal"]
    draft = Draft(base)
    edit(draft)
    return of(base, draft.assembly(), register, today=today)


def of(
    before: Assembly | None,
    after: Assembly,
    register: Register | None,
    *,
    today: date = TODAY,
) -> Compliance:
    change = Change(before=scene_of(before) if before else None, after=scene_of(after))
    return compliance_of(change, register, today=today)


def broken(compliance: Compliance, state: str = "new") -> set[tuple[str, str]]:
    return {
        (each.rule, each.resource.rpartition("/")[2])
        for each in compliance.changes
        if each.state == state and not each.acknowledged
    }


@pytest.mark.parametrize("base", ["everything", "rehearsal", "company"])
def test_all_that_is_found_in_a_new_environment_is_acknowledged(
    base: str, bases: Bases, register: Register
) -> None:
    compliance = of(None, bases.assemblies[base], register)
    assert compliance.changes
    change = Change(before=None, after=scene_of(bases.assemblies[base]))
    assert list(findings(compliance, change)) == []


def test_without_a_register_nothing_is_acknowledged(bases: Bases) -> None:
    compliance = of(None, bases.assemblies["rehearsal"], None)
    assert len(broken(compliance)) > 50


def test_an_acknowledgement_that_ended_counts_no_more(
    bases: Bases, register: Register
) -> None:
    late = max(each.expires for each in register.acknowledgements) + timedelta(days=1)
    compliance = of(None, bases.assemblies["rehearsal"], register, today=late)
    assert len(broken(compliance)) > 50


def test_nothing_is_new_in_what_did_not_change(
    bases: Bases, register: Register
) -> None:
    base = bases.assemblies["rehearsal"]
    compliance = of(base, base, register)
    assert {each.state for each in compliance.changes} == {"unchanged"}


SUBNET = "NetworkSubnet18D1B2567"


@pytest.mark.parametrize(
    ("edit", "rules"),
    [
        (
            prop("NetworkSubnet1", "MapPublicIpOnLaunch", True),
            {
                ("CT.EC2.PR.11", SUBNET),
                ("NIST.800.53.R5-VPCSubnetAutoAssignPublicIpDisabled", SUBNET),
            },
        ),
        (
            no_prop("Key", "EnableKeyRotation"),
            {
                ("AwsSolutions-KMS5", "Key961B73FD"),
                ("CT.KMS.PR.1", "Key961B73FD"),
                ("NIST.800.53.R5-KMSBackingKeyRotationEnabled", "Key961B73FD"),
            },
        ),
        (
            prop("Key", "PendingWindowInDays", 5000),
            {("F3034", "Key961B73FD")},
        ),
    ],
)
def test_each_kind_of_rule_finds_what_it_is_for(
    edit: Edit, rules: set[tuple[str, str]], bases: Bases, register: Register
) -> None:
    assert rules <= broken(changed(bases, register, edit))


def test_what_no_longer_breaks_a_rule_is_fixed(
    bases: Bases, register: Register
) -> None:
    base = bases.assemblies["rehearsal"]
    draft = Draft(base)
    no_prop("Key", "EnableKeyRotation")(draft)
    compliance = of(draft.assembly(), base, register)
    assert ("CT.KMS.PR.1", "Key961B73FD") in broken(compliance, "fixed")
    assert broken(compliance) == set()


def test_what_is_new_and_not_acknowledged_is_a_finding(
    bases: Bases, register: Register
) -> None:
    compliance = changed(bases, register, add("Open", "AWS::S3::Bucket"))
    change = Change(before=None, after=scene_of(bases.assemblies["rehearsal"]))
    found = list(findings(compliance, change))
    assert {each.resource for each in found} == {"rehearsal-foundation/Open"}
    assert {(each.rule, each.severity) for each in found} == {("compliance-new", "low")}
    assert any("`CT.S3.PR.1`" in each.message for each in found)


SILENCE: dict[str, Any] = {
    "cdk_nag": {"rules_to_suppress": [{"id": "AwsSolutions-KMS5", "reason": "quiet"}]},
    "cfn-lint": {"config": {"ignore_checks": ["F3034"]}},
    "guard": {"SuppressedRules": ["CT.KMS.PR.1", "kms_key_rotation_enabled_check"]},
}


def test_metadata_silences_no_rule(bases: Bases, register: Register) -> None:
    worse = all_of(
        no_prop("Key", "EnableKeyRotation"), prop("Key", "PendingWindowInDays", 5000)
    )
    loud = broken(changed(bases, register, worse))

    def silenced(draft: Draft) -> None:
        worse(draft)
        attribute("Key", "Metadata", SILENCE)(draft)
        draft.templates["foundation"]["Metadata"].update(SILENCE)

    assert broken(changed(bases, register, silenced)) == loud


def test_a_template_that_a_check_cannot_read_is_told(
    bases: Bases, register: Register
) -> None:
    odd = add("Odd", "AWS::S3::Bucket", BucketEncryption="none")
    compliance = changed(bases, register, odd)
    assert len(compliance.unchecked) == 1
    assert compliance.unchecked[0].startswith("rehearsal-foundation: ")
    change = Change(before=None, after=scene_of(bases.assemblies["rehearsal"]))
    (found,) = [
        each
        for each in findings(compliance, change)
        if each.rule == "compliance-unclear"
    ]
    assert found.severity == "medium"


def test_there_is_a_rule_for_every_control() -> None:
    assert len(CONTROLS) == len(set(CONTROLS)) <= 40
    for name, rule in zip(CONTROLS, control_rules(), strict=True):
        assert f"[{name}]" in rule.content


def logical_ids(assembly: Assembly) -> Iterator[tuple[str, str]]:
    """The path of every resource below its stack, and its logical id, as CDK says."""
    for stack in assembly.stacks:
        file = stack.file.with_name(f"{stack.name}.metadata.json")
        for path, entries in json.loads(file.read_text()).items():
            for entry in entries:
                if (
                    entry["type"] == "aws:cdk:logicalId"
                    and entry["data"] in stack.resources
                ):
                    yield path.removeprefix(f"/{stack.name}/"), entry["data"]


@pytest.mark.parametrize("base", ["everything", "rehearsal"])
def test_logical_ids_are_made_as_cdk_makes_them(base: str, bases: Bases) -> None:
    assembly = bases.assemblies[base]
    made = dict(logical_ids(assembly))
    assert len(made) >= 70
    assert {path: logical_id(path) for path in made} == made
