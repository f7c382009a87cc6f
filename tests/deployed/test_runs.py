"""What deployments run, what they tolerate, and what is left of each job."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from rehearsal.company import Company
from rehearsal.process import ROOT
from tests.deployed.made import jobs, models
from tests.deployed.place import Place, like_echo, transform, write_input
from tests.rehearsal.waiting import wait_until

pytestmark = pytest.mark.slow

SCHEMA = json.loads((ROOT / "docs" / "evidence.schema.json").read_text())


def evidence(company: Company, job: str) -> dict[str, Any]:
    """What is left of a job, once it is there."""
    s3 = company.client("s3")
    bucket = company.outputs("foundation")["ControlBucket"]
    key = f"evidence/{job}.json"

    def written() -> bool:
        return bool(s3.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"])

    # The handler is called by a queue, some time after the job's end.
    wait_until(written, seconds=30)
    found: dict[str, Any] = json.load(s3.get_object(Bucket=bucket, Key=key)["Body"])
    Draft202012Validator(SCHEMA).validate(found)
    return found


def alarm_is(company: Company, transform: str, state: str) -> Callable[[], bool]:
    stack = company.environment.stack_name(transform)
    resources = company.client("cloudformation").describe_stack_resources(
        StackName=stack
    )["StackResources"]
    (name,) = (
        each["PhysicalResourceId"]
        for each in resources
        if each["ResourceType"] == "AWS::CloudWatch::Alarm"
    )
    cloudwatch = company.client("cloudwatch")

    def found() -> bool:
        (alarm,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
        return bool(alarm["StateValue"] == state)

    return found


def test_a_job_leaves_what_it_ran_with_and_what_guarded_it(trial: Place) -> None:
    done = trial.deploy("trial", "echo", transform("echo", run="for-its-evidence"))
    assert done.code == 0, done.output
    company = trial.company("trial")
    outputs, foundation = company.outputs("echo"), company.outputs("foundation")

    left = evidence(company, outputs["JobName"])
    launch = left["launch"]
    assert (launch["origin"], left["result"]) == ("deployment", "succeeded")
    assert ":stack/trial-echo/" in launch["launched_by"]["stack"]
    assert [left[count] for count in ("inputs", "outputs", "failed_inputs")] == [
        2,
        2,
        [],
    ]
    assert left["job"]["TransformOutput"]["KmsKeyId"] == foundation["KeyArn"]
    (container,) = launch["model"]["containers"]
    artifact = company.client("s3").head_object(
        Bucket=foundation["ModelsBucket"], Key="echo/model.tar.gz"
    )
    assert container["artifact"]["version_id"] == artifact["VersionId"]
    assert container["artifact"]["size"] == artifact["ContentLength"]
    template = company.client("cloudformation").get_template(StackName="trial-echo")
    (job,) = (
        each
        for each in _body(template)["Resources"].values()
        if each["Type"] == "Custom::TransformJob"
    )
    assert launch["policies"] == job["Properties"]["Policies"]
    live = company.client("sagemaker").describe_model(ModelName=launch["model"]["name"])
    assert launch["model"]["subnets"] == sorted(live["VpcConfig"]["Subnets"])


def _body(template: dict[str, Any]) -> dict[str, Any]:
    body = template["TemplateBody"]
    return dict(json.loads(body) if isinstance(body, str) else body)


def test_an_input_that_fails_is_named_and_may_be_tolerated(
    trial: Place, tmp_path: Path
) -> None:
    write_input(tmp_path, "some/good.csv", "1\n")
    write_input(tmp_path, "some/bad.csv", "reject\n")
    uploaded = trial.operate("upload", "trial", "--data", str(tmp_path))
    assert uploaded.code == 0, uploaded.output
    body = like_echo("some")
    body["transform_input"]["data_source"]["s3_data_source"]["s3_uri"] = "some/"

    failed = trial.deploy("trial", "some", body)
    assert failed.code == 1
    assert "1 of 2 inputs have no output: some/bad.csv." in failed.output
    assert models(trial, "trial", "some") == set()
    (job,) = jobs(trial, "trial", "some")
    assert evidence(trial.company("trial"), job)["failed_inputs"] == ["some/bad.csv"]

    tolerated = trial.deploy("trial", "some", {**body, "max_failed_inputs": 1})
    assert tolerated.code == 0, tolerated.output
    told = trial.company("trial").outputs("some")
    assert told["JobStatus"] == "Failed"
    assert "some/bad.csv" in told["JobNote"]
    left = evidence(trial.company("trial"), told["JobName"])
    assert (left["result"], left["outputs"]) == ("tolerated", 1)


def test_a_deployment_may_try_a_few_inputs_or_make_the_model_alone(
    trial: Place, tmp_path: Path
) -> None:
    write_input(tmp_path, "few/one.csv", "1\n")
    uploaded = trial.operate("upload", "trial", "--data", str(tmp_path))
    assert uploaded.code == 0, uploaded.output

    idle = trial.deploy("trial", "tried", like_echo("tried", on_deploy="none"))
    assert idle.code == 0, idle.output
    assert len(models(trial, "trial", "tried")) == 1
    assert jobs(trial, "trial", "tried") == {}

    smoke = like_echo("tried", on_deploy="smoke", smoke_input="few/")
    tried = trial.deploy("trial", "tried", smoke)
    assert tried.code == 0, tried.output
    company = trial.company("trial")
    told = company.outputs("tried")
    assert told["JobStatus"] == "Completed"
    bucket = company.outputs("foundation")["OutputsBucket"]
    written = company.client("s3").list_objects_v2(Bucket=bucket, Prefix="tried/")
    (key,) = (each["Key"] for each in written["Contents"])
    assert key.startswith("tried/smoke/date=20")
    assert key.endswith(f"/job={told['JobName']}/one.csv.out")


def test_the_alarm_of_a_transform_is_red_after_anybodys_run_that_failed(
    trial: Place, tmp_path: Path
) -> None:
    write_input(tmp_path, "mixed/good.csv", "1\n")
    uploaded = trial.operate("upload", "trial", "--data", str(tmp_path))
    assert uploaded.code == 0, uploaded.output
    body = like_echo("watched")
    body["transform_input"]["data_source"]["s3_data_source"]["s3_uri"] = "mixed/"
    done = trial.deploy("trial", "watched", body)
    assert done.code == 0, done.output
    company = trial.company("trial")
    wait_until(alarm_is(company, "watched", "OK"), seconds=30)

    write_input(tmp_path, "mixed/bad.csv", "reject\n")
    uploaded = trial.operate("upload", "trial", "--data", str(tmp_path))
    assert uploaded.code == 0, uploaded.output
    sagemaker = company.client("sagemaker")
    job = sagemaker.describe_transform_job(
        TransformJobName=company.outputs("watched")["JobName"]
    )
    path = job["TransformOutput"]["S3OutputPath"].partition("job=")[0]
    sagemaker.create_transform_job(
        TransformJobName="watched-by-hand",
        ModelName=job["ModelName"],
        TransformInput=job["TransformInput"],
        TransformOutput={"S3OutputPath": f"{path}job=watched-by-hand/"},
        TransformResources=job["TransformResources"],
    )
    left = evidence(company, "watched-by-hand")
    assert (left["result"], left["launch"]["origin"]) == ("failed", "unknown")
    assert left["failed_inputs"] == ["mixed/bad.csv"]
    wait_until(alarm_is(company, "watched", "ALARM"), seconds=30)


def reading(prefix: str, **changes: Any) -> dict[str, Any]:
    body = like_echo("late", **changes)
    body["transform_input"]["data_source"]["s3_data_source"]["s3_uri"] = prefix
    return body


def test_a_job_that_fails_after_its_hand_over_is_told_of_until_a_run_succeeds(
    trial: Place, tmp_path: Path
) -> None:
    for name, text in (("late/good", "1"), ("late/bad", "reject"), ("fine/good", "1")):
        write_input(tmp_path, f"{name}.csv", f"{text}\n")
    uploaded = trial.operate("upload", "trial", "--data", str(tmp_path))
    assert uploaded.code == 0, uploaded.output
    end = tmp_path / "end"
    late = {"completion": "launch", "environment": {"UNTIL": str(end)}}

    done = trial.deploy("trial", "late", reading("late/", **late))
    assert done.code == 0, done.output
    company = trial.company("trial")
    told = company.outputs("late")
    assert told["JobStatus"] == "InProgress"
    end.touch()
    assert evidence(company, told["JobName"])["failed_inputs"] == ["late/bad.csv"]
    wait_until(alarm_is(company, "late", "ALARM"), seconds=30)

    idle = trial.deploy("trial", "late", reading("late/", tags={"for": "us"}, **late))
    assert idle.code == 0, idle.output
    assert list(jobs(trial, "trial", "late")) == [told["JobName"]]
    note = company.outputs("late")["JobNote"]
    assert note.startswith("It has failed. 1 of 2 inputs have no output")
    assert "Change `run` to run it again." in note
    assert alarm_is(company, "late", "ALARM")()

    fine = trial.deploy("trial", "late", reading("fine/"))
    assert fine.code == 0, fine.output
    note = company.outputs("late")["JobNote"]
    assert f"The job before, {told['JobName']}, failed after its deployment." in note
    wait_until(alarm_is(company, "late", "OK"), seconds=30)
