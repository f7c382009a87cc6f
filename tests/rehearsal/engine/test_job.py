from typing import Any

import pytest

from rehearsal.engine import TransformJob
from rehearsal.engine.errors import JobError
from rehearsal.engine.support import check_supported
from rehearsal.engine.tuning import Tuning
from tests.rehearsal.engine.rehearsed import Rehearsed


def job_of(rehearsed: Rehearsed, **changes: Any) -> TransformJob:
    return TransformJob.from_requests(rehearsed.model, {**rehearsed.job, **changes})


def test_the_demands_of_an_ordinary_job_are_met(rehearsed: Rehearsed) -> None:
    check_supported(
        job_of(
            rehearsed,
            DataProcessing={
                "InputFilter": "$",
                "OutputFilter": "$",
                "JoinSource": "None",
            },
        )
    )


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"MaxPayloadInMB": 0}, "MaxPayloadInMB 0"),
        ({"DataProcessing": {"InputFilter": "$[1:]"}}, "DataProcessing.InputFilter"),
        ({"DataProcessing": {"OutputFilter": "$.a"}}, "DataProcessing.OutputFilter"),
        ({"DataProcessing": {"JoinSource": "Input"}}, "DataProcessing.JoinSource"),
        (
            {"DataCaptureConfig": {"DestinationS3Uri": "s3://outputs/captured/"}},
            "DataCaptureConfig",
        ),
        (
            {"TransformResources": {"InstanceType": "x", "InstanceCount": 2}},
            "InstanceCount 2",
        ),
    ],
)
def test_a_setting_that_is_not_run_yet_is_named(
    rehearsed: Rehearsed, changes: dict[str, Any], said: str
) -> None:
    with pytest.raises(JobError) as raised:
        check_supported(job_of(rehearsed, **changes))

    assert raised.value.reason.startswith("ClientError: The rehearsal does not run")
    assert said in raised.value.reason


@pytest.mark.parametrize(
    "setting",
    [{"CompressionType": "Gzip"}, {"SplitType": "RecordIO"}, {"SplitType": "TFRecord"}],
)
def test_an_input_that_is_not_read_yet_is_named(
    rehearsed: Rehearsed, setting: dict[str, str]
) -> None:
    source = {**rehearsed.job["TransformInput"], **setting}
    [said] = setting.values()

    with pytest.raises(JobError, match=said):
        check_supported(job_of(rehearsed, TransformInput=source))


@pytest.mark.parametrize(
    ("container", "said"),
    [
        ({"ModelPackageName": "p"}, "a model package"),
        ({"Image": "i", "Mode": "MultiModel"}, "a multi-model container"),
    ],
)
def test_a_model_that_is_not_served_yet_is_named(
    rehearsed: Rehearsed, container: dict[str, str], said: str
) -> None:
    rehearsed.model["PrimaryContainer"] = container

    with pytest.raises(JobError, match=said):
        check_supported(job_of(rehearsed))


def test_a_pipeline_of_containers_is_named(rehearsed: Rehearsed) -> None:
    rehearsed.model = {"Containers": [{"Image": "a"}, {"Image": "b"}]}

    with pytest.raises(JobError, match="a model of 2 containers"):
        check_supported(job_of(rehearsed))


def test_an_unsupported_job_fails_before_anything_starts(rehearsed: Rehearsed) -> None:
    rehearsed.job["DataProcessing"] = {"InputFilter": "$[1:]"}
    rehearsed.commands = {}

    assert "does not run this yet" in str(rehearsed.run().failure_reason)


def test_a_url_that_is_not_s3_is_refused(rehearsed: Rehearsed) -> None:
    output = {"S3OutputPath": "https://bucket.s3.amazonaws.com/out/"}

    with pytest.raises(ValueError, match="s3:// URLs only"):
        job_of(rehearsed, TransformOutput=output)


def test_defaults_are_sagemakers(rehearsed: Rehearsed) -> None:
    # AWS: CreateTransformJob; ModelClientConfig.
    job = job_of(rehearsed)

    assert job.invocations_timeout_in_seconds == 600
    assert job.invocations_max_retries == 3
    assert str(Tuning.of(job, {})) == (
        "MaxConcurrentTransforms=1, MaxPayloadInMB=6, BatchStrategy=MULTI_RECORD"
    )


def test_no_concurrency_leaves_the_choice_to_the_container(
    rehearsed: Rehearsed,
) -> None:
    # AWS: CreateTransformJob, MaxConcurrentTransforms.
    job = job_of(rehearsed, MaxConcurrentTransforms=0)

    tuning = Tuning.of(job, {"MaxConcurrentTransforms": 4})

    assert tuning.max_concurrent_transforms == 4


@pytest.mark.parametrize(
    "answer",
    [
        {"MaxConcurrentTransforms": "many"},
        {"MaxPayloadInMB": 0},
        {"BatchStrategy": "MultiRecord"},
    ],
)
def test_execution_parameters_of_the_wrong_kind_fail_the_job(
    rehearsed: Rehearsed, answer: dict[str, Any]
) -> None:
    [name] = answer

    with pytest.raises(JobError, match=f"/execution-parameters answered {name}"):
        Tuning.of(job_of(rehearsed), answer)
