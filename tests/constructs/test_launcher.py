"""The launcher's code: small, complete, and the same on every machine."""

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import aws_cdk as cdk
import boto3
import pytest
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs

import private_transform
from private_transform.handler_function import HandlerFunction, handler_code
from private_transform.launcher import Launcher
from private_transform.service_role import allow
from tests.constructs.conftest import BUCKETS, HERE, Resources
from tests.synthesized import Synthesis, bare_stack

HANDLERS = Path(private_transform.__file__).parent / "handlers"
EXECUTION = "arn:aws:iam::123456789012:role/p/execution/*"


def asset(scope: cdk.Stack) -> Path:
    """Where CDK has put the code that it would deploy."""
    lambda_.Function(
        scope,
        "Function",
        runtime=lambda_.Runtime.PYTHON_3_14,
        code=handler_code(),
        handler="handlers.entry.on_event",
    )
    app = scope.node.root
    assert isinstance(app, cdk.App)
    (folder,) = Path(app.synth().directory).glob("asset.*")
    return folder


def test_the_asset_holds_the_handlers_and_nothing_else() -> None:
    folder = asset(bare_stack())
    held = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert held == {f"handlers/{path.name}" for path in HANDLERS.glob("*.py")}
    assert "handlers/entry.py" in held


def test_its_hash_does_not_move_with_bytecode() -> None:
    before = asset(bare_stack()).name
    folder = HANDLERS / "__pycache__"
    folder.mkdir(exist_ok=True)
    left_behind = folder / "entry.of-another-interpreter.pyc"
    left_behind.write_bytes(os.urandom(64))
    try:
        assert asset(bare_stack()).name == before
    finally:
        left_behind.unlink()


def test_it_stays_below_100_kilobytes() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in asset(bare_stack()).rglob("*.py"):
            archive.write(path)
    assert len(packed.getvalue()) < 100_000


def test_every_handler_is_found_in_the_asset_by_a_bare_interpreter(
    kept: Synthesis,
) -> None:
    named = {
        function.properties["Handler"]
        for function in kept.functions_of_the_environment()
    }
    look_up = "\n".join(
        f"import {module}; assert callable({module}.{function})"
        for module, _, function in (name.rpartition(".") for name in sorted(named))
    )
    # boto3 is all that Lambda adds to the asset. -I keeps everything else away: the
    # folder we are in, the environment, and this project's own installation.
    libraries = str(Path(boto3.__file__).parents[1])
    program = (
        "import sys\n"
        f"sys.path[:0] = [{str(asset(bare_stack()))!r}]\n"
        f"sys.path.append({libraries!r})\n"
        f"{look_up}\n"
        "assert 'private_transform' not in sys.modules\n"
        "assert 'aws_cdk' not in sys.modules\n"
    )
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_a_function_gets_its_entry_and_its_surroundings(
    stack: cdk.Stack, resources: Resources, log_group: logs.ILogGroup
) -> None:
    HandlerFunction(
        stack,
        "Handler",
        entry="on_event",
        description="Does it",
        role_path="/p/launcher/",
        statements=[],
        log_group=log_group,
        variables={"A": "b"},
        timeout_seconds=30,
    )
    (function,) = resources("AWS::Lambda::Function")
    properties = function["Properties"]
    assert properties["Handler"] == "handlers.entry.on_event"
    assert properties["Description"] == "Does it"
    assert properties["Environment"] == {"Variables": {"A": "b"}}
    assert properties["LoggingConfig"] == {"LogGroup": "the-log-group"}
    (role,) = resources("AWS::IAM::Role")
    assert role["Properties"]["Path"] == "/p/launcher/"
    assert "ManagedPolicyArns" not in role["Properties"]


def test_a_function_may_write_its_logs_and_what_it_is_given(
    stack: cdk.Stack, resources: Resources, log_group: logs.ILogGroup
) -> None:
    HandlerFunction(
        stack,
        "Handler",
        entry="on_event",
        description="Does it",
        role_path="/p/",
        statements=[allow("Look", ["s3:ListBucket"], ["*"])],
        log_group=log_group,
        variables={},
        timeout_seconds=30,
    )
    (role,) = resources("AWS::IAM::Role")
    (policy,) = role["Properties"]["Policies"]
    assert [each["Action"] for each in policy["PolicyDocument"]["Statement"]] == [
        ["logs:CreateLogStream", "logs:PutLogEvents"],
        ["s3:ListBucket"],
    ]


@pytest.fixture
def launcher(stack: cdk.Stack, key: kms.IKey, log_group: logs.ILogGroup) -> Launcher:
    return Launcher(
        stack,
        "Launcher",
        environment="team",
        place=HERE,
        role_path="/p/launcher/",
        execution_roles=EXECUTION,
        subnets=["subnet-1"],
        security_groups=["sg-1"],
        key=key,
        buckets=BUCKETS,
        model_packages=[],
        control_bucket="the-control",
        log_group=log_group,
    )


@pytest.mark.parametrize(
    "value",
    [
        "model/team-*",
        EXECUTION,
        "subnet-1",
        "sg-1",
        "key/1",
        "the-models",
        "the-control",
    ],
)
@pytest.mark.usefixtures("launcher")
def test_the_launcher_is_bound_to_what_it_is_given(
    resources: Resources, value: str
) -> None:
    assert value in str(resources("AWS::IAM::Role"))


def test_custom_resources_are_served_by_the_provider(
    stack: cdk.Stack, launcher: Launcher
) -> None:
    logical_id, attribute = stack.resolve(launcher.service_token)["Fn::GetAtt"]
    assert attribute == "Arn"
    assert "Provider" in logical_id
