"""How each run ended, as one line of a table: `outcomes/TRANSFORM/date=DAY/RUN.json`.

What queries need of the evidence and no more: who asks them reads results, and evidence
tells of policies and networks too. By day, so that a question about some days reads
nothing of the others.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .aws import S3
from .contract import OUTCOMES


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """Writes them; `query.statements` says what the columns are.

    Args:
        s3: Calls to S3.
        bucket: The control bucket.
    """

    s3: S3
    bucket: str

    def keep(self, transform: str, evidence: Mapping[str, Any]) -> None:
        """Write the line of a run; a second delivery writes the same."""
        launch = evidence["launch"]
        if "run_date" not in launch:
            return  # Nobody said for which day: its outputs lie elsewhere, too.
        day, run = launch["run_date"], evidence["name"]
        job = evidence["job"] or {}
        line = {
            "job": run,
            "root": launch.get("root", run),
            "origin": launch["origin"],
            "result": evidence["result"],
            "summary": evidence["summary"],
            "reason": job.get("FailureReason"),
            "began": _instant(job.get("CreationTime", evidence["ended"])),
            "ended": _instant(evidence["ended"]),
            "inputs": evidence["inputs"],
            "outputs": evidence["outputs"],
            "folder": evidence.get("folder"),
            "failed_inputs": evidence["failed_inputs"],
        }
        self.s3.put_object(
            Bucket=self.bucket,
            Key=f"{OUTCOMES}{transform}/date={day}/{run}.json",
            # One line: what reads it reads lines (AWS: OpenX JSON SerDe).
            Body=json.dumps(line).encode(),
            ContentType="application/json",
        )


def _instant(text: str) -> str:
    """An instant in a form that sorts as text."""
    return (
        datetime.fromisoformat(text).astimezone(UTC).isoformat(timespec="milliseconds")
    )
