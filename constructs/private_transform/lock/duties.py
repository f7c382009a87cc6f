"""The identity policies of people: what each duty needs, and no more."""

from private_transform.handlers.contract import ARRIVALS
from private_transform.lock.kms_actions import ADMINISTER as ADMINISTER_KEY
from private_transform.lock.kms_actions import SETTINGS as KEY_SETTINGS
from private_transform.lock.kms_actions import kms_actions
from private_transform.lock.perimeter import Buckets
from private_transform.lock.policy import Document, Statement, document
from private_transform.lock.s3_actions import FETCH, LIST, READ, WRITE, s3_actions


def duty_policies(
    buckets: Buckets, *, logs: str, key_arn: str, region: str
) -> dict[str, Document]:
    """Say what each duty may do, under the names that the environment file uses.

    `uploaders` put models and inputs and see what lies there, and cannot open it. They
    put lists of inputs for which a run begins, and see nothing of the bucket for them.
    `readers` get outputs. `key_administrators` manage the key and never use it.
    `break_glass` reads and lists the data, the runs' evidence and the audit trail:
    the key's policy opens these to nobody else.

    From where they may do so is decided by the buckets' policies.

    Args:
        buckets: ARNs of the data buckets and of the one with the evidence.
        logs: ARN of the bucket with the trail.
        key_arn: The environment's key.
        region: The environment's region.
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
        _allow("BeginRuns", ["s3:PutObject"], [f"{buckets.control}/{ARRIVALS}*"]),
        # S3 decrypts the parts when a multipart upload completes.
        through_s3(["kms:Decrypt", "kms:GenerateDataKey"], [*uploads, buckets.control]),
    ]
    readers = [
        _allow("SeeOutputs", s3_actions(_BROWSE), outputs),
        _allow("GetOutputs", s3_actions(FETCH), _objects(outputs)),
        through_s3(["kms:Decrypt"], outputs),
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
        "key_administrators": document(key_administrators),
        "break_glass": document(break_glass),
    }


_LOCATION = ("GetBucketLocation",)
_BROWSE = (*_LOCATION, "ListBucket")
_UPLOADS_IN_PROGRESS = ("ListBucketMultipartUploads",)


def _objects(bucket_arns: list[str]) -> list[str]:
    return [f"{arn}/*" for arn in bucket_arns]


def _allow(sid: str, action: list[str], resource: list[str]) -> Statement:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource}
