import aws_cdk as cdk
import pytest
from aws_cdk import aws_logs as logs

from private_transform.environment import Network
from private_transform.private_network import PrivateNetwork
from tests.constructs.conftest import HERE, Resources

CIDR = "10.40.0.0/22"


def addresses(zones: str) -> Network:
    return Network(
        cidr=CIDR, availability_zones=tuple(f"us-east-1{zone}" for zone in zones)
    )


def network(stack: cdk.Stack, log_group: logs.ILogGroup, zones: str) -> PrivateNetwork:
    told = addresses(zones)
    functions = logs.LogGroup.from_log_group_name(stack, "Functions", "functions")
    return PrivateNetwork(
        stack,
        "Network",
        name="team",
        cidr=told.cidr,
        subnets=told.subnets,
        place=HERE,
        role_path="/p/",
        flow_log_group=log_group,
        function_log_group=functions,
    )


def test_the_endpoint_carries_the_policy_that_it_is_given(
    stack: cdk.Stack, resources: Resources, log_group: logs.ILogGroup
) -> None:
    policy = {"Version": "2012-10-17", "Statement": [{"Sid": "Only"}]}
    network(stack, log_group, "a").allow_only(policy)
    (endpoint,) = resources("AWS::EC2::VPCEndpoint")
    assert endpoint["Properties"]["PolicyDocument"] == policy


def test_the_endpoint_lets_nothing_through_until_it_is_given_a_policy(
    stack: cdk.Stack, resources: Resources, log_group: logs.ILogGroup
) -> None:
    network(stack, log_group, "a")
    (endpoint,) = resources("AWS::EC2::VPCEndpoint")
    # Without a policy AWS would take one that allows everything.
    policy = endpoint["Properties"]["PolicyDocument"]
    assert {each["Effect"] for each in policy["Statement"]} == {"Deny"}


@pytest.mark.parametrize("zones", ["a", "ab", "abc", "abcde"])
def test_addresses_are_divided_as_the_file_tells_people(
    stack: cdk.Stack, resources: Resources, log_group: logs.ILogGroup, zones: str
) -> None:
    network(stack, log_group, zones)
    told = addresses(zones)
    assert [
        (subnet["Properties"]["AvailabilityZone"], subnet["Properties"]["CidrBlock"])
        for subnet in resources("AWS::EC2::Subnet")
    ] == list(told.subnets.items())


def test_flow_logs_and_look_ups_go_where_they_are_sent(
    stack: cdk.Stack, resources: Resources, log_group: logs.ILogGroup
) -> None:
    network(stack, log_group, "a")
    (flow_log,) = resources("AWS::EC2::FlowLog")
    assert flow_log["Properties"]["LogGroupName"] == "the-log-group"
    assert {"LogGroup": "functions"} in [
        function["Properties"].get("LoggingConfig")
        for function in resources("AWS::Lambda::Function")
    ]
