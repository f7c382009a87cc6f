"""Faults in runs over many lists at once."""

from collections.abc import Callable
from typing import Any

from tests.lock.mutants import drop, put
from tests.review.draft import Draft, Edit, policy
from tests.review.mutant import Mutant, faulty

_PART = "in-shards"
_MACHINE = "RunsStateMachine"
_ROLE = "RunsRole"


def _states(change: Callable[[dict[str, Any]], Any]) -> Edit:
    """Change the states of the machine."""

    def edit(draft: Draft) -> None:
        change(draft.properties(_MACHINE, _PART)["Definition"]["States"])

    return edit


def _shards(**settings: Any) -> Edit:
    return _states(lambda states: states["Shards"].update(settings))


def _reader(key: str, value: Any) -> Edit:
    return _states(
        lambda states: states["Shards"]["ItemReader"]["Parameters"].update({key: value})
    )


def _inner(name: str, **settings: Any) -> Edit:
    return _states(
        lambda states: states["Shards"]["ItemProcessor"]["States"][name].update(
            settings
        )
    )


def _of_order(draft: Draft) -> None:
    order = draft.properties(_MACHINE, _PART)["Definition"]["States"]["Order"]
    order["Result"]["Order"]["Runs"]["Shards"] = "others.json"


_OTHERWISE: dict[str, Edit] = {
    "many more shards at once": _shards(MaxConcurrency=1000),
    "shards at once without a limit": _shards(MaxConcurrency=0),
    "one shard that fails ends the others": _shards(ToleratedFailurePercentage=0),
    "another list of shards": _of_order,
}
_PAST_THE_ORDER: dict[str, Edit] = {
    "shards are given another order": _shards(
        ItemSelector={"Order.$": "$$.Map.Item.Value", "shard.$": "$$.Map.Item.Value"}
    ),
    "shards are what somebody else lists": _reader("Bucket", "mallory"),
    "shards are what the input of a run lists": _reader("Key.$", "$.key"),
    "shards pass on something else": _inner("Start one", InputPath="$.shard"),
    "shards call something else": _inner(
        "Wait one", Type="Task", Resource="arn:aws:states:::sagemaker:createModel"
    ),
    "the answers of shards take the order's place": _shards(ResultPath="$.Order"),
}

AT_SHARDS: tuple[Mutant, ...] = (
    *(
        faulty("runs-sharded", name, change, _MACHINE, base="everything")
        for name, change in _OTHERWISE.items()
    ),
    *(
        # What runs cannot be told, so nothing that is promised of it can.
        faulty("jobs-encrypted", name, change, "foundation", base="everything")
        for name, change in _PAST_THE_ORDER.items()
    ),
    faulty(
        "runs-sharded",
        "the machine may not begin shards",
        policy(_ROLE, drop("BeginShards"), part=_PART),
        _ROLE,
        base="everything",
    ),
    faulty(
        "runs-sharded",
        "the machine may not read what its shards are",
        policy(_ROLE, put("ReadShards", "Resource", "arn:aws:s3:::x/*"), part=_PART),
        _ROLE,
        base="everything",
    ),
    faulty(
        "runs-sharded",
        "the machine may not stop shards",
        policy(
            _ROLE, put("FollowShards", "Action", "states:DescribeExecution"), part=_PART
        ),
        _ROLE,
        base="everything",
    ),
    faulty(
        "roles-of-functions",
        "the machine may stop any other's executions",
        policy(_ROLE, put("FollowShards", "Resource", "*"), part=_PART),
        _ROLE,
        base="everything",
    ),
    faulty(
        "roles-of-functions",
        "the machine may begin any other",
        policy(_ROLE, put("BeginShards", "Resource", "*"), part=_PART),
        _ROLE,
        base="everything",
    ),
    faulty(
        "roles-of-functions",
        "the machine may read inputs",
        policy(_ROLE, put("ReadShards", "Resource", "*"), part=_PART),
        _ROLE,
        base="everything",
    ),
)
