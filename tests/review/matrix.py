"""The faults on which tools of all kinds were compared, in this project's templates."""

from tests.lock.mutants import action, drop, operator, resource, value
from tests.lock.mutants import condition_key as renamed_key
from tests.review.draft import (
    add,
    all_of,
    attribute,
    no_prop,
    policy,
    prop,
    remove,
    statement,
    trust,
)
from tests.review.mutant import Mutant, faulty

LOCK = "OnlyThroughTheEndpoint"
VPCE = "aws:SourceVpce"
ARN = "aws:PrincipalArn"
ROLES = "arn:aws:iam::123456789012:role"


def _open_trust(document: dict[str, object]) -> None:
    document["Statement"] = [
        {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}
    ]


MATRIX: tuple[Mutant, ...] = (
    faulty("data-endpoint", "the lock is gone", policy("InputsLock", drop(LOCK)), "In"),
    faulty(
        "data-endpoint",
        "break-glass is every role",
        policy("InputsLock", value(LOCK, "ArnNotLike", ARN, [f"{ROLES}/*"])),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "the lock is on the inputs bucket and not on its objects",
        policy("InputsLock", resource(LOCK, 0)),
        "Inputs",
    ),
    faulty(
        "data-endpoint",
        "the lock lets objects be read",
        policy("InputsLock", action(LOCK, "s3:GetObject")),
        "Inputs",
    ),
    faulty(
        "works-jobs",
        "the lock asks for aws:SourceVpc",
        policy(
            "InputsLock",
            renamed_key(LOCK, "StringNotEquals", VPCE, "aws:SourceVpc"),
        ),
        "ExecutionRole",
    ),
    faulty(
        "data-endpoint",
        "the lock of inputs is turned round",
        policy("InputsLock", operator(LOCK, "StringNotEquals", "StringEquals")),
        "Inputs",
    ),
    faulty(
        "endpoint-elsewhere",
        "any bucket is read through the endpoint",
        policy("NetworkEndpoint", lambda d: d["Statement"][1].update(Resource="*")),
        "NetworkEndpoint",
    ),
    faulty(
        "network-groups",
        "containers reach everything",
        prop(
            "NetworkContainerGroup",
            "SecurityGroupEgress",
            1,
            {"CidrIp": "0.0.0.0/0", "IpProtocol": "-1"},
        ),
        "NetworkContainerGroup",
    ),
    faulty(
        "network-isolated",
        "an internet gateway and a route to it",
        all_of(
            add("Gateway", "AWS::EC2::InternetGateway"),
            add(
                "Attachment",
                "AWS::EC2::VPCGatewayAttachment",
                VpcId="@NetworkVpc",
                InternetGatewayId="@Gateway",
            ),
            add(
                "Default",
                "AWS::EC2::Route",
                RouteTableId="@NetworkRoutes",
                DestinationCidrBlock="0.0.0.0/0",
                GatewayId="@Gateway",
            ),
        ),
        "Default",
    ),
    faulty(
        "roles-of-jobs",
        "a job may do everything with S3",
        statement(
            "ExecutionRole", "faces", Effect="Allow", Action="s3:*", Resource="*"
        ),
        "ExecutionRole",
    ),
    faulty(
        "roles-of-jobs",
        "a job decrypts with any key",
        statement(
            "ExecutionRole", "faces", Effect="Allow", Action="kms:Decrypt", Resource="*"
        ),
        "ExecutionRole",
    ),
    faulty(
        "buckets-not-public",
        "a bucket's public access is not blocked",
        no_prop("Models", "PublicAccessBlockConfiguration"),
        "Models",
    ),
    faulty(
        "buckets-encrypted",
        "a bucket encrypts with S3's key",
        prop(
            "Models",
            "BucketEncryption",
            "ServerSideEncryptionConfiguration",
            [{"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}],
        ),
        "Models",
    ),
    faulty(
        "kept-data",
        "a bucket is deleted with its stack",
        attribute("Models", "DeletionPolicy", "Delete"),
        "Models",
        base="everything",
    ),
    faulty("network-logged", "no flow log", remove("NetworkFlowLog"), "NetworkVpc"),
    faulty(
        "key-use",
        "everybody may do everything with the key",
        statement("Key", Effect="Allow", Principal="*", Action="kms:*", Resource="*"),
        "Key",
    ),
    faulty(
        "roles-taken-by-services",
        "everybody may take a job's role",
        trust("ExecutionRole", _open_trust, part="faces"),
        "ExecutionRole",
    ),
    faulty(
        "models-placed",
        "a model has no network and is not isolated",
        all_of(
            no_prop("Model", "Request", "VpcConfig", part="faces"),
            prop("Model", "Request", "EnableNetworkIsolation", False, part="faces"),
        ),
        "Model",
    ),
    faulty(
        "network-isolated",
        "a subnet gives public addresses",
        prop("NetworkSubnet1", "MapPublicIpOnLaunch", True),
        "NetworkSubnet1",
    ),
    faulty(
        "key-settings",
        "the key does not rotate",
        prop("Key", "EnableKeyRotation", False),
        "Key",
    ),
    faulty(
        "access",
        "a bucket's policy lets everybody of the account in",
        statement(
            "InputsLock",
            Effect="Allow",
            Principal="*",
            Action="s3:GetObject",
            Resource="@Inputs.Arn/*",
        ),
        "InputsLock",
        severity="medium",
        rule="access-more",
    ),
    faulty("data-endpoint", "a bucket has no policy", remove("InputsLock"), "Inputs"),
    faulty(
        "data",
        "a bucket gets another name",
        prop("Inputs", "BucketName", "inputs-of-the-team"),
        "Inputs",
        rule="data-replaced",
    ),
)
"""Twenty-three; the twenty-fourth, the lock with IfExists, is no fault."""
