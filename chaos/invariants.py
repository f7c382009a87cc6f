"""What must hold after every history, whatever happened in it.

Each check returns the sentences of what is wrong.
"""

from collections.abc import Callable, Iterator
from datetime import datetime

from private_transform.handlers.names import family_of

from .cloudformation import SECRET, Asked
from .framework import TIMED_OUT, Reply
from .sagemaker import Job
from .world import CONTROL, World

BODY_LIMIT = 4096
PREFIX = "dev-faces-"
ENDED_BADLY = ("Failed", "Stopped")


def leaks(world: World) -> Iterator[str]:
    """Models and running jobs that no live resource owns; models gone too early."""
    owned = {
        name
        for held in world.stack.held.values()
        for name in (held.name, held.data.get("JobName"), held.data.get("ModelName"))
    }
    unheard = _unheard(world)
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
    """What a roll-back went back to when its function died instead of answering.

    If the stack is then removed, the Delete of what was rolled back reads like the
    clean-up after a roll-back that succeeded: no handler can tell the two apart.
    """
    return {
        reply.name
        for asked in world.stack.asked
        if asked.rolls_back
        and (reply := world.framework.reply_to(asked.event["RequestId"])) is not None
        and reply.status == "FAILED"
        and not reply.settled
    }


def hangs(world: World) -> Iterator[str]:
    """Requests that the launcher did not answer in time."""
    for request_id in world.stack.hangs:
        yield f"{request_id} got no answer in CloudFormation's hour"
    for reply in world.framework.replies:
        if reply.reason == TIMED_OUT:
            yield f"{reply.request_id} was given up by the provider framework"


def duplicate_jobs(world: World) -> Iterator[str]:
    """Jobs of a digest that another job had done or was doing."""
    ours = [job for job in world.sagemaker.jobs.values() if job.name.startswith(PREFIX)]
    for number, job in enumerate(ours):
        for earlier in ours[:number]:
            if family_of(earlier.name) == family_of(job.name) and _serves(
                earlier, job.created
            ):
                yield f"{job.name} does again what {earlier.name} did"


def _serves(job: Job, at: datetime) -> bool:
    ended = job.ended is not None and job.ended <= at
    stopping = job.stopped is not None and job.stopped <= at
    return job.status == "Completed" if ended else not stopping


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
    if reply.status == "FAILED":
        job = world.sagemaker.jobs.get(reply.name)
        if "ended as" in reply.reason and not (job and job.status in ENDED_BADLY):
            yield f"{request_id} says that {reply.name} failed"
        return
    job, said = world.sagemaker.jobs[reply.data["JobName"]], reply.data["Status"]
    if said == "Completed" and job.status != "Completed":
        yield f"{request_id} says Completed, {job.name} is {job.status}"
    restored = asked.rolls_back
    if said in ENDED_BADLY and not restored:
        yield f"{request_id} succeeds with a job that is {said}"
    launched = event["ResourceProperties"]["Completion"] == "launch"
    patient = reply.at - asked.at >= 45 * 60
    if said in ("InProgress", "Stopping") and not (launched or patient or restored):
        yield f"{request_id} did not wait for {job.name}"


def oversized(world: World) -> Iterator[str]:
    """Answers that CloudFormation would not read."""
    for reply in world.framework.replies:
        if reply.size > BODY_LIMIT:
            yield f"the answer to {reply.request_id} has {reply.size} bytes"


def lost_notifications(world: World) -> Iterator[str]:
    """Jobs that ended without exactly one evidence and at least one notification."""
    subjects = [request["Subject"] for request in world.topic.published]
    for job in world.sagemaker.jobs.values():
        if job.ended is None:
            continue
        written = world.storage.written.get((CONTROL, f"evidence/{job.name}.json"), 0)
        if written != 1:
            yield f"the evidence of {job.name} was written {written} times"
        if f"{job.status}: {job.name}" not in subjects:
            yield f"nobody heard that {job.name} is {job.status}"


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

AT_THE_END = (*AT_REST, lost_notifications)
"""Hold when in addition every job has ended."""

Check = Callable[[World], Iterator[str]]


def broken(world: World, checks: tuple[Check, ...]) -> dict[str, list[str]]:
    """What is wrong, by the name of the check; empty if all hold."""
    found = {check.__name__: list(check(world)) for check in checks}
    return {name: wrong for name, wrong in found.items() if wrong}
