"""Faults in what roles may do, and in who may take them."""

from typing import Any

from tests.lock.mutants import action, put, without
from tests.review.draft import (
    FOUNDATION,
    OPERATIONS,
    Draft,
    Edit,
    add,
    no_prop,
    policy,
    prop,
    statement,
    trust,
)
from tests.review.mutant import Mutant, faulty

_ACCOUNT = "123456789012"
_COMPLETE = "LauncherIsCompleteRole"
_EVERYTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}],
}
_BY_LAMBDA = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def _taken_by(principal: Any) -> Edit:
    return trust(
        "ExecutionRole",
        lambda d: d["Statement"].append(
            {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        ),
        part="faces",
    )


def _also(name: str, key: str, *, part: str = FOUNDATION) -> Edit:
    def edit(draft: Draft) -> None:
        draft.properties(name, part).setdefault(key, []).append("mallory")

    return edit


def _of_job(**elements: Any) -> Edit:
    return statement("ExecutionRole", "faces", Effect="Allow", **elements)


def _of_function(**elements: Any) -> Edit:
    return statement("LauncherOnEventRole", OPERATIONS, Effect="Allow", **elements)


def _subnet_elsewhere(document: Any) -> None:
    for each in document["Statement"]:
        if each["Sid"] == "CreateModelsInOurNetwork":
            given = each["Condition"]["ForAllValues:StringEquals"]
            given["sagemaker:VpcSubnets"].append("subnet-0123456789abcdef0")


_OPERATORS: dict[str, Edit] = {
    "begin any state machine": policy("Operators", put("BeginRuns", "Resource", "*")),
    "stop any job": policy("Operators", put("SeeAndStopJobs", "Resource", "*")),
    "read the logs of everything": policy(
        "Operators", put("ReadJobLogs", "Resource", "*")
    ),
    "start jobs past the launcher": policy(
        "Operators", action("SeeAndStopJobs", "sagemaker:CreateTransformJob")
    ),
    "change state machines": policy(
        "Operators", action("BeginRuns", "states:UpdateStateMachine")
    ),
    "silence alarms": policy(
        "Operators", action("FindThem", "cloudwatch:DisableAlarmActions")
    ),
    "get outputs": statement(
        "Operators", Effect="Allow", Action="s3:GetObject", Resource="*"
    ),
}

AT_ROLES: tuple[Mutant, ...] = (
    *(
        faulty("roles-of-people", f"operators {name}", change, "Operators")
        for name, change in _OPERATORS.items()
    ),
    faulty(
        "roles-of-functions",
        "a function takes any role",
        _of_function(Action="sts:AssumeRole", Resource="*"),
        "LauncherOnEventRole",
    ),
    faulty(
        "roles-of-jobs",
        "a job takes any role",
        _of_job(Action="sts:AssumeRole", Resource="*"),
        "ExecutionRole",
    ),
    faulty(
        "roles-of-functions",
        "any role is passed",
        policy(_COMPLETE, put("PassExecutionRoles", "Resource", "*"), part=OPERATIONS),
        _COMPLETE,
    ),
    faulty(
        "roles-of-functions",
        "roles are passed to any service",
        policy(
            _COMPLETE,
            without("PassExecutionRoles", "StringEquals", "iam:PassedToService"),
            part=OPERATIONS,
        ),
        _COMPLETE,
    ),
    faulty(
        "roles-of-functions",
        "models need no isolation",
        policy(
            _COMPLETE,
            without("CreateModelsInOurNetwork", "Bool", "sagemaker:NetworkIsolation"),
            part=OPERATIONS,
        ),
        _COMPLETE,
    ),
    faulty(
        "roles-of-functions",
        "models need no network",
        policy(
            _COMPLETE,
            without("CreateModelsInOurNetwork", "Null", "sagemaker:VpcSubnets"),
            part=OPERATIONS,
        ),
        _COMPLETE,
    ),
    faulty(
        "roles-of-functions",
        "models lie in a foreign subnet as well",
        policy(_COMPLETE, _subnet_elsewhere, part=OPERATIONS),
        _COMPLETE,
    ),
    faulty(
        "roles-of-functions",
        "jobs need no key",
        policy(
            _COMPLETE,
            without("StartJobsOfOurModels", "ArnEquals", "sagemaker:OutputKmsKeyArn"),
            part=OPERATIONS,
        ),
        _COMPLETE,
    ),
    faulty(
        "roles-of-functions",
        "volumes need no key of ours",
        policy(
            _COMPLETE,
            without(
                "StartJobsOfOurModels",
                "ArnEqualsIfExists",
                "sagemaker:VolumeKmsKeyArn",
            ),
            part=OPERATIONS,
        ),
        _COMPLETE,
    ),
    faulty(
        "roles-of-functions",
        "a function reads inputs",
        statement(
            "LauncherOnEventRole",
            OPERATIONS,
            Effect="Allow",
            Action="s3:GetObject",
            Resource={
                "Fn::Join": [
                    "",
                    [
                        {
                            "Fn::ImportValue": "rehearsal-foundation:"
                            "ExportsOutputFnGetAttInputsF7C892A7Arn5930B717"
                        },
                        "/*",
                    ],
                ]
            },
        ),
        "LauncherOnEventRole",
    ),
    faulty(
        "roles-of-functions",
        "a managed policy of AWS",
        prop(
            "LauncherOnEventRole",
            "ManagedPolicyArns",
            ["arn:aws:iam::aws:policy/AdministratorAccess"],
            part=OPERATIONS,
        ),
        FOUNDATION,
    ),
    faulty(
        "roles-of-jobs",
        "a job may do all but IAM",
        _of_job(NotAction="iam:*", Resource="*"),
        "ExecutionRole",
    ),
    faulty(
        "roles-of-jobs",
        "a job has a policy beside its own",
        add(
            "More",
            "AWS::IAM::RolePolicy",
            "faces",
            RoleName="@ExecutionRole",
            PolicyName="More",
            PolicyDocument=_EVERYTHING,
        ),
        "ExecutionRole",
    ),
    faulty(
        "roles-of-jobs",
        "a job reads all inputs",
        lambda draft: _all_inputs(draft.document("ExecutionRole", "faces")),
        "ExecutionRole",
    ),
    faulty(
        "roles-of-functions",
        "a new role may do everything",
        add(
            "Helper",
            "AWS::IAM::Role",
            OPERATIONS,
            AssumeRolePolicyDocument=_BY_LAMBDA,
            Policies=[{"PolicyName": "All", "PolicyDocument": _EVERYTHING}],
        ),
        "Helper",
    ),
    faulty(
        "roles-of-people",
        "a new user may do everything",
        add(
            "Somebody",
            "AWS::IAM::User",
            Policies=[{"PolicyName": "All", "PolicyDocument": _EVERYTHING}],
        ),
        "Somebody",
    ),
    faulty(
        "roles-of-people",
        "a group may do everything",
        add(
            "Team",
            "AWS::IAM::Group",
            Policies=[{"PolicyName": "All", "PolicyDocument": _EVERYTHING}],
        ),
        "Team",
    ),
    faulty(
        "roles-of-people",
        "a user has the uploaders' rights",
        _also("Uploaders", "Users"),
        "Uploaders",
    ),
    faulty(
        "roles-of-people",
        "a group has the readers' rights",
        _also("Readers", "Groups"),
        "Readers",
    ),
    faulty(
        "roles-of-people",
        "a policy for a user alone",
        add(
            "Extra",
            "AWS::IAM::Policy",
            PolicyName="Extra",
            Users=["mallory"],
            PolicyDocument=_EVERYTHING,
        ),
        "Extra",
    ),
    faulty(
        "roles-of-people",
        "uploaders read outputs",
        statement(
            "Uploaders",
            Effect="Allow",
            Action="s3:GetObject",
            Resource="@Outputs.Arn/*",
        ),
        "Uploaders",
    ),
    faulty(
        "roles-of-people",
        "a reader is an uploader too",
        prop("Uploaders", "Roles", 1, "rehearsal-reader"),
        "Uploaders",
    ),
    faulty(
        "roles-of-people",
        "key administrators decrypt",
        policy("KeyAdministrators", action("AdministerTheKey", "kms:Decrypt")),
        "KeyAdministrators",
    ),
    faulty(
        "roles-of-people",
        "readers decrypt without S3",
        policy(
            "Readers", without("UseTheKeyThroughS3", "StringEquals", "kms:ViaService")
        ),
        "Readers",
    ),
    faulty(
        "works-duties",
        "readers may not read",
        policy("Readers", put("GetOutputs", "Effect", "Deny")),
        "readers",
    ),
    faulty(
        "roles-taken-by-services",
        "the account may take a job's role",
        _taken_by({"AWS": _ACCOUNT}),
        "ExecutionRole",
    ),
    faulty(
        "roles-taken-by-services",
        "a user may take a job's role",
        _taken_by({"AWS": f"arn:aws:iam::{_ACCOUNT}:user/mallory"}),
        "ExecutionRole",
    ),
    faulty(
        "roles-taken-by-services",
        "who signs in elsewhere may take a job's role",
        _taken_by({"Federated": f"arn:aws:iam::{_ACCOUNT}:saml-provider/Company"}),
        "ExecutionRole",
    ),
    faulty(
        "roles-taken-by-services",
        "EC2 may take a job's role",
        _taken_by({"Service": "ec2.amazonaws.com"}),
        "ExecutionRole",
    ),
    faulty(
        "roles-taken-by-services",
        "SageMaker takes a job's role for any account",
        trust(
            "ExecutionRole",
            lambda d: d["Statement"][0].pop("Condition"),
            part="faces",
        ),
        "ExecutionRole",
    ),
    faulty(
        "access",
        "a role loses its boundary",
        no_prop("ExecutionRole", "PermissionsBoundary", part="scores"),
        "ExecutionRole",
        severity="medium",
        rule="setting-matters",
        base="everything",
    ),
    faulty(
        "functions-called",
        "everybody may call the launcher",
        add(
            "Open",
            "AWS::Lambda::Permission",
            OPERATIONS,
            FunctionName="@LauncherOnEvent",
            Action="lambda:InvokeFunction",
            Principal="*",
        ),
        "Open",
        rule="promise-functions-called",
    ),
    faulty(
        "functions-called",
        "the launcher has an address of its own",
        add(
            "Address",
            "AWS::Lambda::Url",
            OPERATIONS,
            TargetFunctionArn="@LauncherOnEvent.Arn",
            AuthType="NONE",
        ),
        "Address",
        rule="promise-functions-called",
    ),
    faulty(
        "works-jobs",
        "a job may not write its outputs",
        policy("ExecutionRole", put("WriteOutputs", "Effect", "Deny"), part="faces"),
        "ExecutionRole",
    ),
    faulty(
        "works-jobs",
        "a job's right to the key is for another service",
        policy(
            "ExecutionRole",
            put(
                "UseTheKey",
                "Condition",
                {"StringEquals": {"kms:ViaService": "sns.us-east-1.amazonaws.com"}},
            ),
            part="faces",
        ),
        "ExecutionRole",
    ),
    faulty(
        "roles-of-jobs",
        "a job's name is under the path of jobs, and no file declares it",
        add(
            "Undeclared",
            "AWS::IAM::Role",
            OPERATIONS,
            Path="/private-transform/rehearsal-us-east-1/execution/",
            AssumeRolePolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": {"Service": "sagemaker.amazonaws.com"},
                        "Action": "sts:AssumeRole",
                        "Condition": {"StringEquals": {"aws:SourceAccount": _ACCOUNT}},
                    }
                ],
            },
            Policies=[
                {
                    "PolicyName": "Read",
                    "PolicyDocument": {
                        "Version": "2012-10-17",
                        "Statement": [
                            {
                                "Effect": "Allow",
                                "Action": "s3:GetObject",
                                "Resource": "*",
                            }
                        ],
                    },
                }
            ],
        ),
        "Undeclared",
    ),
)
"""What roles get that they do not need."""


def _all_inputs(document: Any) -> None:
    for each in document["Statement"]:
        if each["Sid"] == "ReadInputs":
            (resource,) = each["Resource"]
            resource["Fn::Join"][1][1] = "/*"
