"""Short names for what the tests do again and again."""

from collections.abc import Mapping
from typing import Any

from chaos.cloudformation import job_properties
from chaos.framework import Reply
from chaos.history import Deploy, History, Template
from chaos.sagemaker import Outcome
from chaos.world import DAY, World


def world_where(*outcomes: Outcome, **settings: Any) -> World:
    """A world in which jobs end as told, in the order of their creation."""
    return World(History(acts=(), outcomes=outcomes or (Outcome(),), **settings))


def deploy(world: World, **template: Any) -> bool:
    """Deploy a template; whether it succeeded."""
    return world.do(Deploy(template=Template(**template)))


def begin(
    world: World,
    *,
    overlap: str = "skip",
    select: str = "all",
    ready: str = "",
    on_empty: str = "skip",
    shards: str = "",
    asked: Any = None,
    inputs: str = "photos-0/",
    data_type: str = "S3Prefix",
    zone: str = "UTC",
    **template: Any,
) -> str:
    """Begin an execution of the deployed transform; its ARN."""
    order = job_properties(Template(**template), world.stack.held["Model"])
    order["Request"]["TransformInput"]["DataSource"]["S3DataSource"] = {
        "S3DataType": data_type,
        "S3Uri": f"s3://inputs/{inputs}",
    }
    runs = {
        "Overlap": overlap,
        "Select": select,
        "Ready": ready,
        "OnEmpty": on_empty,
        "Shards": shards,
    }
    return world.executions.start(
        {**order, "Runs": runs, "TimeZone": zone}, {} if asked is None else asked
    )


def execute(world: World, **settings: Any) -> Mapping[str, str]:
    """Begin an execution and let it end; its last answer."""
    execution = begin(world, **settings)
    assert world.agenda.run_until(
        lambda: execution in world.executions.ended, within=DAY
    )
    return world.executions.ended[execution]


def replies(world: World, kind: str, resource: str = "Job") -> list[Reply]:
    """Answers to the requests of one kind for one resource."""
    return [
        reply
        for reply in world.framework.replies
        for asked in world.stack.asked
        if asked.event["RequestId"] == reply.request_id
        and asked.event["RequestType"] == kind
        and asked.event["ResourceType"].endswith(resource)
    ]


def statuses(world: World) -> list[str]:
    """Of all jobs, in the order of their creation."""
    return [job.status for job in world.sagemaker.jobs.values()]


def expire_outputs(world: World) -> None:
    """As a life-cycle rule of theirs would do, or a person who cleans up."""
    for kept in (world.storage.objects, world.storage.versions):
        for place in [place for place in kept if place[0] == "outputs"]:
            del kept[place]
