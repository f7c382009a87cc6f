"""Faults in what begins runs, and in what watches over them."""

from copy import deepcopy
from typing import Any

from private_transform.environment import TRANSFORM_TAG
from tests.lock.mutants import drop, put
from tests.review.draft import (
    FOUNDATION,
    OPERATIONS,
    Draft,
    Edit,
    all_of,
    no_prop,
    policy,
    prop,
    remove,
    trust,
)
from tests.review.mutant import Mutant, harmless
from tests.review.scores import MACHINE, PART, faults, file_says

_THEIR_RUNS = "arn:aws:states:us-east-1:999999999999:stateMachine:theirs"
_THEIR_CALL = "arn:aws:lambda:us-east-1:999999999999:function:theirs"
_THEIR_QUEUE = "arn:aws:sqs:us-east-1:999999999999:theirs"
_THEIR_TOPIC = "arn:aws:sns:us-east-1:999999999999:theirs"
_KEY = "arn:aws:kms:us-east-1:999999999999:key/theirs"
_SCHEDULES = "arn:aws:scheduler:us-east-1:123456789012:schedule-group/default"
_RULES = "arn:aws:events:us-east-1:123456789012:rule/everything-scores-*"


def _arrivals(*path: Any) -> Edit:
    return prop("RunsArrivals", *path, part=PART)


def _uploads(*path: Any) -> Edit:
    return _arrivals("EventPattern", "detail", *path)


def _schedule(*path: Any) -> Edit:
    return prop("RunsSchedule", *path, part=PART)


def _watch(*path: Any) -> Edit:
    return prop("JobWatchSchedule", *path, part=OPERATIONS)


def _executions(*path: Any) -> Edit:
    rule = ("StateChangesEndedRule2", "EventPattern", "detail")
    return prop(*rule, *path, part=OPERATIONS)


def _as_a_machine(name: str, *target: Any) -> Edit:
    def edit(draft: Draft) -> None:
        arn = {"Fn::GetAtt": [draft.logical_id("RunsRole", PART), "Arn"]}
        prop(name, *target, "RoleArn", arn, part=PART)(draft)

    return edit


def _told(name: str, value: str) -> Edit:
    variables = ("Environment", "Variables", name, value)
    return prop("JobWatchFunction", *variables, part=OPERATIONS)


def _scheduled_call(function: str, content: str) -> Edit:
    """A schedule calls a function of the launcher, with a request of its own."""

    def edit(draft: Draft) -> None:
        schedule = deepcopy(draft.body("JobWatchSchedule", OPERATIONS))
        arn = {"Fn::GetAtt": [draft.logical_id(function, OPERATIONS), "Arn"]}
        schedule["Properties"]["Target"] |= {"Arn": arn, "Input": content}
        draft.templates[OPERATIONS]["Resources"]["Asking"] = schedule
        rights = draft.document("JobWatchScheduleRole", OPERATIONS)["Statement"]
        rights.append(
            {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": arn}
        )

    return edit


def _scheduled_again(draft: Draft) -> None:
    another = deepcopy(draft.body("RunsSchedule", PART))
    another["Properties"]["ScheduleExpression"] = "rate(1 minute)"
    draft.templates[PART]["Resources"]["Again"] = another


def _twice(draft: Draft) -> None:
    targets = draft.properties("RunsArrivals", PART)["Targets"]
    targets.append({**targets[0], "Id": "Again"})


def _undeclared(draft: Draft) -> None:
    del draft.templates[PART]["Metadata"][TRANSFORM_TAG]["runs"]


def _without(part: str, prefix: str) -> Edit:
    """Leave out each resource whose logical id begins so, and what names it."""

    def edit(draft: Draft) -> None:
        template = draft.templates[part]
        template["Outputs"].pop("StateMachine", None)
        for name in [*template["Resources"]]:
            if name.startswith(prefix):
                del template["Resources"][name]

    return edit


def _begun_by_the_clock(draft: Draft) -> None:
    rule = deepcopy(draft.body("RunsArrivals", PART))
    del rule["Properties"]["EventPattern"]
    rule["Properties"]["ScheduleExpression"] = "rate(1 minute)"
    draft.templates[PART]["Resources"]["Clock"] = rule


def _notified(**configuration: Any) -> Edit:
    return prop(
        "Control",
        "NotificationConfiguration",
        {"EventBridgeConfiguration": {"EventBridgeEnabled": True}, **configuration},
    )


def _event(**target: str) -> list[dict[str, str]]:
    return [{"Event": "s3:ObjectCreated:*", **target}]


def _for_anybody(role: str, part: str = PART) -> Edit:
    return trust(role, lambda d: d["Statement"][0].pop("Condition"), part=part)


def _also_taken_by(principal: Any) -> Edit:
    return trust(
        "RunsScheduleRole",
        lambda d: d["Statement"].append(
            {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        ),
        part=PART,
    )


_BEGUN: dict[str, Edit] = {
    "every object of the control bucket begins a run": _uploads("object", {}),
    "what runs write begins a run": _uploads("object", "key", [{"prefix": "runs/"}]),
    "what is uploaded for another transform begins a run": _uploads(
        "object", "key", 1, {"prefix": "arrivals/"}
    ),
    "what is put into any bucket begins a run": _uploads("bucket", {}),
    "what is put into another bucket begins a run": _uploads(
        "bucket", "name", 1, "elsewhere"
    ),
    "what anybody tells begins a run": _arrivals(
        "EventPattern", "source", ["aws.s3", "theirs"]
    ),
}


def _unconditionally(sid: str) -> Any:
    def change(document: Any) -> None:
        for each in document["Statement"]:
            if each["Sid"] == sid:
                del each["Condition"]

    return change


AT_BEGINNING: tuple[Mutant, ...] = (
    *faults("runs-begun", "RunsArrivals", _BEGUN),
    *faults(
        "runs-begun",
        "Clock",
        {"a rule begins runs by a clock that no file names": _begun_by_the_clock},
    ),
    *faults(
        "runs-begun",
        "Asking",
        {
            "a schedule makes a request like a deployment's": _scheduled_call(
                "LauncherProviderframeworkonEvent", '{"RequestType": "Create"}'
            ),
            "a schedule orders a job of its own": _scheduled_call(
                "LauncherRun", '{"Order": {}}'
            ),
        },
    ),
    *faults(
        "messages-ours",
        "Runs",
        {
            "the schedule of runs starts a stranger's machine": _schedule(
                "Target", "Arn", _THEIR_RUNS
            ),
            "runs that could not begin are told to a foreign queue": _schedule(
                "Target", "DeadLetterConfig", {"Arn": _THEIR_QUEUE}
            ),
            "uploads start a stranger's machine": _arrivals(
                "Targets", 0, "Arn", _THEIR_RUNS
            ),
            "uploads are told to a stranger's machine as well": _arrivals(
                "Targets", 1, {"Id": "Theirs", "Arn": _THEIR_RUNS}
            ),
            "uploads that could not begin a run are told to a foreign queue": (
                _arrivals("Targets", 0, "DeadLetterConfig", {"Arn": _THEIR_QUEUE})
            ),
        },
    ),
    *faults(
        "keys-ours",
        "RunsSchedule",
        {"a schedule is encrypted with a foreign key": _schedule("KmsKeyArn", _KEY)},
    ),
    *faults(
        "buckets-not-public",
        "Control",
        {
            "a foreign queue hears of control objects": _notified(
                QueueConfigurations=_event(Queue=_THEIR_QUEUE)
            ),
            "a foreign topic hears of control objects": _notified(
                TopicConfigurations=_event(Topic=_THEIR_TOPIC)
            ),
            "a foreign function hears of control objects": _notified(
                LambdaConfigurations=_event(Function=_THEIR_CALL)
            ),
        },
    ),
    *faults(
        "buckets-not-public",
        "Inputs",
        {
            "names of inputs are told to everybody who hears events": prop(
                "Inputs",
                "NotificationConfiguration",
                {"EventBridgeConfiguration": {"EventBridgeEnabled": True}},
            ),
        },
    ),
    *(
        mutant
        for role in ("RunsScheduleRole", "RunsArrivalsRole")
        for mutant in faults(
            "roles-taken-by-services",
            role,
            {f"{role} is taken on behalf of another account": _for_anybody(role)},
        )
    ),
    *faults(
        "roles-taken-by-services",
        "RunsScheduleRole",
        {
            "another account takes the role of a schedule": _also_taken_by(
                {"AWS": "arn:aws:iam::999999999999:root"}
            ),
            "another service takes the role of a schedule": _also_taken_by(
                {"Service": "ec2.amazonaws.com"}
            ),
        },
    ),
    *faults(
        "roles-of-functions",
        "RunsScheduleRole",
        {
            "a schedule starts every machine": policy(
                "RunsScheduleRole", put("Call", "Resource", "*"), part=PART
            )
        },
    ),
    *faults(
        "roles-of-functions",
        "RunsArrivalsRole",
        {
            "a rule does all that there is to machines": policy(
                "RunsArrivalsRole", put("StartRuns", "Action", "states:*"), part=PART
            )
        },
    ),
    *faults(
        "roles-of-functions",
        "JobWatchFunctionRole",
        {
            "everybody's jobs are stopped": policy(
                "JobWatchFunctionRole",
                _unconditionally("StopJobs"),
                part=OPERATIONS,
            ),
        },
    ),
    *faults(
        "roles-of-functions",
        "StateChangesHandlerRole",
        {
            "the end of an execution stops any job": policy(
                "StateChangesHandlerRole",
                put("StopJobs", "Resource", "*"),
                part=OPERATIONS,
            ),
        },
    ),
    *faults(
        "roles-of-people",
        "Uploaders",
        {
            "uploaders put anything into the control bucket": policy(
                "Uploaders",
                put("BeginRuns", "Resource", "*"),
            ),
            "uploaders read what others uploaded to begin runs": policy(
                "Uploaders",
                put("BeginRuns", "Action", ["s3:GetObject", "s3:PutObject"]),
            ),
        },
    ),
    *faults(
        "works-services",
        "Control",
        {
            "EventBridge hears of no uploads": no_prop(
                "Control", "NotificationConfiguration"
            )
        },
    ),
    *faults(
        "works-services",
        "RunsArrivals",
        {
            "a rule starts a machine without a role": no_prop(
                "RunsArrivals", "Targets", 0, "RoleArn", part=PART
            )
        },
    ),
    *faults(
        "works-services",
        "RunsArrivalsRole",
        {
            "a rule may not start its machine": policy(
                "RunsArrivalsRole",
                put("StartRuns", "Action", ["states:DescribeExecution"]),
                part=PART,
            ),
        },
    ),
    *faults(
        "works-services",
        "RunsRole",
        {
            "a rule acts as a machine": _as_a_machine("RunsArrivals", "Targets", 0),
            "a schedule acts as a machine": _as_a_machine("RunsSchedule", "Target"),
        },
    ),
    *faults(
        "works-services",
        "RunsScheduleRole",
        {
            "a schedule may not start its machine": policy(
                "RunsScheduleRole",
                put("Call", "Action", ["states:DescribeExecution"]),
                part=PART,
            ),
        },
    ),
    *faults(
        "works-duties",
        "uploaders",
        {"uploaders begin no runs": policy("Uploaders", drop("BeginRuns"))},
    ),
    *faults(
        "runs-declared",
        "Runs",
        {
            "runs begin every minute": _schedule(
                "ScheduleExpression", "rate(1 minute)"
            ),
            "runs begin by another clock": _schedule(
                "ScheduleExpressionTimezone", "Pacific/Kiritimati"
            ),
            "runs begin at any time of the day": _schedule(
                "FlexibleTimeWindow",
                {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 1440},
            ),
            "runs are switched off": _schedule("State", "DISABLED"),
            "runs begin no more when a day is over": _schedule(
                "EndDate", "2027-01-01T00:00:00Z"
            ),
            "runs begin by no schedule": remove("RunsSchedule", PART),
            "runs begin by a schedule that no file names": file_says("schedule", None),
            "uploads begin no runs any more": _arrivals("State", "DISABLED"),
            "uploads of one list begin runs": _uploads(
                "object", "key", [{"prefix": "arrivals/scores/one.json"}]
            ),
            "uploads of certain tools begin runs": _uploads("reason", ["CopyObject"]),
            "an upload begins two runs": _twice,
            "a run is told of another object than what was uploaded": _arrivals(
                *("Targets", 0, "InputTransformer", "InputPathsMap"),
                *("key", "$.detail.reason"),
            ),
            "a run is told of one list, whatever was uploaded": _arrivals(
                *("Targets", 0, "InputTransformer", "InputTemplate"),
                '{"arrival": {"key": "arrivals/scores/1.json", "version_id": <version>,'
                ' "at": <at>}}',
            ),
            "the schedule passes something else on": _schedule(
                "Target", "Input", '{"redo": "everything"}'
            ),
            "the schedule begins the run of one day each time": _schedule(
                "Target", "Input", '{"run_date": "2030-01-31"}'
            ),
            "no rule tells of uploads": remove("RunsArrivals", PART),
            "uploads begin runs, and no file says so": file_says("on_arrival", False),
            "a transform has runs that no file declares": _undeclared,
        },
    ),
    *faults(
        "runs-declared",
        "Again",
        {"runs begin every minute as well": _scheduled_again},
    ),
    *faults(
        "runs-declared",
        PART,
        {"a file declares runs, and nothing runs": _without(PART, "Runs")},
    ),
    *faults(
        "scheduled",
        "RunsSchedule",
        {
            "a file lets runs begin every minute": all_of(
                file_says("schedule", "expression", "rate(1 minute)"),
                _schedule("ScheduleExpression", "rate(1 minute)"),
            ),
            "a file lets runs begin by another clock": all_of(
                file_says("schedule", "time_zone", "Pacific/Kiritimati"),
                _schedule("ScheduleExpressionTimezone", "Pacific/Kiritimati"),
            ),
        },
        severity="medium",
        rule="runs-rescheduled",
    ),
    *faults(
        "scheduled",
        "RunsSchedule",
        {
            "a file lets runs begin by no schedule": all_of(
                file_says("schedule", None), remove("RunsSchedule", PART)
            )
        },
        severity="low",
        rule="runs-unscheduled",
    ),
    *faults(
        "functions-told",
        "JobWatchFunction",
        {
            "a job may last for a year": _told("MAX_RUNTIME_IN_HOURS", "8760"),
            "the watch looks at jobs of another environment": _told(
                "ENVIRONMENT", "everything-else"
            ),
            "the watch says elsewhere why it stopped a job": _told(
                "CONTROL_BUCKET", "elsewhere"
            ),
        },
    ),
    *faults(
        "functions-told",
        "StateChangesHandler",
        {
            "ends are told of to nobody": prop(
                "StateChangesHandler",
                *("Environment", "Variables", "TOPIC_ARN", ""),
                part=OPERATIONS,
            )
        },
    ),
    *faults(
        "functions-told",
        "LauncherRun",
        {
            "runs are kept elsewhere": prop(
                "LauncherRun",
                *("Environment", "Variables", "CONTROL_BUCKET", "elsewhere"),
                part=OPERATIONS,
            )
        },
    ),
    *faults(
        "jobs-watched",
        "JobWatchFunction",
        {
            "nobody looks at jobs that last too long": _watch("State", "DISABLED"),
            "jobs that last too long are looked for once a year": _watch(
                "ScheduleExpression", "rate(365 days)"
            ),
            "jobs that last too long are looked for until a day": _watch(
                "EndDate", "2027-01-01T00:00:00Z"
            ),
            "no schedule calls the watch": remove("JobWatchSchedule", OPERATIONS),
            "the watch finds no jobs": policy(
                "JobWatchFunctionRole", drop("ListJobs"), part=OPERATIONS
            ),
            "the watch stops no jobs": policy(
                "JobWatchFunctionRole", drop("StopJobs"), part=OPERATIONS
            ),
        },
    ),
    *faults(
        "ends-heard",
        MACHINE,
        {
            "nobody hears of executions that were stopped": _executions(
                "status", ["SUCCEEDED"]
            ),
            "nobody hears of the executions of a transform": _executions(
                "stateMachineArn", [_THEIR_RUNS]
            ),
            "nobody hears of executions at all": remove(
                "StateChangesEndedRule2", OPERATIONS
            ),
        },
    ),
    *faults(
        "jobs-watched",
        FOUNDATION,
        {"there is no watch": _without(OPERATIONS, "JobWatch")},
    ),
)
"""What makes runs begin, and what hears of them."""


BEGUN_AS_BEFORE: tuple[Mutant, ...] = (
    *harmless(
        "equivalent",
        "runs-begun",
        {
            "another description of a schedule": _schedule("Description", "Every day"),
            "another description of a rule": _arrivals("Description", "Uploads"),
            "another id of a rule's target": _arrivals("Targets", 0, "Id", "Scores"),
            "a schedule is on, in words": _schedule("State", "ENABLED"),
            "a schedule's group, in words": _schedule("GroupName", "default"),
            "EventBridge hears of uploads, written as text": prop(
                "Control",
                "NotificationConfiguration",
                {"EventBridgeConfiguration": {"EventBridgeEnabled": "true"}},
            ),
        },
        base="everything",
    ),
    *harmless(
        "tightening",
        "access",
        {
            "a role of a rule is for rules of its stack alone": trust(
                "RunsArrivalsRole",
                lambda d: d["Statement"][0]["Condition"].update(
                    ArnLike={"aws:SourceArn": _RULES}
                ),
                part=PART,
            ),
            "a role of a schedule is for schedules of the default group alone": trust(
                "RunsScheduleRole",
                lambda d: d["Statement"][0]["Condition"].update(
                    ArnEquals={"aws:SourceArn": _SCHEDULES}
                ),
                part=PART,
            ),
        },
        base="everything",
    ),
)
"""What changes nothing of how runs begin, or narrows who may do something with them."""
