"""Deploying: what is looked at first, and what is told when it fails."""

import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from operate.deploy import ASSEMBLIES, deploy
from operate.deployed import OperationError
from private_transform.environment import People
from tests.operate.fakes import Account, deployed

EARLIER = {
    "EventId": "1",
    "LogicalResourceId": "Model",
    "ResourceStatus": "CREATE_FAILED",
    "ResourceStatusReason": "the reason of yesterday",
}
NOW = {**EARLIER, "EventId": "2", "ResourceStatusReason": "the reason of today"}


class Shell:
    """Stands in for subprocess: notes the commands; the CDK CLI may fail."""

    def __init__(self, account: Account) -> None:
        self.account = account
        self.commands: list[list[str]] = []
        self.assemblies: list[str] = []
        self.cdk_fails = False
        self.then_happened: list[dict[str, Any]] = []

    def run(
        self, command: Sequence[str], *, cwd: Path, env: dict[str, str]
    ) -> "subprocess.CompletedProcess[str]":
        self.commands.append(list(command))
        if command[0] == "cdk":
            assert Path(command[command.index("--app") + 1]).is_dir()
            self.account.events[:0] = self.then_happened
            return subprocess.CompletedProcess(command, int(self.cdk_fails))
        self.assemblies.append(env["CDK_OUTDIR"])
        return subprocess.CompletedProcess(command, 0)

    @property
    def deployed(self) -> list[str]:
        return [command[2] for command in self.commands if command[0] == "cdk"]


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Shell:
    shell = Shell(Account(stacks={"dev-foundation": {}}, events=[EARLIER]))
    monkeypatch.setattr(subprocess, "run", shell.run)
    return shell


def test_foundation_and_operations_are_deployed_in_this_order(shell: Shell) -> None:
    deploy(deployed(shell.account))
    assert shell.deployed == ["dev-foundation", "dev-operations"]


def test_data_that_is_not_there_is_noticed_before_anything_is_deployed(
    shell: Shell, tmp_path: Path
) -> None:
    with pytest.raises(OperationError, match="holds nothing to upload"):
        deploy(deployed(shell.account), data=tmp_path / "mistyped")
    assert shell.commands == []


def test_an_uploader_who_is_missing_is_noticed_before_anything_is_deployed(
    shell: Shell, tmp_path: Path
) -> None:
    (tmp_path / "inputs").mkdir()
    (tmp_path / "inputs" / "a").touch()
    with pytest.raises(OperationError, match=r"people\.uploaders"):
        deploy(deployed(shell.account, People()), data=tmp_path)
    assert shell.commands == []


def test_each_deployment_has_an_assembly_of_its_own_and_leaves_none(
    shell: Shell,
) -> None:
    for _ in range(2):
        deploy(deployed(shell.account))
    first, second = shell.assemblies
    assert first != second
    assert Path(first).parent == ASSEMBLIES
    assert not Path(first).exists()
    assert not Path(second).exists()


def test_what_cloudformation_said_is_told(shell: Shell) -> None:
    shell.cdk_fails = True
    shell.then_happened = [NOW]
    with pytest.raises(OperationError) as raised:
        deploy(deployed(shell.account))
    assert str(raised.value) == (
        "dev-foundation was not deployed.\nModel: the reason of today"
    )


def test_a_failure_before_cloudformation_is_not_explained_by_an_earlier_one(
    shell: Shell,
) -> None:
    shell.cdk_fails = True
    with pytest.raises(OperationError, match="its reason stands above") as raised:
        deploy(deployed(shell.account))
    assert "yesterday" not in str(raised.value)
