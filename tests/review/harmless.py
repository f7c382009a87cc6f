"""Changes that are none, or that allow less: a review must not cry wolf over them."""

from typing import Any

from tests.lock.mutants import drop, no_action, operator, put, value
from tests.review.at_names import JOB
from tests.review.draft import (
    FOUNDATION,
    OPERATIONS,
    Draft,
    add,
    all_of,
    attribute,
    code,
    declare,
    no_prop,
    policy,
    prop,
    statement,
    trust,
)
from tests.review.matrix import ARN, LOCK, ROLES
from tests.review.mutant import Mutant, harmless

_BREAK_GLASS = f"{ROLES}/rehearsal-break-glass"
_UPLOADER = f"{ROLES}/rehearsal-uploader"
_COMPLETE = "LauncherIsCompleteRole"
_GROUPS = "arn:aws:logs:us-east-1:123456789012:log-group"


def _ports_as_texts(draft: Draft) -> None:
    (rule,) = draft.properties("NetworkContainerGroup")["SecurityGroupEgress"]
    rule.update(FromPort="443", ToPort="443")


def _egress_apart(draft: Draft) -> None:
    group = draft.properties("NetworkContainerGroup")
    (rule,) = group["SecurityGroupEgress"]
    nothing = draft.properties("NetworkPeersGroup")["SecurityGroupEgress"]
    group["SecurityGroupEgress"] = nothing
    owner = {"GroupId": "@NetworkContainerGroup.GroupId"}
    add("Apart", "AWS::EC2::SecurityGroupEgress", **{**rule, **owner})(draft)


def _by_action(sid: str) -> Any:
    """One statement for each action of one."""

    def change(document: Any) -> None:
        index = [each["Sid"] for each in document["Statement"]].index(sid)
        found = document["Statement"].pop(index)
        document["Statement"] += [
            {**found, "Sid": f"{sid}{number}", "Action": [action]}
            for number, action in enumerate(found["Action"])
        ]

    return change


def _written_out(sid: str) -> Any:
    """A list of one is written as the one, and a list of several backwards."""

    def change(document: Any) -> None:
        for each in document["Statement"]:
            if each["Sid"] == sid:
                for key in ("Action", "NotAction", "Resource"):
                    if isinstance(each.get(key), list):
                        listed = each[key][::-1]
                        each[key] = listed[0] if len(listed) == 1 else listed

    return change


def _by_value(document: Any) -> None:
    """A deny for each of two exempt roles' absence is one for both."""
    for each in document["Statement"]:
        if each["Sid"] == LOCK:
            each["Condition"]["ArnNotLike"][ARN].reverse()


def _twice(document: Any) -> None:
    document["Statement"].append(dict(document["Statement"][0]))


def _joined_otherwise(draft: Draft) -> None:
    for each in draft.document("InputsLock")["Statement"]:
        if each["Sid"] == LOCK:
            name = draft.logical_id("Inputs")
            each["Resource"] = [
                {"Fn::Sub": f"${{{name}.Arn}}"},
                {"Fn::Sub": f"${{{name}.Arn}}/*"},
            ]


def _selected(draft: Draft) -> None:
    bucket = draft.properties("InputsLock")["Bucket"]
    draft.properties("InputsLock")["Bucket"] = {"Fn::Select": [0, [bucket]]}


def _split_from_its_arn(draft: Draft) -> None:
    parts = {"Fn::Split": [":", draft.arn("Inputs")]}
    draft.properties("InputsLock")["Bucket"] = {"Fn::Select": [5, parts]}


def _in_another_order(draft: Draft) -> None:
    resources = draft.templates[FOUNDATION]["Resources"]
    draft.templates[FOUNDATION]["Resources"] = dict(reversed(resources.items()))
    draft.templates[FOUNDATION]["Outputs"]["More"] = {"Value": "nothing"}


def _uploader_stays_inside(draft: Draft) -> None:
    (person,) = draft.declared()["people"]["uploaders"]
    del person["outside"]
    for name in ("ModelsLock", "InputsLock"):
        document = draft.document(name)
        value(LOCK, "ArnNotLike", ARN, [_BREAK_GLASS])(document)
        drop("UploadersWriteOnly")(document)


def _less_of_the_journal(draft: Draft) -> None:
    for each in draft.document("LauncherOnEventRole", OPERATIONS)["Statement"]:
        if each["Sid"] == "KeepTheJournal":
            each["Resource"][0]["Fn::Join"][1][1] = "/requests/rehearsal-*"


def _protected(draft: Draft) -> None:
    draft.protection[FOUNDATION] = True


def _refused_otherwise(document: dict[str, Any]) -> None:
    for each in document["Statement"]:
        if each.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}:
            each.update(
                Action="S3:*",
                Principal="*",
                Resource="*",
                Condition={"Bool": {"AWS:SecureTransport": False}},
            )


_BLOCKED = (
    "BlockPublicAcls",
    "BlockPublicPolicy",
    "IgnorePublicAcls",
    "RestrictPublicBuckets",
)

EQUIVALENT: tuple[Mutant, ...] = (
    *harmless(
        "equivalent",
        "data-endpoint",
        {
            "the lock, if the key exists or not": policy(
                "InputsLock",
                operator(LOCK, "StringNotEquals", "StringNotEqualsIfExists"),
            ),
            "the account, if the key exists or not": policy(
                "InputsLock",
                operator(
                    "OnlyThisAccount", "StringNotEquals", "StringNotEqualsIfExists"
                ),
            ),
            "the exempt compared exactly, in another order": policy(
                "InputsLock",
                operator(LOCK, "ArnNotLike", "ArnNotEquals"),
                value(LOCK, "ArnNotEquals", ARN, [_UPLOADER, _BREAK_GLASS]),
            ),
            "the exempt in another order": policy("InputsLock", _by_value),
            "statements in another order": policy(
                "InputsLock", lambda d: d["Statement"].reverse()
            ),
            "actions in another order": policy("InputsLock", _written_out(LOCK)),
            "one value in place of a list of one": policy(
                "NetworkEndpoint", _written_out("JobsWriteOutputs")
            ),
            "a statement for each action": policy(
                "NetworkEndpoint", _by_action("Read")
            ),
            "a statement twice": policy("OutputsLock", _twice),
            "another Sid": policy("InputsLock", put(LOCK, "Sid", "OnlyInside")),
            "everybody as a mapping": policy(
                "InputsLock", put(LOCK, "Principal", {"AWS": "*"})
            ),
            "a wildcard that names one action": policy(
                "NetworkEndpoint",
                put(
                    "List",
                    "Action",
                    [
                        "s3:GetBucketLocation",
                        "s3:ListBucket",
                        "s3:ListBucketMultipartUpload?",
                    ],
                ),
            ),
            "an action in lower case": policy(
                "NetworkEndpoint", put("ReadManifests", "Action", "s3:getobject")
            ),
            "an ARN written with Fn::Sub": _joined_otherwise,
            "a name written with Fn::Select": _selected,
            "a name split from an ARN": _split_from_its_arn,
            "TLS told by a truth": policy(
                "InputsLock",
                value("TlsOnly", "Bool", "aws:SecureTransport", False),
            ),
            "TLS told by a number": policy(
                "InputsLock",
                value("Tls12OrNewer", "NumericLessThan", "s3:TlsVersion", 1.2),
            ),
            "resources in another order, and an output": _in_another_order,
        },
    ),
    *harmless(
        "equivalent",
        "buckets-not-public",
        {
            "public access is blocked, written as text": prop(
                "Inputs",
                "PublicAccessBlockConfiguration",
                dict.fromkeys(_BLOCKED, "true"),
            ),
            "rotation, written as text": prop("Key", "EnableKeyRotation", "true"),
        },
    ),
    *harmless(
        "equivalent",
        "buckets-tls",
        {
            "plain HTTP is refused in other words": policy(
                "ControlPolicy", _refused_otherwise
            ),
        },
    ),
    *harmless(
        "equivalent",
        "key-use",
        {
            "the key's statement for each action": policy(
                "Key", _by_action("DataThroughS3")
            ),
            "an administration that is named twice": policy(
                "Key", lambda d: d["Statement"][1]["Action"].append("kms:PutKeyPolicy")
            ),
        },
    ),
    *harmless(
        "equivalent",
        "roles-of-functions",
        {
            "a role's description": prop(
                _COMPLETE, "Description", "goes on", part=OPERATIONS
            ),
            "a role's trust as a list": trust(
                _COMPLETE,
                lambda d: d["Statement"][0].update(Action=["sts:AssumeRole"]),
                part=OPERATIONS,
            ),
            "an interface of a group named by the service alone": trust(
                _COMPLETE,
                lambda d: d["Statement"][0].update(
                    Principal={"Service": ["lambda.amazonaws.com"]}
                ),
                part=OPERATIONS,
            ),
        },
    ),
    *harmless(
        "equivalent",
        "code",
        {
            "the same code under another name": code(
                "handlers/start.py", "import Callable", "import Callable"
            ),
        },
    ),
    *harmless(
        "equivalent",
        "network-groups",
        {
            "a rule's description": prop(
                "NetworkToPeers", "Description", "Instances of the same job"
            ),
            "a subnet without what is the default": no_prop(
                "NetworkSubnet1", "MapPublicIpOnLaunch"
            ),
            "a tag of a subnet": prop(
                "NetworkSubnet1", "Tags", 1, {"Key": "team", "Value": "ml"}
            ),
        },
    ),
    *harmless(
        "equivalent",
        "data",
        {
            "a tag of a bucket": prop(
                "Models", "Tags", [{"Key": "team", "Value": "ml"}]
            ),
            "a bucket names the key by its id": prop(
                "Models",
                "BucketEncryption",
                "ServerSideEncryptionConfiguration",
                0,
                "ServerSideEncryptionByDefault",
                "KMSMasterKeyID",
                {"Ref": "Key961B73FD"},
            ),
            "the key's description": prop("Key", "Description", "Another"),
            "an alarm tells one more": prop(
                "AlarmFailed",
                "AlarmActions",
                1,
                "arn:aws:sns:us-east-1:123456789012:more",
                part="faces",
            ),
            "an alarm is on, in words": prop(
                "AlarmFailed", "ActionsEnabled", True, part="faces"
            ),
            "a tag of a stack": lambda draft: draft.deployment.update(
                {FOUNDATION: {"tags": {"team": "ml"}}}
            ),
            "uploads that were given up go sooner": prop(
                "Models",
                "LifecycleConfiguration",
                "Rules",
                1,
                {
                    "Id": "sooner",
                    "Status": "Enabled",
                    "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                },
            ),
            "a rule that is off": prop(
                "Models",
                "LifecycleConfiguration",
                "Rules",
                1,
                {"Id": "off", "Status": "Disabled", "ExpirationInDays": 1},
            ),
            "an alarm": add(
                "Alarm",
                "AWS::CloudWatch::Alarm",
                OPERATIONS,
                ComparisonOperator="GreaterThanThreshold",
                EvaluationPeriods=1,
            ),
        },
    ),
)
TIGHTENING: tuple[Mutant, ...] = (
    *harmless(
        "tightening",
        "network-groups",
        {"what a group lets out is a resource of its own": _egress_apart},
    ),
    *harmless(
        "tightening",
        "access",
        {
            "nobody deletes inputs": statement(
                "InputsLock",
                Effect="Deny",
                Principal="*",
                Action="s3:DeleteObject*",
                Resource="@Inputs.Arn/*",
            ),
            "the ports of a rule are texts": _ports_as_texts,
            "the lock spares an action less": policy(
                "InputsLock", no_action(LOCK, "s3:GetBucketWebsite")
            ),
            "uploads through the endpoint go to inputs alone, in parts": policy(
                "NetworkEndpoint",
                no_action("OthersUpload", "s3:ListMultipartUploadParts"),
            ),
            "the endpoint lets the one job write, known by its name": policy(
                "NetworkEndpoint",
                value("JobsWriteOutputs", "ArnLike", ARN, f"{JOB}-*"),
            ),
            "the launcher makes models of this transform alone": policy(
                _COMPLETE,
                put(
                    "CreateModelsInOurNetwork",
                    "Resource",
                    "arn:aws:sagemaker:us-east-1:123456789012:model/rehearsal-faces-*",
                ),
                part=OPERATIONS,
            ),
            "the launcher's journal is smaller": _less_of_the_journal,
            "logs use the key for the groups of both stacks alone": policy(
                "Key",
                value(
                    "LogGroups",
                    "ArnLike",
                    "kms:EncryptionContext:aws:logs:arn",
                    [
                        f"{_GROUPS}:rehearsal-foundation-*",
                        f"{_GROUPS}:rehearsal-operations-*",
                        f"{_GROUPS}:/aws/sagemaker/TransformJobs",
                    ],
                ),
            ),
            "no person deletes inputs": statement(
                "InputsLock",
                Effect="Deny",
                Principal="*",
                Action="s3:DeleteObject*",
                Resource="@Inputs.Arn/*",
                Condition={"Bool": {"aws:PrincipalIsAWSService": "false"}},
            ),
            "a role gets a boundary": prop(
                _COMPLETE,
                "PermissionsBoundary",
                "arn:aws:iam::123456789012:policy/boundary",
                part=OPERATIONS,
            ),
        },
    ),
    *harmless(
        "tightening",
        "leaves",
        {
            "an uploader has no leave any more": _uploader_stays_inside,
            "images come from one registry": declare(
                lambda it: it["limits"].update(
                    registries=["123456789012.dkr.ecr.us-east-1.amazonaws.com"]
                )
            ),
            "jobs have two instances at most": declare(
                lambda it: it["limits"].update(max_instance_count=2)
            ),
        },
    ),
    *harmless(
        "tightening",
        "data",
        {
            "a bucket outlives its stack": all_of(
                attribute("Models", "DeletionPolicy", "Retain"),
                attribute("Models", "UpdateReplacePolicy", "Retain"),
            ),
            "a log is kept longer": prop("FlowLogs", "RetentionInDays", 731),
            "earlier versions are kept longer": prop(
                "Models",
                "LifecycleConfiguration",
                "Rules",
                0,
                "NoncurrentVersionExpiration",
                {"NoncurrentDays": 365},
            ),
            "the key is renewed more often": prop("Key", "RotationPeriodInDays", 90),
            "a stack may not be deleted": _protected,
            "a stack's log group outlives it": attribute(
                "FunctionsA42B252F", "DeletionPolicy", "Retain", OPERATIONS
            ),
        },
    ),
    *harmless(
        "tightening",
        "data",
        {
            "a deleted key waits for longer": prop("Key", "PendingWindowInDays", 30),
        },
        base="everything",
    ),
)
