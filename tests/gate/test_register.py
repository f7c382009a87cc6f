"""The register is read strictly: every mistake is named with its line."""

from datetime import date
from pathlib import Path

import pytest

from compliance.register import Register, RegisterError, read_register

ENTRY = """\
acknowledgements:
  - findings:
      - Pack-Rule[Resource::<Inputs.Arn>/{inputs}*]
      - Pack-Other
    scopes:
      - foundation/Logs/Resource
      - "{transform}/ExecutionRole/Policy"
    reason: it is bounded elsewhere
    owner: platform
    expires: 2027-06-30
"""


def read(folder: Path, text: str) -> Register:
    file = folder / "acknowledgements.yaml"
    file.write_text(text, encoding="utf-8")
    return read_register(file)


def test_an_entry_is_every_finding_with_every_scope(tmp_path: Path) -> None:
    (entry,) = read(tmp_path, ENTRY).acknowledgements
    assert list(entry.pairs()) == [
        ("Pack-Rule[Resource::<Inputs.Arn>/{inputs}*]", "foundation/Logs/Resource"),
        (
            "Pack-Rule[Resource::<Inputs.Arn>/{inputs}*]",
            "{transform}/ExecutionRole/Policy",
        ),
        ("Pack-Other", "foundation/Logs/Resource"),
        ("Pack-Other", "{transform}/ExecutionRole/Policy"),
    ]
    assert (entry.line, entry.owner) == (2, "platform")
    assert entry.expires == date(2027, 6, 30)


@pytest.mark.parametrize(
    ("right", "wrong", "line", "rule"),
    [
        ("    owner: platform\n", "", 2, "exactly the keys"),
        ("owner: platform", "owner: platform\n    until: later", 2, "exactly the keys"),
        ("owner: platform", "owner:", 9, "This is text."),
        ("reason: it is bounded elsewhere", "reason: []", 8, "This is text."),
        ("2027-06-30", "next year", 10, "This is a day."),
        ("2027-06-30", "2027-02-30", 10, "This is a day."),
        ("2027-06-30", "[2027-06-30]", 10, "This is a day."),
        ("foundation/Logs/Resource", "foundation", 6, "never a whole stack"),
        ("foundation/Logs/Resource", "foundation/*", 6, "never with a *"),
        ("foundation/Logs/Resource", "lab-foundation/Logs", 6, "path of one construct"),
        (
            "foundation/Logs/Resource",
            "'{environment}/Logs'",
            6,
            "path of one construct",
        ),
        ("{inputs}", "{input}", 3, "{input} is no placeholder"),
        ("{inputs}", "{inputs", 3, "braces"),
        ("      - Pack-Other\n", "      - {Pack: Other}\n", 4, "This is text."),
        ("acknowledgements:", "accepted:", 1, "one key"),
    ],
)
def test_a_mistake_is_named_with_its_line(
    right: str, wrong: str, line: int, rule: str, tmp_path: Path
) -> None:
    assert right in ENTRY
    with pytest.raises(RegisterError) as raised:
        read(tmp_path, ENTRY.replace(right, wrong, 1))
    assert (line, True) in {
        (each.line, rule in each.rule) for each in raised.value.problems
    }
    assert f"acknowledgements.yaml:{line}" in str(raised.value)


def test_all_mistakes_are_named_at_once(tmp_path: Path) -> None:
    text = ENTRY.replace("2027-06-30", "soon").replace("foundation/Logs/", "")
    with pytest.raises(RegisterError) as raised:
        read(tmp_path, text)
    assert [each.line for each in raised.value.problems] == [6, 10]


@pytest.mark.parametrize(
    "again",
    [
        "acknowledgements:\n" + ENTRY.partition("\n")[2] + ENTRY.partition("\n")[2],
        ENTRY.replace("- Pack-Other", "- Pack-Rule[Resource::<Inputs.Arn>/{inputs}*]"),
    ],
)
def test_a_finding_is_acknowledged_once_in_a_scope(again: str, tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="acknowledged on line 2 already"):
        read(tmp_path, again)


def test_text_that_is_no_yaml_is_a_problem_of_the_register(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match=r"acknowledgements\.yaml:1"):
        read(tmp_path, "acknowledgements: [")


def test_a_register_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(RegisterError, match="No such file"):
        read_register(tmp_path / "acknowledgements.yaml")
