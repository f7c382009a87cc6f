"""Whatever a file holds, a person gets sentences, never a traceback."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from private_transform.environment import Problem
from tests.environment.folders import ENVIRONMENT, TRANSFORM, problems, written

FEW = settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
LETTERS = "ab:-{}[]&*!|>'\"%#?,\n\t\\ ~0é"
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.text(max_size=12),
    st.sampled_from(["*", "a/", "s3://x/", "$", "[", "-1", "1e400", "never", "None"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.one_of(st.text(max_size=8), st.sampled_from(["role", "image", "name"])),
            inner,
            max_size=3,
        ),
    ),
    max_leaves=6,
)


def places(content: Any, place: tuple[str | int, ...] = ()) -> list[tuple[Any, ...]]:
    steps: list[Any] = []
    if isinstance(content, dict):
        steps = list(content)
    elif isinstance(content, list):
        steps = list(range(len(content)))
    inner = [found for step in steps for found in places(content[step], (*place, step))]
    return [place, *inner] if place else inner


def replaced(content: dict[str, Any], place: tuple[Any, ...], new: Any) -> str:
    copy: dict[str, Any] = json.loads(json.dumps(content))
    target: Any = copy
    for step in place[:-1]:
        target = target[step]
    target[place[-1]] = new
    return json.dumps(copy)


def explained(found: list[Problem]) -> None:
    """What cannot be a whole file breaks at least one rule, and each says which."""
    assert found
    assert all(problem.rule for problem in found)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return written(tmp_path, transforms={"faces": {}})


@FEW
@given(text=st.text(alphabet=LETTERS, max_size=40))
def test_any_text_is_explained(folder: Path, text: str) -> None:
    (folder / "transforms" / "faces.yaml").write_text(text, "utf-8")

    explained(problems(folder))


@FEW
@given(raw=st.binary(max_size=40))
def test_any_bytes_are_explained(folder: Path, raw: bytes) -> None:
    (folder / "environment.yaml").write_bytes(raw)

    explained(problems(folder))


@FEW
@given(place=st.sampled_from(places(ENVIRONMENT)), new=VALUES)
def test_any_value_in_the_environment_is_explained(
    folder: Path, place: tuple[Any, ...], new: Any
) -> None:
    text = replaced(ENVIRONMENT, place, new)
    (folder / "environment.yaml").write_text(text, "utf-8")

    for problem in problems(folder):
        assert problem.rule


@FEW
@given(place=st.sampled_from(places(TRANSFORM)), new=VALUES)
def test_any_value_in_a_transform_is_explained(
    folder: Path, place: tuple[Any, ...], new: Any
) -> None:
    text = replaced(TRANSFORM, place, new)
    (folder / "transforms" / "faces.yaml").write_text(text, "utf-8")

    for problem in problems(folder):
        assert problem.rule
