"""Text stays what was written: nothing that a tool on its way would replace."""

from pathlib import Path
from typing import Any

import pytest

from tests.environment.folders import OUTSIDE, problems, written

ROLE = "people.uploaders.0.outside"
SECRET = "{{resolve:secretsmanager:db:SecretString:password}}"
REPLACED = [
    ("${Token[TOKEN.1]}", "AWS CDK"),
    ("a ${Token[", "AWS CDK"),
    ("#{Token[TOKEN.1]}", "AWS CDK"),
    ("-1.8881545897087626e+289", "AWS CDK"),
    (SECRET, "dynamic references"),
    ("a {{resolve:ssm:name:1}} b", "dynamic references"),
]


@pytest.mark.parametrize(("text", "sentence"), REPLACED)
def test_text_that_is_replaced_on_its_way_is_refused_at_its_place(
    tmp_path: Path, text: str, sentence: str
) -> None:
    folder = written(
        tmp_path,
        environment={f"{ROLE}.reason": text},
        transforms={"faces": {"environment": {"A": text}}},
    )

    found = problems(folder)

    assert [(problem.file.name, problem.path) for problem in found] == [
        ("environment.yaml", "people.uploaders[0].outside.reason"),
        ("faces.yaml", "environment.A"),
    ]
    for problem in found:
        assert sentence in problem.rule
        assert problem.value == text
        assert problem.line > 1


@pytest.mark.parametrize(
    "place",
    [
        "model.primary_container.environment.A",
        "transform_input.content_type",
        "run",
        "tags.team",
        f"environment.{SECRET}",
        f"model.primary_container.{SECRET}",
        SECRET,
    ],
)
def test_every_text_of_a_transform_is_judged_and_every_key(
    tmp_path: Path, place: str
) -> None:
    new = "1" if SECRET in place else f"image/{SECRET}"

    found = problems(written(tmp_path, transforms={"faces": {place: new}}))

    assert (place, True) in {
        (problem.path, "dynamic references" in problem.rule) for problem in found
    }


def test_a_list_of_texts_is_judged(tmp_path: Path) -> None:
    texts = ["ops@example.com", "#{Token[TOKEN.1]}@example.com"]

    (problem,) = problems(written(tmp_path, environment={"notify": texts}))

    assert problem.path == "notify[1]"


def test_every_place_is_named_at_once(tmp_path: Path) -> None:
    outside: dict[str, Any] = {**OUTSIDE, "reason": SECRET, "owner": SECRET}

    found = problems(written(tmp_path, environment={ROLE: outside}))

    assert [problem.path for problem in found] == [
        "people.uploaders[0].outside.reason",
        "people.uploaders[0].outside.owner",
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Token[1]",
        "${AWS::Region}",
        "${HOME}",
        "{{name}}",
        "{{ resolved: 1 }}",
        "resolve:ssm:x",
        "-1.5e+289",
        "1.8881545897087626e+289",
    ],
)
def test_text_that_only_looks_alike_is_allowed(tmp_path: Path, text: str) -> None:
    folder = written(
        tmp_path,
        environment={f"{ROLE}.reason": text},
        transforms={"faces": {"environment": {"A": text}}},
    )

    assert problems(folder) == []
