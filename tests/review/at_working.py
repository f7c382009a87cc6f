"""Faults by which something ceases to work, and rights that a function never needs."""

import json
from typing import Any

from tests.lock.mutants import Change, drop, no_action, put, value
from tests.review.draft import (
    FOUNDATION,
    OPERATIONS,
    Draft,
    Edit,
    add,
    declare,
    policy,
    prop,
    remove,
    statement,
    trust,
)
from tests.review.mutant import Mutant, faulty

_COMPLETE = "LauncherIsCompleteRole"
_HANDLER = "StateChangesHandlerRole"
_PROVIDER = "LauncherProviderframeworkonEventServiceRoleDefaultPolicy"
_FOREIGN = "arn:aws:{}:us-east-1:999999999999:{}"
_NOT_WRITTEN = put("WriteLogs", "Action", ["logs:CreateLogStream"])
_ELSEWHERE = "arn:aws:ec2:us-east-1:123456789012:subnet/subnet-0123456789abcdef0"


def _services(
    name: str, owner: str, *changes: Change, part: str = FOUNDATION, fault: str = ""
) -> Mutant:
    """A policy refuses a service what a resource asks of it."""
    edit = policy(owner, *changes, part=part)
    return faulty("works-services", name, edit, fault or owner)


def _without_action(action: str) -> Change:
    """Leave out the only statement that begins with an action; some have no name."""

    def change(document: Any) -> None:
        (found,) = (x for x in document["Statement"] if x["Action"] == action)
        document["Statement"].remove(found)

    return change


def _first(action: str) -> Change:
    """Let the first statement be about another action."""
    return lambda document: document["Statement"][0].update(Action=action)


def _nothing_about(what: str) -> Change:
    """Leave out the only statement that names something."""

    def change(document: Any) -> None:
        (found,) = (x for x in document["Statement"] if what in json.dumps(x))
        document["Statement"].remove(found)

    return change


def _call(action: str) -> Edit:
    def edit(draft: Draft) -> None:
        original = draft.properties("NetworkCallsS3PrefixList")
        call = {
            "action": action,
            "service": "EC2",
            "parameters": {"RouteTableId": "rtb-0", "GatewayId": "igw-0"},
            "physicalResourceId": {"id": "way out"},
        }
        given = {
            "ServiceToken": original["ServiceToken"],
            "Create": json.dumps(call),
        }
        add("WayOut", "Custom::AWS", **given)(draft)

    return edit


def _called_when_deleted(draft: Draft) -> None:
    original = draft.properties("NetworkCallsS3PrefixList")
    call = {**json.loads(original["Create"]), "action": "CreateRoute"}
    original["Delete"] = json.dumps(call)


def _beside_a_bucket(draft: Draft) -> None:
    inputs = draft.arn("Inputs")
    draft.document("NetworkEndpoint")["Statement"].append(
        {
            "Effect": "Allow",
            "Principal": "*",
            "Action": "s3:GetObject",
            "Resource": {"Fn::Join": ["", [inputs, "-of-others/*"]]},
        }
    )


_OF_A_JOB = {
    "a job makes no interfaces": "CreateInterfaces",
    "a job lends no interfaces": "LendInterfaces",
    "a job leaves its interfaces behind": "RemoveInterfaces",
    "a job does not see the network": "SeeTheNetwork",
    "a job writes no logs": "WriteLogs",
    "a job counts nothing": "WriteMetrics",
    "a job signs in to no registry": "SignInToRegistries",
    "a job pulls no image": "PullImages",
}
_OF_THE_LAUNCHER = {
    "the launcher makes no models": ("CreateModelsInOurNetwork", "Model"),
    "the launcher looks at no models": ("LookAtModels", "Model"),
    "the launcher removes no models": ("DeleteModels", "Model"),
    "the launcher tags no models": ("TagModels", "Model"),
    "the launcher passes no roles": ("PassExecutionRoles", "Model"),
    "the launcher starts no jobs": ("StartJobsOfOurModels", "Job"),
    "the launcher looks at no jobs": ("LookAtJobs", "Job"),
    "the launcher lists no jobs": ("ListJobs", "Job"),
    "the launcher stops no jobs": ("StopJobs", "Job"),
    "the launcher tags no jobs": ("TagJobs", "Job"),
}
_OF_NOTES = {
    "the journal cannot be kept": ("LauncherOnEventRole", "KeepTheJournal"),
    "nobody sees whether there is a journal": (
        "LauncherIsCompleteRole",
        "SeeWhetherThereIsOne",
    ),
    "a deployment does not know how its job was judged": (
        "LauncherIsCompleteRole",
        "ReadResults",
    ),
    "nobody notes which jobs were started": ("LauncherIsCompleteRole", "NoteStarts"),
    "runs keep nothing": ("LauncherRunRole", "KeepRuns"),
    "runs read nothing of what was uploaded": ("LauncherRunRole", "ReadArrivals"),
    "runs cannot use the key": ("LauncherRunRole", "UseTheKeyForLists"),
    "no evidence is kept": (_HANDLER, "KeepEvidence"),
    "what was noted at the start is not read at the end": (_HANDLER, "LookBack"),
    "nobody looks at jobs that ended": (_HANDLER, "LookAtJobs"),
    "nobody looks at models of jobs that ended": (_HANDLER, "LookAtModels"),
    "nobody counts failed runs": (_HANDLER, "CountFailedRuns"),
    "the watch cannot say why it stopped a job": ("JobWatchFunctionRole", "SayWhy"),
}
_NEVER_NEEDED: dict[str, dict[str, Any]] = {
    "a function starts jobs of S3": {"Action": "s3:CreateJob", "Resource": "*"},
    "a function opens the account to the public": {
        "Action": "s3:PutAccountPublicAccessBlock",
        "Resource": "*",
    },
    "a function has grants of access": {"Action": "s3:GetDataAccess", "Resource": "*"},
    "a function does all with keys": {"Action": "kms:*", "Resource": "*"},
    "a function does all with functions": {"Action": "lambda:*", "Resource": "*"},
    "a function deploys": {"Action": "cloudformation:*", "Resource": "*"},
    "a function reads parameters": {"Action": "ssm:GetParameter", "Resource": "*"},
    "a function reads the key's data past S3": {
        "Action": "kms:Decrypt",
        "Resource": "@Key.Arn",
    },
    "a function calls those of others": {
        "Action": "lambda:InvokeFunction",
        "Resource": _FOREIGN.format("lambda", "function:theirs"),
    },
    "a function tells others": {
        "Action": "sns:Publish",
        "Resource": _FOREIGN.format("sns", "theirs"),
    },
    "a function keeps notes in the log bucket": {
        "Action": "s3:PutObject",
        "Resource": "@Logs.Arn/*",
    },
}
AT_WORKING: tuple[Mutant, ...] = (
    _services(
        "a function writes no logs",
        "LauncherOnEventRole",
        drop("WriteLogs"),
        part=OPERATIONS,
    ),
    _services("flows are not written", "NetworkFlowLogWriter", _NOT_WRITTEN),
    _services("the trail does not reach its log", "AuditWriter", _NOT_WRITTEN),
    *(
        _services(name, "LogsPolicy", _nothing_about(what), fault="Logs")
        for name, what in (
            ("the trail does not write", "TrailWrites"),
            ("the trail does not see its bucket", "TrailLooks"),
            ("accesses to inputs are not logged", "/access/inputs/*"),
        )
    ),
    _services("the key serves no logs", "Key", drop("LogGroups")),
    _services("the key serves no trail", "Key", drop("Trails")),
    _services("the key serves no alarms", "Key", drop("Publishers")),
    _services("the key serves no topics", "Key", drop("TopicsThroughSns")),
    _services(
        "the key does not serve the logs of jobs",
        "Key",
        value(
            "LogGroups",
            "ArnLike",
            "kms:EncryptionContext:aws:logs:arn",
            "arn:aws:logs:us-east-1:123456789012:log-group:rehearsal-*",
        ),
    ),
    _services(
        "events do not reach their queue",
        "StateChangesEndedPolicy",
        drop("FromTheRules"),
        part=OPERATIONS,
        fault="StateChangesEnded",
    ),
    _services(
        "a queue takes events of another rule",
        "StateChangesEndedPolicy",
        value(
            "FromTheRules",
            "ArnEquals",
            "aws:SourceArn",
            _FOREIGN.format("events", "rule/theirs"),
        ),
        part=OPERATIONS,
        fault="StateChangesEnded",
    ),
    faulty(
        "works-services",
        "the policy of a queue is removed",
        remove("StateChangesEndedPolicy", OPERATIONS),
        "StateChangesEnded",
    ),
    faulty(
        "works-services",
        "events come from elsewhere",
        prop(
            "StateChangesEvents",
            "EventSourceArn",
            _FOREIGN.format("sqs", "theirs"),
            part=OPERATIONS,
        ),
        _HANDLER,
    ),
    _services(
        "alarms do not reach the topic",
        "StateChangesTopicPolicy",
        drop("AlarmsOfThisAccount"),
        part=OPERATIONS,
        fault="StateChangesTopic",
    ),
    *(
        _services(name, _HANDLER, drop(sid), part=OPERATIONS)
        for name, sid in (
            ("events cannot be taken", "TakeEvents"),
            ("nobody may announce", "Announce"),
            ("an announcement has no key", "UseTheKeyThroughServices"),
        )
    ),
    _services(
        "the provider does not reach the launcher",
        _PROVIDER,
        _without_action("lambda:InvokeFunction"),
        part=OPERATIONS,
        fault="LauncherProvider",
    ),
    _services(
        "the provider does not wait",
        _PROVIDER,
        _without_action("states:StartExecution"),
        part=OPERATIONS,
        fault="LauncherProvider",
    ),
    _services(
        "what waits does not ask",
        "LauncherProviderwaiterstatemachineRoleDefaultPolicy",
        _first("lambda:GetFunction"),
        part=OPERATIONS,
        fault="LauncherProviderwaiter",
    ),
    _services(
        "the default group is not emptied",
        "NetworkCallsRole",
        drop("EmptyTheDefaultGroup"),
    ),
    *(
        faulty(
            "works-launcher", name, policy(_COMPLETE, drop(sid), part=OPERATIONS), which
        )
        for name, (sid, which) in _OF_THE_LAUNCHER.items()
    ),
    *(
        faulty("works-notes", name, policy(role, drop(sid), part=OPERATIONS), role)
        for name, (role, sid) in _OF_NOTES.items()
    ),
    faulty(
        "works-notes",
        "the control bucket refuses notes under S3's key",
        statement(
            "ControlPolicy",
            Effect="Deny",
            Principal="*",
            Action="s3:PutObject",
            Resource="@Control.Arn/*",
            Condition={"StringEquals": {"s3:x-amz-server-side-encryption": "AES256"}},
        ),
        "Control",
    ),
    *(
        faulty(
            "works-jobs",
            name,
            policy("ExecutionRole", drop(sid), part="faces"),
            "ExecutionRole",
        )
        for name, sid in _OF_A_JOB.items()
    ),
    faulty(
        "works-jobs",
        "a job pulls another image",
        policy(
            "ExecutionRole",
            put(
                "PullImages",
                "Resource",
                "arn:aws:ecr:us-east-1:123456789012:repository/another",
            ),
            part="faces",
        ),
        "ExecutionRole",
    ),
    faulty(
        "works-jobs",
        "a job's interfaces are elsewhere",
        policy(
            "ExecutionRole",
            value("LendInterfaces", "ArnEquals", "ec2:Subnet", _ELSEWHERE),
            part="faces",
        ),
        "ExecutionRole",
    ),
    faulty(
        "network-reaches-s3",
        "a model's group lets nothing out",
        prop(
            "NetworkContainerGroup",
            "SecurityGroupEgress",
            [{"CidrIp": "127.0.0.1/32", "IpProtocol": "-1"}],
        ),
        "Model",
    ),
    faulty(
        "network-groups",
        "a group has an empty list of what it lets out",
        prop("NetworkPeersGroup", "SecurityGroupEgress", []),
        "NetworkPeersGroup",
    ),
    faulty(
        "network-isolated", "a route is made by a call", _call("CreateRoute"), "WayOut"
    ),
    faulty(
        "network-isolated",
        "a group is opened by a call",
        _call("AuthorizeSecurityGroupEgress"),
        "WayOut",
    ),
    faulty(
        "network-isolated",
        "a route is made when a call is removed",
        _called_when_deleted,
        "NetworkCallsS3PrefixList",
    ),
    *(
        faulty(
            "roles-of-functions",
            name,
            statement("NetworkCallsRole", Effect="Allow", **given),
            "NetworkCallsRole",
        )
        for name, given in _NEVER_NEEDED.items()
    ),
    faulty(
        "roles-of-jobs",
        "a job has grants of access",
        statement(
            "ExecutionRole",
            "faces",
            Effect="Allow",
            Action="s3:GetDataAccess",
            Resource="*",
        ),
        "ExecutionRole",
    ),
    faulty(
        "roles-taken-by-services",
        "functions take a job's role",
        trust(
            "ExecutionRole",
            lambda d: d["Statement"][0].update(
                Principal={"Service": "lambda.amazonaws.com"}
            ),
            part="faces",
        ),
        "ExecutionRole",
    ),
    faulty(
        "roles-taken-by-services",
        "two services take one role",
        trust(
            "LauncherOnEventRole",
            lambda d: d["Statement"][0].update(
                Principal={"Service": ["lambda.amazonaws.com", "states.amazonaws.com"]}
            ),
            part=OPERATIONS,
        ),
        "LauncherOnEventRole",
    ),
    faulty(
        "endpoint-elsewhere",
        "the endpoint leads to a bucket whose name begins like ours",
        _beside_a_bucket,
        "NetworkEndpoint",
    ),
    faulty(
        "buckets-owned",
        "a service lets anybody into the control bucket",
        statement(
            "ControlPolicy",
            Effect="Allow",
            Principal={"Service": "logging.s3.amazonaws.com"},
            Action="s3:PutObject",
            Resource="@Control.Arn/*",
        ),
        "Control",
    ),
    faulty(
        "key-use",
        "any service decrypts",
        statement(
            "Key",
            Effect="Allow",
            Principal={"Service": "events.amazonaws.com"},
            Action="kms:Decrypt",
            Resource="*",
        ),
        "Key",
    ),
    faulty(
        "key-use",
        "all logs of the account use the key",
        policy(
            "Key",
            value(
                "LogGroups",
                "ArnLike",
                "kms:EncryptionContext:aws:logs:arn",
                "arn:aws:logs:us-east-1:123456789012:log-group:*",
            ),
        ),
        "Key",
    ),
    faulty(
        "key-use",
        "administrators replicate the key",
        statement(
            "Key",
            Effect="Allow",
            Principal={"AWS": "arn:aws:iam::123456789012:root"},
            Action="kms:ReplicateKey",
            Resource="*",
            Condition={
                "ArnLike": {
                    "aws:PrincipalArn": "arn:aws:iam::123456789012:role/"
                    "rehearsal-key-administrator"
                }
            },
        ),
        "Key",
    ),
    faulty(
        "works-repair",
        "the key is never removed",
        policy("Key", no_action("AccountAdministers", "kms:ScheduleKeyDeletion")),
        "Key",
    ),
    faulty(
        "works-repair",
        "a bucket's policy is never removed",
        statement(
            "InputsLock",
            Effect="Deny",
            Principal="*",
            Action="s3:DeleteBucketPolicy",
            Resource="@Inputs.Arn",
        ),
        "Inputs",
    ),
    faulty(
        "kept-versions",
        "earlier versions go before the declared time",
        declare(lambda it: it["retention"].update(noncurrent_versions_in_days=365)),
        "",
    ),
    faulty(
        "data-endpoint",
        "a statement is about half an ARN",
        policy("InputsLock", lambda d: d["Statement"][0].update(Resource="arn:aws:s3")),
        FOUNDATION,
    ),
)
