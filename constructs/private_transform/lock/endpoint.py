"""The policy of the S3 gateway endpoint: what may pass through it at all."""

from typing import Any

from private_transform.handlers.contract import ARRIVALS, SHARDS
from private_transform.lock.perimeter import Buckets, Perimeter
from private_transform.lock.policy import Document, Statement, document
from private_transform.lock.s3_actions import FETCH, WRITE, s3_actions


def endpoint_policy(perimeter: Perimeter, buckets: Buckets) -> Document:
    """Let through the endpoint only this account, named buckets, read and write.

    * `List`, `Read`: the data buckets.
    * `JobsWriteOutputs`: execution roles write outputs and nothing else.
    * `OthersUpload`: everybody else writes models, inputs and what begins a run, and
      never outputs.
    * `ReadManifests`: execution roles read the list of their inputs from the control
      bucket.
    * `ReadArtifacts1`, `ReadArtifacts2`, ...: execution roles read below one place
      outside the environment, as long as its owner is who the file says.

    The principal is `*` because a gateway endpoint takes no other; the account is a
    condition (AWS: Endpoint policies for gateway endpoints). The resource's account
    matters when a bucket's name is deleted and taken by somebody else.
    """
    job = {"aws:PrincipalArn": perimeter.execution_roles}

    def allow(
        sid: str,
        action: list[str],
        resource: list[str],
        *,
        owner: str = perimeter.account,
        **condition: Any,
    ) -> Statement:
        accounts = {
            "aws:PrincipalAccount": perimeter.account,
            "aws:ResourceAccount": owner,
        }
        return {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": "*",
            "Action": action,
            "Resource": resource,
            "Condition": {"StringEquals": accounts, **condition},
        }

    return document(
        [
            allow(
                "List",
                s3_actions(
                    ("GetBucketLocation", "ListBucket", "ListBucketMultipartUploads")
                ),
                list(buckets.data),
            ),
            allow("Read", s3_actions(FETCH), [f"{arn}/*" for arn in buckets.data]),
            allow(
                "JobsWriteOutputs",
                s3_actions(WRITE),
                [f"{buckets.outputs}/*"],
                ArnLike=job,
            ),
            allow(
                "OthersUpload",
                s3_actions(WRITE),
                [
                    f"{buckets.models}/*",
                    f"{buckets.inputs}/*",
                    f"{buckets.control}/{ARRIVALS}*",
                    f"{buckets.control}/{SHARDS}*",
                ],
                ArnNotLike=job,
            ),
            allow(
                "ReadManifests",
                ["s3:GetObject"],
                [f"{buckets.control}/manifests/*"],
                ArnLike=job,
            ),
            *(
                allow(
                    f"ReadArtifacts{number}",
                    ["s3:GetObject"],
                    [place.objects],
                    owner=place.account,
                    ArnLike=job,
                )
                for number, place in enumerate(perimeter.artifact_places, 1)
            ),
        ]
    )
