"""Faults in the code of functions, each in one line of the launcher's."""

from tests.review.draft import Edit, code
from tests.review.mutant import Mutant, faulty

_STARTS = "sagemaker.create_transform_job(**job)"


def _then(call: str) -> Edit:
    """A call after the one that starts a job."""
    return code("handlers/start.py", _STARTS, f"{_STARTS}\n        {call}")


def _code(name: str, change: Edit, rule: str = "code-changed") -> Mutant:
    # All functions have the same code, of which the first is told.
    return faulty("code", name, change, "JobWatch", severity="medium", rule=rule)


AT_CODE: tuple[Mutant, ...] = (
    _code(
        "the launcher starts jobs of models that are not isolated",
        code(
            "handlers/start.py",
            'if model.get("EnableNetworkIsolation") is not True:',
            "if False:",
        ),
    ),
    _code(
        "the launcher starts jobs of models in any network",
        code("handlers/start.py", "if actual != expected:", "if False:"),
    ),
    _code(
        "the launcher logs whole events",
        code("handlers/dispatch.py", "loggable(content)", "dict(content)"),
    ),
    _code(
        "the launcher makes a call that no role of it allows",
        _then("s3.delete_object(Bucket=bucket, Key=name)"),
        "code-calls",
    ),
    _code(
        "the launcher calls what another of its files calls already",
        _then('sagemaker.delete_model(ModelName=job["ModelName"])'),
        "code-calls",
    ),
    _code(
        "the launcher makes up what it calls",
        _then("getattr(s3, name)()"),
        "code-unreadable",
    ),
)
"""What the launcher does, and its templates say nothing of."""
