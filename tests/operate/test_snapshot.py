"""What is deployed is kept as an assembly."""

import json
from pathlib import Path

import pytest

from operate.deployed import OperationError
from operate.snapshot import snapshot
from tests.operate.fakes import Account, deployed


def test_the_deployed_templates_are_an_assembly(tmp_path: Path) -> None:
    account = Account(
        stacks={"dev-foundation": {"protected": "yes"}, "dev-faces": {}, "other-it": {}}
    )
    folder = tmp_path / "dev"
    folder.mkdir()
    (folder / "dev-gone.template.json").write_text("{}")

    snapshot(deployed(account), folder)

    manifest = json.loads((folder / "manifest.json").read_text())
    assert {
        name: artifact["properties"]["terminationProtection"]
        for name, artifact in manifest["artifacts"].items()
    } == {"dev-faces": False, "dev-foundation": True}
    assert {file.name for file in folder.iterdir()} == {
        "manifest.json",
        "dev-faces.template.json",
        "dev-foundation.template.json",
    }
    template = json.loads((folder / "dev-faces.template.json").read_text())
    assert template["Resources"]["A"]["Type"] == "AWS::S3::Bucket"
    assert account.calls == []


def test_what_is_not_deployed_cannot_be_kept(tmp_path: Path) -> None:
    with pytest.raises(OperationError, match="nothing of dev is deployed"):
        snapshot(deployed(Account()), tmp_path / "dev")
    assert not (tmp_path / "dev").exists()
