"""The database that queries run in has nothing of the machine's."""

from pathlib import Path

import pytest

from rehearsal.athena.engine import Engine
from rehearsal.athena.errors import QueryFailed


def test_a_query_reaches_no_file(tmp_path: Path) -> None:
    file = tmp_path / "x.csv"
    file.write_text("a\n1\n")
    with pytest.raises(QueryFailed, match="disabled"):
        Engine().run(f"SELECT * FROM read_csv('{file}')")
