"""A run in shards: a job for each list, and what is not done can be run once more."""

import json
from typing import Any

import pytest

from chaos.errors import refused
from chaos.sagemaker import Outcome, Refusal
from chaos.world import CONTROL, PHOTOGRAPHS, World
from private_transform.handlers.contract import FAILED_RUN, METRICS
from tests.handlers.deployments import begin, deploy, world_where
from tests.handlers.test_evidence import left

HOUR = 3600
DAY = 24 * HOUR
LIST = "shards/faces/night.json"
GOOD, BAD, LONG = (
    Outcome(minutes=10),
    Outcome(failed=1, minutes=10),
    Outcome(minutes=600),
)


def put(world: World, key: str, content: Any) -> None:
    world.storage.put_object(Bucket=CONTROL, Key=key, Body=json.dumps(content).encode())


def prepared(*outcomes: Outcome, shards: int = 3) -> World:
    """A deployed transform, and a list of shards of one photograph each."""
    world = world_where(Outcome(), *outcomes)
    assert deploy(world)
    world.agenda.run(HOUR)
    names = [f"part-{number}.json" for number in range(shards)]
    for number, name in enumerate(names):
        manifest = [{"prefix": "s3://inputs/photos-0/"}, PHOTOGRAPHS[number % 3]]
        put(world, f"shards/faces/{name}", manifest)
    put(world, LIST, names)
    world.topic.published.clear()
    return world


def run(world: World, **settings: Any) -> dict[str, str]:
    """One execution, to its end; its last answer."""
    execution = begin(world, **{"shards": "night.json", **settings})
    assert world.agenda.run_until(
        lambda: execution in world.executions.ended, within=DAY
    )
    world.agenda.run(HOUR)
    return dict(world.executions.ended[execution])


def jobs_of_shards(world: World) -> list[str]:
    """What each job read, of those that no deployment made."""
    return [
        job.request["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
        for job in list(world.sagemaker.jobs.values())[1:]
    ]


def subjects(world: World) -> list[str]:
    return [each["Subject"].partition(":")[0] for each in world.topic.published]


def evidence(world: World) -> list[dict[str, Any]]:
    return list(left(world).values())


def test_each_shard_is_a_job_over_its_own_list() -> None:
    world = prepared(GOOD, GOOD, GOOD)

    answer = run(world)

    assert answer["State"] == "succeeded"
    assert answer["Note"] == "All shards are done."
    read = jobs_of_shards(world)
    assert len(set(read)) == 3
    for uri in read:
        assert uri.startswith("s3://control/manifests/faces/runs/")
    shards = [each for each in evidence(world) if each["launch"]["origin"] == "shard"]
    assert {each["launch"]["launched_by"]["shard"] for each in shards} == {
        "part-0.json",
        "part-1.json",
        "part-2.json",
    }
    assert all(each["inputs"] == 1 for each in shards)


def test_no_more_go_on_at_once_than_allowed() -> None:
    world = prepared(*[GOOD] * 5, shards=5)

    assert run(world)["State"] == "succeeded"

    assert world.executions.most == 2


def test_a_shard_that_failed_is_named_and_the_others_are_done() -> None:
    world = prepared(GOOD, BAD, GOOD)

    answer = run(world)

    assert answer["State"] == "failed"
    assert "1 of 3 shards are not done: part-1.json." in answer["Note"]
    assert len(jobs_of_shards(world)) == 3
    assert sorted(subjects(world)) == ["Completed", "Completed", "Failed", "Failed"]


def test_what_failed_is_run_once_more_and_nothing_else() -> None:
    world = prepared(GOOD, BAD, GOOD, GOOD)
    failed = run(world)
    name = name_in(failed["Note"])

    answer = run(world, asked={"again": name})

    assert answer["State"] == "succeeded"
    assert answer["Note"] == "Its shard is done."
    again = json.loads(world.storage.objects[CONTROL, answer_key(world, -1)])
    assert [each["name"] for each in again] == ["part-1.json"]
    assert len(jobs_of_shards(world)) == 4


def name_in(note: str) -> str:
    """The run that a note says to run once more."""
    return str(json.loads(note.rpartition("with ")[2].rstrip("."))["again"])


def shards_run(world: World) -> list[str]:
    """The shard of each job, in the order of their creation."""
    launches = [
        json.loads(world.storage.objects[CONTROL, f"launches/{job.name}.json"])
        for job in list(world.sagemaker.jobs.values())[1:]
    ]
    return [each["launched_by"].get("shard", "") for each in launches]


def test_what_goes_on_is_not_run_once_more() -> None:
    world = prepared(*[Outcome(minutes=120)] * 6)
    begin(world, shards="night.json")
    world.agenda.run(600)
    name = answer_key(world, 0).rpartition("/")[2].removesuffix(".json")

    answer = run(world, asked={"again": name})

    assert answer["State"] == "skipped"
    assert sorted(shards_run(world)) == ["part-0.json", "part-1.json", "part-2.json"]


@pytest.mark.parametrize("overlap", ["skip", "queue"])
def test_what_was_run_once_more_is_done(overlap: str) -> None:
    world = prepared(GOOD, BAD, GOOD, GOOD, GOOD, GOOD)
    asked = {"again": name_in(run(world)["Note"])}
    for _ in range(2):
        begin(world, shards="night.json", asked=asked, overlap=overlap)
    world.agenda.run(DAY)

    third = run(world, asked=asked)

    assert third["State"] == "skipped"
    assert "no shard to run" in third["Note"]
    assert shards_run(world)[3:] == ["part-1.json"]


def test_what_failed_twice_is_run_by_either_name() -> None:
    world = prepared(GOOD, BAD, GOOD, BAD, GOOD, GOOD)
    first = name_in(run(world)["Note"])
    second = name_in(run(world, asked={"again": first})["Note"])
    assert first != second

    assert run(world, asked={"again": second})["State"] == "succeeded"

    assert run(world, asked={"again": first})["State"] == "skipped"
    assert shards_run(world)[3:] == ["part-1.json"] * 2


def test_a_shard_whose_failed_inputs_were_made_once_more_is_done() -> None:
    world = prepared(GOOD, BAD, GOOD, GOOD, GOOD)
    name = name_in(run(world)["Note"])
    failed = list(world.sagemaker.jobs)[2]

    assert run(world, asked={"redo": failed})["State"] == "succeeded"

    assert run(world, asked={"again": name})["State"] == "skipped"


def test_who_stops_one_run_stops_no_other() -> None:
    world = prepared(*[LONG] * 4)
    days = ["2030-01-30", "2030-01-31"]
    first, _ = (
        begin(world, shards="night.json", asked={"run_date": day}) for day in days
    )
    world.agenda.run(600)

    world.executions.stop(first)
    world.agenda.run(HOUR)

    running = [job.status for job in list(world.sagemaker.jobs.values())[1:]]
    assert sorted(running) == ["InProgress"] * 2 + ["Stopped"] * 2


def answer_key(world: World, number: int) -> str:
    plans = [
        key
        for bucket, key in world.storage.objects
        if bucket == CONTROL and key.startswith("manifests/faces/shards/")
    ]
    return plans[number]


def test_a_run_made_once_more_is_for_the_same_day() -> None:
    world = prepared(BAD, GOOD, GOOD, GOOD)
    failed = run(world, asked={"run_date": "2030-01-31"})
    name = name_in(failed["Note"])
    run(world, asked={"again": name})

    days = {
        each["launch"]["run_date"]
        for each in evidence(world)
        if each["launch"]["origin"] != "deployment"
    }
    assert days == {"2030-01-31"}


def test_the_alarm_follows_the_run_and_not_each_shard() -> None:
    world = prepared(BAD, GOOD, GOOD)
    begin(world, shards="night.json")
    values = []
    for _ in range(60):
        world.agenda.run(60)
        values.append(world.metrics.last(METRICS, FAILED_RUN, "dev", "faces"))

    assert values == sorted(values, key=lambda each: each or 0)
    assert values[-1] == 1


def test_a_run_that_is_stopped_takes_its_jobs_with_it() -> None:
    world = prepared(LONG, LONG, LONG)
    execution = begin(world, shards="night.json")
    world.agenda.run(600)

    world.executions.stop(execution)
    world.agenda.run(HOUR)

    running = [job.status for job in list(world.sagemaker.jobs.values())[1:]]
    assert running == ["Stopped", "Stopped"]
    (left,) = [each for each in evidence(world) if each["job"] is None]
    assert left["result"] == "stopped"
    assert "before its shards did" in left["summary"]


def test_a_run_in_shards_has_the_turn_until_its_end() -> None:
    world = prepared(*[Outcome(minutes=120)] * 3, GOOD)
    begin(world, shards="night.json")
    world.agenda.run(HOUR)

    second = run(world)
    world.agenda.run(DAY)

    assert second["State"] == "skipped"
    assert "goes on" in second["Note"]
    assert run(world)["State"] == "succeeded"


def test_after_one_that_was_stopped_the_next_has_the_turn() -> None:
    world = prepared(LONG, LONG, GOOD, GOOD, GOOD)
    execution = begin(world, shards="night.json")
    world.agenda.run(600)
    world.executions.stop(execution)
    world.agenda.run(HOUR)

    assert run(world)["State"] == "succeeded"


def test_a_day_that_is_done_is_not_run_again_where_that_is_asked_for() -> None:
    world = prepared(GOOD, GOOD, GOOD)
    asked = {"run_date": "2030-01-31", "if_missing": True}
    assert run(world, asked=asked)["State"] == "succeeded"

    second = run(world, asked=asked)

    assert second["State"] == "skipped"
    assert len(jobs_of_shards(world)) == 3


def test_a_day_of_which_a_shard_failed_is_run_again() -> None:
    world = prepared(BAD, GOOD, GOOD, GOOD, GOOD, GOOD)
    asked = {"run_date": "2030-01-31", "if_missing": True}
    assert run(world, asked=asked)["State"] == "failed"

    assert run(world, asked=asked)["State"] == "succeeded"


def test_hours_whose_lists_lie_apart_are_runs_of_their_own() -> None:
    world = prepared(*[GOOD] * 6)
    hourly = "{run_date}T{run_hour}.json"
    for hour in ("04", "05"):
        put(world, f"shards/faces/2030-01-31T{hour}.json", ["part-0.json"])
        asked = {"run_date": "2030-01-31", "run_hour": hour, "if_missing": True}
        assert run(world, shards=hourly, asked=asked)["State"] == "succeeded"

    again = run(world, shards=hourly, asked=asked)

    assert again["State"] == "skipped"
    assert len(jobs_of_shards(world)) == 2


def test_a_day_that_was_mended_is_done() -> None:
    world = prepared(GOOD, BAD, GOOD, GOOD, GOOD, GOOD, GOOD)
    asked = {"run_date": "2030-01-31"}
    name = name_in(run(world, asked=asked)["Note"])
    assert run(world, asked={"again": name})["State"] == "succeeded"

    answer = run(world, asked={**asked, "if_missing": True})

    assert answer["State"] == "skipped"
    assert len(jobs_of_shards(world)) == 4


def test_the_list_is_of_the_day() -> None:
    world = prepared(GOOD)
    put(world, "shards/faces/2030-01-31/all.json", ["only.json"])
    manifest = [{"prefix": "s3://inputs/photos-0/"}, "a.jpg"]
    put(world, "shards/faces/2030-01-31/only.json", manifest)

    answer = run(world, shards="{run_date}/all.json", asked={"run_date": "2030-01-31"})

    assert answer["Note"] == "Its shard is done."


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ({"a": 1}, "is not a JSON array of names"),
        ([1], "is not a JSON array of names"),
        ([""], "is not a JSON array of names"),
        (["a.json", "a.json"], "and each once"),
        ([f"{number}.json" for number in range(10_001)], "at most 10000"),
    ],
)
def test_what_is_no_list_is_refused(content: Any, words: str) -> None:
    world = prepared()
    put(world, LIST, content)

    answer = run(world)

    assert answer["State"] == "failed"
    assert words in answer["Note"]
    assert subjects(world) == ["Failed"]


def test_what_is_no_json_is_refused() -> None:
    world = prepared()
    world.storage.put_object(Bucket=CONTROL, Key=LIST, Body=b"part-1")

    assert "is no JSON" in run(world)["Note"]


def test_a_list_of_nothing_is_nothing_to_do() -> None:
    world = prepared()
    put(world, LIST, [])

    assert run(world)["State"] == "skipped"
    assert run(world, on_empty="fail")["State"] == "failed"


def test_a_list_that_is_not_there_is_nothing_to_do() -> None:
    world = prepared()

    answer = run(world, shards="other.json")

    assert (answer["State"], "There is no list" in answer["Note"]) == ("skipped", True)


def test_a_shard_without_a_manifest_fails_alone() -> None:
    world = prepared(GOOD)
    put(world, LIST, ["part-0.json", "missing.json"])

    answer = run(world)

    assert answer["State"] == "failed"
    assert "missing.json" in answer["Note"]


def test_a_shard_that_names_nothing_is_done() -> None:
    world = prepared(GOOD)
    put(world, "shards/faces/part-1.json", [{"prefix": "s3://inputs/photos-0/"}])
    put(world, LIST, ["part-0.json", "part-1.json"])

    assert run(world)["State"] == "succeeded"


def test_a_shard_of_others_data_is_refused() -> None:
    world = prepared()
    put(world, "shards/faces/part-0.json", [{"prefix": "s3://inputs/secret/"}, "a"])
    put(world, LIST, ["part-0.json"])

    assert run(world)["State"] == "failed"
    assert jobs_of_shards(world) == []


def test_no_name_of_a_shard_leads_out_of_its_folder() -> None:
    world = prepared()
    put(world, "manifests/faces/redo/x.json", [{"prefix": "s3://inputs/photos-0/"}])
    put(world, LIST, ["../../manifests/faces/redo/x.json"])

    assert run(world)["State"] == "failed"


def test_a_run_that_never_was_is_not_run_once_more() -> None:
    world = prepared()

    answer = run(world, asked={"again": "dev-faces-0a1b2c3d-4e5f6a7b"})

    assert answer["State"] == "failed"
    assert "is no run of faces in shards" in answer["Note"]


def test_an_upload_is_a_run_of_its_own_beside_shards() -> None:
    world = prepared(GOOD)
    manifest = [{"prefix": "s3://inputs/photos-0/"}, "a.jpg"]
    put(world, "arrivals/faces/a.json", manifest)
    version = world.storage.versions[CONTROL, "arrivals/faces/a.json"][-1].id
    arrival = {
        "key": "arrivals/faces/a.json",
        "version_id": version,
        "at": "2030-01-31T00:00:00Z",
    }

    assert run(world, asked={"arrival": arrival})["State"] == "succeeded"
    assert len(jobs_of_shards(world)) == 1


@pytest.mark.parametrize("minutes", [1, 30, 65])
def test_a_day_that_goes_on_by_schedule_is_waited_for(minutes: int) -> None:
    world = prepared(*[Outcome(minutes=60)] * 3)
    begin(world, shards="night.json", asked={"scheduled": "2030-01-31T02:00:00Z"})
    world.agenda.run(60 * minutes)

    second = run(world, asked={"run_date": "2030-01-31", "if_missing": True})

    assert second["State"] == "skipped"
    assert "has ended well" in second["Note"]
    assert len(jobs_of_shards(world)) == 3


def test_a_call_that_is_made_again_finds_the_same_shards() -> None:
    world = prepared(GOOD, GOOD, GOOD)
    execution = begin(world, shards="night.json")
    event = world.executions.going[execution]

    first = world.executions.function().go_on(event)
    put(world, LIST, ["other.json"])
    second = world.executions.function().go_on(event)

    assert first == second
    assert first["State"] == "sharded"


def test_what_s3_refuses_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    world = prepared()
    read = world.storage.get_object

    def refuse(**request: Any) -> dict[str, Any]:
        if request["Key"] == LIST:
            raise refused("AccessDenied", "Access Denied", status=403)
        return read(**request)

    monkeypatch.setattr(world.storage, "get_object", refuse)

    answer = run(world)

    assert (answer["State"], "Access Denied" in answer["Note"]) == ("failed", True)


def test_after_one_that_came_to_nothing_the_next_has_the_turn() -> None:
    world = prepared(GOOD, GOOD, GOOD)
    left = {"run": "dev-faces-0a1b2c3d-4e5f6a7b", "since": "2030-01-01T00:00:00+00:00"}
    put(world, "turns/faces.json", left)

    assert run(world)["State"] == "succeeded"


def test_a_shard_beyond_the_quota_waits_and_runs() -> None:
    full = Outcome(refusal=Refusal.QUOTA)
    world = prepared(GOOD, full, full, GOOD, GOOD)

    assert run(world)["State"] == "succeeded"
    assert len(jobs_of_shards(world)) == 3


def test_one_job_beyond_the_quota_fails_as_ever() -> None:
    world = prepared(Outcome(refusal=Refusal.QUOTA))

    assert run(world, shards="")["State"] == "failed"
