"""An alarm goes by the newest data of its own dimensions.

AWS: PutMetricAlarm, Dimensions; Alarm evaluation.
"""

from collections.abc import Mapping, Sequence
from types import FunctionType
from typing import Any

from ministack.services import cloudwatch

_evaluate = cloudwatch._evaluate_alarm


def apply() -> None:
    """Show each alarm its own newest data; MiniStack's look at all of a name's."""
    cloudwatch._evaluate_alarm = _evaluate_alone


def _evaluate_alone(alarm: Mapping[str, Any]) -> None:
    dimensions = {each["Name"]: each["Value"] for each in alarm.get("Dimensions", [])}
    wanted = cloudwatch._dims_key(dimensions)
    period = alarm.get("Period", 60)
    own = {
        key: _newest(data, period)
        for key, data in cloudwatch._metrics.items()
        if key[2] == wanted
    }
    # The same function, for which these data are all that there are.
    FunctionType(_evaluate.__code__, {**vars(cloudwatch), "_metrics": own})(alarm)


def _newest(data: Sequence[Mapping[str, Any]], period: int) -> list[Mapping[str, Any]]:
    periods = [each["Timestamp"] // period for each in data]
    return [each for each, at in zip(data, periods, strict=True) if at == max(periods)]
