"""A lake of one table, and what an analyst needs to query it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from rehearsal.process import ACCOUNT
from tests.rehearsal.clients import Client
from tests.rehearsal.waiting import wait_until

Statement = dict[str, Any]

REGION = "us-east-1"
VIA_ATHENA = {"ForAnyValue:StringEquals": {"aws:CalledVia": "athena.amazonaws.com"}}


@dataclass(frozen=True, kw_only=True)
class Lake:
    """What is there; `rights` are all that an analyst needs, by what they are for."""

    client: Client
    new_role: Callable[..., str]
    key: str
    data: str
    outputs: str
    name: str

    @property
    def workgroup(self) -> str:
        return f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/{self.name}"

    def put(self, key: str, content: bytes) -> None:
        self.client("s3").put_object(Bucket=self.data, Key=key, Body=content)

    def rights(self) -> dict[str, Statement]:
        catalog = f"arn:aws:glue:{REGION}:{ACCOUNT}"
        bucket, outputs = f"arn:aws:s3:::{self.data}", f"arn:aws:s3:::{self.outputs}"
        listed = {**VIA_ATHENA, "StringLike": {"s3:prefix": "faces/*"}}
        by_s3 = {
            **VIA_ATHENA,
            "StringEquals": {
                "kms:ViaService": f"s3.{REGION}.amazonaws.com",
                "aws:CalledViaFirst": "athena.amazonaws.com",
                "aws:CalledViaLast": "athena.amazonaws.com",
            },
            "Bool": {"aws:ViaAWSService": "true"},
        }
        return {
            "athena": allow("athena:*", self.workgroup, None),
            "catalog": allow("glue:Get*", f"{catalog}:catalog"),
            "database": allow("glue:Get*", f"{catalog}:database/{self.name}"),
            "table": allow("glue:Get*", f"{catalog}:table/{self.name}/faces"),
            "list": allow("s3:ListBucket", bucket, listed),
            "read": allow("s3:GetObject", f"{bucket}/faces/*"),
            "decrypt": allow("kms:Decrypt", self.key, by_s3),
            "location": allow("s3:GetBucketLocation", outputs),
            "write": allow("s3:PutObject", f"{outputs}/athena/*"),
            "encrypt": allow("kms:GenerateDataKey", self.key, by_s3),
            "results": allow("s3:GetObject", f"{outputs}/athena/*"),
        }

    def analyst(self, *, without: str = "") -> str:
        rights = self.rights()
        return self.new_role(
            *(each for name, each in rights.items() if name != without)
        )

    def start(self, role: str | None, sql: str, **request: Any) -> str:
        asked = {
            "WorkGroup": self.name,
            "QueryExecutionContext": {"Database": self.name},
            **request,
        }
        athena = self.client("athena", role=role)
        started = athena.start_query_execution(QueryString=sql, **asked)
        return str(started["QueryExecutionId"])

    def ended(self, query_id: str) -> dict[str, Any]:
        """The execution, once it has ended."""
        athena, found = self.client("athena"), dict[str, Any]()

        def has_ended() -> bool:
            found.update(
                athena.get_query_execution(QueryExecutionId=query_id)["QueryExecution"]
            )
            return found["Status"]["State"] not in ("QUEUED", "RUNNING")

        wait_until(has_ended)
        return found

    def run(self, role: str | None, sql: str, **request: Any) -> dict[str, Any]:
        return self.ended(self.start(role, sql, **request))

    def rows(self, role: str | None, sql: str) -> list[list[str | None]]:
        execution = self.run(role, sql)
        assert execution["Status"]["State"] == "SUCCEEDED", execution["Status"]
        athena = self.client("athena", role=role)
        answer = athena.get_query_results(
            QueryExecutionId=execution["QueryExecutionId"]
        )
        return [
            [each.get("VarCharValue") for each in row["Data"]]
            for row in answer["ResultSet"]["Rows"]
        ]


def allow(action: str, resource: str, condition: Any = VIA_ATHENA) -> Statement:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**statement, **({"Condition": condition} if condition else {})}
