"""Faults in what a state machine orders, and in what does so for it."""

from copy import deepcopy
from typing import Any

from tests.lock.mutants import drop, put, without
from tests.review.draft import (
    FOUNDATION,
    OPERATIONS,
    Draft,
    Edit,
    no_prop,
    policy,
    prop,
    statement,
    trust,
)
from tests.review.mutant import Mutant, harmless
from tests.review.scores import MACHINE, PART, faults

_ORDER = ("Definition", "States", "Order", "Result", "Order")
_OUTPUT = (*_ORDER, "Request", "TransformOutput")
_MACHINES = (*_ORDER, "Request", "TransformResources")
_SOURCE = (*_ORDER, "Request", "TransformInput", "DataSource", "S3DataSource")
_CAPTURE = (*_ORDER, "Request", "DataCaptureConfig")
_ANOTHER_KEY = "arn:aws:kms:us-east-1:999999999999:key/theirs"
_THEIR_CALL = "arn:aws:lambda:us-east-1:999999999999:function:theirs"
_ANY_GROUP = "arn:aws:logs:us-east-1:123456789012:log-group:/theirs:*"


def _runs(*path: Any) -> Edit:
    return prop(MACHINE, *path, part=PART)


def _state(name: str, *path: Any) -> Edit:
    return _runs("Definition", "States", name, *path)


def _second_machine(draft: Draft) -> None:
    another = deepcopy(draft.body(MACHINE, PART))
    another["Properties"]["StateMachineName"] = "everything-scores-more"
    draft.templates[PART]["Resources"]["More"] = another


def _ordered_by_whoever_starts(draft: Draft) -> None:
    states = draft.properties(MACHINE, PART)["Definition"]["States"]
    states["Order"] = {
        "Type": "Pass",
        "Parameters": {"Order.$": "$$.Execution.Input.Order"},
        "Next": "Start",
    }


def _ordered_anew(draft: Draft) -> None:
    states = draft.properties(MACHINE, PART)["Definition"]["States"]
    states["Order"]["Next"] = "Again"
    states["Again"] = {
        "Type": "Pass",
        "InputPath": "$$.Execution.Input.Request",
        "ResultPath": "$.Order.Request",
        "Next": "Start",
    }


def _begins_past_its_order(draft: Draft) -> None:
    """The order stands there still, and nothing leads to it."""
    definition = draft.properties(MACHINE, PART)["Definition"]
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
        states = draft.properties(MACHINE, PART)["Definition"]["States"]
        states["Check"]["Parameters"]["FunctionName"] = arn
        rights = draft.document("RunsRole", PART)["Statement"]
        rights[0]["Resource"].append(arn)

    return edit


def _in_jsonata(draft: Draft) -> None:
    states = draft.properties(MACHINE, PART)["Definition"]["States"]
    check = states["Check"]
    del check["ResultSelector"], check["ResultPath"]
    check["Arguments"] = check.pop("Parameters")
    check["Arguments"]["Payload"] = "{% $states.context.Execution.Input %}"
    check["QueryLanguage"] = "JSONata"


def _filled_in(draft: Draft) -> None:
    given = draft.properties(MACHINE, PART)
    machines: Any = given["Definition"]
    for step in _MACHINES[1:]:
        machines = machines[step]
    machines["InstanceType"] = "${Machine}"
    given["DefinitionSubstitutions"] = {"Machine": "ml.p5.48xlarge"}


def _elsewhere_defined(draft: Draft) -> None:
    given = draft.properties(MACHINE, PART)
    del given["Definition"]
    given["DefinitionS3Location"] = {"Bucket": "elsewhere", "Key": "machine.json"}


def _by_name(draft: Draft) -> None:
    """A machine that calls the launcher by its name, and not by its ARN."""
    draft.templates[OPERATIONS]["Outputs"]["Called"] = {
        "Value": {"Ref": draft.logical_id("LauncherRun", OPERATIONS)},
        "Export": {"Name": "called"},
    }
    machine = deepcopy(draft.body(MACHINE, PART))
    states = machine["Properties"]["Definition"]["States"]
    states["Order"]["Result"]["Order"]["ModelName"] = "everything-theirs"
    for each in ("Start", "Check"):
        states[each]["Parameters"]["FunctionName"] = {"Fn::ImportValue": "called"}
    machine["Properties"]["StateMachineName"] = "everything-more"
    machine["Properties"]["RoleArn"] = {"Fn::GetAtt": ["MoreRole", "Arn"]}
    draft.templates["listed-photos"]["Resources"] |= {
        "MoreRole": deepcopy(draft.body("RunsRole", PART)),
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
    role = deepcopy(draft.body("RunsRole", PART))
    (policy,) = role["Properties"]["Policies"]
    policy["PolicyDocument"]["Statement"][0]["Resource"] = [arn]
    machine = deepcopy(draft.body(MACHINE, PART))
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


def _restarted(draft: Draft) -> None:
    states = draft.properties(MACHINE, PART)["Definition"]["States"]
    states["How far is it?"]["Default"] = "Start"


_OF_ANOTHER_MODEL: dict[str, Edit] = {
    "a run is of a model that nobody looks at": _runs(
        *_ORDER, "ModelName", "everything-theirs-01234567-01234567"
    ),
    "the model of a run may be outside the network": no_prop(
        MACHINE, *_ORDER, "Network", part=PART
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
    "outputs of runs without a key": no_prop(MACHINE, *_OUTPUT, "KmsKeyId", part=PART),
    "outputs of runs under a foreign key": _runs(*_OUTPUT, "KmsKeyId", _ANOTHER_KEY),
    "volumes of runs without a key": no_prop(
        MACHINE, *_MACHINES, "VolumeKmsKeyId", part=PART
    ),
    "volumes of a fallback of runs without a key": no_prop(
        MACHINE, *_ORDER, "Fallbacks", 0, "VolumeKmsKeyId", part=PART
    ),
    "what runs capture without a key": no_prop(
        MACHINE, *_CAPTURE, "KmsKeyId", part=PART
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


def _another_prefix(
    draft: Draft, path: tuple[str, ...], name: str, prefix: str
) -> None:
    place: Any = draft.properties(MACHINE, PART)
    for step in path:
        place = place[step]
    place[name]["Fn::Join"][1][-1] = prefix


AT_ORDERS: tuple[Mutant, ...] = (
    *faults("models-placed", MACHINE, _OF_ANOTHER_MODEL),
    *faults("models-placed", FOUNDATION, _NOT_OF_ITS_ORDER),
    *faults(
        "models-placed", "More", {"a second machine runs a transform": _second_machine}
    ),
    *faults("jobs-encrypted", MACHINE, _UNENCRYPTED),
    *faults(
        "keys-ours",
        MACHINE,
        {
            "what a machine is told is encrypted with a foreign key": _runs(
                "EncryptionConfiguration",
                {"Type": "CUSTOMER_MANAGED_KMS_KEY", "KmsKeyId": _ANOTHER_KEY},
            )
        },
    ),
    *faults(
        "jobs-limited",
        MACHINE,
        {
            "runs are on instances that are too dear": _runs(
                *_MACHINES, "InstanceType", "ml.m5.24xlarge"
            ),
            "runs are on a hundred instances": _runs(*_MACHINES, "InstanceCount", 100),
            "runs do not say on how many instances": _runs(
                *_MACHINES, "InstanceCount", "many"
            ),
            "runs turn to instances that are too dear": _runs(
                *_ORDER, "Fallbacks", 0, "InstanceType", "ml.m5.24xlarge"
            ),
        },
    ),
    *faults("jobs-on-our-buckets", MACHINE, _ELSEWHERE),
    *faults(
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
        },
    ),
    *faults(
        "roles-taken-by-services",
        "RunsRole",
        {
            "RunsRole is taken on behalf of another account": trust(
                "RunsRole", lambda d: d["Statement"][0].pop("Condition"), part=PART
            )
        },
    ),
    *faults(
        "roles-of-functions",
        "RunsRole",
        {
            "a machine calls every function": policy(
                "RunsRole", put("CallTheLauncher", "Resource", "*"), part=PART
            )
        },
    ),
    *faults(
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
    *faults(
        "works-launcher",
        MACHINE,
        {
            "runs may start no job": policy(
                "LauncherRunRole", drop("StartJobsOfOurModels"), part=OPERATIONS
            ),
            "nothing stops the job of an execution that is stopped": policy(
                "StateChangesHandlerRole", drop("StopJobs"), part=OPERATIONS
            ),
        },
    ),
    *faults(
        "works-services",
        "RunsRole",
        {
            "a machine may not call the launcher": policy(
                "RunsRole",
                put("CallTheLauncher", "Action", ["lambda:GetFunction"]),
                part=PART,
            ),
        },
    ),
    *faults(
        "settings",
        MACHINE,
        {"a run that fails is started again without end": _restarted},
        severity="medium",
        rule="setting-matters",
    ),
    *faults(
        "runs",
        MACHINE,
        {
            "runs are on dearer instances": _runs(
                *_MACHINES, "InstanceType", "ml.m5.xlarge"
            ),
            "runs are on more instances": _runs(*_MACHINES, "InstanceCount", 4),
            "runs turn to dearer instances": _runs(
                *_ORDER, "Fallbacks", 0, "InstanceType", "ml.g4dn.xlarge"
            ),
            "runs may overlap": _runs(*_ORDER, "Runs", "Overlap", "allow"),
            "runs filter their inputs otherwise": _runs(
                *_ORDER, "Request", "DataProcessing", "InputFilter", "$[2:]"
            ),
        },
        severity="medium",
        rule="runs-changed",
    ),
    *faults(
        "ends-heard",
        MACHINE,
        {
            "nobody hears of executions by the name that they have": _runs(
                "StateMachineName", "theirs"
            ),
            "runs end in the name of another transform": _runs(
                "StateMachineName", "everything-listed-photos"
            ),
            "runs end in a name that nobody knows": no_prop(
                MACHINE, "StateMachineName", part=PART
            ),
        },
    ),
)
"""What runs beside deployments, and by whose word."""


def _in_another_order(draft: Draft) -> None:
    """A machine's states, the keys of its order, and a description beside them."""
    given = draft.properties(MACHINE, PART)
    definition = given["Definition"]
    definition["States"] = dict(reversed(definition["States"].items()))
    result = definition["States"]["Order"]["Result"]
    result["Order"] = dict(reversed(result["Order"].items()))
    definition["Comment"] = "The same in another order"


def _lists_of_this_transform(document: Any) -> None:
    for each in document["Statement"]:
        if each["Sid"] == "ReadArrivals":
            each["Resource"][0]["Fn::Join"][1][1] = "/arrivals/scores/*"


ORDERED_AS_BEFORE: tuple[Mutant, ...] = (
    *harmless(
        "equivalent",
        "runs-begun",
        {
            "a machine's comment": _runs("Definition", "Comment", "One run"),
            "a comment of a state": _state("Wait", "Comment", "Until it is looked at"),
            "a machine in another order": _in_another_order,
        },
        base="everything",
    ),
    *harmless(
        "tightening",
        "access",
        {
            "runs read the lists of their transform alone": policy(
                "LauncherRunRole", _lists_of_this_transform, part=OPERATIONS
            ),
        },
        base="everything",
    ),
)
"""What changes nothing of what is ordered, or narrows who may do something for it."""
