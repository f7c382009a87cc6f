"""A world without faults, in which each test lets go wrong what it is about."""

import pytest

from chaos.history import History
from chaos.world import World


@pytest.fixture
def world() -> World:
    return World(History(acts=()))
