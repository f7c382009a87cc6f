"""Faults in what is queried, by whom, and in where results go."""

from typing import Any

from tests.lock.mutants import action, drop, no_action, put, without
from tests.review.draft import (
    OPERATIONS,
    Draft,
    Edit,
    add,
    no_prop,
    policy,
    prop,
    statement,
)
from tests.review.matrix import LOCK
from tests.review.mutant import Mutant, faulty

_ACCOUNT = "123456789012"
_CALLED = "aws:CalledVia"
_FOR_ATHENA = {"ForAnyValue:StringEquals": {_CALLED: "athena.amazonaws.com"}}


def _workgroup(*path: Any) -> Edit:
    return prop("QueriesWorkgroup", "WorkGroupConfiguration", *path, part=OPERATIONS)


def _result(*path: Any) -> Edit:
    return _workgroup("ResultConfiguration", *path)


def _analyst(**elements: Any) -> Edit:
    return statement("Analysts", Effect="Allow", Sid="More", **elements)


def _deleted_below(bucket: str, prefix: str) -> Edit:
    def edit(draft: Draft) -> None:
        rules = draft.properties(bucket)["LifecycleConfiguration"]["Rules"]
        rules.append(
            {"Id": "more", "Prefix": prefix, "ExpirationInDays": 1, "Status": "Enabled"}
        )

    return edit


_RESULTS: dict[str, Edit] = {
    "each query says where its result goes": _workgroup(
        "EnforceWorkGroupConfiguration", False
    ),
    "nothing says where results go": no_prop(
        "QueriesWorkgroup",
        "WorkGroupConfiguration",
        "ResultConfiguration",
        "OutputLocation",
        part=OPERATIONS,
    ),
    "results go to another bucket": _result("OutputLocation", "s3://mallory/"),
    "results carry S3's own key": _result(
        "EncryptionConfiguration", {"EncryptionOption": "SSE_S3"}
    ),
    "results carry another key": _result(
        "EncryptionConfiguration",
        "KmsKey",
        f"arn:aws:kms:us-east-1:{_ACCOUNT}:key/other",
    ),
    "results carry no key": no_prop(
        "QueriesWorkgroup",
        "WorkGroupConfiguration",
        "ResultConfiguration",
        "EncryptionConfiguration",
        part=OPERATIONS,
    ),
    "results belong to whoever owns the bucket": _result(
        "AclConfiguration", {"S3AclOption": "BUCKET_OWNER_FULL_CONTROL"}
    ),
    "a query may read everything": no_prop(
        "QueriesWorkgroup",
        "WorkGroupConfiguration",
        "BytesScannedCutoffPerQuery",
        part=OPERATIONS,
    ),
    "Athena keeps results itself": _workgroup(
        "ManagedQueryResultsConfiguration", {"Enabled": True}
    ),
    "queries have a role of their own": _workgroup(
        "ExecutionRole", f"arn:aws:iam::{_ACCOUNT}:role/mallory"
    ),
    "the settings are changed behind the settings": prop(
        "QueriesWorkgroup",
        "WorkGroupConfigurationUpdates",
        {"EnforceWorkGroupConfiguration": False},
        part=OPERATIONS,
    ),
    "a second workgroup enforces nothing": add(
        "More", "AWS::Athena::WorkGroup", part=OPERATIONS, Name="more"
    ),
}
_TABLES: dict[str, Edit] = {
    "a table of somebody's bucket": prop(
        "ResultsOutputs",
        "TableInput",
        "StorageDescriptor",
        "Location",
        "s3://mallory/faces/",
        part="faces",
    ),
    "the days of a table lie in somebody's bucket": prop(
        "ResultsRuns",
        "TableInput",
        "Parameters",
        "storage.location.template",
        "s3://mallory/${date}/",
        part="faces",
    ),
}
_MORE: dict[str, Edit] = {
    "outputs without Athena": policy(
        "Analysts",
        without("ReadOutputsAndOutcomes", "ForAnyValue:StringEquals", _CALLED),
    ),
    "outputs through another service": policy(
        "Analysts",
        put(
            "ReadOutputsAndOutcomes",
            "Condition",
            {"ForAnyValue:StringEquals": {_CALLED: "glue.amazonaws.com"}},
        ),
    ),
    "outputs also where nobody calls for them": policy(
        "Analysts",
        put(
            "ReadOutputsAndOutcomes",
            "Condition",
            {"ForAllValues:StringEquals": {_CALLED: "athena.amazonaws.com"}},
        ),
    ),
    "inputs through Athena": _analyst(
        Action="s3:GetObject", Resource="*", Condition=_FOR_ATHENA
    ),
    "outputs are written beside the results of queries": policy(
        "Analysts",
        put("WriteResults", "Resource", "*"),
    ),
    "all names of the control bucket": policy(
        "Analysts", without("SeeOutcomes", "StringLike", "s3:prefix")
    ),
    "any workgroup": policy("Analysts", put("Query", "Resource", "*")),
    "the workgroup's settings": policy(
        "Analysts", action("Query", "athena:UpdateWorkGroup")
    ),
    "tables of others": policy("Analysts", put("SeeTables", "Resource", "*")),
    "new tables": policy("Analysts", action("SeeTables", "glue:CreateTable")),
    "the key without S3": policy(
        "Analysts", without("UseTheKeyThroughS3", "StringEquals", "kms:ViaService")
    ),
    "readers query too": statement(
        "Readers",
        Effect="Allow",
        Action="athena:StartQueryExecution",
        Resource=f"arn:aws:athena:us-east-1:{_ACCOUNT}:workgroup/private-transform-"
        "rehearsal",
    ),
}
_LOCKED_OUT: dict[str, Edit] = {
    "analysts write no result": policy("Analysts", drop("WriteResults")),
    "analysts read no output": policy("Analysts", drop("ReadOutputsAndOutcomes")),
    "analysts start no query": policy(
        "Analysts", no_action("Query", "athena:StartQueryExecution")
    ),
    "analysts see no table": policy("Analysts", drop("SeeTables")),
    "analysts do not use the key": policy("Analysts", drop("UseTheKeyThroughS3")),
    "the lock knows no Athena": policy(
        "OutputsLock", without(LOCK, "ForAllValues:StringNotEquals", _CALLED)
    ),
}
_DELETED: dict[str, Edit] = {
    "answers are deleted as results of queries are": _deleted_below(
        "Outputs", "faces/"
    ),
    "inputs are deleted as results of queries are": _deleted_below(
        "Inputs", "query-results/"
    ),
}

AT_QUERIES: tuple[Mutant, ...] = (
    *(
        faulty("queries-kept", name, change, "More" if "second" in name else "Queries")
        for name, change in _RESULTS.items()
    ),
    *(
        faulty("queries-of-results", name, change, "Results")
        for name, change in _TABLES.items()
    ),
    *(
        faulty(
            "roles-of-people",
            f"analysts may do more: {name}",
            change,
            "Readers" if name.startswith("readers") else "Analysts",
        )
        for name, change in _MORE.items()
    ),
    *(
        faulty("works-duties", name, change, "analysts")
        for name, change in _LOCKED_OUT.items()
    ),
    *(
        faulty(
            "kept-versions", name, change, "Inputs" if "inputs" in name else "Outputs"
        )
        for name, change in _DELETED.items()
    ),
    faulty(
        "data-endpoint",
        "Athena reads outputs for anybody",
        policy("OutputsLock", drop("AthenaForAnalysts")),
        "Outputs",
    ),
    faulty(
        "data-endpoint",
        "Athena writes anywhere in the outputs",
        policy("OutputsLock", drop("AthenaWritesItsResultsOnly")),
        "Outputs",
    ),
    faulty(
        "data-endpoint",
        "the lock is open where nobody calls for anybody",
        policy(
            "OutputsLock",
            without(LOCK, "ForAllValues:StringNotEquals", _CALLED),
            lambda d: next(s for s in d["Statement"] if s["Sid"] == LOCK)[
                "Condition"
            ].update(
                {"ForAnyValue:StringNotEquals": {_CALLED: "athena.amazonaws.com"}}
            ),
        ),
        "Outputs",
    ),
)
