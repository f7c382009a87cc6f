"""No way out of the network but to S3, through the environment's own endpoint."""

import json

from private_transform.access import perimeter
from private_transform.lock import Buckets, endpoint_policy
from tests.synthesized import Resource, Synthesis

NETWORK = {
    "AWS::EC2::FlowLog",
    "AWS::EC2::RouteTable",
    "AWS::EC2::SecurityGroup",
    "AWS::EC2::SecurityGroupEgress",
    "AWS::EC2::SecurityGroupIngress",
    "AWS::EC2::Subnet",
    "AWS::EC2::SubnetRouteTableAssociation",
    "AWS::EC2::VPC",
    "AWS::EC2::VPCEndpoint",
}
"""All that the network consists of: a new type is a decision, made here."""


def container_group(synthesis: Synthesis) -> Resource:
    (found,) = (
        group
        for group in synthesis.all("AWS::EC2::SecurityGroup")
        if "DestinationPrefixListId" in group.properties["SecurityGroupEgress"][0]
    )
    return found


def peers_group(synthesis: Synthesis) -> Resource:
    (found,) = (
        group
        for group in synthesis.all("AWS::EC2::SecurityGroup")
        if group.ref != container_group(synthesis).ref
    )
    return found


def test_the_network_consists_of_known_parts_and_none_is_a_way_out(
    synthesis: Synthesis,
) -> None:
    found = {each.type for each in synthesis.resources}
    assert {each for each in found if each.startswith("AWS::EC2::")} == NETWORK
    assert not {each for each in found if "VpcLattice" in each or "Network" in each}


def test_the_network_has_no_ipv6_and_no_public_addresses(
    synthesis: Synthesis,
) -> None:
    for subnet in synthesis.all("AWS::EC2::Subnet"):
        assert subnet.properties["MapPublicIpOnLaunch"] is False
        assert not [name for name in subnet.properties if "Ipv6" in name]
    assert not [
        name
        for name in synthesis.one("AWS::EC2::VPC").properties
        if "Ipv6" in name or "Ipam" in name
    ]


def test_each_named_zone_has_one_subnet_with_its_addresses(
    synthesis: Synthesis,
) -> None:
    network = synthesis.environment.network
    assert [
        (subnet.properties["AvailabilityZone"], subnet.properties["CidrBlock"])
        for subnet in synthesis.all("AWS::EC2::Subnet")
    ] == list(network.subnets.items())


def test_the_s3_endpoint_is_a_gateway_on_the_route_table_of_every_subnet(
    synthesis: Synthesis,
) -> None:
    endpoint = synthesis.one("AWS::EC2::VPCEndpoint").properties
    assert endpoint["VpcEndpointType"] == "Gateway"
    assert endpoint["ServiceName"] == "com.amazonaws.us-east-1.s3"
    tables = {
        each.properties["SubnetId"]: each.properties["RouteTableId"]
        for each in synthesis.all("AWS::EC2::SubnetRouteTableAssociation")
    }
    assert set(tables) == {each.ref for each in synthesis.all("AWS::EC2::Subnet")}
    assert set(endpoint["RouteTableIds"]) == set(tables.values())
    assert set(tables.values()) == {
        each.ref for each in synthesis.all("AWS::EC2::RouteTable")
    }


def test_the_endpoint_carries_the_policy_of_the_lock(synthesis: Synthesis) -> None:
    buckets = {kind: each.arn for kind, each in synthesis.data_buckets.items()}
    control = synthesis.bucket("ControlBucket").arn
    assert synthesis.one("AWS::EC2::VPCEndpoint").properties["PolicyDocument"] == (
        endpoint_policy(
            perimeter(synthesis.environment, partition="aws"),
            Buckets(**buckets, control=control),
        )
    )


def test_containers_reach_s3_by_https_and_nothing_else(synthesis: Synthesis) -> None:
    group = container_group(synthesis)
    (egress,) = group.properties["SecurityGroupEgress"]
    assert (egress["IpProtocol"], egress["FromPort"], egress["ToPort"]) == (
        "tcp",
        443,
        443,
    )
    looked_up = synthesis.named(egress["DestinationPrefixListId"])
    assert "com.amazonaws.us-east-1.s3" in looked_up.properties["Create"]
    assert {"CidrIp", "CidrIpv6", "DestinationSecurityGroupId"}.isdisjoint(egress)


def test_nothing_comes_in_to_containers(synthesis: Synthesis) -> None:
    group = container_group(synthesis)
    assert "SecurityGroupIngress" not in group.properties
    for rule in synthesis.all("AWS::EC2::SecurityGroupIngress"):
        assert rule.properties["GroupId"] != group.attribute("GroupId")


def test_nothing_is_added_to_what_containers_may_reach(synthesis: Synthesis) -> None:
    group = container_group(synthesis)
    for rule in synthesis.all("AWS::EC2::SecurityGroupEgress"):
        assert rule.properties["GroupId"] != group.attribute("GroupId")


def test_peers_reach_each_other_and_nobody_else(synthesis: Synthesis) -> None:
    itself = peers_group(synthesis).attribute("GroupId")
    ingress = synthesis.one("AWS::EC2::SecurityGroupIngress").properties
    egress = synthesis.one("AWS::EC2::SecurityGroupEgress").properties
    assert ingress["GroupId"] == ingress["SourceSecurityGroupId"] == itself
    assert egress["GroupId"] == egress["DestinationSecurityGroupId"] == itself
    for rule in (ingress, egress):
        assert {"CidrIp", "CidrIpv6"}.isdisjoint(rule)


def test_no_group_falls_back_to_the_allow_all_default(synthesis: Synthesis) -> None:
    for group in synthesis.all("AWS::EC2::SecurityGroup"):
        rules = group.properties["SecurityGroupEgress"]
        assert rules, "without an inline rule EC2 allows all traffic out"
        for rule in rules:
            assert rule.get("CidrIp", "127.0.0.1/32") == "127.0.0.1/32"
            assert "CidrIpv6" not in rule


def test_the_default_security_group_is_emptied(synthesis: Synthesis) -> None:
    vpc = synthesis.one("AWS::EC2::VPC")
    group = vpc.attribute("DefaultSecurityGroup")
    calls = [
        json.loads(each.properties["Create"]) for each in synthesis.all("Custom::AWS")
    ]
    revoked = {
        call["action"]: call["parameters"]
        for call in calls
        if call["action"].startswith("Revoke")
    }
    # What EC2 puts there: all traffic among members in, all traffic out.
    assert revoked == {
        "RevokeSecurityGroupIngress": {
            "GroupId": group,
            "IpPermissions": [
                {
                    "IpProtocol": "-1",
                    "UserIdGroupPairs": [
                        {"GroupId": group, "UserId": synthesis.environment.account}
                    ],
                }
            ],
        },
        "RevokeSecurityGroupEgress": {
            "GroupId": group,
            "IpPermissions": [
                {"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
            ],
        },
    }


def test_all_traffic_is_recorded_in_an_encrypted_log_group(
    synthesis: Synthesis,
) -> None:
    flow_log = synthesis.one("AWS::EC2::FlowLog").properties
    assert flow_log["ResourceId"] == synthesis.one("AWS::EC2::VPC").ref
    assert flow_log["TrafficType"] == "ALL"
    group = synthesis.named(flow_log["LogGroupName"])
    assert group.properties["KmsKeyId"] == synthesis.key.arn


def test_flow_logs_of_this_account_alone_are_written(synthesis: Synthesis) -> None:
    flow_log = synthesis.one("AWS::EC2::FlowLog").properties
    writer = synthesis.named(flow_log["DeliverLogsPermissionArn"])
    (trust,) = writer.properties["AssumeRolePolicyDocument"]["Statement"]
    account = synthesis.environment.account
    # AWS: Publish flow logs to CloudWatch Logs, confused deputy.
    assert trust["Condition"] == {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ec2:us-east-1:{account}:vpc-flow-log/*"},
    }
