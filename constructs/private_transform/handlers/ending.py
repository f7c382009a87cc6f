"""How the end of a run is told to whoever waits for it."""

from .advice import sentence
from .attempts import Attempt
from .contract import JOB_LOG_GROUP
from .verdict import Verdict

GOOD_ENOUGH = ("succeeded", "tolerated")
"""Results that nobody has to act on."""


def told(attempt: Attempt, verdict: Verdict) -> str:
    """At most three lines about a run that ended.

    Args:
        attempt: Its last job, which has ended.
        verdict: What became of it.
    """
    if verdict.result in GOOD_ENOUGH:
        return praise(verdict)
    name, status = attempt.job["TransformJobName"], attempt.job["TransformJobStatus"]
    happened = (
        f"Transform job {name} ended as {status}.",
        verdict.missing,
        f"It was attempt {attempt.number}." if attempt.number > 1 else "",
    )
    return sentence(
        " ".join(filter(None, happened)),
        attempt.job.get("FailureReason", ""),
        where=f"Logs: {JOB_LOG_GROUP}, streams {name}/.",
    )


def praise(verdict: Verdict) -> str:
    """A sentence about a run that ended well enough."""
    if verdict.result == "succeeded":
        return "It did what it was for."
    return f"{verdict.missing} `max_failed_inputs` allows that."
