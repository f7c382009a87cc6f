from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.rehearsal.sagemaker.rehearsed import RehearsedSageMaker


@pytest.fixture
def sagemaker(tmp_path: Path) -> Iterator[RehearsedSageMaker]:
    rehearsed = RehearsedSageMaker(tmp_path / "work")
    yield rehearsed
    rehearsed.service.close()
    rehearsed.client.close()
