"""What makes and starts runs may do that and nothing else."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import aws_cdk as cdk
import pytest

from private_transform.environment import Runs, Schedule, Shards, Transform
from private_transform.handlers.asked import Asked
from private_transform.handlers.run import Run
from private_transform.transform_model import TransformModel
from private_transform.transform_runs import TransformRuns
from tests.constructs.conftest import HERE, Resources
from tests.constructs.test_transform_job import TOKEN, requests
from tests.representative import PLAIN

FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:run"
NIGHTLY = Schedule(expression="cron(30 3 * * ? *)", time_zone="Europe/Berlin")


def runs(stack: cdk.Stack, settings: Runs, transform: Transform = PLAIN) -> None:
    transform = replace(transform, runs=settings)
    model = TransformModel(
        stack,
        "Model",
        service_token=TOKEN,
        environment="team",
        transform=transform.name,
        requests=requests(transform),
        run="1",
        upload_command="upload it",
    )
    TransformRuns(
        stack,
        "Runs",
        place=HERE,
        role_path="/p/runs/",
        environment="team",
        transform=transform.name,
        runs=settings,
        model=model,
        requests=requests(transform),
        max_failed_inputs=2,
        policy_digests={"models": "1"},
        run_function=FUNCTION,
        control_bucket_arn="arn:aws:s3:::the-control",
        control_bucket="the-control",
    )


def machine(resources: Resources) -> dict[str, Any]:
    (found,) = resources("AWS::StepFunctions::StateMachine")
    properties: dict[str, Any] = found["Properties"]
    return properties


def states(resources: Resources) -> dict[str, Any]:
    found: dict[str, Any] = machine(resources)["Definition"]["States"]
    return found


def order(resources: Resources) -> dict[str, Any]:
    found: dict[str, Any] = states(resources)["Order"]["Result"]["Order"]
    return found


def roles(resources: Resources) -> Iterator[tuple[str, Any, list[Mapping[str, Any]]]]:
    """Who takes each role, on which conditions, and its rights."""
    for role in resources("AWS::IAM::Role"):
        properties = role["Properties"]
        assert properties.keys() <= {
            *("AssumeRolePolicyDocument", "Description", "Path", "Policies")
        }
        (trust,) = properties["AssumeRolePolicyDocument"]["Statement"]
        (policy,) = properties["Policies"]
        yield (
            trust["Principal"]["Service"],
            trust["Condition"],
            policy["PolicyDocument"]["Statement"],
        )


def test_each_role_may_do_one_thing_for_this_account(
    stack: cdk.Stack, resources: Resources
) -> None:
    runs(stack, Runs(schedule=NIGHTLY, on_arrival=True))
    found = {
        service: (condition["StringEquals"], rights["Action"], rights["Resource"])
        for service, condition, (rights,) in roles(resources)
    }
    ours = {"aws:SourceAccount": "123456789012"}
    (logical_id,) = cdk.assertions.Template.from_stack(stack).find_resources(
        "AWS::StepFunctions::StateMachine"
    )
    begins = ["states:StartExecution"], [{"Fn::GetAtt": [logical_id, "Arn"]}]
    assert found == {
        "states.amazonaws.com": (ours, ["lambda:InvokeFunction"], [FUNCTION]),
        "scheduler.amazonaws.com": (ours, *begins),
        "events.amazonaws.com": (ours, *begins),
    }


def test_no_state_does_anything_but_call_the_launcher(
    stack: cdk.Stack, resources: Resources
) -> None:
    runs(stack, Runs())
    for name, state in states(resources).items():
        assert state["Type"] in ("Pass", "Task", "Choice", "Wait", "Succeed", "Fail")
        if state["Type"] == "Task":
            assert state["Resource"] == "arn:aws:states:::lambda:invoke", name
            assert state["Parameters"] == {
                "FunctionName": FUNCTION,
                "Payload": {"Execution.$": "$$.Execution", "Order.$": "$.Order"},
            }


def test_every_state_that_the_launcher_answers_has_a_way_on(
    stack: cdk.Stack, resources: Resources
) -> None:
    runs(stack, Runs())
    found = states(resources)
    ways = {
        rule["StringEquals"]: choice["Next"]
        for choice in found["How far is it?"]["Choices"]
        for rule in choice.get("Or", [choice])
    }
    assert ways == {
        **dict.fromkeys(("waiting", "running"), "Wait"),
        "succeeded": "Succeeded",
        "tolerated": "Succeeded",
        "skipped": "Skipped",
    }
    assert found["How far is it?"]["Default"] == "Failed"
    assert found["Failed"]["Type"] == "Fail"


def test_the_launcher_understands_what_the_state_machine_passes_on(
    stack: cdk.Stack, resources: Resources
) -> None:
    settings = Runs(schedule=NIGHTLY, select="new", ready="_SUCCESS", on_empty="fail")
    runs(stack, settings)
    execution = {"Id": "arn:1", "StartTime": "2030-01-01T23:30:00.000Z", "Input": {}}

    run = Run.from_event({"Execution": execution, "Order": order(resources)})

    assert (run.environment, run.transform) == ("team", "faces")
    assert run.settings == {
        "Overlap": "skip",
        "Select": "new",
        "Ready": "_SUCCESS",
        "OnEmpty": "fail",
        "Shards": "",
    }
    assert run.order.most_failed == 2
    assert run.order.network["Subnets"] == ["subnet-1"]
    # Half past midnight of the next day in Berlin.
    assert run.moment.date.isoformat() == "2030-01-02"


@pytest.mark.parametrize(
    ("uri", "given", "overlap"),
    [
        ("photos/", None, "skip"),
        ("photos/{run_date}/", None, "queue"),
        ("photos/", "queue", "queue"),
        ("photos/{run_date}/", "skip", "skip"),
    ],
)
def test_no_day_is_left_out_unless_the_file_says_so(
    stack: cdk.Stack, resources: Resources, uri: str, given: Any, overlap: str
) -> None:
    source = PLAIN.transform_input.data_source.s3_data_source
    data = replace(
        PLAIN.transform_input.data_source, s3_data_source=replace(source, s3_uri=uri)
    )
    transform = replace(
        PLAIN, transform_input=replace(PLAIN.transform_input, data_source=data)
    )
    runs(stack, Runs(overlap=given), transform)

    assert order(resources)["Runs"]["Overlap"] == overlap


def test_by_hand_only_nothing_begins_a_run_by_itself(
    stack: cdk.Stack, resources: Resources
) -> None:
    runs(stack, Runs())
    assert resources("AWS::Scheduler::Schedule") == []
    assert resources("AWS::Events::Rule") == []
    assert machine(resources)["StateMachineName"] == "team-faces"


def test_a_schedule_says_for_when_it_begins_a_run(
    stack: cdk.Stack, resources: Resources
) -> None:
    runs(stack, Runs(schedule=NIGHTLY))
    (schedule,) = (each["Properties"] for each in resources("AWS::Scheduler::Schedule"))
    assert schedule["ScheduleExpression"] == "cron(30 3 * * ? *)"
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert schedule["FlexibleTimeWindow"] == {"Mode": "OFF"}
    given = schedule["Target"]["Input"].replace(
        "<aws.scheduler.scheduled-time>", "2030-01-31T02:30:00Z"
    )
    asked = Asked.of(json.loads(given))
    assert asked.origin == "schedule"
    assert asked.identity("arn:1") == "2030-01-31T02:30:00+00:00"


def test_lists_for_this_transform_begin_a_run_and_no_others(
    stack: cdk.Stack, resources: Resources
) -> None:
    runs(stack, Runs(on_arrival=True))
    (rule,) = (each["Properties"] for each in resources("AWS::Events::Rule"))
    assert rule["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created"],
        "detail": {
            "bucket": {"name": ["the-control"]},
            "object": {"key": [{"prefix": "arrivals/faces/"}]},
        },
    }
    (target,) = rule["Targets"]
    transformer = target["InputTransformer"]
    # AWS: EventBridge input transformation: a text is put in with its quotes.
    values = {"key": "arrivals/faces/1", "version": "v1", "at": "2030-01-31T02:30:00Z"}
    assert transformer["InputPathsMap"].keys() == values.keys()
    given = transformer["InputTemplate"]
    for name, value in values.items():
        given = given.replace(f"<{name}>", json.dumps(value))
    asked = Asked.of(json.loads(given))
    assert asked.arrival is not None
    assert (asked.arrival.key, asked.arrival.version_id) == ("arrivals/faces/1", "v1")


SHARDS = Runs(shards=Shards(manifest="{run_date}/all.json", max_concurrency=7))


def test_runs_over_the_lists_of_a_day_wait_for_each_other(
    stack: cdk.Stack, resources: Resources
) -> None:
    runs(stack, SHARDS)

    assert order(resources)["Runs"]["Overlap"] == "queue"


def test_shards_are_run_at_once_up_to_a_number_and_counted(
    stack: cdk.Stack, resources: Resources
) -> None:
    runs(stack, SHARDS)
    found = states(resources)
    shards = found["Shards"]
    assert shards["Type"] == "Map"
    assert shards["MaxConcurrency"] == 7
    # One that fails must not end the others, and the launcher counts.
    assert shards["ToleratedFailurePercentage"] == 100
    assert shards["Next"] == "Count"
    payload = found["Count"]["Parameters"]["Payload"]
    assert payload["ShardsEnded"] is True
    assert found["Count"]["Next"] == "How far is it?"
    assert shards["ItemReader"]["Parameters"] == {
        "Bucket": "the-control",
        "Key.$": "$.Run.Shards",
    }
    assert {"Variable": "$.Run.State", "StringEquals": "sharded", "Next": "Shards"} in (
        found["How far is it?"]["Choices"]
    )


def test_a_shard_goes_the_way_of_a_run_and_leaves_nothing(
    stack: cdk.Stack, resources: Resources
) -> None:
    runs(stack, SHARDS)
    processor = states(resources)["Shards"]["ItemProcessor"]
    assert processor["ProcessorConfig"] == {
        "Mode": "DISTRIBUTED",
        "ExecutionType": "STANDARD",
    }
    inner = processor["States"]
    assert processor["StartAt"] == "Start one"
    ways = {
        rule["StringEquals"]
        for choice in inner["How far is it? one"]["Choices"]
        for rule in choice.get("Or", [choice])
    }
    assert ways == {"waiting", "running", "succeeded", "tolerated", "skipped"}
    for name in ("Succeeded one", "Skipped one"):
        answer = json.dumps(inner[name]["Result"])
        # AWS: Step Functions service quotas: the data of a state, for 10,000 shards.
        assert inner[name]["Type"] == "Pass"
        assert len(answer) * 10_000 < 200_000
    for state in inner.values():
        assert state.get("Next", "Start one") in inner


def test_the_launcher_understands_a_shard(
    stack: cdk.Stack, resources: Resources
) -> None:
    runs(stack, SHARDS)
    item = {
        "of": "team-faces-0a1b2c3d-4e5f6a7b",
        "root": "team-faces-0a1b2c3d-4e5f6a7b",
        "name": "part.json",
        "key": "shards/faces/2030-01-31/part.json",
        "run_date": "2030-01-31",
        "run_hour": "07",
    }
    selector = states(resources)["Shards"]["ItemSelector"]
    assert selector == {"Order.$": "$.Order", "shard.$": "$$.Map.Item.Value"}
    given = {"Order": order(resources), "shard": item}
    execution = {"Id": "arn:1", "StartTime": "2030-02-01T01:00:00Z", "Input": given}

    run = Run.from_event({"Execution": execution, "Order": order(resources)})

    assert run.asked.shard == item
    assert not run.is_in_shards
    assert run.day == "2030-01-31"
    assert run.settings["Shards"] == "{run_date}/all.json"


def test_only_a_machine_with_shards_reads_them_and_begins_more(
    stack: cdk.Stack, resources: Resources
) -> None:
    runs(stack, SHARDS)
    (role,) = (
        each["Properties"]
        for each in resources("AWS::IAM::Role")
        if "states.amazonaws.com" in str(each["Properties"]["AssumeRolePolicyDocument"])
    )
    (policy,) = role["Policies"]
    rights = {
        statement["Sid"]: (statement["Action"], statement["Resource"])
        for statement in policy["PolicyDocument"]["Statement"]
    }
    assert rights["ReadShards"] == (
        ["s3:GetObject"],
        ["arn:aws:s3:::the-control/manifests/faces/shards/*"],
    )
    assert rights["BeginShards"] == (
        ["states:StartExecution"],
        ["arn:aws:states:us-east-1:123456789012:stateMachine:team-faces"],
    )
    assert rights["FollowShards"] == (
        ["states:DescribeExecution", "states:StopExecution"],
        [
            "arn:aws:states:us-east-1:123456789012:execution:team-faces:*",
            "arn:aws:states:us-east-1:123456789012:execution:team-faces/Shards:*",
        ],
    )
