"""What people do wrong ends in a clear sentence, and leaves nothing behind."""

from pathlib import Path
from typing import Any

import pytest

from rehearsal.results import FINAL
from tests.deployed.place import (
    CRASH,
    Outcome,
    Place,
    transform,
    write_artifact,
    write_input,
)

pytestmark = pytest.mark.slow


def deploy(trial: Place, name: str, body: dict[str, Any]) -> Outcome:
    trial.write("trial", {"echo": transform("echo"), name: body})
    return trial.operate("deploy", "trial", "--transform", name)


def upload(trial: Place, folder: Path) -> None:
    done = trial.operate("upload", "trial", "--data", str(folder))
    assert done.code == 0, done.output


def require_nothing_left(trial: Place, name: str) -> None:
    company = trial.company("trial")
    sagemaker = company.client("sagemaker")
    models = sagemaker.get_paginator("list_models").paginate(
        NameContains=f"trial-{name}-"
    )
    jobs = sagemaker.get_paginator("list_transform_jobs").paginate(
        NameContains=f"trial-{name}-"
    )
    assert list(models.search("Models[].ModelName")) == []
    assert [
        job
        for job in jobs.search("TransformJobSummaries[]")
        if job["TransformJobStatus"] not in FINAL
    ] == []
    assert trial.stack_status("trial", name) in (None, "ROLLBACK_COMPLETE")
    assert trial.stack_status("trial", "echo") in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


def test_an_artifact_that_is_not_there_is_named_with_the_upload_command(
    trial: Place, tmp_path: Path
) -> None:
    body = transform("nomodel")
    done = deploy(trial, "nomodel", body)
    assert done.code == 1
    assert "nomodel/model.tar.gz is not there." in done.output
    assert "make upload ENVIRONMENT=trial DATA=" in done.output
    assert "Traceback" not in done.output
    require_nothing_left(trial, "nomodel")

    write_artifact(tmp_path, "nomodel")
    write_input(tmp_path, "nomodel/a.csv", "1\n")
    upload(trial, tmp_path)
    again = deploy(trial, "nomodel", body)
    assert again.code == 0, again.output


def test_an_empty_input_prefix_is_named_and_can_be_mended(
    trial: Place, tmp_path: Path
) -> None:
    write_artifact(tmp_path, "noinput")
    upload(trial, tmp_path)
    body = transform("noinput")
    done = deploy(trial, "noinput", body)
    assert done.code == 1
    assert "No S3 objects found under S3 URL" in done.output
    assert "Upload input objects under that prefix" in done.output
    assert "Traceback" not in done.output
    require_nothing_left(trial, "noinput")

    write_input(tmp_path, "noinput/a.csv", "1\n")
    upload(trial, tmp_path)
    again = deploy(trial, "noinput", body)
    assert again.code == 0, again.output


def test_serving_code_that_crashes_at_start_is_said_to_have_crashed(
    trial: Place, tmp_path: Path
) -> None:
    write_artifact(tmp_path, "crash")
    write_input(tmp_path, "crash/a.csv", "1\n")
    upload(trial, tmp_path)
    body = transform("crash")
    body["model"]["primary_container"]["image"] = CRASH
    done = deploy(trial, "crash", body)
    assert done.code == 1
    assert "The serving code did not start" in done.output
    assert "/aws/sagemaker/TransformJobs" in done.output
    assert "Traceback" not in done.output
    require_nothing_left(trial, "crash")
    events = (
        trial.company("trial")
        .client("logs")
        .filter_log_events(
            logGroupName="/aws/sagemaker/TransformJobs",
            logStreamNamePrefix="trial-crash-",
        )["events"]
    )
    assert any("no weights in the artifact" in event["message"] for event in events)
