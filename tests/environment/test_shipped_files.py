"""The files that come with the project load, and their schemas are current."""

import json
import re
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ruamel.yaml import YAML

from private_transform.environment import Environment, load_environment
from private_transform.environment.schema import schemas

ENVIRONMENTS = Path(__file__).parents[2] / "environments"
NAMES = sorted(file.parent.name for file in ENVIRONMENTS.glob("*/environment.yaml"))
EXAMPLE = ENVIRONMENTS / "dev" / "transforms" / "example.yaml.example"


def keys(schema: dict[str, Any]) -> set[str]:
    """Every key that a schema knows, at any depth, by class and name."""
    return {
        f"{name}.{key}"
        for name, class_ in (("", schema), *schema["$defs"].items())
        for key in class_["properties"]
    }


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2050, 1, 1)])
def test_it_loads_on_any_day(name: str, today: date) -> None:
    assert load_environment(ENVIRONMENTS / name, today=today).name == name


def uncommented(text: str, *, examples: bool) -> str:
    """The text with its optional settings, whose # has no single space behind it."""
    lines = []
    example_at: int | None = None
    for line in text.splitlines():
        setting = re.fullmatch(r"( *)#(|  +)([a-z-].*)", line)
        if setting is None:
            lines.append(line)
            continue
        before, behind, rest = setting.groups()
        depth = len(before + behind)
        if example_at is not None and depth <= example_at:
            example_at = None
        if example_at is None and "# for example" in rest:
            example_at = depth
        if examples or example_at is None:
            lines.append(before + behind + rest)
    return "\n".join(lines)


def dev(folder: Path, *, examples: bool) -> Environment:
    text = (ENVIRONMENTS / "dev" / "environment.yaml").read_text("utf-8")
    folder.mkdir()
    (folder / "environment.yaml").write_text(
        uncommented(text, examples=examples), "utf-8"
    )
    return load_environment(folder, today=date(2026, 11, 22))


def test_every_setting_behind_a_comment_is_its_default_or_an_example(
    tmp_path: Path,
) -> None:
    shipped = load_environment(ENVIRONMENTS / "dev", today=date(2026, 11, 22))
    defaults = dev(tmp_path / "dev", examples=False)
    text = (tmp_path / "dev" / "environment.yaml").read_text("utf-8")

    assert defaults == shipped
    for key in ("protection", "key", "retention", "lock_management", "iam"):
        assert f"\n{key}:" in text


def test_every_example_behind_a_comment_is_valid_and_no_default(
    tmp_path: Path,
) -> None:
    defaults = dev(tmp_path / "dev", examples=False)
    whole = dev(tmp_path / "all", examples=True)

    assert whole.people.uploaders[0].outside is not None
    for key in (
        "people",
        "trusted_endpoints",
        "artifact_sources",
        "sagemaker_api_reads",
        "limits",
        "notify",
        "iam",
        "tags",
    ):
        assert getattr(whole, key) != getattr(defaults, key), key


def test_the_example_loads_once_it_is_copied(tmp_path: Path) -> None:
    folder = tmp_path / "dev"
    shutil.copytree(ENVIRONMENTS / "dev", folder)
    shutil.copy(EXAMPLE, folder / "transforms" / "example.yaml")

    (transform,) = load_environment(folder, today=date(2026, 11, 22)).transforms

    assert transform.name == "example"


def test_the_rehearsal_is_the_fictitious_account() -> None:
    rehearsal = load_environment(ENVIRONMENTS / "rehearsal", today=date(2026, 11, 22))

    assert rehearsal.account == "123456789012"
    assert [transform.name for transform in rehearsal.transforms] == [
        "faces-in-shards",
        "faces",
    ]


@pytest.mark.parametrize("name", schemas())
def test_the_schema_is_current(name: str) -> None:
    text = (ENVIRONMENTS / name).read_text("utf-8")

    assert text == schemas()[name], (
        "python -m private_transform.environment.schema environments"
    )


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        *((ENVIRONMENTS / name / "environment.yaml", "environment") for name in NAMES),
        *(
            (file, "transform")
            for file in sorted(ENVIRONMENTS.glob("*/transforms/*.yaml"))
        ),
        (EXAMPLE, "transform"),
    ],
    ids=str,
)
def test_an_editor_finds_the_schema_and_nothing_wrong(file: Path, schema: str) -> None:
    text = file.read_text("utf-8")
    named = text.splitlines()[0].partition("$schema=")[2]

    assert (file.parent / named).resolve() == ENVIRONMENTS / f"{schema}.schema.json"
    content = YAML(typ="safe", pure=True).load(text)
    jsonschema.Draft202012Validator(
        json.loads(schemas()[f"{schema}.schema.json"])
    ).validate(content)


@pytest.mark.parametrize(
    ("file", "schema"),
    [
        (ENVIRONMENTS / "dev" / "environment.yaml", "environment"),
        (EXAMPLE, "transform"),
    ],
    ids=str,
)
def test_a_newcomer_finds_every_key_explained(file: Path, schema: str) -> None:
    text = file.read_text("utf-8")

    for key in keys(json.loads(schemas()[f"{schema}.schema.json"])):
        assert f"{key.partition('.')[2]}:" in text, key
