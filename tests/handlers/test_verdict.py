"""What counts as a success, in deployments and in what is left of a job."""

import json
from typing import Any

import pytest

from chaos.agenda import START
from chaos.errors import refused
from chaos.history import Deploy, StartByHand, Template
from chaos.sagemaker import Outcome
from chaos.storage import Storage
from chaos.world import CONTROL, World
from private_transform.handlers.verdict import Counts, Verdict, judge, recall
from tests.handlers.deployments import deploy, replies, statuses, world_where

REJECTED = "ClientError: See job logs for more information"


def test_a_job_with_fewer_outputs_than_inputs_fails_its_deployment() -> None:
    world = world_where(Outcome(failed=1))

    assert not deploy(world)

    (reply,) = replies(world, "Create")
    assert "ended as Completed. 1 of 3 inputs have no output: photos-0/" in reply.reason
    assert statuses(world) == ["Completed"]


def test_such_a_job_is_not_taken_for_one_that_did_the_same() -> None:
    world = world_where(Outcome(failed=1), Outcome())
    assert not deploy(world)

    assert deploy(world)

    assert statuses(world) == ["Completed", "Completed"]


def test_an_input_that_was_repaired_since_runs_the_job_again() -> None:
    world = world_where(Outcome(failed=1), Outcome())
    assert not deploy(world)
    world.storage.put_object(Bucket="inputs", Key="photos-0/a.jpg", Body=b"mended")

    assert deploy(world)

    assert statuses(world) == ["Completed", "Completed"]


def test_an_input_that_is_uploaded_again_meanwhile_is_missed_all_the_same() -> None:
    world = world_where(Outcome(failed=1))

    def upload_again() -> None:
        world.storage.put_object(Bucket="inputs", Key="photos-0/a.jpg", Body=b"new")

    world.agenda.after(300, upload_again)

    assert not deploy(world)

    (reply,) = replies(world, "Create")
    assert "1 of 3 inputs have no output: photos-0/a.jpg." in reply.reason


def test_a_failed_job_names_the_inputs_that_it_failed_on() -> None:
    world = world_where(Outcome(failed=2, reason=REJECTED))

    assert not deploy(world)

    (reply,) = replies(world, "Create")
    assert "2 of 3 inputs have no output: photos-0/" in reply.reason
    assert REJECTED in reply.reason
    assert len(reply.reason.splitlines()) == 3


@pytest.mark.parametrize("reason", [None, REJECTED])
def test_failed_inputs_within_the_budget_are_told_and_the_deployment_succeeds(
    reason: str | None,
) -> None:
    world = world_where(Outcome(failed=1, reason=reason))

    assert deploy(world, max_failed=1)

    data = world.stack.held["Job"].data
    assert data["Status"] == ("Failed" if reason else "Completed")
    assert "1 of 3 inputs have no output: photos-0/" in data["Note"]
    assert "max_failed_inputs" in data["Note"]


def test_failed_inputs_beyond_the_budget_fail_the_deployment() -> None:
    world = world_where(Outcome(failed=2, reason=REJECTED))

    assert not deploy(world, max_failed=1)


def test_a_model_that_answers_nothing_is_no_matter_of_some_inputs() -> None:
    world = world_where(Outcome(failed=3, reason=REJECTED))

    assert not deploy(world, max_failed=3)


def test_a_tolerated_run_is_not_made_again_without_need() -> None:
    world = world_where(Outcome(failed=1, reason=REJECTED))
    assert deploy(world, max_failed=1)

    assert deploy(world, max_failed=2)

    assert statuses(world) == ["Failed"]


def test_a_budget_that_comes_after_the_failure_runs_the_job_again() -> None:
    world = world_where(Outcome(failed=1))
    assert not deploy(world)
    world.agenda.run(60)

    assert deploy(world, max_failed=1)
    world.agenda.run(60)

    first, second = world.sagemaker.jobs
    assert [result(world, name) for name in (first, second)] == ["failed", "tolerated"]


def result(world: World, name: str) -> str:
    left = json.loads(world.storage.objects[CONTROL, f"evidence/{name}.json"])
    return str(left["result"])


def test_a_budget_that_is_taken_away_runs_no_job_and_is_told_of() -> None:
    world = world_where(Outcome(failed=1, reason=REJECTED), Outcome())
    assert deploy(world, max_failed=1)
    world.agenda.run(60)

    assert deploy(world)

    assert statuses(world) == ["Failed"]
    assert world.stack.held["Job"].data["Note"] == (
        "It has failed. 1 of 3 inputs have no output; its evidence names them. Change "
        f"`run` to run it again. AWS: {REJECTED}"
    )


def test_what_sagemaker_said_of_a_tolerated_run_is_told() -> None:
    world = world_where(Outcome(failed=1, reason=REJECTED))

    assert deploy(world, max_failed=1)

    assert world.stack.held["Job"].data["Note"].endswith(f"AWS: {REJECTED}")


def test_a_roll_back_goes_back_to_a_tolerated_run() -> None:
    world = world_where(Outcome(failed=1), Outcome(reason="AlgorithmError"))
    assert deploy(world, max_failed=1)
    held = world.stack.held["Job"].name

    assert not deploy(world, job=1, max_failed=1)

    assert world.stack.held["Job"].name == held
    assert statuses(world) == ["Completed", "Failed"]


def test_a_smoke_run_over_few_inputs_is_a_run() -> None:
    world = world_where()

    assert deploy(world, smoke=True)

    assert statuses(world) == ["Completed"]


def test_a_smoke_run_over_many_inputs_is_not_started() -> None:
    world = world_where()
    world.storage.put_object(Bucket="inputs", Key="photos-0/one-too-many", Body=b"")

    assert not world.do(Deploy(template=Template(smoke=True)))

    (reply,) = replies(world, "Create")
    assert "s3://inputs/photos-0/ holds more than 3 objects" in reply.reason
    assert "smoke_input" in reply.reason
    assert statuses(world) == []


def counted(inputs: int, outputs: int, *unanswered: str) -> Verdict:
    numbers = Counts(inputs=inputs, outputs=outputs, failed=len(unanswered))
    return Verdict(result="failed", counts=numbers, failed_paths=unanswered)


def test_a_sentence_names_some_of_many_inputs() -> None:
    names = [f"{number}.jpg" for number in range(7)]

    assert counted(9, 2, *names).missing == (
        "7 of 9 inputs have no output: 0.jpg, 1.jpg, 2.jpg, 3.jpg, 4.jpg and 2 more."
    )


def test_a_name_cannot_forge_lines() -> None:
    told = counted(2, 1, "a\nLogs: elsewhere\x1b").missing

    assert told == "1 of 2 inputs have no output: a?Logs: elsewhere?."


def test_a_sentence_about_long_names_stays_short() -> None:
    assert len(counted(2, 0, "x" * 1024, "y" * 1024).missing) < 500


def test_there_is_nothing_to_say_where_nothing_is_missing_or_known() -> None:
    assert counted(2, 2).missing == ""
    assert Verdict(result="failed", counts=None).missing == ""


def test_of_what_was_counted_before_the_evidence_has_the_names() -> None:
    counts = Counts(inputs=3, outputs=1, failed=2)

    verdict = recall({"TransformJobStatus": "Completed"}, counts, max_failed_inputs=2)

    assert verdict.result == "tolerated"
    assert verdict.missing == ("2 of 3 inputs have no output; its evidence names them.")


def test_a_job_that_was_stopped_stays_so() -> None:
    job = {"TransformJobStatus": "Stopped"}

    assert recall(job, None, max_failed_inputs=9).result == "stopped"


@pytest.mark.parametrize(
    ("status", "result"), [("Completed", "succeeded"), ("Failed", "failed")]
)
def test_what_cannot_be_counted_is_what_sagemaker_says(
    status: str, result: str
) -> None:
    job: dict[str, Any] = {
        "TransformJobStatus": status,
        "TransformInput": {
            "DataSource": {
                "S3DataSource": {"S3DataType": "ManifestFile", "S3Uri": "s3://b/m"}
            }
        },
    }
    nobody: Any = None

    assert judge(nobody, job, max_failed_inputs=9, manifests="control").result == result


def test_a_job_that_found_only_folder_markers_did_nothing() -> None:
    storage = Storage()
    storage.put_object(Bucket="inputs", Key="photos/", Body=b"")
    source = {"S3DataType": "S3Prefix", "S3Uri": "s3://inputs/photos/"}
    job = {
        "TransformJobStatus": "Completed",
        "CreationTime": START,
        "TransformInput": {"DataSource": {"S3DataSource": source}},
        "TransformOutput": {"S3OutputPath": "s3://outputs/faces/job=j/"},
    }

    verdict = judge(storage, job, max_failed_inputs=9, manifests="control")

    assert verdict.result == "failed"
    assert verdict.missing == "There was no input but folder markers."


def test_a_smoke_input_that_may_not_be_listed_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = world_where()
    listed = world.storage.list_objects_v2

    def closed(**request: Any) -> dict[str, Any]:
        if request["Bucket"] == "inputs":
            raise refused("AccessDenied", "No.", status=403)
        return listed(**request)

    monkeypatch.setattr(world.storage, "list_objects_v2", closed)

    assert not deploy(world, smoke=True)

    (reply,) = replies(world, "Create")
    assert "The smoke input s3://inputs/photos-0/ cannot be listed." in reply.reason


def test_of_a_job_that_a_person_started_no_failed_input_is_tolerated() -> None:
    world = world_where(Outcome(), Outcome(failed=1))
    assert deploy(world, max_failed=9)
    world.do(StartByHand())
    world.agenda.run(24 * 60 * 60)

    left = json.loads(world.storage.objects[CONTROL, "evidence/by-hand-1.json"])
    assert left["result"] == "failed"
