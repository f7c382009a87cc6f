"""The rules of a VPC's default security group, and taking rules away.

AWS: Default security groups for your VPCs; RevokeSecurityGroupIngress.
"""

from collections.abc import Callable, Mapping
from typing import Any

from ministack.core import responses
from ministack.services import ec2
from ministack.services.cloudformation import provisioners

Properties = Mapping[str, Any]
Request = dict[str, list[str]]

_handlers = provisioners._RESOURCE_HANDLERS
_create_by_api = ec2._ACTION_MAP["CreateVpc"]


def apply() -> None:
    """Let members of a default group reach each other; revoke only what is there."""
    handler = _handlers["AWS::EC2::VPC"]
    create = handler["create"]

    def create_with_rules(logical_id: str, properties: Properties, stack: str) -> Any:
        created = create(logical_id, properties, stack)
        _let_members_in(created[0])
        return created

    _handlers["AWS::EC2::VPC"] = {**handler, "create": create_with_rules}
    ec2._ACTION_MAP["CreateVpc"] = _create_with_rules
    for action, field in (
        ("RevokeSecurityGroupIngress", "IpPermissions"),
        ("RevokeSecurityGroupEgress", "IpPermissionsEgress"),
    ):
        ec2._ACTION_MAP[action] = _revoking(ec2._ACTION_MAP[action], field)


def _create_with_rules(request: Request) -> Any:
    before = set(ec2._vpcs.keys())
    answer = _create_by_api(request)
    for created in set(ec2._vpcs.keys()) - before:
        _let_members_in(created)
    return answer


def _let_members_in(vpc_id: str) -> None:
    """Add the inbound rule, which MiniStack lacks; it has the outbound one."""
    group_id = ec2._vpcs[vpc_id]["DefaultSecurityGroupId"]
    member = {"GroupId": group_id, "UserId": responses.get_account_id()}
    ec2._security_groups[group_id]["IpPermissions"].append(
        {
            "IpProtocol": "-1",
            "IpRanges": [],
            "Ipv6Ranges": [],
            "PrefixListIds": [],
            "UserIdGroupPairs": [member],
        }
    )


def _revoking(revoke: Callable[[Request], Any], field: str) -> Callable[[Request], Any]:
    """Refuse the whole call when a rule is not there, where MiniStack is silent."""

    def revoke_what_is_there(request: Request) -> Any:
        group = ec2._security_groups.get(ec2._p(request, "GroupId"))
        wanted = ec2._parse_ip_permissions(request, "IpPermissions")
        if group is not None and any(
            not any(ec2._rules_match(rule, there) for there in group[field])
            for rule in wanted
        ):
            return ec2._error(
                "InvalidPermission.NotFound",
                "The specified rule does not exist in this security group.",
                400,
            )
        return revoke(request)

    return revoke_what_is_there
