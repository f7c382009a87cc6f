from typing import Any

import pytest

from private_transform.handlers.typed import typed


@pytest.mark.parametrize(
    ("arrived", "expected"),
    [
        ({"InstanceCount": "2"}, {"InstanceCount": 2}),
        ({"MaxPayloadInMB": "0"}, {"MaxPayloadInMB": 0}),
        ({"GenerateInferenceId": "false"}, {"GenerateInferenceId": False}),
        ({"EnableNetworkIsolation": "True"}, {"EnableNetworkIsolation": True}),
        ({"EnableNetworkIsolation": True}, {"EnableNetworkIsolation": True}),
        ({"ContentType": "1"}, {"ContentType": "1"}),
        (
            {"Containers": [{"Environment": {"InstanceCount": "2"}}]},
            {"Containers": [{"Environment": {"InstanceCount": "2"}}]},
        ),
        (
            {"ModelClientConfig": {"InvocationsMaxRetries": "3"}},
            {"ModelClientConfig": {"InvocationsMaxRetries": 3}},
        ),
        (
            {"Tags": [{"Key": "InstanceCount", "Value": "2"}]},
            {"Tags": [{"Key": "InstanceCount", "Value": "2"}]},
        ),
    ],
)
def test_fields_get_their_types_back(
    arrived: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert typed(arrived) == expected


def test_a_number_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="two"):
        typed({"InstanceCount": "two"})
