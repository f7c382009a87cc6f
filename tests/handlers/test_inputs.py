"""What runs read: all, or what is new, complete, uploaded, or left out."""

import json
from typing import Any

import pytest

from chaos.errors import refused
from chaos.faults import Fate
from chaos.sagemaker import Outcome
from chaos.world import CONTROL, World
from private_transform.handlers import manifest
from tests.handlers.deployments import begin, deploy, execute, statuses, world_where
from tests.handlers.test_evidence import left

HOUR = 3600
INBOX = "inbox/"
GOOD = Outcome()
BAD = Outcome(reason="AlgorithmError")


def after_deployment(*outcomes: Outcome) -> World:
    world = world_where(GOOD, *(outcomes or (GOOD,)))
    assert deploy(world)
    world.agenda.run(60)
    world.topic.published.clear()
    return world


@pytest.fixture
def world() -> World:
    return after_deployment()


def put(world: World, *names: str, body: bytes = b"1", folder: str = INBOX) -> None:
    for name in names:
        world.storage.put_object(Bucket="inputs", Key=folder + name, Body=body)


def read(world: World) -> list[list[str]]:
    """What the jobs of runs read, in order."""
    _, *jobs = world.sagemaker.jobs.values()
    return [list(job.inputs) for job in jobs]


def upload(world: World, content: Any, name: str = "list.json") -> dict[str, Any]:
    """Upload a manifest; the event of it, as the state machine is told."""
    key = f"arrivals/faces/{name}"
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    put = world.storage.put_object(Bucket=CONTROL, Key=key, Body=body)
    at = world.agenda.now().isoformat()
    return {"arrival": {"key": key, "version_id": put["VersionId"], "at": at}}


LISTED = [{"prefix": "s3://inputs/photos-0/"}, "a.jpg", "c.jpg"]


# Nothing


@pytest.mark.parametrize("select", ["all", "new"])
@pytest.mark.parametrize(
    ("on_empty", "state"), [("skip", "skipped"), ("fail", "failed")]
)
def test_a_run_over_nothing_is_skipped_or_fails(
    world: World, select: str, on_empty: str, state: str
) -> None:
    put(world, "", "folder/")

    answer = execute(world, inputs=INBOX, select=select, on_empty=on_empty)
    world.agenda.run(60)

    assert answer["State"] == state
    assert "object below s3://inputs/inbox/." in answer["Note"]
    assert statuses(world) == ["Completed"]
    (message,) = world.topic.published
    assert message["Subject"].startswith(f"{state.capitalize()}: ")


def test_a_run_over_nothing_leaves_its_turn(world: World) -> None:
    execute(world, inputs=INBOX)
    put(world, "a.jpg")

    assert execute(world, inputs=INBOX)["State"] == "succeeded"


def test_what_may_not_be_listed_is_left_to_sagemaker(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(world, "a.jpg")
    listed = world.storage.list_objects_v2

    def closed(**request: Any) -> dict[str, Any]:
        if request["Bucket"] == "inputs":
            raise refused("AccessDenied", "No.", status=403)
        return listed(**request)

    monkeypatch.setattr(world.storage, "list_objects_v2", closed)

    assert execute(world, inputs=INBOX)["State"] == "succeeded"
    answer = execute(world, inputs=INBOX, select="new")
    assert answer["State"] == "failed"
    assert "cannot be listed one by one" in answer["Note"]


def test_a_manifest_of_the_transform_s_own_is_not_opened(world: World) -> None:
    world.storage.put_object(
        Bucket="inputs", Key="list.json", Body=json.dumps(LISTED).encode()
    )

    answer = execute(world, inputs="list.json", data_type="ManifestFile")

    assert answer["State"] == "succeeded"
    assert read(world) == [["a.jpg", "c.jpg"]]


# What is new


def test_only_what_is_new_since_a_run_that_ended_well_is_read(world: World) -> None:
    put(world, "a.jpg", "b.jpg")
    execute(world, inputs=INBOX, select="new")
    put(world, "c.jpg")
    put(world, "b.jpg", body=b"replaced")
    execute(world, inputs=INBOX, select="new")

    assert read(world) == [["a.jpg", "b.jpg"], ["b.jpg", "c.jpg"]]
    assert execute(world, inputs=INBOX, select="new")["State"] == "skipped"


def test_what_a_run_failed_with_is_new_again() -> None:
    world = after_deployment(BAD, GOOD)
    put(world, "a.jpg")
    execute(world, inputs=INBOX, select="new")
    put(world, "b.jpg")

    execute(world, inputs=INBOX, select="new")

    assert read(world) == [["a.jpg"], ["a.jpg", "b.jpg"]]


def test_what_a_run_was_allowed_to_leave_out_is_new_again() -> None:
    world = after_deployment(Outcome(failed=1), GOOD)
    put(world, "a.jpg", "b.jpg")
    execute(world, inputs=INBOX, select="new", max_failed=1)

    execute(world, inputs=INBOX, select="new", max_failed=1)

    assert read(world) == [["a.jpg", "b.jpg"], ["a.jpg"]]


def test_what_the_repetition_of_a_failed_run_did_is_done() -> None:
    world = after_deployment(Outcome(failed=1), GOOD)
    put(world, "a.jpg", "b.jpg")
    failed = execute(world, inputs=INBOX, select="new")
    world.agenda.run(60)
    redone = execute(world, inputs=INBOX, select="new", asked={"redo": failed["Job"]})
    assert redone["State"] == "succeeded"

    assert execute(world, inputs=INBOX, select="new")["State"] == "skipped"
    assert read(world) == [["a.jpg", "b.jpg"], ["a.jpg"]]


def test_what_another_run_is_reading_is_not_new() -> None:
    world = after_deployment(Outcome(minutes=300), GOOD)
    day = {"run_date": "2029-12-31"}
    put(world, "a.jpg")
    begin(world, inputs=INBOX, select="new", asked=day)
    world.agenda.run(600)
    put(world, "b.jpg")

    execute(world, inputs=INBOX, select="new", asked={"run_date": "2029-12-30"})

    assert read(world) == [["a.jpg"], ["b.jpg"]]


def test_a_run_that_never_got_a_job_has_done_nothing(world: World) -> None:
    put(world, "a.jpg")
    world.sagemaker.refusals["create_transform_job"] = [
        refused("ResourceLimitExceeded", "account-level service limit")
    ]
    assert execute(world, inputs=INBOX, select="new")["State"] == "failed"

    execute(world, inputs=INBOX, select="new")

    assert read(world) == [["a.jpg"]]


def test_inputs_of_different_days_are_apart(world: World) -> None:
    for day in ("2029-12-30", "2029-12-31"):
        put(world, "a.jpg", folder=f"inbox/{day}/")
        asked = {"run_date": day}
        execute(world, inputs="inbox/{run_date}/", select="new", asked=asked)

    assert read(world) == [["a.jpg"], ["a.jpg"]]


def test_what_is_there_no_more_is_forgotten(world: World) -> None:
    put(world, "a.jpg", "b.jpg")
    execute(world, inputs=INBOX, select="new")
    del world.storage.objects["inputs", "inbox/a.jpg"]
    execute(world, inputs=INBOX, select="new")

    (kept,) = (
        json.loads(content)
        for (bucket, key), content in world.storage.objects.items()
        if bucket == CONTROL and key.startswith("selections/faces/")
    )
    assert kept["done"].keys() == {"b.jpg"}


def test_a_run_reads_what_was_there_when_it_began(world: World) -> None:
    put(world, "a.jpg")
    begin(world, inputs=INBOX, select="new")
    world.agenda.run(60)
    put(world, "b.jpg")
    world.agenda.run(HOUR)

    assert read(world) == [["a.jpg"]]
    (found,) = (
        each for each in left(world).values() if each["launch"]["origin"] == "execution"
    )
    assert (found["inputs"], found["outputs"], found["result"]) == (1, 1, "succeeded")


@pytest.mark.parametrize("number", range(1, 22))
@pytest.mark.parametrize("fate", Fate)
@pytest.mark.parametrize("asked", [{}, "arrival"])
def test_whatever_fails_once_each_input_is_read_once(
    number: int, fate: Fate, asked: Any
) -> None:
    world = after_deployment()
    put(world, "a.jpg", "b.jpg")
    asked = asked and upload(
        world, [{"prefix": "s3://inputs/inbox/"}, "a.jpg", "b.jpg"]
    )
    calls = world.weather.calls
    world.weather.fates = {calls + number: fate}

    assert (
        execute(world, inputs=INBOX, select="new", asked=asked)["State"] == "succeeded"
    )

    assert read(world) == [["a.jpg", "b.jpg"]]


# What is complete


def test_a_run_waits_for_the_object_that_says_that_all_is_there(world: World) -> None:
    put(world, "a.jpg", "_SUCCESS.tmp")
    execution = begin(world, inputs=INBOX, ready="_SUCCESS")
    world.agenda.run(5 * HOUR)
    assert len(world.sagemaker.jobs) == 1
    put(world, "b.jpg", "_SUCCESS")
    world.agenda.run(2 * HOUR)

    assert world.executions.ended[execution]["State"] == "succeeded"
    assert read(world) == [["_SUCCESS.tmp", "a.jpg", "b.jpg"]]


def test_a_run_that_waits_is_in_nobody_s_way(world: World) -> None:
    begin(world, inputs=INBOX, ready="_SUCCESS")
    world.agenda.run(HOUR)

    assert execute(world)["State"] == "succeeded"


@pytest.mark.parametrize(
    ("on_empty", "state"), [("skip", "skipped"), ("fail", "failed")]
)
def test_it_does_not_wait_for_ever(world: World, on_empty: str, state: str) -> None:
    answer = execute(world, inputs=INBOX, ready="_SUCCESS", on_empty=on_empty)

    assert answer["State"] == state
    assert "s3://inputs/inbox/_SUCCESS did not come within 12 hours." in answer["Note"]


# What arrived


def test_an_upload_is_run_over_what_it_names(world: World) -> None:
    answer = execute(world, asked=upload(world, LISTED))
    world.agenda.run(60)

    assert answer["State"] == "succeeded"
    assert read(world) == [["a.jpg", "c.jpg"]]
    found = left(world)[answer["Job"]]
    assert (found["inputs"], found["outputs"]) == (2, 2)
    assert found["launch"]["origin"] == "arrival"
    by = found["launch"]["launched_by"]
    assert by["manifest"] == "arrivals/faces/list.json"
    assert by["version_id"].startswith("version-")


def test_the_same_event_twice_runs_once(world: World) -> None:
    asked = upload(world, LISTED)
    both = [begin(world, asked=asked) for _ in range(2)]
    world.agenda.run(HOUR)

    states = [world.executions.ended[each]["State"] for each in both]
    assert states == ["succeeded", "skipped"]
    assert len(read(world)) == 1


def test_a_new_upload_of_the_same_key_runs_again(world: World) -> None:
    execute(world, asked=upload(world, LISTED))
    execute(world, asked=upload(world, LISTED))

    assert read(world) == [["a.jpg", "c.jpg"]] * 2


def test_two_uploads_at_the_same_moment_run_twice(world: World) -> None:
    uploads = [upload(world, LISTED, "1.json"), upload(world, LISTED[:2], "2.json")]
    both = [begin(world, asked=asked) for asked in uploads]
    world.agenda.run(HOUR)

    assert {world.executions.ended[each]["State"] for each in both} == {"succeeded"}
    assert sorted(read(world)) == [["a.jpg"], ["a.jpg", "c.jpg"]]


def test_the_version_that_arrived_is_read_and_not_a_later_one(world: World) -> None:
    first = upload(world, LISTED)
    upload(world, LISTED[:2])

    execute(world, asked=first)

    assert read(world) == [["a.jpg", "c.jpg"]]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"a.jpg\nb.jpg", "is not a JSON array"),
        ({"prefix": "s3://inputs/photos-0/"}, "it begins otherwise"),
        ([], "it begins otherwise"),
        ([{"prefix": "s3://inputs/photos-0/", "x": 1}, "a"], "it begins otherwise"),
        ([{"prefix": "photos-0/"}, "a"], "photos-0/ is no folder"),
        ([{"prefix": "s3://inputs/photos-0"}, "a"], "photos-0 is no folder"),
        ([{"prefix": "s3://inputs/photos-0/"}, 1], "1 is no name"),
        ([{"prefix": "s3://inputs/photos-0/"}, ""], '"" is no name'),
        ([{"prefix": "s3://inputs/photos-0/"}, "/a"], '"/a" is no name'),
        ([{"prefix": "s3://inputs/photos-1/"}, "a.jpg"], "reads below s3://inputs/"),
        ([{"prefix": "s3://inputs/photos-0/"}, *map(str, range(6))], "names 6 objects"),
    ],
)
def test_what_is_no_manifest_of_the_transform_is_told(
    world: World, content: Any, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "LIMIT", 5)
    answer = execute(world, asked=upload(world, content))

    assert answer["State"] == "failed"
    assert words in answer["Note"]
    assert read(world) == []


def test_a_manifest_may_name_objects_of_a_folder_within(world: World) -> None:
    put(world, "x/a.jpg", folder="photos-0/")

    execute(
        world, asked=upload(world, [{"prefix": "s3://inputs/photos-0/x/"}, "a.jpg"])
    )

    assert read(world) == [["a.jpg"]]


def test_a_manifest_that_names_nothing_is_skipped(world: World) -> None:
    assert execute(world, asked=upload(world, LISTED[:1]))["State"] == "skipped"


def test_a_manifest_that_is_gone_is_told(world: World) -> None:
    asked = upload(world, LISTED)
    asked["arrival"]["version_id"] = "version-0"

    assert "is not there" in execute(world, asked=asked)["Note"]


def test_a_manifest_that_is_too_long_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(manifest, "_MOST_BYTES", 10)

    assert "is longer than" in execute(world, asked=upload(world, LISTED))["Note"]


def test_a_manifest_is_complete_by_itself(world: World) -> None:
    asked = upload(world, LISTED)

    assert execute(world, ready="_SUCCESS", asked=asked)["State"] == "succeeded"


# What was left out


def failed_run(world: World, **settings: Any) -> str:
    """The job of a run that left inputs out, once that is announced."""
    answer = execute(world, **settings)
    world.agenda.run(60)
    return str(answer["Job"])


def test_exactly_the_failed_inputs_are_run_again_for_the_same_day() -> None:
    world = after_deployment(Outcome(failed=2), GOOD)
    day = {"run_date": "2029-12-24"}
    put(world, "a.jpg", "b.jpg", "c.jpg", folder="inbox/2029-12-24/")
    job = failed_run(world, inputs="inbox/{run_date}/", asked=day)

    answer = execute(world, inputs="inbox/{run_date}/", asked={"redo": job})
    world.agenda.run(60)

    assert answer["State"] == "succeeded"
    assert read(world) == [["a.jpg", "b.jpg", "c.jpg"], ["a.jpg", "b.jpg"]]
    found = left(world)[answer["Job"]]
    assert found["launch"]["origin"] == "redo"
    assert found["launch"]["launched_by"]["redo_of"] == job
    assert (found["launch"]["root"], found["launch"]["run_date"]) == (job, "2029-12-24")
    assert (found["inputs"], found["failed_inputs"]) == (2, [])


def test_a_repetition_may_be_repeated() -> None:
    world = after_deployment(Outcome(failed=2), Outcome(failed=1), GOOD)
    first = failed_run(world)
    second = failed_run(world, asked={"redo": first})

    answer = execute(world, asked={"redo": second})
    world.agenda.run(60)

    assert read(world) == [["a.jpg", "b.jpg", "c.jpg"], ["a.jpg", "b.jpg"], ["a.jpg"]]
    assert left(world)[answer["Job"]]["launch"]["root"] == first


def test_a_repetition_may_leave_as_many_out_as_a_run() -> None:
    world = after_deployment(Outcome(failed=2), Outcome(failed=1))
    job = failed_run(world, max_failed=1)

    assert execute(world, asked={"redo": job}, max_failed=1)["State"] == "tolerated"


def test_a_repetition_goes_beside_other_runs() -> None:
    world = after_deployment(Outcome(failed=1), Outcome(minutes=300), GOOD)
    job = failed_run(world)
    begin(world)
    world.agenda.run(600)

    assert execute(world, asked={"redo": job})["State"] == "succeeded"


@pytest.mark.parametrize("job", ["dev-faces-unknown", None])
def test_where_nothing_was_left_out_nothing_is_run_again(
    world: World, job: str | None
) -> None:
    good = execute(world)
    world.agenda.run(60)

    answer = execute(world, asked={"redo": job or good["Job"]})

    assert answer["State"] == "failed"
    assert "Nothing is known of inputs that" in answer["Note"]


def test_the_failed_inputs_of_a_deployment_can_be_run_again() -> None:
    world = world_where(Outcome(failed=1), GOOD)
    assert deploy(world, max_failed=1)
    world.agenda.run(60)
    (job,) = world.sagemaker.jobs

    execute(world, asked={"redo": job})

    assert read(world) == [["a.jpg"]]


def test_every_attempt_of_a_run_reads_the_same() -> None:
    lacking = Outcome(reason="CapacityError: Unable to provision", minutes=-1)
    world = after_deployment(lacking, GOOD)
    put(world, "a.jpg")
    begin(world, inputs=INBOX, select="new")
    world.agenda.run(60)
    put(world, "b.jpg")
    world.agenda.run(HOUR)

    assert read(world) == [["a.jpg"], ["a.jpg"]]


def test_lists_of_inputs_carry_the_environment_s_key(world: World) -> None:
    put(world, "a.jpg")
    execute(world, inputs=INBOX, select="new")

    listing = {
        key: world.storage.keys[bucket, key]
        for bucket, key in world.storage.objects
        if key.startswith(("manifests/", "selections/"))
    }
    assert set(listing.values()) == {None}
    assert len(listing) == 2
