import json

import pytest

from rehearsal.report import (
    AnswerRow,
    ClaimRow,
    NotificationRow,
    Photograph,
    Report,
    RunRow,
    StackRow,
    TransformRow,
    to_json,
)
from rehearsal.report.values import duration

COMPLETED = TransformRow(
    name="faces",
    job="rehearsal-faces-0a1b2c3d-4e5f6a7b",
    status="Completed",
    inputs=7,
    outputs=7,
    failed_inputs=(),
    seconds=12.25,
    failure_reason=None,
)
REFUSED = RunRow(
    name="faces",
    job=None,
    status="Failed",
    expected="Failed",
    inputs=1,
    outputs=0,
    failed_inputs=("photos/broken.jpg",),
    seconds=3.0,
    failure_reason="the photograph cannot be decoded",
)


def test_programs_get_everything_but_the_photographs() -> None:
    report = Report(
        status="ok",
        seconds=192.3456,
        stacks=(StackRow(name="rehearsal-foundation", status="CREATE_COMPLETE"),),
        transforms=(COMPLETED,),
        runs=(REFUSED,),
        notifications=(
            NotificationRow(subject="Failed", message="It failed.", result="failed"),
        ),
        answers=(
            AnswerRow(
                question="faces: failures",
                sql="SELECT 1",
                columns=("job", "input"),
                rows=[("faces-1", None)],
            ),
        ),
        claims=(ClaimRow(claim="refused", tried="GetObject", seen="403", ok=True),),
        photographs=(
            Photograph(name="a.jpg", jpeg=b"", width=1, height=1, predictions=()),
        ),
    )
    assert json.loads(json.dumps(to_json(report))) == {
        "status": "ok",
        "seconds": 192.3,
        "failure": None,
        "stacks": [{"name": "rehearsal-foundation", "status": "CREATE_COMPLETE"}],
        "transforms": [
            {
                "name": "faces",
                "job": "rehearsal-faces-0a1b2c3d-4e5f6a7b",
                "status": "Completed",
                "inputs": 7,
                "outputs": 7,
                "failed_inputs": [],
                "seconds": 12.25,
                "failure_reason": None,
            }
        ],
        "runs": [
            {
                "name": "faces",
                "job": None,
                "status": "Failed",
                "inputs": 1,
                "outputs": 0,
                "failed_inputs": ["photos/broken.jpg"],
                "seconds": 3.0,
                "failure_reason": "the photograph cannot be decoded",
                "expected": "Failed",
            }
        ],
        "notifications": [
            {"subject": "Failed", "message": "It failed.", "result": "failed"}
        ],
        "query": [
            {
                "question": "faces: failures",
                "sql": "SELECT 1",
                "columns": ["job", "input"],
                "rows": [["faces-1", None]],
            }
        ],
        "claims": [
            {"claim": "refused", "tried": "GetObject", "seen": "403", "ok": True}
        ],
    }


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0.0 s"),
        (0.44, "0.4 s"),
        (9.94, "9.9 s"),
        (9.96, "10 s"),
        (59.4, "59 s"),
        (59.6, "1 min 0 s"),
        (185, "3 min 5 s"),
    ],
)
def test_a_length_of_time_is_said_as_people_say_it(seconds: float, said: str) -> None:
    assert duration(seconds) == said
