"""What was found and what was acknowledged must be the same."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from compliance.finding import Finding
from compliance.judgement import Run, judge
from compliance.register import Acknowledgement, Register
from private_transform.environment import Environment
from tests.environment.folders import Changes, loaded, written

TODAY = date(2026, 11, 22)
BUCKET = "Pack-Wide[Resource::<Inputs.Arn>/{inputs}*]"
ROLE = "{transform}/ExecutionRole"


@pytest.fixture
def lab(tmp_path: Path) -> Environment:
    manifest: Changes = {
        "transform_input.data_source.s3_data_source.s3_data_type": "ManifestFile",
        "transform_input.data_source.s3_data_source.s3_uri": "lists/all.json",
        "transform_output.s3_output_path": "listed/",
    }
    captured: Changes = {"data_capture_config": {"destination_s3_uri": "captured/"}}
    transforms = {"faces": captured, "listed": manifest}
    return loaded(written(tmp_path, transforms=transforms))


def finding(rule: str, path: str) -> Finding:
    return Finding(rule=rule, path=path, meaning="it is wide", check="Pack")


def register(
    *pairs: tuple[str, str], expires: date = TODAY + timedelta(days=366)
) -> Register:
    return Register(
        file=Path("acknowledgements.yaml"),
        acknowledgements=tuple(
            Acknowledgement(
                line=line,
                findings=(rule,),
                scopes=(scope,),
                reason="it is bounded elsewhere",
                owner="platform",
                expires=expires,
            )
            for line, (rule, scope) in enumerate(pairs, start=1)
        ),
    )


def judged(
    environment: Environment, accepted: Register, *findings: Finding
) -> list[tuple[int, str, str]]:
    run = Run(environment=environment, findings=findings)
    return [
        (each.line, each.path, each.value)
        for each in judge(accepted, [run], today=TODAY)
    ]


def test_what_is_found_and_acknowledged_is_no_problem(lab: Environment) -> None:
    accepted = register(("Pack-Open", "foundation/Logs"), (BUCKET, ROLE))
    assert not judged(
        lab,
        accepted,
        finding("Pack-Open", "lab-foundation/Logs"),
        finding(
            "Pack-Wide[Resource::<Inputs.Arn>/photos/*]", "lab-faces/ExecutionRole"
        ),
        finding(
            "Pack-Wide[Resource::<Inputs.Arn>/lists/*]", "lab-listed/ExecutionRole"
        ),
    )


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ("Pack-Open", "lab-foundation/Logs/Below"),
        ("Pack-Open", "lab-operations/Logs"),
        ("Pack-Open[Resource::*]", "lab-foundation/Logs"),
        ("Pack-Wide[Resource::<Inputs.Arn>/*]", "lab-faces/ExecutionRole"),
        ("Pack-Wide[Resource::<Inputs.Arn>/photos/*]", "lab-listed/ExecutionRole"),
    ],
)
def test_an_acknowledgement_reaches_no_further_than_it_says(
    rule: str, path: str, lab: Environment
) -> None:
    used = [
        finding("Pack-Open", "lab-foundation/Logs"),
        finding(
            "Pack-Wide[Resource::<Inputs.Arn>/lists/*]", "lab-listed/ExecutionRole"
        ),
    ]
    accepted = register(("Pack-Open", "foundation/Logs"), (BUCKET, ROLE))
    assert judged(lab, accepted, *used, finding(rule, path)) == [(0, path, rule)]


def test_an_entry_that_nothing_needs_is_named(lab: Environment) -> None:
    accepted = register(("Pack-Open", "foundation/Logs"), (BUCKET, ROLE))
    found = finding("Pack-Open", "lab-foundation/Logs")
    assert judged(lab, accepted, found) == [(2, ROLE, BUCKET)]


def test_an_entry_is_needed_if_one_environment_needs_it(
    lab: Environment, tmp_path: Path
) -> None:
    other = loaded(written(tmp_path, name="other"))
    runs = [
        Run(environment=lab, findings=(finding("Pack-Open", "lab-foundation/Logs"),)),
        Run(environment=other, findings=()),
    ]
    accepted = register(("Pack-Open", "foundation/Logs"))
    assert not judge(accepted, runs, today=TODAY)


def test_a_placeholder_without_a_value_acknowledges_nothing(lab: Environment) -> None:
    accepted = register(("Pack-Wide[{captures}*]", ROLE))
    captured = finding("Pack-Wide[captured/*]", "lab-faces/ExecutionRole")
    everything = finding("Pack-Wide[*]", "lab-listed/ExecutionRole")
    assert not judged(lab, accepted, captured)
    assert judged(lab, accepted, captured, everything) == [
        (0, "lab-listed/ExecutionRole", "Pack-Wide[*]")
    ]


def test_placeholders_stand_for_the_environment(lab: Environment) -> None:
    rule = "Pack-Wide[{partition}:{region}:{account}:{environment}-*:{execution_roles}]"
    written_out = (
        "Pack-Wide[aws:us-east-1:111122223333:lab-*:arn:aws:iam::111122223333:role"
        "/private-transform/lab-us-east-1/execution/*]"
    )
    accepted = register((rule, "operations/Launcher"))
    assert not judged(lab, accepted, finding(written_out, "lab-operations/Launcher"))


@pytest.mark.parametrize(
    ("days", "problem"),
    [
        (-1, "This expired on 2026-11-21; today is 2026-11-22."),
        (0, None),
        (366, None),
        (367, "An acknowledgement lasts at most 366 days."),
    ],
)
def test_an_entry_lasts_through_its_last_day_and_a_year_at_most(
    days: int, problem: str | None, lab: Environment
) -> None:
    accepted = register(
        ("Pack-Open", "foundation/Logs"), expires=TODAY + timedelta(days=days)
    )
    run = Run(environment=lab, findings=(finding("Pack-Open", "lab-foundation/Logs"),))
    found = judge(accepted, [run], today=TODAY)
    assert [each.rule for each in found] == ([problem] if problem else [])
    assert all(each.line == 1 and "Pack-Open" in str(each) for each in found)
