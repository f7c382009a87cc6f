"""A fast test that sleeps is slow one day, and red by chance before that."""

import ast
from pathlib import Path

TESTS = Path(__file__).parent
MAY_SLEEP = {
    # Looks at real processes again and again, and never longer than they need.
    "rehearsal/waiting.py",
    # Programs that are started as processes, slow or deaf on purpose.
    "deployed/echo.py",
    "rehearsal/engine/model_server.py",
}


def sleeps(file: Path) -> bool:
    return any(
        isinstance(node, ast.Call) and ast.unparse(node.func).endswith("sleep")
        for node in ast.walk(ast.parse(file.read_text()))
    )


def test_no_fast_test_sleeps() -> None:
    sleeping = {
        str(file.relative_to(TESTS)) for file in TESTS.rglob("*.py") if sleeps(file)
    }
    assert sleeping == MAY_SLEEP
