"""The life of a query: QUEUED, RUNNING, and how it ends.

AWS: QueryExecutionStatus.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from rehearsal.athena.cloud import Output
from rehearsal.athena.errors import QueryCancelled, QueryFailed
from rehearsal.athena.query import Query
from rehearsal.athena.results import Result

Record = dict[str, Any]
"""A QueryExecution, as the API shows it."""

_LOGGER: Final = logging.getLogger(__name__)
_ENDED: Final = ("SUCCEEDED", "FAILED", "CANCELLED")
_USERS_FAULT: Final = 2


def new_record(
    query_id: str, request: Mapping[str, Any], workgroup: str, output: Output
) -> Record:
    """The execution that a request asks for.

    Args:
        query_id: Its id.
        request: StartQueryExecution's parameters.
        workgroup: The workgroup that it runs in.
        output: Where its results go.
    """
    engine = "Athena engine version 3"
    return {
        "QueryExecutionId": query_id,
        "Query": request["QueryString"],
        "StatementType": "DML",
        "SubstatementType": "SELECT",
        "ResultConfiguration": {
            "OutputLocation": output.location,
            **_encryption(output.settings),
            **output.owner,
        },
        "QueryExecutionContext": request.get("QueryExecutionContext", {}),
        "Status": {"State": "QUEUED", "SubmissionDateTime": time.time()},
        "Statistics": {"EngineExecutionTimeInMillis": 0, "DataScannedInBytes": 0},
        "WorkGroup": workgroup,
        "EngineVersion": {
            "SelectedEngineVersion": engine,
            "EffectiveEngineVersion": engine,
        },
    }


def output_of(record: Record) -> Output:
    """Where the results of an execution are."""
    kept = record["ResultConfiguration"]
    owner = {name: kept[name] for name in ("ExpectedBucketOwner",) if name in kept}
    return Output(location=kept["OutputLocation"], settings={}, owner=owner)


class Executions:
    """Runs queries, each in its own thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, Query] = {}

    def run(self, record: Record, query: Query, save: Callable[[Result], None]) -> None:
        """Run a query to its end; what becomes of it stands in its record.

        Args:
            record: Its record.
            query: The query.
            save: Writes its result; raises QueryFailed where S3 refuses.
        """
        query_id = record["QueryExecutionId"]
        with self._lock:
            self._running[query_id] = query
        started = time.monotonic()
        state, reason = self._outcome(record, query, save)
        with self._lock:
            del self._running[query_id]
        query.engine.close()
        milliseconds = int((time.monotonic() - started) * 1000)
        record["Statistics"] = {
            "DataScannedInBytes": query.scanned_bytes,
            "EngineExecutionTimeInMillis": milliseconds,
            "TotalExecutionTimeInMillis": milliseconds,
        }
        self._advance(record, state, reason)

    def stop(self, record: Record) -> None:
        """Cancel a query, unless it has ended."""
        self._advance(record, "CANCELLED", "Query cancelled by user")
        with self._lock:
            query = self._running.get(record["QueryExecutionId"])
            if query is not None:
                query.engine.interrupt()

    def _outcome(
        self, record: Record, query: Query, save: Callable[[Result], None]
    ) -> tuple[str, str]:
        """How a query ends, and why."""
        try:
            if self._advance(record, "RUNNING"):
                result = query.run()
                # What was cancelled meanwhile leaves nothing behind.
                if record["Status"]["State"] == "RUNNING":
                    save(result)
        except QueryFailed as error:
            return "FAILED", str(error)
        except QueryCancelled as error:
            return "CANCELLED", str(error)
        except Exception:
            _LOGGER.exception("a query broke the rehearsal: %s", query.sql)
            return "FAILED", "GENERIC_INTERNAL_ERROR: the rehearsal broke"
        return "SUCCEEDED", ""

    def _advance(self, record: Record, state: str, reason: str = "") -> bool:
        """Bring an execution into a state; False when it has ended before."""
        with self._lock:
            status = record["Status"]
            if status["State"] in _ENDED:
                return False
            changed = {**status, "State": state}
            if reason:
                changed["StateChangeReason"] = reason
            if state == "FAILED":
                changed["AthenaError"] = {
                    "ErrorCategory": _USERS_FAULT,
                    "ErrorMessage": reason,
                    "Retryable": False,
                }
            if state in _ENDED:
                changed["CompletionDateTime"] = time.time()
            # Whoever reads the record in between sees one state or the other.
            record["Status"] = changed
            return True


def _encryption(settings: Mapping[str, str]) -> Mapping[str, Any]:
    if not settings:
        return {}
    key = settings.get("SSEKMSKeyId")
    told = (
        {"EncryptionOption": "SSE_S3"}
        if key is None
        else {"EncryptionOption": "SSE_KMS", "KmsKey": key}
    )
    return {"EncryptionConfiguration": told}
