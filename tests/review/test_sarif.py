import ast
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import jsonschema
import pytest

from private_transform.environment import load_environment
from review.assembly import read_assembly
from review.change import Change
from review.delta import leaves
from review.delta.jobs import Effect
from review.delta.network import Kind
from review.delta.register import (
    Registers,
    register_changes,
    register_in,
)
from review.delta.register import findings as register_findings
from review.findings import Finding, Severity
from review.invariants.all import INVARIANTS
from review.report.places import MADE_BY, ROOT, class_in, written
from review.report.sarif import RULES, as_sarif
from review.review import Review
from review.scene import scene_of
from tests.review.forms import HOSTILE, PLAIN, review_of
from tests.synthesized import Synthesis, synthesize

SCHEMA = json.loads(Path(__file__).with_name("sarif-2.1.0-rtm.5.json").read_text())
NAME = "rehearsal"


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Review:
    """The creation of an environment whose files are in this repository."""
    environment = load_environment(ROOT / "environments" / NAME, today=None)
    directory = tmp_path_factory.mktemp(NAME) / "assembly"
    synthesize(environment, directory)
    change = Change(before=None, after=scene_of(read_assembly(directory)))
    empty = review_of(directory, findings=())
    exceptions = tuple(leaves.leave_changes(change))
    return replace(empty, change=change, leaves=exceptions, jobs=())


def about(resource: str, rule: str = "replaced", message: str = "") -> Finding:
    return Finding(rule=rule, severity="high", resource=resource, message=message)


def run_of(review: Review) -> Mapping[str, Any]:
    log = json.loads(as_sarif(review, "high"))
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def line_of(review: Review, finding: Finding) -> tuple[str, str]:
    """The file of a finding, and what stands in its line."""
    place = written(finding, review)
    assert place.line
    lines = (ROOT / place.file).read_text().splitlines()
    return place.file, lines[place.line - 1].strip()


def literal_rules() -> set[str]:
    return {
        str(leaf.value)
        for source in (ROOT / "review").rglob("*.py")
        for node in ast.walk(ast.parse(source.read_text()))
        if isinstance(node, ast.keyword) and node.arg == "rule"
        if not isinstance(node.value, ast.JoinedStr)
        for leaf in ast.walk(node.value)
        if isinstance(leaf, ast.Constant)
    }


def test_every_rule_says_what_it_finds_and_what_to_do() -> None:
    jobs = {f"job-{each.replace(' ', '-')}" for each in get_args(Effect)}
    promises = {f"promise-{each.id}" for each in INVARIANTS}
    networks = {f"network-{each}" for each in get_args(Kind)}
    assert set(RULES) - promises == literal_rules() | networks | jobs - {"job-nothing"}
    assert promises <= set(RULES)
    for finds, advice in RULES.values():
        assert finds.endswith(".")
        assert advice.endswith(".")


def test_a_finding_is_told_with_its_rule_level_and_name(shipped: Review) -> None:
    levels: dict[Severity, str] = {"high": "error", "medium": "warning", "low": "note"}
    findings = tuple(
        replace(about(f"{NAME}-foundation/Key961B73FD", message="Why."), severity=each)
        for each in levels
    )
    run = run_of(replace(shipped, findings=findings))
    assert run["properties"]["verdict"] == "block"
    for result, each in zip(run["results"], findings, strict=True):
        assert result["level"] == levels[each.severity]
        assert result["message"] == {"text": "Why."}
        assert list(result["partialFingerprints"].values()) == [each.id]
        rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"] == each.rule
        (location,) = result["locations"]
        (logical,) = location["logicalLocations"]
        assert logical["name"] == "Key961B73FD"
        assert logical["fullyQualifiedName"] == each.resource


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_becomes_a_placeholder_a_link_or_a_path(
    text: str, shipped: Review
) -> None:
    hostile = review_of(shipped.change.after.foundation.file.parent, text)
    run = run_of(hostile)
    messages = [each["message"]["text"] for each in run["results"]]
    messages += [
        each["message"]["text"]
        for each in run["invocations"][0]["toolExecutionNotifications"]
    ]
    assert len(messages) == 4
    for each in messages:
        assert each.isprintable()
        assert "](" not in each
        assert "{" not in each.replace("{{", "")
    for result in run["results"]:
        place = result["locations"][0]["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "app.py"
        assert "region" not in place


def test_an_exception_is_where_the_environments_file_makes_it(shipped: Review) -> None:
    assert len(shipped.leaves) == 3
    for each in shipped.leaves:
        message = f"The exception {each.leave.what} for {each.leave.who} never ends."
        found = about(f"{NAME}-foundation", "exception-endless", message)
        assert line_of(shipped, found) == (
            f"environments/{NAME}/environment.yaml",
            f"- role: {each.leave.who}",
        )


def test_an_exception_that_the_file_does_not_make_has_no_line(shipped: Review) -> None:
    place = written(about(f"{NAME}-foundation", "exception-new", "none"), shipped)
    assert place.file == f"environments/{NAME}/environment.yaml"
    assert place.line is None


def test_an_acknowledgement_is_where_the_register_has_it(shipped: Review) -> None:
    register = register_in(ROOT)
    assert register is not None
    entry = register.acknowledgements[2]
    fewer = replace(
        register,
        acknowledgements=tuple(e for e in register.acknowledgements if e != entry),
    )
    changes = register_changes(Registers(before=fewer, after=register))
    for each in register_findings(changes):
        review = replace(shipped, register=tuple(changes))
        file, line = line_of(review, each)
        assert file == "acknowledgements.yaml"
        assert line.startswith("- findings:")
        assert written(each, review).line == entry.line


def test_a_job_is_where_the_transforms_file_says_what_it_runs_on(
    shipped: Review,
) -> None:
    file = f"environments/{NAME}/transforms/faces.yaml"
    found = line_of(shipped, about(f"{NAME}-faces", "job-run"))
    assert found == (file, "transform_resources:")
    # The file leaves `on_deploy` to its default, so no line says it.
    stopped = written(about(f"{NAME}-faces", "job-stop"), shipped)
    assert (stopped.file, stopped.line) == (file, None)


@pytest.mark.parametrize("name", ["..", "../..", "/etc", "", ".", "nowhere"])
def test_a_name_leads_to_no_other_file(name: str, shipped: Review) -> None:
    scene = shipped.change.after
    elsewhere = replace(scene, declared=replace(scene.declared, name=name))
    review = replace(shipped, change=Change(before=None, after=elsewhere))
    for rule in ("exception-new", "job-run"):
        place = written(about(f"{name}-foundation", rule), review)
        assert place.file in ("app.py", "stacks/foundation_stack.py")
    hostile = about(f"{NAME}-../../{NAME}/transforms/faces", "job-run")
    assert written(hostile, shipped).file == "app.py"


def test_every_resource_is_where_a_construct_makes_it(
    shipped: Review, kept: Synthesis, discarded: Synthesis
) -> None:
    used = set()
    scenes = [scene_of(read_assembly(each.directory)) for each in (kept, discarded)]
    for scene in (shipped.change.after, *scenes):
        review = replace(shipped, change=Change(before=None, after=scene))
        for each in scene.estate.resources:
            file, line = line_of(review, about(each.path))
            assert file.startswith("constructs/private_transform/"), each
            assert line.startswith("class ")
            used.add(Path(file).stem)
    assert used == {module for _, _, module in MADE_BY}


def test_what_no_construct_of_ours_makes_is_where_its_stack_is(shipped: Review) -> None:
    jobs = review_of(shipped.change.after.foundation.file.parent).jobs
    review = replace(shipped, jobs=jobs)
    for part, module in (
        ("foundation", "foundation_stack"),
        ("operations", "operations_stack"),
        (PLAIN, "transform_stack"),
    ):
        found = line_of(review, about(f"{NAME}-{part}/Stranger"))
        assert found[0] == f"stacks/{module}.py"
        assert found[1].startswith("class ")
    assert written(about("stranger/Any"), review).file == "app.py"


def test_a_module_without_the_class_of_its_name_has_no_line() -> None:
    assert class_in("app.py").line is None
