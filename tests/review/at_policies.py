"""Faults in the policies of buckets, endpoint and key, and in how they are written."""

from typing import Any

from tests.lock.mutants import action, drop, no_action, put, rename, value, without
from tests.review.draft import (
    FOUNDATION,
    OPERATIONS,
    Draft,
    add,
    all_of,
    attribute,
    declare,
    no_prop,
    policy,
    prop,
    remove,
    statement,
)
from tests.review.matrix import ARN, LOCK, ROLES, VPCE
from tests.review.mutant import Mutant, faulty

_ACCOUNT = "123456789012"
_ROOT = f"arn:aws:iam::{_ACCOUNT}:root"
_STRANGER = "arn:aws:iam::999999999999:root"
_BREAK_GLASS = f"{ROLES}/rehearsal-break-glass"
_UPLOADER = f"{ROLES}/rehearsal-uploader"


def _lock(*keys: Any) -> Any:
    """Give the lock of inputs one more condition."""
    return policy("InputsLock", value(LOCK, *keys))


def _section(name: str, content: Any) -> Any:
    def edit(draft: Draft) -> None:
        draft.templates[FOUNDATION][name] = content

    return edit


def _output(name: str, **attributes: Any) -> Any:
    return lambda draft: draft.templates[FOUNDATION]["Outputs"][name].update(attributes)


def _exempt(who: Any) -> Any:
    return policy("InputsLock", value(LOCK, "ArnNotLike", ARN, who))


_DATA: tuple[Mutant, ...] = (
    faulty(
        "data-endpoint",
        "the exempt are named with a wildcard",
        _exempt([_BREAK_GLASS, f"{ROLES}/rehearsal-upload*"]),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "the account's root is exempt",
        _exempt([_BREAK_GLASS, _UPLOADER, _ROOT]),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "the lock names who it is not for",
        policy(
            "InputsLock",
            rename(LOCK, "Principal", "NotPrincipal"),
            put(LOCK, "NotPrincipal", {"AWS": _ROOT}),
        ),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "the lock has a condition that is never true",
        _lock("StringEquals", "aws:PrincipalAccount", "000000000000"),
        "Inputs",
    ),
    faulty(
        "works-jobs",
        "the lock's condition is always true",
        policy("InputsLock", without(LOCK, "StringNotEquals", VPCE)),
        "ExecutionRole",
    ),
    faulty(
        "data-endpoint",
        "the lock is for requests that no service makes",
        _lock("Bool", "aws:ViaAWSService", "false"),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "the lock has a key that nobody knows",
        _lock("StringEquals", "aws:InventedKey", "1"),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "the lock ends one day",
        _lock("DateLessThan", "aws:CurrentTime", "2027-01-01T00:00:00Z"),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "the lock spares an address",
        _lock("NotIpAddress", "aws:SourceIp", "203.0.113.7/32"),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "the lock has an operator that nobody knows",
        _lock("StringInvents", "aws:SourceVpc", "vpc-1"),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "the exempt are told by a variable",
        _exempt([_BREAK_GLASS, f"{ROLES}/${{aws:PrincipalTag/team}}"]),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "the exempt are told by a parameter that is resolved later",
        _exempt([_BREAK_GLASS, f"{ROLES}/{{{{resolve:ssm:/exempt}}}}"]),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "the exempt are chosen with Fn::If",
        _exempt({"Fn::If": ["Loose", f"{ROLES}/*", _BREAK_GLASS]}),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "the exempt are told by a parameter",
        all_of(
            lambda draft: draft.templates[FOUNDATION]["Parameters"].update(
                Exempt={"Type": "String", "Default": f"{ROLES}/*"}
            ),
            _exempt({"Ref": "Exempt"}),
        ),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "the exempt are told by a function that nobody knows",
        _exempt({"Fn::Invents": ["everybody"]}),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "the policy of inputs is for outputs",
        prop("InputsLock", "Bucket", {"Ref": "Outputs649C2C89"}),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "nobody can tell whose policy the lock of inputs is",
        prop("InputsLock", "Bucket", {"Fn::Select": [0, {"Fn::GetAZs": ""}]}),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "a bucket has two policies",
        add(
            "Second",
            "AWS::S3::BucketPolicy",
            Bucket="@Inputs",
            PolicyDocument={
                "Version": "2012-10-17",
                "Statement": [
                    {
                        "Effect": "Allow",
                        "Principal": "*",
                        "Action": "s3:*",
                        "Resource": "@Inputs.Arn/*",
                    }
                ],
            },
        ),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "a bucket's policy depends on a condition",
        attribute("InputsLock", "Condition", "Locked"),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "the name of a bucket depends on a condition",
        all_of(
            _section("Conditions", {"Locked": {"Fn::Equals": ["a", "b"]}}),
            _output("InputsBucket", Condition="Locked"),
        ),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "a macro rewrites the template",
        _section("Transform", ["AWS::Include"]),
        FOUNDATION,
    ),
    faulty(
        "data-endpoint",
        "a nested stack",
        add("Nested", "AWS::CloudFormation::Stack", TemplateURL="https://a.example/t"),
        FOUNDATION,
    ),
    faulty(
        "network-isolated",
        "a macro writes a subnet",
        lambda draft: draft.body("NetworkSubnet1").update(
            Properties={"Fn::Transform": {"Name": "AWS::Include", "Parameters": {}}}
        ),
        "NetworkSubnet1",
    ),
    faulty(
        "data-endpoint",
        "another endpoint is in the list and in no declaration",
        policy(
            "InputsLock",
            lambda d: d["Statement"][3]["Condition"]["StringNotEquals"][VPCE].append(
                "vpce-0fedcba9876543210"
            ),
        ),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "access points are let in",
        policy("OutputsLock", drop("NoAccessPoints")),
        "Outputs",
    ),
    faulty(
        "data-endpoint",
        "signed links work for who is exempt",
        policy("InputsLock", drop("NoLinksFromOutside")),
        "Inputs",
    ),
    faulty(
        "data-encryption",
        "keys of customers are accepted",
        policy("OutputsLock", drop("NoCustomerProvidedKey")),
        "Outputs",
    ),
    faulty(
        "data-tls",
        "nothing asks for TLS",
        policy("ModelsLock", drop("TlsOnly")),
        "Models",
    ),
    faulty(
        "data-account",
        "services enter, whoever sent them",
        policy("ModelsLock", drop("OnlyThisAccount")),
        "Models",
    ),
    faulty(
        "data-management",
        "deployments touch objects",
        policy("InputsLock", drop("DeploymentOnlyManages")),
        "Inputs",
        base="everything",
    ),
    faulty(
        "access",
        "management is not locked any more, and the file says so",
        all_of(
            declare(lambda content: content.update(lock_management=False)),
            policy("InputsLock", drop("OnlyDeploymentManages")),
        ),
        "InputsLock",
        severity="medium",
        rule="access-more",
        base="everything",
    ),
    faulty(
        "works-jobs",
        "the endpoint is for the account, which is its root user alone there",
        policy("NetworkEndpoint", put("Read", "Principal", {"AWS": _ROOT})),
        FOUNDATION,
    ),
    faulty(
        "works-jobs",
        "the endpoint is for an account by its number",
        policy("NetworkEndpoint", put("Read", "Principal", {"AWS": [_ACCOUNT]})),
        FOUNDATION,
    ),
    faulty(
        "endpoint-elsewhere",
        "the endpoint is for nobody in particular",
        policy("NetworkEndpoint", lambda d: d["Statement"][1].pop("Principal")),
        FOUNDATION,
    ),
    faulty(
        "data-through",
        "the endpoint lets objects be deleted",
        policy("NetworkEndpoint", action("JobsWriteOutputs", "s3:DeleteObject")),
        "Outputs",
    ),
    faulty(
        "data-through",
        "everybody writes outputs through the endpoint",
        policy("NetworkEndpoint", without("JobsWriteOutputs", "ArnLike", ARN)),
        "Outputs",
    ),
    faulty(
        "endpoint-elsewhere",
        "the endpoint has no policy",
        no_prop("NetworkEndpoint", "PolicyDocument"),
        "NetworkEndpoint",
    ),
    faulty(
        "endpoint-elsewhere",
        "a second statement allows everything",
        statement(
            "NetworkEndpoint",
            Effect="Allow",
            Principal="*",
            Action="*",
            Resource="*",
        ),
        "NetworkEndpoint",
    ),
    faulty(
        "endpoint-elsewhere",
        "artifacts are read from the whole bucket",
        policy(
            "NetworkEndpoint",
            put("ReadArtifacts1", "Resource", "arn:aws:s3:::another-bucket/*"),
        ),
        "NetworkEndpoint",
        base="everything",
    ),
    faulty(
        "endpoint-elsewhere",
        "everybody reads artifacts elsewhere",
        policy("NetworkEndpoint", without("ReadArtifacts1", "ArnLike", ARN)),
        "NetworkEndpoint",
        base="everything",
    ),
    faulty(
        "works-jobs",
        "jobs cannot write through the endpoint",
        policy("NetworkEndpoint", drop("JobsWriteOutputs")),
        "ExecutionRole",
    ),
    faulty(
        "works-jobs",
        "jobs cannot read manifests through the endpoint",
        policy("NetworkEndpoint", drop("ReadManifests")),
        "ExecutionRole",
        base="everything",
    ),
    faulty(
        "works-jobs",
        "jobs cannot list through the endpoint",
        policy("NetworkEndpoint", no_action("List", "s3:ListBucket")),
        "ExecutionRole",
    ),
    faulty(
        "works-duties",
        "the exempt uploader is mistyped",
        policy(
            "InputsLock",
            value(LOCK, "ArnNotLike", ARN, [_BREAK_GLASS, f"{ROLES}/uploader"]),
        ),
        "uploaders",
    ),
)
_KEY: tuple[Mutant, ...] = (
    faulty(
        "key-use",
        "everybody of the account uses the key",
        policy("Key", without("DataThroughS3", "ArnLike", ARN)),
        "Key",
    ),
    faulty(
        "key-use",
        "everybody who reads lends the key",
        policy("Key", action("DataThroughS3", "kms:CreateGrant")),
        "Key",
    ),
    faulty(
        "key-use",
        "administrators decrypt",
        policy("Key", action("AccountAdministers", "kms:Decrypt")),
        "Key",
    ),
    faulty(
        "key-use",
        "everybody administers the key",
        policy("Key", drop("OnlyAdministratorsAdminister")),
        "Key",
    ),
    faulty(
        "key-use",
        "another account decrypts",
        statement(
            "Key",
            Effect="Allow",
            Principal={"AWS": _STRANGER},
            Action="kms:Decrypt",
            Resource="*",
        ),
        "Key",
    ),
    faulty(
        "key-use",
        "a federated user decrypts",
        statement(
            "Key",
            Effect="Allow",
            Principal={"Federated": "cognito-identity.amazonaws.com"},
            Action="kms:Decrypt",
            Resource="*",
        ),
        FOUNDATION,
    ),
    faulty(
        "key-settings",
        "the key is for several regions",
        prop("Key", "MultiRegion", True),
        "Key",
    ),
    faulty("key-settings", "the key is off", prop("Key", "Enabled", False), "Key"),
    faulty(
        "key-settings",
        "the key's material is imported",
        prop("Key", "Origin", "EXTERNAL"),
        "Key",
    ),
    faulty(
        "works-jobs",
        "the key keeps jobs out",
        policy(
            "Key",
            value("DataThroughS3", "ArnLike", ARN, [_BREAK_GLASS, _UPLOADER]),
            drop("JobsUseTheKey"),
        ),
        "ExecutionRole",
    ),
    faulty(
        "works-jobs",
        "volumes cannot borrow the key",
        policy("Key", drop("JobsLendItToTheirVolumes")),
        "ExecutionRole",
    ),
    faulty(
        "works-repair",
        "CloudFormation may not put the key's policy",
        policy("Key", no_action("AccountAdministers", "kms:PutKeyPolicy")),
        "Key",
    ),
)
_BUCKETS: tuple[Mutant, ...] = (
    faulty(
        "buckets-known",
        "a bucket without a policy",
        add("Shared", "AWS::S3::Bucket"),
        "Shared",
    ),
    faulty(
        "buckets-known",
        "an access point",
        add("Point", "AWS::S3::AccessPoint", Bucket="@Outputs"),
        "Point",
    ),
    faulty(
        "buckets-known",
        "a directory bucket",
        add(
            "Fast",
            "AWS::S3Express::DirectoryBucket",
            DataRedundancy="SingleAvailabilityZone",
            LocationName="use1-az4",
        ),
        "Fast",
    ),
    faulty(
        "buckets-not-public",
        "policies may make a bucket public",
        prop("Outputs", "PublicAccessBlockConfiguration", "BlockPublicPolicy", False),
        "Outputs",
    ),
    faulty(
        "buckets-not-public",
        "who writes an object owns it",
        prop(
            "Inputs",
            "OwnershipControls",
            "Rules",
            [{"ObjectOwnership": "ObjectWriter"}],
        ),
        "Inputs",
    ),
    faulty(
        "buckets-not-public",
        "outputs are replicated",
        prop(
            "Outputs",
            "ReplicationConfiguration",
            {
                "Role": f"{ROLES}/replication",
                "Rules": [
                    {
                        "Status": "Enabled",
                        "Prefix": "",
                        "Destination": {"Bucket": "arn:aws:s3:::elsewhere"},
                    }
                ],
            },
        ),
        "Outputs",
    ),
    faulty(
        "buckets-not-public",
        "outputs are a website",
        prop("Outputs", "WebsiteConfiguration", {"IndexDocument": "index.html"}),
        "Outputs",
    ),
    faulty(
        "buckets-not-public",
        "a list of outputs goes to another bucket",
        prop(
            "Outputs",
            "InventoryConfigurations",
            [
                {
                    "Id": "all",
                    "Enabled": True,
                    "IncludedObjectVersions": "All",
                    "ScheduleFrequency": "Daily",
                    "Destination": {
                        "BucketArn": "arn:aws:s3:::elsewhere",
                        "Format": "CSV",
                    },
                }
            ],
        ),
        "Outputs",
    ),
    faulty(
        "buckets-not-public",
        "another account's function hears of every output",
        prop(
            "Outputs",
            "NotificationConfiguration",
            {
                "LambdaConfigurations": [
                    {
                        "Event": "s3:ObjectCreated:*",
                        "Function": "arn:aws:lambda:us-east-1:999999999999:function:f",
                    }
                ]
            },
        ),
        "Outputs",
    ),
    faulty(
        "buckets-encrypted",
        "the control bucket has no encryption",
        no_prop("Control", "BucketEncryption"),
        "Control",
    ),
    faulty(
        "buckets-encrypted",
        "a bucket encrypts with a key of others",
        prop(
            "Inputs",
            "BucketEncryption",
            "ServerSideEncryptionConfiguration",
            0,
            "ServerSideEncryptionByDefault",
            "KMSMasterKeyID",
            "arn:aws:kms:us-east-1:999999999999:key/theirs",
        ),
        "Inputs",
    ),
    faulty("buckets-tls", "logs without TLS", remove("LogsPolicy"), "Logs"),
    faulty(
        "access",
        "the control bucket accepts TLS 1.0",
        policy("ControlPolicy", lambda d: d["Statement"].pop(1)),
        "ControlPolicy",
        severity="medium",
        rule="access-more",
    ),
    faulty(
        "buckets-owned",
        "everybody reads the control bucket",
        statement(
            "ControlPolicy",
            Effect="Allow",
            Principal="*",
            Action="s3:GetObject",
            Resource="@Control.Arn/*",
        ),
        "Control",
    ),
    faulty(
        "buckets-owned",
        "another account writes logs",
        statement(
            "LogsPolicy",
            Effect="Allow",
            Principal={"AWS": _STRANGER},
            Action="s3:PutObject",
            Resource="@Logs.Arn/*",
        ),
        "Logs",
    ),
)
_MESSAGES: tuple[Mutant, ...] = (
    faulty(
        "messages-ours",
        "everybody hears of ended jobs",
        statement(
            "StateChangesTopicPolicy",
            OPERATIONS,
            Effect="Allow",
            Principal="*",
            Action="sns:Subscribe",
            Resource="@StateChangesTopic",
        ),
        "StateChangesTopicPolicy",
    ),
    faulty(
        "messages-ours",
        "everybody sends messages of ended jobs",
        statement(
            "StateChangesEndedPolicy",
            OPERATIONS,
            Effect="Allow",
            Principal="*",
            Action="sqs:SendMessage",
            Resource="@StateChangesEnded.Arn",
        ),
        "StateChangesEndedPolicy",
    ),
    faulty(
        "access",
        "somebody else is told of ended jobs",
        add(
            "Elsewhere",
            "AWS::SNS::Subscription",
            OPERATIONS,
            TopicArn="@StateChangesTopic",
            Protocol="https",
            Endpoint="https://a.example/hook",
        ),
        "Elsewhere",
        severity="medium",
        rule="access-",
    ),
    faulty(
        "messages-ours",
        "the topic is not encrypted",
        no_prop("StateChangesTopic", "KmsMasterKeyId", part=OPERATIONS),
        "StateChangesTopic",
    ),
    faulty(
        "data",
        "the network's log is not encrypted with our key",
        no_prop("FlowLogs", "KmsKeyId"),
        "FlowLogs",
        severity="medium",
        rule="setting-matters",
    ),
)
AT_POLICIES = (*_DATA, *_KEY, *_BUCKETS, *_MESSAGES)
