"""A VPC's default security group has EC2's two rules until they are revoked."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from rehearsal.process import ACCOUNT

Revoke = Callable[..., Any]


def by_the_api(client: Callable[..., Any], _: Callable[..., Any]) -> str:
    return str(client("ec2").create_vpc(CidrBlock="10.0.0.0/24")["Vpc"]["VpcId"])


def by_a_stack(_: Callable[..., Any], deploy: Callable[..., Any]) -> str:
    vpc = {"Type": "AWS::EC2::VPC", "Properties": {"CidrBlock": "10.0.0.0/24"}}
    life = deploy(f"stack-{uuid4().hex[:8]}", {"Network": vpc})
    return str(life.resource("Network"))


def default_group(ec2: Any, vpc: str) -> dict[str, Any]:
    wanted = [
        {"Name": "vpc-id", "Values": [vpc]},
        {"Name": "group-name", "Values": ["default"]},
    ]
    (group,) = ec2.describe_security_groups(Filters=wanted)["SecurityGroups"]
    return dict(group)


@pytest.mark.parametrize("make", [by_the_api, by_a_stack])
def test_the_default_rules_are_there_until_they_are_revoked(
    client: Callable[..., Any], deploy: Callable[..., Any], make: Callable[..., str]
) -> None:
    ec2 = client("ec2")
    group = default_group(ec2, make(client, deploy))
    members = {"GroupId": group["GroupId"], "UserId": ACCOUNT}
    (inbound,) = group["IpPermissions"]
    (outbound,) = group["IpPermissionsEgress"]
    assert (inbound["IpProtocol"], outbound["IpProtocol"]) == ("-1", "-1")
    assert inbound["UserIdGroupPairs"] == [members]
    assert outbound["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]

    at = {"GroupId": group["GroupId"]}
    calls: list[tuple[Revoke, dict[str, Any]]] = [
        (ec2.revoke_security_group_ingress, {"UserIdGroupPairs": [members]}),
        (ec2.revoke_security_group_egress, {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}),
    ]
    for revoke, peers in calls:
        permissions = [{"IpProtocol": "-1", **peers}]
        revoke(**at, IpPermissions=permissions)
        with pytest.raises(ClientError) as raised:
            revoke(**at, IpPermissions=permissions)
        assert raised.value.response["Error"] == {
            "Code": "InvalidPermission.NotFound",
            "Message": "The specified rule does not exist in this security group.",
        }

    emptied = default_group(ec2, group["VpcId"])
    assert emptied["IpPermissions"] == emptied["IpPermissionsEgress"] == []


def test_a_rule_that_is_not_there_keeps_the_others(client: Callable[..., Any]) -> None:
    ec2 = client("ec2")
    group = default_group(ec2, by_the_api(client, client))
    with pytest.raises(ClientError, match=r"InvalidPermission\.NotFound"):
        ec2.revoke_security_group_egress(
            GroupId=group["GroupId"],
            IpPermissions=[
                {"IpProtocol": "-1", "IpRanges": [{"CidrIp": cidr}]}
                for cidr in ("0.0.0.0/0", "10.0.0.0/8")
            ],
        )
    (kept,) = default_group(ec2, group["VpcId"])["IpPermissionsEgress"]
    assert kept["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]
