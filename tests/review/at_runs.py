"""Faults in runs: what starts them, what they order, and what watches over them."""

from copy import deepcopy
from typing import Any

from review.findings import Severity
from tests.lock.mutants import drop, put, without
from tests.review.draft import (
    FOUNDATION,
    OPERATIONS,
    Draft,
    Edit,
    no_prop,
    policy,
    prop,
    remove,
    statement,
    trust,
)
from tests.review.mutant import Mutant, faulty, harmless

_PART = "scores"
_MACHINE = "RunsStateMachine"
_ORDER = ("Definition", "States", "Order", "Result", "Order")
_OUTPUT = (*_ORDER, "Request", "TransformOutput")
_MACHINES = (*_ORDER, "Request", "TransformResources")
_SOURCE = (*_ORDER, "Request", "TransformInput", "DataSource", "S3DataSource")
_CAPTURE = (*_ORDER, "Request", "DataCaptureConfig")
_ANOTHER_KEY = "arn:aws:kms:us-east-1:999999999999:key/theirs"
_THEIR_RUNS = "arn:aws:states:us-east-1:999999999999:stateMachine:theirs"
_THEIR_CALL = "arn:aws:lambda:us-east-1:999999999999:function:theirs"
_THEIR_QUEUE = "arn:aws:sqs:us-east-1:999999999999:theirs"
_THEIR_TOPIC = "arn:aws:sns:us-east-1:999999999999:theirs"
_SCHEDULES = "arn:aws:scheduler:us-east-1:123456789012:schedule-group/default"
_RULES = "arn:aws:events:us-east-1:123456789012:rule/everything-scores-*"
_ANY_GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/theirs:*"
_RUN = {
    "Fn::ImportValue": "everything-operations:"
    "ExportsOutputFnGetAttLauncherRun63F40F75ArnF7AE7B56"
}


def _runs(*path: Any) -> Edit:
    return prop(_MACHINE, *path, part=_PART)


def _state(name: str, *path: Any) -> Edit:
    return _runs("Definition", "States", name, *path)


def _arrivals(*path: Any) -> Edit:
    return prop("RunsArrivals", *path, part=_PART)


def _uploads(*path: Any) -> Edit:
    return _arrivals("EventPattern", "detail", *path)


def _schedule(*path: Any) -> Edit:
    return prop("RunsSchedule", *path, part=_PART)


def _watch(*path: Any) -> Edit:
    return prop("JobWatchSchedule", *path, part=OPERATIONS)


def _of(
    section: str,
    owner: str,
    changes: dict[str, Edit],
    *,
    severity: Severity = "high",
    rule: str = "",
) -> tuple[Mutant, ...]:
    return tuple(
        faulty(
            section,
            name,
            change,
            owner,
            severity=severity,
            rule=rule,
            base="everything",
        )
        for name, change in changes.items()
    )


def _second_machine(draft: Draft) -> None:
    another = deepcopy(draft.body(_MACHINE, _PART))
    another["Properties"]["StateMachineName"] = "everything-scores-more"
    draft.templates[_PART]["Resources"]["More"] = another


def _ordered_by_whoever_starts(draft: Draft) -> None:
    states = draft.properties(_MACHINE, _PART)["Definition"]["States"]
    states["Order"] = {
        "Type": "Pass",
        "Parameters": {"Order.$": "$$.Execution.Input.Order"},
        "Next": "Start",
    }


def _ordered_anew(draft: Draft) -> None:
    states = draft.properties(_MACHINE, _PART)["Definition"]["States"]
    states["Order"]["Next"] = "Again"
    states["Again"] = {
        "Type": "Pass",
        "InputPath": "$$.Execution.Input.Request",
        "ResultPath": "$.Order.Request",
        "Next": "Start",
    }


def _begins_past_its_order(draft: Draft) -> None:
    """The order stands there still, and nothing leads to it."""
    definition = draft.properties(_MACHINE, _PART)["Definition"]
    definition["StartAt"] = "Start"


def _task(resource: str, **parameters: Any) -> Edit:
    task = {
        "Type": "Task",
        "Resource": resource,
        "Parameters": parameters,
        "ResultPath": "$.Run",
        "Next": "How far is it?",
    }
    return _state("Check", task)


def _called(function: str) -> Edit:
    """Each call is of another function of ours, which the role may make."""

    def edit(draft: Draft) -> None:
        name = draft.logical_id(function, OPERATIONS)
        export = f"another-{function}"
        draft.templates[OPERATIONS]["Outputs"]["Another"] = {
            "Value": {"Fn::GetAtt": [name, "Arn"]},
            "Export": {"Name": export},
        }
        arn = {"Fn::ImportValue": export}
        states = draft.properties(_MACHINE, _PART)["Definition"]["States"]
        states["Check"]["Parameters"]["FunctionName"] = arn
        rights = draft.document("RunsRole", _PART)["Statement"]
        rights[0]["Resource"].append(arn)

    return edit


def _in_jsonata(draft: Draft) -> None:
    states = draft.properties(_MACHINE, _PART)["Definition"]["States"]
    check = states["Check"]
    del check["ResultSelector"], check["ResultPath"]
    check["Arguments"] = check.pop("Parameters")
    check["Arguments"]["Payload"] = "{% $states.context.Execution.Input %}"
    check["QueryLanguage"] = "JSONata"


def _filled_in(draft: Draft) -> None:
    given = draft.properties(_MACHINE, _PART)
    machines: Any = given["Definition"]
    for step in _MACHINES[1:]:
        machines = machines[step]
    machines["InstanceType"] = "${Machine}"
    given["DefinitionSubstitutions"] = {"Machine": "ml.p5.48xlarge"}


def _elsewhere_defined(draft: Draft) -> None:
    given = draft.properties(_MACHINE, _PART)
    del given["Definition"]
    given["DefinitionS3Location"] = {"Bucket": "elsewhere", "Key": "machine.json"}


def _by_name(draft: Draft) -> None:
    """A machine that calls the launcher by its name, and not by its ARN."""
    draft.templates[OPERATIONS]["Outputs"]["Called"] = {
        "Value": {"Ref": draft.logical_id("LauncherRun", OPERATIONS)},
        "Export": {"Name": "called"},
    }
    machine = deepcopy(draft.body(_MACHINE, _PART))
    states = machine["Properties"]["Definition"]["States"]
    states["Order"]["Result"]["Order"]["ModelName"] = "everything-theirs"
    for each in ("Start", "Check"):
        states[each]["Parameters"]["FunctionName"] = {"Fn::ImportValue": "called"}
    machine["Properties"]["StateMachineName"] = "everything-more"
    machine["Properties"]["RoleArn"] = {"Fn::GetAtt": ["MoreRole", "Arn"]}
    draft.templates["listed-photos"]["Resources"] |= {
        "MoreRole": deepcopy(draft.body("RunsRole", _PART)),
        "More": machine,
    }


def _goes_on_with_what_nobody_asked(draft: Draft) -> None:
    """A machine calls as CDK's does, with a request that no deployment made."""
    function = draft.logical_id("LauncherProviderframeworkisComplete", OPERATIONS)
    draft.templates[OPERATIONS]["Outputs"]["Called"] = {
        "Value": {"Fn::GetAtt": [function, "Arn"]},
        "Export": {"Name": "called"},
    }
    arn = {"Fn::ImportValue": "called"}
    role = deepcopy(draft.body("RunsRole", _PART))
    (policy,) = role["Properties"]["Policies"]
    policy["PolicyDocument"]["Statement"][0]["Resource"] = [arn]
    machine = deepcopy(draft.body(_MACHINE, _PART))
    machine["Properties"]["RoleArn"] = {"Fn::GetAtt": ["MoreRole", "Arn"]}
    machine["Properties"]["StateMachineName"] = "everything-more"
    machine["Properties"]["Definition"] = {
        "StartAt": "Ask",
        "States": {"Ask": {"Type": "Task", "Resource": arn, "End": True}},
    }
    draft.templates["listed-photos"]["Resources"] |= {
        "MoreRole": role,
        "More": machine,
    }


def _asked_by_a_schedule(draft: Draft) -> None:
    """A schedule calls what serves deployments, with a request of its own."""
    schedule = deepcopy(draft.body("JobWatchSchedule", OPERATIONS))
    name = draft.logical_id("LauncherProviderframeworkonEvent", OPERATIONS)
    arn = {"Fn::GetAtt": [name, "Arn"]}
    schedule["Properties"]["Target"]["Arn"] = arn
    schedule["Properties"]["Target"]["Input"] = '{"RequestType": "Create"}'
    draft.templates[OPERATIONS]["Resources"]["Asking"] = schedule
    rights = draft.document("JobWatchScheduleRole", OPERATIONS)["Statement"]
    rights.append(
        {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": arn}
    )


def _ordered_by_a_schedule(draft: Draft) -> None:
    """A schedule calls the launcher with an order of its own."""
    schedule = deepcopy(draft.body("RunsSchedule", _PART))
    schedule["Properties"]["Target"]["Arn"] = _RUN
    schedule["Properties"]["Target"]["Input"] = '{"Order": {}}'
    draft.templates[_PART]["Resources"]["Ordering"] = schedule
    rights = draft.document("RunsScheduleRole", _PART)["Statement"]
    rights.append(
        {"Effect": "Allow", "Action": "lambda:InvokeFunction", "Resource": _RUN}
    )


def _scheduled_again(draft: Draft) -> None:
    another = deepcopy(draft.body("RunsSchedule", _PART))
    another["Properties"]["ScheduleExpression"] = "rate(1 minute)"
    draft.templates[_PART]["Resources"]["Again"] = another


def _begun_by_the_clock(draft: Draft) -> None:
    rule = deepcopy(draft.body("RunsArrivals", _PART))
    del rule["Properties"]["EventPattern"]
    rule["Properties"]["ScheduleExpression"] = "rate(1 minute)"
    draft.templates[_PART]["Resources"]["Clock"] = rule


def _restarted(draft: Draft) -> None:
    states = draft.properties(_MACHINE, _PART)["Definition"]["States"]
    states["How far is it?"]["Default"] = "Start"


def _notified(**configuration: Any) -> Edit:
    return prop(
        "Control",
        "NotificationConfiguration",
        {"EventBridgeConfiguration": {"EventBridgeEnabled": True}, **configuration},
    )


def _event(**target: str) -> list[dict[str, str]]:
    return [{"Event": "s3:ObjectCreated:*", **target}]


def _for_anybody(role: str, part: str = _PART) -> Edit:
    return trust(role, lambda d: d["Statement"][0].pop("Condition"), part=part)


def _also_taken_by(principal: Any) -> Edit:
    return trust(
        "RunsScheduleRole",
        lambda d: d["Statement"].append(
            {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        ),
        part=_PART,
    )


_OF_ANOTHER_MODEL: dict[str, Edit] = {
    "a run is of a model that nobody looks at": _runs(
        *_ORDER, "ModelName", "everything-theirs-01234567-01234567"
    ),
    "the model of a run may be outside the network": no_prop(
        _MACHINE, *_ORDER, "Network", part=_PART
    ),
    "the model of a run may be in a foreign subnet as well": _runs(
        *_ORDER, "Network", "Subnets", 6, "subnet-0123456789abcdef0"
    ),
}
_NOT_OF_ITS_ORDER: dict[str, Edit] = {
    "a machine takes its order from whoever starts it": _ordered_by_whoever_starts,
    "a machine takes part of its order from whoever starts it": _ordered_anew,
    "a machine begins past its order": _begins_past_its_order,
    "a machine starts a job without the launcher": _task(
        "arn:aws:states:::sagemaker:createTransformJob.sync",
        **{"TransformJobName": "everything-theirs", "ModelName.$": "$.Order.ModelName"},
    ),
    "a machine reads an object": _task(
        "arn:aws:states:::aws-sdk:s3:getObject",
        **{"Bucket": "elsewhere", "Key": "order.json"},
    ),
    "a machine calls a function of ours that starts no runs": _called(
        "LauncherIsComplete"
    ),
    "a machine calls an earlier version of the launcher": _state(
        "Check", "Parameters", "Qualifier", "1"
    ),
    "a machine does not wait for the launcher's answer": _state(
        "Check", "Parameters", "InvocationType", "Event"
    ),
    "a machine passes its input on as its order": _state(
        "How far is it?", "InputPath", "$$.Execution.Input"
    ),
    "a machine sets its order while it waits": _state(
        "Wait", "Assign", {"Order.$": "$$.Execution.Input.Order"}
    ),
    "a machine takes the answer of a call for its order": _state(
        "Check", "ResultPath", "$.Order"
    ),
    "a machine catches what fails": _state(
        "Check",
        "Catch",
        [{"ErrorEquals": ["States.ALL"], "ResultPath": "$.Order", "Next": "Start"}],
    ),
    "a machine is written in another language": _runs(
        "Definition", "QueryLanguage", "JSONata"
    ),
    "a call of a machine is written in another language": _in_jsonata,
    "what a machine runs on is filled in beside it": _filled_in,
    "a machine is defined elsewhere": _elsewhere_defined,
    "a machine tells the launcher of another execution": _state(
        "Check", "Parameters", "Payload", "Execution.$", "$$.Execution.Input.Execution"
    ),
    "a machine calls the launcher by its name": _by_name,
    "a machine makes requests like a deployment's": _goes_on_with_what_nobody_asked,
}
_UNENCRYPTED: dict[str, Edit] = {
    "outputs of runs without a key": no_prop(
        _MACHINE, *_OUTPUT, "KmsKeyId", part=_PART
    ),
    "outputs of runs under a foreign key": _runs(*_OUTPUT, "KmsKeyId", _ANOTHER_KEY),
    "volumes of runs without a key": no_prop(
        _MACHINE, *_MACHINES, "VolumeKmsKeyId", part=_PART
    ),
    "volumes of a fallback of runs without a key": no_prop(
        _MACHINE, *_ORDER, "Fallbacks", 0, "VolumeKmsKeyId", part=_PART
    ),
    "what runs capture without a key": no_prop(
        _MACHINE, *_CAPTURE, "KmsKeyId", part=_PART
    ),
}
_ELSEWHERE: dict[str, Edit] = {
    "runs are kept in the name of another transform": _runs(
        *_ORDER, "Transform", "listed-photos"
    ),
    "runs are kept in the name of another environment": _runs(
        *_ORDER, "Environment", "everything-else"
    ),
    "outputs of runs go elsewhere": _runs(
        *_OUTPUT, "S3OutputPath", "s3://elsewhere/scores/"
    ),
    "runs read inputs of another transform": lambda draft: _another_prefix(
        draft, _SOURCE, "S3Uri", "/photos/"
    ),
    "runs write over another transform's outputs": lambda draft: _another_prefix(
        draft, _OUTPUT, "S3OutputPath", "/listed-photos/"
    ),
    "what runs capture goes elsewhere": _runs(
        *_CAPTURE, "DestinationS3Uri", "s3://elsewhere/captured/"
    ),
}
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
_DECIDES: dict[str, tuple[str, Edit]] = {
    "uploads begin no runs any more": (
        "RunsArrivals",
        _arrivals("State", "DISABLED"),
    ),
    "a run is told of another object than what was uploaded": (
        "RunsArrivals",
        _arrivals(
            "Targets", 0, "InputTransformer", "InputPathsMap", "key", "$.detail.reason"
        ),
    ),
    "the schedule of runs has an end": (
        "RunsSchedule",
        _schedule("EndDate", "2027-01-01T00:00:00Z"),
    ),
    "the schedule passes something else on": (
        "RunsSchedule",
        _schedule("Target", "Input", '{"redo": "everything"}'),
    ),
    "a run that fails is started again without end": (_MACHINE, _restarted),
    "runs may overlap": (_MACHINE, _runs(*_ORDER, "Runs", "Overlap", "allow")),
    "nobody looks at jobs that last too long": (
        "JobWatchSchedule",
        _watch("State", "DISABLED"),
    ),
    "jobs that last too long are looked for once a year": (
        "JobWatchSchedule",
        _watch("ScheduleExpression", "rate(365 days)"),
    ),
    "nobody hears of executions that were stopped": (
        "StateChangesEndedRule2",
        prop(
            "StateChangesEndedRule2",
            "EventPattern",
            "detail",
            "status",
            ["SUCCEEDED"],
            part=OPERATIONS,
        ),
    ),
    "nobody hears of the executions of a transform": (
        "StateChangesEndedRule2",
        prop(
            "StateChangesEndedRule2",
            "EventPattern",
            "detail",
            "stateMachineArn",
            [_THEIR_RUNS],
            part=OPERATIONS,
        ),
    ),
}


def _unconditionally(sid: str) -> Any:
    def change(document: Any) -> None:
        for each in document["Statement"]:
            if each["Sid"] == sid:
                del each["Condition"]

    return change


def _another_prefix(
    draft: Draft, path: tuple[str, ...], name: str, prefix: str
) -> None:
    place: Any = draft.properties(_MACHINE, _PART)
    for step in path:
        place = place[step]
    place[name]["Fn::Join"][1][-1] = prefix


AT_RUNS: tuple[Mutant, ...] = (
    *_of("models-placed", _MACHINE, _OF_ANOTHER_MODEL),
    *_of("models-placed", FOUNDATION, _NOT_OF_ITS_ORDER),
    *_of(
        "models-placed", "More", {"a second machine runs a transform": _second_machine}
    ),
    *_of("jobs-encrypted", _MACHINE, _UNENCRYPTED),
    *_of("jobs-on-our-buckets", _MACHINE, _ELSEWHERE),
    *_of("runs-begun", "RunsArrivals", _BEGUN),
    *_of(
        "runs-begun",
        "Clock",
        {"a rule begins runs by a clock that no file names": _begun_by_the_clock},
    ),
    *_of(
        "runs-begun",
        "Asking",
        {"a schedule makes a request like a deployment's": _asked_by_a_schedule},
    ),
    *_of(
        "runs-begun",
        "Ordering",
        {"a schedule orders a job of its own": _ordered_by_a_schedule},
    ),
    *_of(
        "messages-ours",
        "Runs",
        {
            "a machine hands its order to a stranger": _state(
                "Check", "Parameters", "FunctionName", _THEIR_CALL
            ),
            "a machine logs to another group": _runs(
                "LoggingConfiguration",
                {
                    "Level": "ALL",
                    "IncludeExecutionData": True,
                    "Destinations": [
                        {"CloudWatchLogsLogGroup": {"LogGroupArn": _ANY_GROUP}}
                    ],
                },
            ),
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
    *_of(
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
    *_of(
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
        for role in ("RunsRole", "RunsScheduleRole", "RunsArrivalsRole")
        for mutant in _of(
            "roles-taken-by-services",
            role,
            {f"{role} is taken on behalf of another account": _for_anybody(role)},
        )
    ),
    *_of(
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
    *_of(
        "roles-of-functions",
        "RunsRole",
        {
            "a machine calls every function": policy(
                "RunsRole", put("CallTheLauncher", "Resource", "*"), part=_PART
            )
        },
    ),
    *_of(
        "roles-of-functions",
        "RunsScheduleRole",
        {
            "a schedule starts every machine": policy(
                "RunsScheduleRole", put("Call", "Resource", "*"), part=_PART
            )
        },
    ),
    *_of(
        "roles-of-functions",
        "RunsArrivalsRole",
        {
            "a rule does all that there is to machines": policy(
                "RunsArrivalsRole", put("StartRuns", "Action", "states:*"), part=_PART
            )
        },
    ),
    *_of(
        "roles-of-functions",
        "LauncherRunRole",
        {
            "runs open their inputs": statement(
                "LauncherRunRole",
                OPERATIONS,
                Effect="Allow",
                Action="s3:GetObject",
                Resource={
                    "Fn::Join": [
                        "",
                        [
                            {
                                "Fn::ImportValue": "everything-foundation:"
                                "ExportsOutputFnGetAttInputsF7C892A7Arn5930B717"
                            },
                            "/*",
                        ],
                    ]
                },
            ),
            "runs use the key without S3": policy(
                "LauncherRunRole",
                without("UseTheKeyForLists", "StringEquals", "kms:ViaService"),
                part=OPERATIONS,
            ),
            "runs start jobs under any key": policy(
                "LauncherRunRole",
                without(
                    "StartJobsOfOurModels", "ArnEquals", "sagemaker:OutputKmsKeyArn"
                ),
                part=OPERATIONS,
            ),
            "runs make models": statement(
                "LauncherRunRole",
                OPERATIONS,
                Effect="Allow",
                Action="sagemaker:CreateModel",
                Resource="*",
            ),
        },
    ),
    *_of(
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
    *_of(
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
    *_of(
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
    *_of(
        "works-duties",
        "uploaders",
        {"uploaders begin no runs": policy("Uploaders", drop("BeginRuns"))},
    ),
    *_of(
        "works-launcher",
        _MACHINE,
        {
            "runs may start no job": policy(
                "LauncherRunRole", drop("StartJobsOfOurModels"), part=OPERATIONS
            ),
            "nothing stops the job of an execution that is stopped": policy(
                "StateChangesHandlerRole", drop("StopJobs"), part=OPERATIONS
            ),
        },
    ),
    *_of(
        "works-services",
        "RunsRole",
        {
            "a machine may not call the launcher": policy(
                "RunsRole",
                put("CallTheLauncher", "Action", ["lambda:GetFunction"]),
                part=_PART,
            ),
        },
    ),
    *(
        mutant
        for name, (owner, change) in _DECIDES.items()
        for mutant in _of(
            "settings",
            owner,
            {name: change},
            severity="medium",
            rule="setting-matters",
        )
    ),
    *_of(
        "telling",
        _MACHINE,
        {
            "nobody hears of executions by the name that they have": _runs(
                "StateMachineName", "theirs"
            )
        },
        severity="medium",
        rule="replaced",
    ),
    *_of(
        "scheduled",
        "Again",
        {"runs begin every minute as well": _scheduled_again},
        severity="medium",
        rule="runs-scheduled",
    ),
    *_of(
        "scheduled",
        "RunsSchedule",
        {
            "runs begin every minute": _schedule(
                "ScheduleExpression", "rate(1 minute)"
            ),
            "runs begin by another clock": _schedule(
                "ScheduleExpressionTimezone", "Pacific/Kiritimati"
            ),
        },
        severity="medium",
        rule="runs-rescheduled",
    ),
    *_of(
        "scheduled",
        "RunsSchedule",
        {"runs are switched off": _schedule("State", "DISABLED")},
        severity="medium",
        rule="runs-unscheduled",
    ),
    *_of(
        "scheduled",
        "RunsSchedule",
        {"runs begin by no schedule": remove("RunsSchedule", _PART)},
        severity="low",
        rule="runs-unscheduled",
    ),
    *_of(
        "code",
        "JobWatchFunction",
        {
            "a job may last for a year": prop(
                "JobWatchFunction",
                "Environment",
                "Variables",
                "MAX_RUNTIME_IN_HOURS",
                "8760",
                part=OPERATIONS,
            )
        },
        severity="medium",
        rule="code-settings",
    ),
)
"""What runs beside deployments, and by whose word."""


def _in_another_order(draft: Draft) -> None:
    """A machine's states, the keys of its order, and a description beside them."""
    given = draft.properties(_MACHINE, _PART)
    definition = given["Definition"]
    definition["States"] = dict(reversed(definition["States"].items()))
    result = definition["States"]["Order"]["Result"]
    result["Order"] = dict(reversed(result["Order"].items()))
    definition["Comment"] = "The same in another order"


def _lists_of_this_transform(document: Any) -> None:
    for each in document["Statement"]:
        if each["Sid"] == "ReadArrivals":
            each["Resource"][0]["Fn::Join"][1][1] = "/arrivals/scores/*"


RUNS_AS_BEFORE: tuple[Mutant, ...] = (
    *harmless(
        "equivalent",
        "runs-begun",
        {
            "a machine's comment": _runs("Definition", "Comment", "One run"),
            "a comment of a state": _state("Wait", "Comment", "Until it is looked at"),
            "a machine in another order": _in_another_order,
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
                part=_PART,
            ),
            "a role of a schedule is for schedules of the default group alone": trust(
                "RunsScheduleRole",
                lambda d: d["Statement"][0]["Condition"].update(
                    ArnEquals={"aws:SourceArn": _SCHEDULES}
                ),
                part=_PART,
            ),
            "runs read the lists of their transform alone": policy(
                "LauncherRunRole", _lists_of_this_transform, part=OPERATIONS
            ),
        },
        base="everything",
    ),
)
"""What changes nothing of runs, or narrows who may do something with them."""
