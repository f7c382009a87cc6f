import json
import signal
import threading
from pathlib import Path

import pytest

from rehearsal.engine import Location, serving
from rehearsal.engine.errors import REASON_LIMIT
from tests.rehearsal.engine.processes import serving_processes
from tests.rehearsal.engine.rehearsed import IMAGE, Rehearsed


def requests_of(rehearsed: Rehearsed, path: Path) -> list[dict[str, str]]:
    rehearsed.job["Environment"] = {"REQUESTS": str(path)}
    rehearsed.run()
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_object_gets_one_output_named_after_it(rehearsed: Rehearsed) -> None:
    # AWS: Use Batch Transform.
    rehearsed.inputs(**{"a.jpg": b"first", "deeper/b.jpg": b"second"})

    outcome = rehearsed.run()

    assert outcome.status == "Completed"
    assert outcome.failure_reason is None
    assert rehearsed.outputs() == {
        "a.jpg.out": b"first",
        "deeper/b.jpg.out": b"second",
    }


def test_names_survive_whatever_characters_they_have(rehearsed: Rehearsed) -> None:
    names = ["with space.jpg", "100%.jpg", "../up.jpg", "Zoë.jpg", "a/../b.jpg"]
    rehearsed.inputs(**{name: name.encode() for name in names})

    rehearsed.run()

    assert rehearsed.outputs() == {f"{name}.out": name.encode() for name in names}


def test_a_manifest_names_the_inputs(rehearsed: Rehearsed) -> None:
    # AWS: S3DataSource, ManifestFile.
    rehearsed.inputs(a=b"1", b=b"2")
    manifest = json.dumps([{"prefix": "s3://inputs/in/"}, "b", "missing"])
    rehearsed.storage.objects[Location("control", "m.json")] = manifest.encode()
    source = {"S3DataType": "ManifestFile", "S3Uri": "s3://control/m.json"}
    rehearsed.job["TransformInput"]["DataSource"]["S3DataSource"] = source

    outcome = rehearsed.run()

    assert outcome.status == "Failed"
    assert rehearsed.outputs() == {"b.out": b"2"}
    assert any("]: inputs/in/missing: " in line for line in rehearsed.log.data_lines)


def test_the_container_finds_the_unpacked_artifact(rehearsed: Rehearsed) -> None:
    rehearsed.behave("model")
    rehearsed.inputs(x=b"?")

    rehearsed.run()

    assert rehearsed.outputs() == {"x.out": b"the weights"}


def test_a_model_without_an_artifact_runs(rehearsed: Rehearsed) -> None:
    del rehearsed.model["PrimaryContainer"]["ModelDataUrl"]
    rehearsed.inputs(x=b"?")

    assert rehearsed.run().status == "Completed"


def test_outputs_carry_the_key_of_the_job(rehearsed: Rehearsed) -> None:
    # AWS: TransformOutput.
    rehearsed.job["TransformOutput"]["KmsKeyId"] = "arn:aws:kms:::key/ours"
    rehearsed.inputs(x=b"1")

    rehearsed.run()

    used = rehearsed.storage.keys_used
    assert used == {Location("outputs", "out/x.out"): "arn:aws:kms:::key/ours"}


def test_requests_name_the_content_type_and_the_accepted_type(
    rehearsed: Rehearsed, tmp_path: Path
) -> None:
    rehearsed.job["TransformInput"]["ContentType"] = "image/jpeg"
    rehearsed.job["TransformOutput"]["Accept"] = "application/json"
    rehearsed.inputs(x=b"1")

    [request] = requests_of(rehearsed, tmp_path / "requests")

    assert request["content_type"] == "image/jpeg"
    assert request["accept"] == "application/json"


@pytest.mark.parametrize(
    ("settings", "bodies", "output"),
    [
        ({}, ["a\nb\nc\n"], b"a\nb\nc\n"),
        ({"SplitType": "Line"}, ["a\nb\nc"], b"a\nb\nc"),
        (
            {"SplitType": "Line", "BatchStrategy": "SingleRecord"},
            ["a", "b", "c"],
            b"abc",
        ),
        (
            {
                "SplitType": "Line",
                "BatchStrategy": "SingleRecord",
                "AssembleWith": "Line",
            },
            ["a", "b", "c"],
            b"a\nb\nc\n",
        ),
        (
            {"SplitType": "Line", "AssembleWith": "Line"},
            ["a\nb\nc"],
            b"a\nb\nc\n",
        ),
    ],
)
def test_split_strategy_and_assembly(
    rehearsed: Rehearsed,
    tmp_path: Path,
    settings: dict[str, str],
    bodies: list[str],
    output: bytes,
) -> None:
    # AWS: CreateTransformJob, BatchStrategy; TransformInput; TransformOutput.
    settings = dict(settings)
    if strategy := settings.pop("BatchStrategy", None):
        rehearsed.job["BatchStrategy"] = strategy
    if assemble := settings.pop("AssembleWith", None):
        rehearsed.job["TransformOutput"]["AssembleWith"] = assemble
    rehearsed.job["TransformInput"] |= settings
    rehearsed.inputs(x=b"a\nb\nc\n")

    requests = requests_of(rehearsed, tmp_path / "requests")

    assert [request["body"] for request in requests] == bodies
    assert rehearsed.outputs() == {"x.out": output}


def test_answers_keep_their_order_under_concurrency(rehearsed: Rehearsed) -> None:
    rehearsed.job |= {"BatchStrategy": "SingleRecord", "MaxConcurrentTransforms": 8}
    rehearsed.job["TransformInput"]["SplitType"] = "Line"
    rehearsed.job["TransformOutput"]["AssembleWith"] = "Line"
    records = b"".join(b"%s%d\n" % (b"slow" * (n % 7 == 0), n) for n in range(40))
    rehearsed.inputs(x=records, y=records[::-1].lstrip() + b"\n")

    rehearsed.run()

    assert rehearsed.outputs()["x.out"] == records


def test_concurrent_requests_reuse_their_connections(
    rehearsed: Rehearsed, tmp_path: Path
) -> None:
    rehearsed.job["MaxConcurrentTransforms"] = 2
    rehearsed.inputs(**{f"x{n}": b"%d" % n for n in range(10)})

    requests = requests_of(rehearsed, tmp_path / "requests")

    assert len(requests) == 10
    assert len({request["port"] for request in requests}) <= 2


def test_a_server_that_closes_every_connection_is_served_anyway(
    rehearsed: Rehearsed,
) -> None:
    rehearsed.behave("hang up")
    rehearsed.job["ModelClientConfig"] = {"InvocationsMaxRetries": 0}
    rehearsed.inputs(**{f"x{n}": b"%d" % n for n in range(5)})

    assert rehearsed.run().status == "Completed"


def test_the_container_sees_its_variables_and_nothing_of_ours(
    rehearsed: Rehearsed, monkeypatch: pytest.MonkeyPatch
) -> None:
    # AWS: Use Your Own Inference Code with Batch Transform.
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    rehearsed.behave("environment")
    rehearsed.model["PrimaryContainer"]["Environment"] |= {"A": "model", "B": "model"}
    rehearsed.job |= {
        "Environment": {"B": "job"},
        "MaxPayloadInMB": 5,
        "MaxConcurrentTransforms": 2,
        "BatchStrategy": "SingleRecord",
    }
    rehearsed.inputs(x=b"?")

    rehearsed.run()

    environment = json.loads(rehearsed.outputs()["x.out"])
    for ours in ("PATH", "HOME", "TMPDIR", "LANG", "LC_CTYPE", "PYTHONUNBUFFERED"):
        environment.pop(ours, None)
    assert environment == {
        "BEHAVIOUR": "environment",
        "A": "model",
        "B": "job",
        "SAGEMAKER_BATCH": "true",
        "SAGEMAKER_MAX_PAYLOAD_IN_MB": "5",
        "SAGEMAKER_MAX_CONCURRENT_TRANSFORMS": "2",
        "SAGEMAKER_BATCH_STRATEGY": "SINGLE_RECORD",
    }


def test_the_container_tunes_what_the_job_leaves_open(rehearsed: Rehearsed) -> None:
    # AWS: Use Your Own Inference Code with Batch Transform, precedence.
    rehearsed.model["PrimaryContainer"]["Environment"]["PARAMETERS"] = json.dumps(
        {
            "MaxConcurrentTransforms": 8,
            "MaxPayloadInMB": 3,
            "BatchStrategy": "SINGLE_RECORD",
        }
    )
    rehearsed.job["MaxPayloadInMB"] = 4
    rehearsed.inputs(x=b"1")

    rehearsed.run()

    assert rehearsed.log.data_lines[0].endswith(
        ":[sagemaker logs]: MaxConcurrentTransforms=8, MaxPayloadInMB=4, "
        "BatchStrategy=SINGLE_RECORD"
    )


def test_the_container_log_has_what_the_process_prints(rehearsed: Rehearsed) -> None:
    rehearsed.inputs(x=b"1")

    rehearsed.run()

    assert rehearsed.log.container_lines == ["the model is loaded"]


def test_a_prefix_of_folder_markers_completes_without_outputs(
    rehearsed: Rehearsed,
) -> None:
    rehearsed.inputs(**{"": b"", "deeper/": b""})

    outcome = rehearsed.run()

    assert outcome.status == "Completed"
    assert rehearsed.outputs() == {}


@pytest.mark.parametrize(
    ("body", "kind", "said"),
    [
        (b"status 415", "ClientError", "415"),
        (b"status 500", "AlgorithmError", "Bad HTTP status received from algorithm"),
        (b"status 302", "AlgorithmError", "Bad HTTP status received from algorithm"),
        (b"truncate", "AlgorithmError", "Unable to get response from algorithm"),
        (b"garbage", "AlgorithmError", "Unable to get response from algorithm"),
        (b"hang", "AlgorithmError", "did not respond to /invocations request within 1"),
        (b"x" * (2**20 + 1), "ClientError", "Too much data for max payload size"),
    ],
)
def test_a_failed_object_fails_the_job_and_leaves_the_others(
    rehearsed: Rehearsed, body: bytes, kind: str, said: str
) -> None:
    # AWS: Troubleshooting (batch transform errors).
    rehearsed.job["MaxPayloadInMB"] = 1
    rehearsed.job["ModelClientConfig"] = {
        "InvocationsTimeoutInSeconds": 1,
        "InvocationsMaxRetries": 0,
    }
    rehearsed.inputs(**{"a.jpg": b"good", "b.jpg": body, "c.jpg": b"also good"})

    outcome = rehearsed.run()

    assert outcome.status == "Failed"
    assert outcome.failure_reason is not None
    assert outcome.failure_reason.startswith(f"{kind}: inputs/in/b.jpg: ")
    assert said in outcome.failure_reason
    assert rehearsed.outputs() == {"a.jpg.out": b"good", "c.jpg.out": b"also good"}
    logged = rehearsed.log.data_lines[1:]
    assert logged
    assert all("]: inputs/in/b.jpg: " in line for line in logged)


def test_one_bad_record_costs_the_output_of_its_object(rehearsed: Rehearsed) -> None:
    # AWS: Troubleshooting (batch transform errors).
    rehearsed.job |= {"BatchStrategy": "SingleRecord", "MaxConcurrentTransforms": 2}
    rehearsed.job["TransformInput"]["SplitType"] = "Line"
    rehearsed.inputs(bad=b"1\nstatus 400\n3\n", good=b"1\n2\n")

    outcome = rehearsed.run()

    assert outcome.status == "Failed"
    assert rehearsed.outputs() == {"good.out": b"12"}


def test_the_data_log_has_the_models_own_words(rehearsed: Rehearsed) -> None:
    rehearsed.inputs(x=b"status 400")

    outcome = rehearsed.run()

    said = [line.split("]: ", 1)[1] for line in rehearsed.log.data_lines[1:]]
    assert said == [
        "inputs/in/x: ClientError: 400",
        "inputs/in/x: ",
        "inputs/in/x: Message:",
        "inputs/in/x: the model's own words",
    ]
    assert "own words" not in str(outcome.failure_reason)


def test_a_payload_is_tried_again_as_often_as_the_job_says(
    rehearsed: Rehearsed, tmp_path: Path
) -> None:
    # AWS: ModelClientConfig.
    rehearsed.job["ModelClientConfig"] = {"InvocationsMaxRetries": 1}
    rehearsed.inputs(x=b"once 503", y=b"status 500")

    requests = requests_of(rehearsed, tmp_path / "requests")

    assert [request["body"] for request in requests] == [
        *["once 503"] * 2,
        *["status 500"] * 2,
    ]
    assert rehearsed.outputs() == {"x.out": b"once 503"}


def test_a_refused_payload_is_not_tried_again(
    rehearsed: Rehearsed, tmp_path: Path
) -> None:
    rehearsed.inputs(x=b"status 400")

    assert len(requests_of(rehearsed, tmp_path / "requests")) == 1


def test_a_container_that_crashes_at_start_is_not_waited_for(
    rehearsed: Rehearsed,
) -> None:
    rehearsed.behave("crash")
    rehearsed.inputs(x=b"1")

    outcome = rehearsed.run()

    assert outcome.status == "Failed"
    assert outcome.failure_reason == (
        "AlgorithmError: Model container failed to respond to ping; Ensure /ping "
        "endpoint is implemented and responds with an HTTP 200 status code. The "
        "container ended with exit code 3. Its last lines: No module named 'faces'"
    )
    assert rehearsed.log.container_lines == ["No module named 'faces'"]


def test_a_container_that_never_gets_ready_is_given_up(rehearsed: Rehearsed) -> None:
    rehearsed.behave("never ready")
    rehearsed.ready_seconds = 0.3

    outcome = rehearsed.run()

    assert "It was not ready after 0.3 seconds" in str(outcome.failure_reason)


def test_a_container_that_dies_ends_the_job_at_once(rehearsed: Rehearsed) -> None:
    rehearsed.inputs(a=b"good", b=b"die", c=b"never sent", d=b"never sent")

    outcome = rehearsed.run()

    assert outcome.status == "Failed"
    assert str(outcome.failure_reason).startswith(
        "AlgorithmError: inputs/in/b: The container ended with exit code 137."
    )
    assert rehearsed.outputs() == {"a.out": b"good"}


def test_an_image_without_a_command_says_how_to_map_it(rehearsed: Rehearsed) -> None:
    rehearsed.commands = {}

    reason = str(rehearsed.run().failure_reason)

    assert reason.startswith("ClientError: The rehearsal has no local command for")
    assert f'{{"{IMAGE}": ["python"' in reason


def test_a_command_that_does_not_exist_is_named(rehearsed: Rehearsed) -> None:
    rehearsed.commands = {IMAGE: ("no-such-program",)}

    assert "no-such-program: No such file" in str(rehearsed.run().failure_reason)


@pytest.mark.parametrize(
    "place", [Location("models", ""), Location("inputs", ""), Location("outputs", "")]
)
def test_a_refusing_bucket_fails_the_job_with_its_reason(
    rehearsed: Rehearsed, place: Location
) -> None:
    rehearsed.storage.refused[place] = "AccessDenied"
    rehearsed.inputs(x=b"1")

    outcome = rehearsed.run()

    assert outcome.status == "Failed"
    assert str(outcome.failure_reason).startswith("ClientError: ")
    assert "AccessDenied" in str(outcome.failure_reason)


def test_one_unreadable_object_leaves_the_others(rehearsed: Rehearsed) -> None:
    rehearsed.inputs(a=b"1", b=b"2")
    rehearsed.storage.refused[Location("inputs", "in/a")] = "KMS.DisabledException"

    outcome = rehearsed.run()

    assert "KMS.DisabledException" in str(outcome.failure_reason)
    assert rehearsed.outputs() == {"b.out": b"2"}


def test_a_long_reason_is_cut_to_what_sagemaker_allows(rehearsed: Rehearsed) -> None:
    rehearsed.storage.refused[Location("models", "")] = "x" * 3000

    assert len(str(rehearsed.run().failure_reason)) == REASON_LIMIT


def test_a_stopped_job_leaves_no_outputs(rehearsed: Rehearsed) -> None:
    # AWS: StopTransformJob.
    rehearsed.inputs(a=b"good", b=b"hang")
    rehearsed.on_start = threading.Timer(0.3, rehearsed.stop.set).start

    outcome = rehearsed.run()

    assert outcome.status == "Stopped"
    assert rehearsed.outputs() == {}


def test_a_job_that_is_stopped_before_it_starts_never_starts(
    rehearsed: Rehearsed,
) -> None:
    rehearsed.behave("never ready")
    rehearsed.stop.set()

    assert rehearsed.run().status == "Stopped"


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads the process table")
@pytest.mark.parametrize("behaviour", ["echo", "crash", "ignore SIGTERM"])
def test_nothing_of_a_job_is_left(
    rehearsed: Rehearsed, monkeypatch: pytest.MonkeyPatch, behaviour: str
) -> None:
    monkeypatch.setattr(serving, "GRACE_SECONDS", 0.2)
    seen: list[str] = []

    def look(line: str) -> None:
        seen.extend(serving_processes(rehearsed.work))

    monkeypatch.setattr(rehearsed.log, "container", look)
    rehearsed.behave(behaviour)
    rehearsed.inputs(x=b"1")
    rehearsed.run()

    # What crashes at once may be gone before anybody looks.
    assert seen or behaviour == "crash"
    assert list(rehearsed.work.iterdir()) == []
    assert serving_processes(rehearsed.work) == []


def test_signals_are_left_as_they_were(rehearsed: Rehearsed) -> None:
    before = signal.getsignal(signal.SIGTERM)
    rehearsed.run()

    assert signal.getsignal(signal.SIGTERM) is before
