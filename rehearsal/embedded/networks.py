"""AWS::EC2::FlowLog and security group rules of their own, and endpoint policies."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import ec2
from ministack.services.cloudformation import provisioners

Properties = Mapping[str, Any]
Created = tuple[str, dict[str, str]]

_endpoint_xml = ec2._vpce_fields_xml
_create_endpoint = ec2._ACTION_MAP["CreateVpcEndpoint"]


def apply() -> None:
    """Add the types to MiniStack's table."""
    provisioners._RESOURCE_HANDLERS.update(
        {
            "AWS::EC2::FlowLog": {
                "create": _create_flow_log,
                "delete": _delete_flow_log,
            },
            "AWS::EC2::SecurityGroupEgress": _rule("IpPermissionsEgress", egress=True),
            "AWS::EC2::SecurityGroupIngress": _rule("IpPermissions", egress=False),
        }
    )
    ec2._vpce_fields_xml = _endpoint_xml_with_policy
    ec2._ACTION_MAP["CreateVpcEndpoint"] = _create_endpoint_with_policy


def _create_flow_log(logical_id: str, properties: Properties, stack: str) -> Created:
    """A record of the control plane: nothing flows here, so nothing is logged."""
    names = {
        "ResourceType",
        "TrafficType",
        "LogDestination",
        "LogDestinationType",
        "LogGroupName",
        "LogFormat",
        "DeliverLogsPermissionArn",
    }
    request = {
        "ResourceId.1": [properties["ResourceId"]],
        **{name: [str(properties[name])] for name in names & properties.keys()},
    }
    before = set(ec2._flow_logs.keys())
    ec2._create_flow_logs(request)
    (created,) = set(ec2._flow_logs.keys()) - before
    return created, {"Id": created}


def _delete_flow_log(physical_id: str, properties: Properties) -> None:
    ec2._delete_flow_logs({"FlowLogId.1": [physical_id]})


def _rule(field: str, *, egress: bool) -> dict[str, Callable[..., Any]]:
    """A rule as a resource; with its first one, a group loses its implicit egress.

    AWS: AWS::EC2::SecurityGroupEgress.
    """

    def create(logical_id: str, properties: Properties, stack: str) -> Created:
        group = ec2._security_groups.get(properties["GroupId"])
        if group is None:
            raise ValueError(
                f"The security group '{properties['GroupId']}' does not exist"
            )
        (rule,) = provisioners._ec2_sg_permissions([properties])
        rule_id = ec2._sg_rule_id(properties["GroupId"], egress, rule)
        rule["SecurityGroupRuleId"] = rule_id
        if egress:
            group[field] = [each for each in group[field] if not _is_implicit(each)]
        group[field].append(rule)
        return rule_id, {"Id": rule_id}

    def delete(physical_id: str, properties: Properties) -> None:
        group = ec2._security_groups.get(properties["GroupId"])
        if group is not None:
            group[field] = [
                rule
                for rule in group[field]
                if rule.get("SecurityGroupRuleId") != physical_id
            ]

    return {"create": create, "delete": delete}


def _is_implicit(rule: Properties) -> bool:
    """Whether it is the allow-all that EC2 gives a new group by itself."""
    return (
        rule["IpProtocol"] == "-1"
        and "SecurityGroupRuleId" not in rule
        and rule["IpRanges"] == [{"CidrIp": "0.0.0.0/0"}]
    )


def _create_endpoint_with_policy(request: dict[str, list[str]]) -> Any:
    """Keep the policy that the API was given, which MiniStack drops."""
    before = set(ec2._vpc_endpoints.keys())
    answer = _create_endpoint(request)
    for created in set(ec2._vpc_endpoints.keys()) - before:
        policy = ec2._p(request, "PolicyDocument")
        ec2._vpc_endpoints[created]["PolicyDocument"] = policy or None
    return answer


def _endpoint_xml_with_policy(record: Properties, tag: str = "item") -> str:
    """Describe an endpoint with its policy, which MiniStack stores but leaves out."""
    xml = str(_endpoint_xml(record, tag))
    policy = record.get("PolicyDocument")
    if not policy:
        return xml
    text = policy if isinstance(policy, str) else json.dumps(policy)
    end = f"</{tag}>"
    return xml.removesuffix(end) + (
        f"<policyDocument>{ec2._esc(text)}</policyDocument>{end}"
    )
