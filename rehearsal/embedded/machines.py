"""State machines call functions with their own role, and wait a second at most.

Jobs last seconds here, and what looks after them waits minutes.

AWS: Creating an IAM role for your state machine in Step Functions.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from types import FunctionType
from typing import Any
from uuid import uuid4

from ministack.services import stepfunctions

from rehearsal.embedded import identity

WAIT_SECONDS = 1

_run = stepfunctions._run_execution
_call = stepfunctions._call_lambda
_wait = stepfunctions._execute_wait

_execution: ContextVar[Mapping[str, Any]] = ContextVar("execution")
"""MiniStack's record of the execution that runs here."""


def apply() -> None:
    """Ask for the role's right before each call, and shorten the waits of a state."""
    stepfunctions._run_execution = _run_with_role
    stepfunctions._call_lambda = _call_with_role
    stepfunctions._execute_wait = _wait_briefly


def _run_with_role(execution_arn: str) -> None:
    # One execution may run inside another's task.
    token = _execution.set(stepfunctions._executions[execution_arn])
    try:
        _run(execution_arn)
    finally:
        _execution.reset(token)


def _call_with_role(function: str, content: Any) -> Any:
    where = identity.scope()
    arn = (
        function
        if function.startswith("arn:")
        else f"arn:aws:lambda:{where.region}:{where.account}:function:{function}"
    )
    role, name = acting_role()
    session = identity.role_session(role, name)
    denied = identity.authorize(session, "lambda:InvokeFunction", arn)
    if denied is not None:
        raise stepfunctions._ExecutionError(
            "Lambda.AWSLambdaException",
            f"{denied} (Service: AWSLambda; Status Code: 403; Error Code: "
            f"AccessDeniedException; Request ID: {uuid4()}; Proxy: null)",
        )
    return _call(function, content)


def acting_role() -> tuple[str, str]:
    """ARN of the role with which the execution acts that runs here, and its machine.

    An execution goes on with the role that it started with (AWS: UpdateStateMachine).
    Fails the task in AWS's words when Step Functions may not take it.
    """
    execution = _execution.get()
    role = execution["events"][0]["executionStartedEventDetails"]["roleArn"]
    machine = execution["stateMachineArn"]
    source = {
        "aws:SourceAccount": identity.scope().account,
        "aws:SourceArn": machine,
    }
    if not identity.trusts(role, "states.amazonaws.com", source):
        raise stepfunctions._ExecutionError(
            "States.TaskFailed",
            "Neither the global service principal states.amazonaws.com, nor the "
            "regional one is authorized to assume the provided role.",
        )
    return role, machine.rpartition(":")[2]


def _wait_briefly(state: Any, content: Any, context: Any = None) -> Any:
    # The same functions, which sleep no longer than this one lets them.
    brief = {**vars(stepfunctions), "_scaled_sleep": _sleep_briefly}
    brief["_sleep_until"] = FunctionType(stepfunctions._sleep_until.__code__, brief)
    return FunctionType(_wait.__code__, brief)(state, content, context)


def _sleep_briefly(seconds: float) -> None:
    stepfunctions._scaled_sleep(min(seconds, WAIT_SECONDS))
