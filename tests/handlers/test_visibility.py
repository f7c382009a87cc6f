"""AWS may answer for what was just made as if it did not exist."""

import pytest

from chaos.chance import NO_CAPACITY
from chaos.faults import Fate
from chaos.history import Deploy, History, Remove, Template
from chaos.sagemaker import Outcome
from chaos.verdict import judge
from chaos.world import World
from tests.handlers.deployments import deploy, replies, statuses, world_where

UNSEEN = {0: 20, 1: 20, 2: 20, 3: 20}


def test_what_cannot_be_seen_yet_is_made_once() -> None:
    world = world_where(unseen=UNSEEN)

    assert deploy(world)

    assert len(world.sagemaker.created) == 1
    assert statuses(world) == ["Completed"]


def test_a_cancelled_creation_leaves_no_model_that_appears_later() -> None:
    world = world_where(unseen=UNSEEN)

    assert not world.do(Deploy(template=Template(), cancel_after=0))
    world.agenda.run(600)

    assert len(world.sagemaker.created) == 1
    assert world.sagemaker.models == {}


def test_a_cancelled_update_leaves_no_job_that_appears_later() -> None:
    world = world_where(Outcome(), Outcome(minutes=300), unseen=UNSEEN)
    assert deploy(world)

    assert not world.do(Deploy(template=Template(job=1), cancel_after=0))
    world.agenda.run(600)

    assert statuses(world) == ["Completed", "Stopped"]


def test_a_function_that_died_leaves_nothing_that_appears_later() -> None:
    for call in range(1, 20):
        fates = {call: Fate.KILLED_AFTER}
        world = World(
            History(acts=(), fates=fates, unseen=UNSEEN, crash_is_failure=True)
        )
        deployed = deploy(world)
        world.agenda.run(600)
        if not deployed:
            assert world.sagemaker.models == {}
            assert list(world.sagemaker.running()) == []


def test_what_is_known_is_removed_without_waiting() -> None:
    world = world_where(Outcome(), Outcome(minutes=-1, reason="no"), unseen=UNSEEN)
    assert deploy(world)
    assert not deploy(world, model=1)
    assert world.do(Remove())

    took = {
        reply.at - asked.at
        for reply in world.framework.replies
        for asked in world.stack.asked
        if asked.event["RequestId"] == reply.request_id
        and asked.event["RequestType"] == "Delete"
    }
    assert took == {0}


def test_a_roll_back_does_not_wait_for_a_cancelled_job_that_it_sees() -> None:
    world = world_where(Outcome(), Outcome(minutes=300))
    assert deploy(world)

    assert not world.do(Deploy(template=Template(job=1), cancel_after=300))

    update, roll_back = world.stack.asked[2:4]
    assert roll_back.rolls_back
    assert replies(world, "Update")[0].at == update.at + 300
    assert statuses(world) == ["Completed", "Stopping"]


def test_a_job_that_appears_after_its_model_is_gone_is_stopped() -> None:
    world = world_where(Outcome(), Outcome(minutes=300), unseen={2: 13})
    assert deploy(world)
    world.agenda.after(2, world.sagemaker.models.clear)

    assert not deploy(world, job=1)
    world.agenda.run(600)

    assert statuses(world) == ["Completed", "Stopped"]


def test_an_attempt_that_appears_after_its_run_was_given_up_is_stopped() -> None:
    lacking = Outcome(minutes=-2, reason="CapacityError: Unable to provision")
    world = world_where(Outcome(), lacking, Outcome(minutes=300), unseen={3: 20})
    assert deploy(world)

    assert not world.do(Deploy(template=Template(job=1), cancel_after=125))
    world.agenda.run(600)

    assert statuses(world) == ["Completed", "Failed", "Stopped"]


ENDLESS = Outcome(minutes=1200)
LATE = [
    # A slow function makes something after the Delete that followed it, and dies.
    History(
        acts=(Deploy(template=Template(), cancel_after=9),),
        outcomes=(ENDLESS,),
        duplicates={2: (1,)},
        crash_is_failure=True,
        fates={
            14: Fate.THROTTLED,
            15: Fate.OVERTAKEN,
            21: Fate.OVERTAKEN,
            39: Fate.KILLED_AFTER,
        },
    ),
    History(
        acts=(Deploy(template=Template(), cancel_after=9),),
        duplicates={1: (1,)},
        crash_is_failure=True,
        fates={
            4: Fate.THROTTLED,
            5: Fate.OVERTAKEN,
            7: Fate.OVERTAKEN,
            37: Fate.KILLED_BEFORE,
        },
    ),
    # The second attempt is made and cannot be seen when its function dies.
    History(
        acts=(Deploy(template=Template(fallbacks=1)),),
        outcomes=(Outcome(minutes=-1, reason=NO_CAPACITY), Outcome(minutes=90)),
        unseen={2: 20},
        crash_is_failure=True,
        fates={61: Fate.KILLED_AFTER},
    ),
    # So is the job of an update that is rolled back.
    History(
        acts=(Deploy(template=Template()), Deploy(template=Template(job=1))),
        outcomes=(Outcome(minutes=1), ENDLESS),
        unseen={2: 20},
        crash_is_failure=True,
        adopts=False,
        fates={96: Fate.KILLED_AFTER},
    ),
    # A creation is cancelled at once, and its function is slow and then dies.
    History(
        acts=(Deploy(template=Template(model=1), cancel_after=0),),
        fates={10: Fate.OVERTAKEN, 26: Fate.KILLED_BEFORE},
        unseen={0: 20},
        unknown_roles={0: 28},
        crash_is_failure=True,
    ),
]


@pytest.mark.parametrize("history", LATE)
def test_nothing_is_left_by_what_comes_late(history: History) -> None:
    assert judge(history).broken == {}
