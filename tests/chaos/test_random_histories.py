"""Random histories keep every promise; hypothesis shrinks one that does not."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from chaos.chance import history
from chaos.verdict import judge


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.randoms(use_true_random=False))
def test_no_history_breaks_a_promise(random: Random) -> None:
    played = history(random)

    assert judge(played).broken == {}


def test_the_same_history_gives_the_same_names() -> None:
    for seed in range(10):
        played = history(Random(seed))

        assert judge(played) == judge(played)
