"""The identity policies of people: what each duty needs, and no more."""

from collections.abc import Sequence

from private_transform.handlers.contract import ARRIVALS, OUTCOMES, SHARDS
from private_transform.lock.buckets import ATHENA
from private_transform.lock.kms_actions import ADMINISTER as ADMINISTER_KEY
from private_transform.lock.kms_actions import SETTINGS as KEY_SETTINGS
from private_transform.lock.kms_actions import kms_actions
from private_transform.lock.perimeter import Buckets
from private_transform.lock.policy import Condition, Document, Statement, document
from private_transform.lock.s3_actions import FETCH, LIST, READ, WRITE, s3_actions


def duty_policies(
    buckets: Buckets,
    *,
    logs: str,
    key_arn: str,
    region: str,
    workgroup: str,
    catalogue: Sequence[str],
    query_prefix: str,
) -> dict[str, Document]:
    """Say what each duty may do, under the names that the environment file uses.

    `uploaders` put models and inputs and see what lies there, and cannot open it. They
    put lists of inputs for which a run begins, and see nothing of the bucket for them.
    `readers` get outputs. `analysts` query outputs and how runs ended: Athena reads
    them with the analyst's rights, which are for Athena alone, so that none of it is
    read in another way. `key_administrators` manage the key and never use it.
    `break_glass` reads and lists the data, the runs' evidence and the audit trail:
    the key's policy opens these to nobody else.

    From where they may do so is decided by the buckets' policies.

    Args:
        buckets: ARNs of the data buckets and of the one with the evidence.
        logs: ARN of the bucket with the trail.
        key_arn: The environment's key.
        region: The environment's region.
        workgroup: ARN of the workgroup of queries.
        catalogue: ARNs of the catalogue, the database and its tables.
        query_prefix: Where in the outputs bucket Athena writes results.
    """
    uploads = [buckets.models, buckets.inputs]
    outputs = [buckets.outputs]
    everything = [*buckets.data, buckets.control, logs]

    def through_s3(action: list[str], bucket_arns: list[str]) -> Statement:
        context = [*bucket_arns, *_objects(bucket_arns)]
        return {
            **_allow("UseTheKeyThroughS3", action, [key_arn]),
            "Condition": {
                "StringEquals": {"kms:ViaService": f"s3.{region}.amazonaws.com"},
                "StringLike": {"kms:EncryptionContext:aws:s3:arn": context},
            },
        }

    uploaders = [
        _allow("SeeUploads", s3_actions(_BROWSE, _UPLOADS_IN_PROGRESS), uploads),
        _allow("Upload", s3_actions(WRITE), _objects(uploads)),
        _allow(
            "BeginRuns",
            ["s3:PutObject"],
            [f"{buckets.control}/{each}*" for each in (ARRIVALS, SHARDS)],
        ),
        # S3 decrypts the parts when a multipart upload completes.
        through_s3(["kms:Decrypt", "kms:GenerateDataKey"], [*uploads, buckets.control]),
    ]
    readers = [
        _allow("SeeOutputs", s3_actions(_BROWSE), outputs),
        _allow("GetOutputs", s3_actions(FETCH), _objects(outputs)),
        through_s3(["kms:Decrypt"], outputs),
    ]
    analysts = [
        _allow("Query", _QUERY, [workgroup]),
        _allow("FindTheWorkgroup", ["athena:ListWorkGroups"], ["*"]),
        _allow("SeeTables", _SEE_TABLES, list(catalogue)),
        _for_athena(
            "SeeOutputs",
            s3_actions(_BROWSE, _UPLOADS_IN_PROGRESS),
            outputs,
        ),
        _for_athena("LocateOutcomes", s3_actions(_LOCATION), [buckets.control]),
        _for_athena(
            "SeeOutcomes",
            ["s3:ListBucket"],
            [buckets.control],
            {"StringLike": {"s3:prefix": f"{OUTCOMES}*"}},
        ),
        _for_athena(
            "ReadOutputsAndOutcomes",
            s3_actions(FETCH),
            [*_objects(outputs), f"{buckets.control}/{OUTCOMES}*"],
        ),
        _for_athena(
            "WriteResults", s3_actions(WRITE), [f"{buckets.outputs}/{query_prefix}*"]
        ),
        through_s3(["kms:Decrypt", "kms:GenerateDataKey"], [*outputs, buckets.control]),
    ]
    key_administrators = [
        _allow(
            "AdministerTheKey", kms_actions(KEY_SETTINGS, ADMINISTER_KEY), [key_arn]
        ),
    ]
    break_glass = [
        _allow("SeeEverything", s3_actions(_LOCATION, LIST), everything),
        _allow("ReadEverything", s3_actions(READ), _objects(everything)),
        through_s3(["kms:Decrypt"], everything),
    ]
    return {
        "uploaders": document(uploaders),
        "readers": document(readers),
        "analysts": document(analysts),
        "key_administrators": document(key_administrators),
        "break_glass": document(break_glass),
    }


_QUERY = [
    "athena:BatchGetNamedQuery",
    "athena:BatchGetQueryExecution",
    "athena:GetNamedQuery",
    "athena:GetQueryExecution",
    "athena:GetQueryResults",
    "athena:GetQueryResultsStream",
    "athena:GetQueryRuntimeStatistics",
    "athena:GetWorkGroup",
    "athena:ListNamedQueries",
    "athena:ListQueryExecutions",
    "athena:StartQueryExecution",
    "athena:StopQueryExecution",
]
_SEE_TABLES = [
    "glue:GetDatabase",
    "glue:GetDatabases",
    "glue:GetTable",
    "glue:GetTables",
]
_LOCATION = ("GetBucketLocation",)
_BROWSE = (*_LOCATION, "ListBucket")
_UPLOADS_IN_PROGRESS = ("ListBucketMultipartUploads",)


def _objects(bucket_arns: list[str]) -> list[str]:
    return [f"{arn}/*" for arn in bucket_arns]


def _for_athena(
    sid: str, action: list[str], resource: list[str], condition: Condition | None = None
) -> Statement:
    """Allow what Athena does for its caller (AWS: Use CalledVia context keys)."""
    through: Condition = {"ForAnyValue:StringEquals": {"aws:CalledVia": ATHENA}}
    return {
        **_allow(sid, action, resource),
        "Condition": {**through, **(condition or {})},
    }


def _allow(sid: str, action: list[str], resource: list[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource}
