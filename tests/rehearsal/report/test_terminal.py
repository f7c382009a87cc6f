from dataclasses import replace

from rehearsal.report import (
    AnswerRow,
    ClaimRow,
    NotificationRow,
    Report,
    RunRow,
    StackRow,
    TransformRow,
    to_terminal,
)

COMPLETED = TransformRow(
    name="faces",
    job="rehearsal-faces-0a1b2c3d-4e5f6a7b",
    status="Completed",
    inputs=7,
    outputs=7,
    failed_inputs=(),
    seconds=12.3,
    failure_reason=None,
)
REFUSED = RunRow(
    name="faces, by schedule",
    job="rehearsal-faces-8c9d0e1f-4e5f6a7b",
    status="Failed",
    expected="Failed",
    inputs=8,
    outputs=7,
    failed_inputs=("photos/broken.jpg",),
    seconds=3.0,
    failure_reason="the photograph photos/broken.jpg cannot be decoded. " * 3,
)
NO_JOB = RunRow(
    name="nothing",
    job=None,
    status="Failed",
    expected="Completed",
    inputs=0,
    outputs=0,
    failed_inputs=(),
    seconds=2.0,
    failure_reason=None,
)


def report(
    *,
    stacks: tuple[StackRow, ...] = (),
    transforms: tuple[TransformRow, ...] = (),
    runs: tuple[RunRow, ...] = (),
    notifications: tuple[NotificationRow, ...] = (),
    answers: tuple[AnswerRow, ...] = (),
    claims: tuple[ClaimRow, ...] = (),
) -> Report:
    return Report(
        status="ok",
        seconds=192.4,
        stacks=stacks,
        transforms=transforms,
        runs=runs,
        notifications=notifications,
        answers=answers,
        claims=claims,
        photographs=(),
    )


def test_columns_are_aligned_and_notes_stand_below_their_row() -> None:
    text = to_terminal(
        report(
            stacks=(
                StackRow(name="rehearsal-foundation", status="CREATE_COMPLETE"),
                StackRow(name="rehearsal-faces", status="CREATE_COMPLETE"),
            ),
            transforms=(COMPLETED,),
            runs=(REFUSED, NO_JOB),
        )
    )
    assert text.splitlines() == [
        "stack                 status",
        "rehearsal-foundation  CREATE_COMPLETE",
        "rehearsal-faces       CREATE_COMPLETE",
        "",
        "transform job                      status     outputs  time",
        "rehearsal-faces-0a1b2c3d-4e5f6a7b  Completed  7/7      12 s",
        "",
        "other run           status  outputs  time",
        "faces, by schedule  Failed  7/8      3.0 s",
        "  rehearsal-faces-8c9d0e1f-4e5f6a7b",
        "  Failed was expected",
        "  failed inputs: photos/broken.jpg",
        "  the photograph photos/broken.jpg cannot be decoded. the photograph",
        "  photos/broken.jpg cannot be decoded. the photograph photos/broken.jpg",
        "  cannot be decoded.",
        "nothing             Failed  0/0      2.0 s",
        "  no job",
        "  NOT AS EXPECTED: Completed was expected",
        "",
        "rehearsal: ok, 3 min 12 s",
    ]
    assert text.endswith("12 s\n")


def test_a_broken_promise_says_what_was_tried_and_seen() -> None:
    held = ClaimRow(claim="outside is refused", tried="Get", seen="403", ok=True)
    broken = ClaimRow(claim="inside is served", tried="Get", seen="403", ok=False)
    lines = to_terminal(report(claims=(held, broken))).splitlines()
    assert lines[:2] == [
        "held    outside is refused",
        "BROKEN  inside is served (tried: Get; seen: 403)",
    ]


def test_a_promise_is_told_once_however_often_it_was_tried() -> None:
    held = ClaimRow(claim="readers read", tried="Get", seen="served", ok=True)
    refused = replace(held, tried="List", seen="403", ok=False)
    assert to_terminal(report(claims=(held, held))).splitlines()[:2] == [
        "held    readers read",
        "",
    ]
    assert to_terminal(report(claims=(held, refused))).splitlines()[:2] == [
        "BROKEN  readers read (tried: List; seen: 403)",
        "",
    ]


def test_the_longest_names_stay_below_100_columns() -> None:
    longest = TransformRow(
        name="n" * 24,
        job="j" * 63,
        status="InProgress",
        inputs=1000,
        outputs=1000,
        failed_inputs=tuple(f"photos/{number}.jpg" for number in range(40)),
        seconds=3599,
        failure_reason="w" * 20 + " " + "x" * 200,
    )
    text = to_terminal(report(transforms=(longest,)))
    assert max(map(len, text.splitlines())) < 100


def test_names_cannot_steer_the_terminal() -> None:
    name = "photos/\x1b[2J\r\nstack  \u202eCREATE_COMPLETE\x9b"
    broken = ClaimRow(claim=name, tried=name, seen=name, ok=False)
    text = to_terminal(
        report(stacks=(StackRow(name=name, status=name),), claims=(broken,))
    )
    assert all(line.isprintable() for line in text.split("\n"))


def test_a_rehearsal_that_could_not_go_on_says_why_at_the_end() -> None:
    failed = replace(report(), status="failed", failure="the key was disabled")
    assert to_terminal(failed).endswith(
        "failed, 3 min 12 s\n\n  the key was disabled\n"
    )


def test_what_a_subscriber_heard_is_told() -> None:
    heard = NotificationRow(
        subject="Failed: a-job", message="It failed.", result="failed"
    )
    lines = to_terminal(report(notifications=(heard,))).splitlines()
    assert lines[0] == "heard   Failed: a-job"


def test_an_answer_is_a_short_table() -> None:
    answer = AnswerRow(
        question="faces: latest run",
        sql="SELECT 1",
        columns=("date", "input", "prediction"),
        rows=[("2030-01-31", f"photos/{number}.jpg", "x" * 99) for number in range(9)],
    )
    lines = to_terminal(report(answers=(answer,))).splitlines()
    assert "asked   faces: latest run" in lines
    assert "2030-01-31  photos/0.jpg  xxxxxxxxxxxxxxxxxxxx..." in lines
    assert "and 1 more" in lines
    assert max(map(len, lines)) < 100


def test_an_answer_without_rows_says_so() -> None:
    answer = AnswerRow(question="faces: failures", sql="", columns=("a", "b"), rows=[])
    assert "no row" in to_terminal(report(answers=(answer,))).splitlines()
