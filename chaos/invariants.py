"""What must hold after every history, whatever happened in it.

Each check returns the sentences of what is wrong.
"""

import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise, takewhile
from typing import Any

from private_transform.handlers.attempts import attempt_name
from private_transform.handlers.contract import ENDED, FAILED_RUN, METRICS
from private_transform.handlers.names import family_of
from private_transform.handlers.verdict import Result

from .cloudformation import SECRET, Asked
from .framework import TIMED_OUT, Reply
from .sagemaker import Job
from .truth import result_of
from .world import CONTROL, World

BODY_LIMIT = 4096
PREFIX = "dev-faces-"
GOOD = ("succeeded", "tolerated")


def leaks(world: World) -> Iterator[str]:
    """Models and running jobs that no live resource owns; models gone too early."""
    owned = {
        name
        for held in world.stack.held.values()
        for name in (held.name, held.data.get("JobName"), held.data.get("ModelName"))
    }
    unheard = _unheard(world) | _of_executions(world)
    excused = owned | unheard | _abandoned(world)
    for model in world.sagemaker.models:
        if model not in excused:
            yield f"nobody owns the model {model}"
    for job in world.sagemaker.running():
        ours = job.name.startswith(PREFIX) and job.name not in owned | unheard
        if ours and job.status == "InProgress":
            yield f"nobody owns the running job {job.name}"
    live = world.stack.held.get("Model")
    if world.stack.template and live and live.name not in world.sagemaker.models:
        yield f"the model {live.name} is owned and gone"
    for model in world.sagemaker.orphaned:
        yield f"the model {model} was deleted under a running job"


def _of_executions(world: World) -> set[str | None]:
    """Names of the jobs of executions that go on."""
    return {
        job.name
        for job in world.sagemaker.jobs.values()
        if _execution_of(world, job) in world.executions.going
    }


def _execution_of(world: World, job: Job) -> str | None:
    by: dict[str, str] = _launch_of(world, job).get("launched_by", {})
    return by.get("execution")


def _launch_of(world: World, job: Job) -> dict[str, Any]:
    content = world.storage.objects.get((CONTROL, f"launches/{job.name}.json"), b"{}")
    found: dict[str, Any] = json.loads(content)
    return found


def endless_executions(world: World) -> Iterator[str]:
    """Executions that have not come to an end."""
    for execution in world.executions.going:
        yield f"{execution} goes on and on"


def repeated_runs(world: World) -> Iterator[str]:
    """Two runs for the same hour of a schedule, and attempts that nothing asked for."""
    runs: dict[str, set[str]] = defaultdict(set)
    for job in world.sagemaker.jobs.values():
        due = _launch_of(world, job).get("launched_by", {}).get("scheduled")
        if due:
            runs[due].add(re.sub(r"-[2-9]$", "", job.name))
    for due, names in runs.items():
        if len(names) > 1:
            yield f"{len(names)} runs were due at {due}: {', '.join(sorted(names))}"


def runs_at_once(world: World) -> Iterator[str]:
    """Two runs of the transform that went on at the same time."""
    runs = sorted(
        (job for job in world.sagemaker.jobs.values() if _execution_of(world, job)),
        key=lambda job: job.created,
    )
    for earlier, later in pairwise(runs):
        ended = earlier.ended or later.created + timedelta(days=1)
        if ended > later.created:
            yield f"{later.name} began while {earlier.name} went on"


def lost_executions(world: World) -> Iterator[str]:
    """Executions that ended without a job, and of which nobody heard."""
    messages = " ".join(request["Message"] for request in world.topic.published)
    told = {_execution_of(world, job) for job in world.sagemaker.jobs.values()}
    told |= {
        each for each in world.executions.asked if f"Execution: {each}\n" in messages
    }
    # Of a second one for the same hour nobody has to hear.
    hours = [world.executions.asked[each] for each in told if each]
    for execution, given in world.executions.asked.items():
        if execution not in told and not (given and given in hours):
            yield f"nobody heard of the end of {execution}"


def _abandoned(world: World) -> set[str | None]:
    """What CloudFormation asked to delete, was refused, and gave up."""
    return {
        reply.name
        for asked in world.stack.asked
        if asked.event["RequestType"] == "Delete"
        and (reply := world.framework.reply_to(asked.event["RequestId"])) is not None
        and reply.status == "FAILED"
    }


def _unheard(world: World) -> set[str | None]:
    """Names of resources whose roll-back died unheard, and that were then removed.

    The Delete of what is there reads like the clean-up after an update or a roll-back
    that succeeded: no handler can tell them apart.
    """
    requests: dict[tuple[str, str], list[Asked]] = defaultdict(list)
    for asked in world.stack.asked:
        event = asked.event
        requests[event["StackId"], event["LogicalResourceId"]].append(asked)
    return {
        reply.name
        for told in requests.values()
        if any(_is_unheard(world, *pair) for pair in pairwise(told))
        for reply in world.framework.replies
        if reply.request_id in [asked.event["RequestId"] for asked in told]
    }


def _is_unheard(world: World, roll_back: Asked, following: Asked) -> bool:
    reply = world.framework.reply_to(roll_back.event["RequestId"])
    return (
        roll_back.rolls_back
        and following.event["RequestType"] == "Delete"
        and reply is not None
        and reply.status == "FAILED"
        and not reply.settled
    )


def hangs(world: World) -> Iterator[str]:
    """Requests that the launcher did not answer in time."""
    for request_id in world.stack.hangs:
        yield f"{request_id} got no answer in CloudFormation's hour"
    for reply in world.framework.replies:
        if reply.reason == TIMED_OUT:
            yield f"{reply.request_id} was given up by the provider framework"


def duplicate_jobs(world: World) -> Iterator[str]:
    """Jobs of a digest that another job had done or was doing."""
    ours = [
        job
        for job in world.sagemaker.jobs.values()
        if job.name.startswith(PREFIX) and not _execution_of(world, job)
    ]
    for number, job in enumerate(ours):
        for earlier in ours[:number]:
            if family_of(earlier.name) == family_of(job.name) and _serves(
                earlier,
                job.created,
                min(_most_failed(world, each) for each in (earlier, job)),
            ):
                yield f"{job.name} does again what {earlier.name} did"
        yield from _accident(world, job)
        before = _attempt_before(world, job)
        if before and not str(before.reason).startswith("CapacityError"):
            yield f"{job.name} was tried although {before.name} had capacity"


def _accident(world: World, job: Job) -> Iterator[str]:
    """A job that a request started which changed nothing that decides about one."""
    request_id = _launch_of(world, job).get("launched_by", {}).get("request")
    for asked in world.stack.asked:
        event = asked.event
        if event["RequestId"] != request_id or event["RequestType"] != "Update":
            continue
        old, new = event["OldResourceProperties"], event["ResourceProperties"]
        succeeded = any(
            reply.settled and reply.status == "SUCCESS"
            for reply in world.framework.replies
            if reply.name == event["PhysicalResourceId"]
        )
        if succeeded and all(old[name] == new[name] for name in DECIDE):
            yield f"{job.name} was started by {request_id}, which changed nothing"


DECIDE = ("ModelDigest", "Request", "Run", "ArtifactDigests")
"""Properties that decide whether a job is started."""


def _attempt_before(world: World, job: Job) -> Job | None:
    found = re.fullmatch(r"(.*-[0-9a-f]{8})-([2-9])", job.name)
    if found is None:
        return None
    return world.sagemaker.jobs[attempt_name(found[1], int(found[2]) - 1)]


def _serves(job: Job, at: datetime, max_failed: int) -> bool:
    if job.seen_from > at:
        return False  # Nobody could know of it.
    ended = job.ended is not None and job.ended <= at
    stopping = job.stopped is not None and job.stopped <= at
    good = result_of(job, max_failed) in GOOD
    return job.status in ("Completed", "Failed") and good if ended else not stopping


def _most_failed(world: World, job: Job) -> int:
    """How many inputs the file allowed to fail when the launcher started a job."""
    return int(_launch_of(world, job).get("max_failed_inputs", 0))


def wrong_answers(world: World) -> Iterator[str]:
    """Answers that contradict each other or the job."""
    for asked in world.stack.asked:
        request_id = asked.event["RequestId"]
        replies = [r for r in world.framework.replies if r.request_id == request_id]
        settled = [r for r in replies if r.settled]
        outcomes = {(r.status, r.name, *sorted(r.data.items())) for r in settled}
        if len(outcomes) > 1:
            yield f"{request_id} was answered in {len(outcomes)} ways"
        if settled and asked.event["ResourceType"] == "Custom::TransformJob":
            yield from _untrue(world, asked, settled[0])


def _untrue(world: World, asked: Asked, reply: Reply) -> Iterator[str]:
    event, request_id = asked.event, reply.request_id
    if event["RequestType"] == "Delete":
        return
    properties = event["ResourceProperties"]
    max_failed = int(properties["MaxFailedInputs"])
    if reply.status == "FAILED":
        blamed = re.search("Transform job (.*) ended as", reply.reason)
        job = world.sagemaker.jobs.get(blamed[1]) if blamed else None
        if job and result_of(job, max_failed) in GOOD:
            yield f"{request_id} says that {job.name} failed"
        return
    job, said = world.sagemaker.jobs[reply.data["JobName"]], reply.data["Status"]
    kept = asked.rolls_back or _was_answered(world, reply)
    if said in ENDED and said != job.status:
        yield f"{request_id} says {said}, {job.name} is {job.status}"
    if said in ENDED and result_of(job, max_failed) not in GOOD:
        if not kept:
            yield f"{request_id} succeeds with {job.name}, which did not"
        if "It has failed." not in reply.data["Note"] and job.status != "Stopped":
            yield f"{request_id} is silent about {job.name}, which failed"
    launched = properties["Completion"] == "launch"
    patient = reply.at - asked.at >= 45 * 60
    if said in ("InProgress", "Stopping") and not (launched or patient or kept):
        yield f"{request_id} did not wait for {job.name}"


def _was_answered(world: World, reply: Reply) -> bool:
    """Whether an earlier request had succeeded with the same name."""
    before = takewhile(
        lambda other: other.request_id != reply.request_id, world.framework.replies
    )
    return any(
        other.settled and other.status == "SUCCESS" and other.name == reply.name
        for other in before
    )


def oversized(world: World) -> Iterator[str]:
    """Answers that CloudFormation would not read."""
    for reply in world.framework.replies:
        if reply.size > BODY_LIMIT:
            yield f"the answer to {reply.request_id} has {reply.size} bytes"


def lost_notifications(world: World) -> Iterator[str]:
    """Jobs that ended without exactly one evidence and at least one notification."""
    subjects = " ".join(request["Subject"] for request in world.topic.published)
    for job in world.sagemaker.jobs.values():
        if job.ended is None:
            continue
        written = world.storage.written.get((CONTROL, f"evidence/{job.name}.json"), 0)
        if written != 1:
            yield f"the evidence of {job.name} was written {written} times"
        if f": {job.name} " not in f"{subjects} ":
            yield f"nobody heard that {job.name} is {job.status}"


def wrong_evidence(world: World) -> Iterator[str]:
    """Evidence that says something else of a job than what became of it."""
    for job in world.sagemaker.jobs.values():
        content = world.storage.objects.get((CONTROL, f"evidence/{job.name}.json"))
        if content is None or job.ended is None:
            continue
        left = json.loads(content)
        true = result_of(job, _most_failed(world, job))
        if left["result"] != true:
            yield f"the evidence of {job.name} says {left['result']}, it is {true}"
        missing = len(job.inputs) - job.answered
        if true != "stopped" and len(left["failed_inputs"] or ()) != missing:
            yield f"the evidence of {job.name} misses some of {missing} failed inputs"


def wrong_outcomes(world: World) -> Iterator[str]:
    """Lines for queries that are missing or say something else than the evidence."""
    stored = world.storage.objects
    lines = {
        key.rpartition("/")[2]: json.loads(content)
        for (bucket, key), content in stored.items()
        if bucket == CONTROL and key.startswith("outcomes/")
    }
    for (bucket, key), content in stored.items():
        if bucket != CONTROL or not key.startswith("evidence/"):
            continue
        left, line = json.loads(content), lines.get(key.rpartition("/")[2])
        if "run_date" not in left["launch"]:
            continue
        if line is None:
            yield f"no query sees how {left['name']} ended"
        elif any(line[each] != left[each] for each in ("result", "failed_inputs")):
            yield f"a query sees that {left['name']} {line['result']}"


def wrong_alarms(world: World) -> Iterator[str]:
    """An alarm that is not what the last run to end was."""
    results: dict[datetime, set[Result]] = {}
    for (bucket, key), content in world.storage.objects.items():
        if bucket == CONTROL and key.startswith("evidence/"):
            left = json.loads(content)
            if left["job"] is None and left["result"] == "failed":
                ended = datetime.fromisoformat(left["ended"])
                results.setdefault(ended, set()).add("failed")
    for job in world.sagemaker.jobs.values():
        result = result_of(job, _most_failed(world, job))
        if job.ended and result != "stopped":
            results.setdefault(job.ended, set()).add(result)
    if not results:
        return
    last = {1.0 if each == "failed" else 0.0 for each in results[max(results)]}
    value = world.metrics.last(METRICS, FAILED_RUN, "dev", "faces")
    if value not in last:
        yield f"the alarm's value is {value} after runs that ended as {last}"


def secrets(world: World) -> Iterator[str]:
    """Log lines that let a reader answer, or show the variables of a container."""
    for line in world.lines:
        if SECRET in line or "5ec2e7" in line:
            yield f"a log line tells a secret: {line[:60]}"


AT_REST = (
    leaks,
    hangs,
    duplicate_jobs,
    wrong_answers,
    oversized,
    secrets,
)
"""Hold when every request was answered and no fault is left."""

AT_THE_END = (
    *AT_REST,
    endless_executions,
    repeated_runs,
    runs_at_once,
    lost_notifications,
    lost_executions,
    wrong_evidence,
    wrong_outcomes,
    wrong_alarms,
)
"""Hold when in addition every job has ended."""

Check = Callable[[World], Iterator[str]]


def broken(world: World, checks: tuple[Check, ...]) -> dict[str, list[str]]:
    """What is wrong, by the name of the check; empty if all hold."""
    found = {check.__name__: list(check(world)) for check in checks}
    return {name: wrong for name, wrong in found.items() if wrong}
