"""The promises about queries: what they leave is kept like the data, and where."""

from collections.abc import Iterator, Mapping
from typing import Any

from private_transform.handlers.contract import OUTCOMES
from review.plain import Resource, is_true
from review.scene import Scene

from .invariant import Invariant, Violation

_CONFIGURATION = "WorkGroupConfiguration"
_KNOWN = {
    "BytesScannedCutoffPerQuery",
    "EnforceWorkGroupConfiguration",
    "EngineVersion",
    "PublishCloudWatchMetricsEnabled",
    "RequesterPaysEnabled",
    "ResultConfiguration",
}
"""What of a workgroup is looked at here, or is no matter of data. A role of its own, or
another place for results, is none of it."""


def _kept(scene: Scene) -> Iterator[Violation]:
    place = f"s3://{scene.named('OutputsBucket')}/"
    results = f"{place}{scene.declared.perimeter.query_prefix}"
    for each in scene.estate.of_type("AWS::Athena::WorkGroup"):
        given = _mapping(each.properties, _CONFIGURATION)
        result = _mapping(given, "ResultConfiguration")
        encryption = _mapping(result, "EncryptionConfiguration")
        for good, fault in (
            (
                is_true(given.get("EnforceWorkGroupConfiguration", False)),
                "lets each query say where its results go and under which key",
            ),
            (
                str(result.get("OutputLocation")) == results,
                f"leaves results elsewhere than below {results}",
            ),
            (
                encryption.get("EncryptionOption") == "SSE_KMS"
                and encryption.get("KmsKey") == scene.named("KeyArn"),
                "encrypts results otherwise than with the environment's key",
            ),
            ("AclConfiguration" not in result, "gives its results to others"),
            (
                "BytesScannedCutoffPerQuery" in given,
                "lets a query read, and cost, without a limit",
            ),
            (
                not given.keys() - _KNOWN
                and "WorkGroupConfigurationUpdates" not in each.properties,
                "has settings of which this review knows nothing",
            ),
        ):
            if not good:
                yield Violation(resource=each.path, says=f"{each.path} {fault}.")


def _of_ours(scene: Scene) -> Iterator[Violation]:
    outputs, control = scene.named("OutputsBucket"), scene.named("ControlBucket")
    ours = (f"s3://{outputs}/", f"s3://{control}/{OUTCOMES}")
    for each in scene.estate.of_type("AWS::Glue::Table"):
        for where in _places(each):
            if not where.startswith(ours):
                yield Violation(
                    resource=each.path,
                    says=f"{each.path} is a table of {where}, where no results are.",
                )


def _places(table: Resource) -> Iterator[str]:
    given = _mapping(table.properties, "TableInput")
    if given.get("TableType") == "VIRTUAL_VIEW":
        return
    yield str(_mapping(given, "StorageDescriptor").get("Location"))
    yield str(_mapping(given, "Parameters").get("storage.location.template"))


def _mapping(given: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = given.get(key)
    return found if isinstance(found, dict) else {}


QUERIES = (
    Invariant(
        id="queries-kept",
        says="Results of queries stay in the outputs bucket under the environment's "
        "key, whatever a query asks for, and each query has a limit.",
        violations=_kept,
    ),
    Invariant(
        id="queries-of-results",
        says="Tables are of results, and of how runs ended.",
        violations=_of_ours,
    ),
)
"""All of them."""
