"""A weakened construct is reported by the review of the tree that weakens it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from review.assembly import read_assembly

ROOT = Path(__file__).parents[2]
LOCK = Path("constructs") / "private_transform" / "lock" / "buckets.py"

pytestmark = pytest.mark.slow


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[Path]:
    """A clone of this project as it stands, committed."""
    tree = tmp_path / "tree"
    git(tmp_path, "clone", "--quiet", "--no-hardlinks", str(ROOT), str(tree))
    changed = git(ROOT, "ls-files", "--modified", "--others", "--exclude-standard")
    for name in filter(None, changed.splitlines()):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_bytes((ROOT / name).read_bytes())
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--allow-empty", "-m", "as it stands")
    yield tree
    assert git(tree, "worktree", "list").count("\n") == 1


def git(folder: Path, *arguments: str) -> str:
    named = ("-c", "user.name=test", "-c", "user.email=test@example.com")
    return subprocess.run(
        ["git", *named, *arguments],
        cwd=folder,
        check=True,
        capture_output=True,
        text=True,
    ).stdout


def review(tree: Path, base: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "review.tree", base],
        cwd=tree,
        env=_environment(tree),
        capture_output=True,
        text=True,
        check=False,
    )


def _environment(tree: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": f"{tree}:{tree / 'constructs'}"}


def report(tree: Path, environment: str) -> dict[str, Any]:
    file = tree / "build" / "review" / f"{environment}.json"
    found: dict[str, Any] = json.loads(file.read_text())
    return found


def test_what_weakens_the_lock_blocks(tree: Path) -> None:
    source = (tree / LOCK).read_text()
    weaker = source.replace(
        "not_action=s3_actions(SETTINGS, MANAGE, LIST),",
        "not_action=s3_actions(SETTINGS, MANAGE, LIST, READ),",
        1,
    )
    assert weaker != source
    (tree / LOCK).write_text(weaker)

    done = review(tree, "HEAD")

    assert done.returncode == 1, done.stdout + done.stderr
    assert "dev: BLOCK" in done.stdout
    found = report(tree, "dev")
    (promise,) = (e for e in found["invariants"] if e["id"] == "data-endpoint")
    assert (promise["before"], promise["status"]) == ("PROVED", "VIOLATED")
    assert "from outside" in promise["witness"]
    assert found["digests"]["old"] != found["digests"]["new"]


def test_what_changes_nothing_is_approved(tree: Path) -> None:
    done = review(tree, "HEAD")

    assert done.returncode == 0, done.stdout + done.stderr
    found = report(tree, "rehearsal")
    assert found["findings"] == []
    reviewed = read_assembly(tree / "build" / "review" / "rehearsal.assembly")
    assert reviewed.digest == found["digests"]["new"] == found["digests"]["old"]


def test_what_is_accepted_from_now_on_is_told(tree: Path) -> None:
    register = tree / "acknowledgements.yaml"
    text = register.read_text()
    register.write_text(text.replace("owner: platform", "owner: data team", 1))

    assert review(tree, "HEAD").returncode == 0

    found = report(tree, "dev")
    assert {each["rule"] for each in found["findings"]} == {"acknowledgement-changed"}
    assert {each["owner"] for each in found["register"]} == {"data team"}


def test_an_environment_of_one_side_is_told_of(tree: Path) -> None:
    environments = tree / "environments"
    (environments / "dev").rename(environments / "other")
    file = environments / "other" / "environment.yaml"

    done = review(tree, "HEAD")

    assert done.returncode == 0, done.stdout + done.stderr
    assert "dev: its files are gone" in done.stdout
    assert report(tree, "other")["digests"]["old"] is None
    assert file.is_file()


@pytest.mark.parametrize("base", ["no-such-commit", "--help"])
def test_what_is_no_commit_is_refused_in_words(tree: Path, base: str) -> None:
    done = review(tree, base)

    assert done.returncode == 2
    assert "make review BASE=main" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_tree_that_does_not_synthesize_is_named(tree: Path) -> None:
    (tree / "environments" / "dev" / "environment.yaml").write_text("stage: nowhere\n")

    done = review(tree, "HEAD")

    assert done.returncode == 2
    assert "It does not synthesize" in done.stderr
    assert "environment.yaml" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_whoever_ends_a_review_finds_nothing_left(tree: Path, number: int) -> None:
    """The fixture looks for worktrees."""
    running = subprocess.Popen(
        [sys.executable, "-m", "review.tree", "HEAD"],
        cwd=tree,
        env=_environment(tree),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    while git(tree, "worktree", "list").count("\n") == 1:
        assert running.poll() is None
    running.send_signal(number)

    assert running.communicate() == ("", "")
    assert running.returncode == 128 + number
