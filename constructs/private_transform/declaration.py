"""What a file of an environment says, for whoever reads the template.

A review compares what is deployed with what was declared: who may act from outside and
why, which settings are on, where a transform reads and writes.
"""

from dataclasses import asdict, replace
from datetime import date
from typing import Any

from private_transform.environment import Environment, Transform


def declaration(file: Environment | Transform) -> dict[str, Any]:
    """A file as JSON has it; days as text, and what is absent left out.

    Args:
        file: An environment, without its transforms, or one transform.
    """
    if isinstance(file, Environment):
        file = replace(file, transforms=())
    content: dict[str, Any] = _written(asdict(file))
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
