"""The states of a run: what a state machine does, in the Amazon States Language.

AWS: Amazon States Language; Using Map state in Distributed mode.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from private_transform.service_role import Place, Statement, allow

_LONGEST_SECONDS = 7 * 24 * 3600
"""Of an execution, one that waits for its turn included. With a look every five minutes
it uses most of the 25,000 events that it may have (AWS: Step Functions service quotas).
"""

_LABEL = "Shards"
_WELL = {"Type": "Succeed", "OutputPath": "$.Run"}

_DONE = {"Type": "Pass", "Result": "done", "End": True}
"""The answers of all shards together must fit into the data of one state, 256 KiB (AWS:
Step Functions service quotas)."""


def definition(function: str, order: Mapping[str, Any]) -> dict[str, Any]:
    """Start -> wait -> check -> end.

    Args:
        function: ARN of the launcher's function.
        order: What runs.
    """
    return _machine(
        "One run: start a transform job, and wait for its end",
        order,
        _run(function),
    )


def definition_in_shards(
    function: str,
    order: Mapping[str, Any],
    *,
    control_bucket: str,
    max_concurrency: int,
) -> dict[str, Any]:
    """Start -> each shard: start -> wait -> check -> end -> count -> end.

    What an upload begins has no shards and is waited for as ever.

    Args:
        function: ARN of the launcher's function.
        order: What runs.
        control_bucket: Name of the bucket with what the shards are.
        max_concurrency: How many go on at the same time.
    """
    shards = {
        "Type": "Map",
        "Label": _LABEL,
        "ItemReader": {
            "Resource": "arn:aws:states:::s3:getObject",
            "ReaderConfig": {"InputType": "JSON"},
            "Parameters": {"Bucket": control_bucket, "Key.$": "$.Run.Shards"},
        },
        "ItemSelector": {"Order.$": "$.Order", "shard.$": "$$.Map.Item.Value"},
        "ItemProcessor": {
            "ProcessorConfig": {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"},
            "StartAt": "Start one",
            "States": _run(function, of="one", well=_DONE),
        },
        "MaxConcurrency": max_concurrency,
        # The launcher counts them.
        "ToleratedFailurePercentage": 100,
        "ResultPath": "$.Answers",
        "Next": "Count",
    }
    states = _run(function, further=[_where("sharded", then="Shards")])
    count = {**_call(function, ShardsEnded=True), "Next": "How far is it?"}
    return _machine(
        "One run: start a transform job for each shard, and wait for their ends",
        order,
        {**states, "Shards": shards, "Count": count},
    )


def shard_rights(place: Place, name: str, plans: str) -> Iterator[Statement]:
    """What a Map Run takes (AWS: IAM policies for using Distributed Map states).

    Args:
        place: Where the environment is.
        name: The state machine's name.
        plans: ARN pattern of the objects that say what the shards are.
    """
    yield allow("ReadShards", ["s3:GetObject"], [plans])
    machine = place.arn("states", f"stateMachine:{name}")
    yield allow("BeginShards", ["states:StartExecution"], [machine])
    follows = ["states:DescribeExecution", "states:StopExecution"]
    begun = [
        place.arn("states", f"execution:{each}:*")
        for each in (name, f"{name}/{_LABEL}")
    ]
    yield allow("FollowShards", follows, begun)


def _machine(
    comment: str, order: Mapping[str, Any], states: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "Comment": comment,
        "StartAt": "Order",
        "TimeoutSeconds": _LONGEST_SECONDS,
        "States": {
            # Whatever a person's input holds, what runs is what the template says.
            "Order": {"Type": "Pass", "Result": {"Order": order}, "Next": "Start"},
            **states,
        },
    }


def _run(
    function: str,
    *,
    of: str = "",
    well: Mapping[str, Any] = _WELL,
    further: list[dict[str, Any]] | None = None,
) -> dict[str, Any]:
    """The states from the first call to the end.

    Args:
        function: ARN of the launcher's function.
        of: What the states' names end with.
        well: The state of a run that ended well.
        further: Further ways to go on after a call.
    """

    def named(name: str) -> str:
        return f"{name} {of}".strip()

    call = {**_call(function), "Next": named("How far is it?")}
    return {
        named("Start"): call,
        named("How far is it?"): {
            "Type": "Choice",
            "Choices": [
                _where("waiting", "running", then=named("Wait")),
                _where("succeeded", "tolerated", then=named("Succeeded")),
                _where("skipped", then=named("Skipped")),
                *(further or ()),
            ],
            "Default": named("Failed"),
        },
        named("Wait"): {
            "Type": "Wait",
            "SecondsPath": "$.Run.Seconds",
            "Next": named("Check"),
        },
        named("Check"): call,
        named("Succeeded"): well,
        named("Skipped"): well,
        named("Failed"): {
            "Type": "Fail",
            "ErrorPath": "$.Run.State",
            "CausePath": "$.Run.Note",
        },
    }


def _call(function: str, **more: Any) -> dict[str, Any]:
    """One call of the launcher."""
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {
            "FunctionName": function,
            "Payload": {"Execution.$": "$$.Execution", "Order.$": "$.Order", **more},
        },
        "ResultSelector": {
            key: f"$.Payload.{key.removesuffix('.$')}"
            for key in ("State.$", "Job.$", "Note.$", "Seconds.$", "Shards.$")
        },
        "ResultPath": "$.Run",
        # The launcher answers in words; what is left is of Lambda and passes.
        "Retry": [
            {
                "ErrorEquals": ["States.ALL"],
                "IntervalSeconds": 10,
                "MaxAttempts": 6,
                "BackoffRate": 2,
            }
        ],
    }


def _where(*states: str, then: str) -> dict[str, Any]:
    found = [{"Variable": "$.Run.State", "StringEquals": each} for each in states]
    return {"Or": found, "Next": then} if found[1:] else {**found[0], "Next": then}
