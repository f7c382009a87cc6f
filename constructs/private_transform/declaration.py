"""What an environment's file says, for whoever reads the template.

A review compares what is deployed with what was declared: who may act from outside and
why, and which settings are on. The transforms are not part of it; each has its stack.
"""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from private_transform.environment import Environment


def declaration(environment: Environment) -> dict[str, Any]:
    """The environment's file as JSON has it; days as text, and what is absent left out.

    Args:
        environment: The file.
    """
    content: dict[str, Any] = _written(asdict(replace(environment, transforms=())))
    return content


def _written(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: "never" if key == "expires" and each is None else _written(each)
            for key, each in value.items()
            if key == "expires" or each not in (None, (), {})
        }
    if isinstance(value, list | tuple):
        return [_written(each) for each in value]
    return value.isoformat() if isinstance(value, date) else value
