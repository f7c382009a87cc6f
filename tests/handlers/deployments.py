"""Short names for what the tests do again and again."""

from typing import Any

from chaos.framework import Reply
from chaos.history import Deploy, History, Template
from chaos.sagemaker import Outcome
from chaos.world import World


def world_where(*outcomes: Outcome, **settings: Any) -> World:
    """A world in which jobs end as told, in the order of their creation."""
    return World(History(acts=(), outcomes=outcomes or (Outcome(),), **settings))


def deploy(world: World, **template: Any) -> bool:
    """Deploy a template; whether it succeeded."""
    return world.do(Deploy(template=Template(**template)))


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
