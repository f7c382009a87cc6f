from pathlib import Path

import pytest

from tests.rehearsal.engine.rehearsed import Rehearsed


@pytest.fixture
def rehearsed(tmp_path: Path) -> Rehearsed:
    return Rehearsed(tmp_path / "work")
