"""An alarm goes by the data of its own dimensions.

AWS: Using Amazon CloudWatch alarms, PutMetricAlarm, Dimensions.
"""

from collections.abc import Mapping
from types import FunctionType
from typing import Any

from ministack.services import cloudwatch

_evaluate = cloudwatch._evaluate_alarm


def apply() -> None:
    """Show each alarm its own data; MiniStack's look at all of a metric's name."""
    cloudwatch._evaluate_alarm = _evaluate_alone


def _evaluate_alone(alarm: Mapping[str, Any]) -> None:
    dimensions = {each["Name"]: each["Value"] for each in alarm.get("Dimensions", [])}
    wanted = cloudwatch._dims_key(dimensions)
    own = {key: data for key, data in cloudwatch._metrics.items() if key[2] == wanted}
    # The same function, for which these data are all that there are.
    FunctionType(_evaluate.__code__, {**vars(cloudwatch), "_metrics": own})(alarm)
