"""What a person sees who asks for an environment that cannot be synthesized."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.gate


def synth(tmp_path: Path, **context: object) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, str(ROOT / "app.py")],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
        env={
            **os.environ,
            "CDK_CONTEXT_JSON": json.dumps(context),
            "CDK_OUTDIR": str(tmp_path / "assembly"),
        },
    )


@pytest.mark.parametrize(
    ("context", "sentence"),
    [
        ({"environment": ""}, "The context 'environment' is ''; write -c environment="),
        ({"environment": "nowhere"}, "nowhere"),
        ({"environment": "dev", "environments": 3}, "The context 'environments' is 3;"),
    ],
)
def test_a_wrong_context_is_explained(
    tmp_path: Path, context: dict[str, object], sentence: str
) -> None:
    done = synth(tmp_path, **context)
    assert done.returncode == 1
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.rglob("*.template.json"))


def test_what_is_wrong_in_a_file_stops_the_synth(tmp_path: Path) -> None:
    folder = tmp_path / "wrong"
    folder.mkdir()
    (folder / "environment.yaml").write_text("stage: developement\n")
    done = synth(tmp_path, environment="wrong", environments=str(tmp_path))
    assert done.returncode == 1
    assert "environment.yaml:1" in done.stderr
    assert "Did you mean development?" in done.stderr
    assert "Traceback" not in done.stderr
