"""A VPC that reaches S3 through its own gateway endpoint and nothing else."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from constructs import Construct

from private_transform.deployment_calls import DeploymentCalls
from private_transform.service_role import Place, Statement, allow, service_role

_NOTHING = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}],
}
"""For an endpoint that has no policy yet: AWS would give it one that allows everything
(AWS: Control access to VPC endpoints using endpoint policies)."""


class PrivateNetwork(Construct):
    """Isolated subnets in named zones, an S3 gateway endpoint and two security groups.

    There is no internet or NAT gateway. The VPC's default security group is emptied,
    all traffic is recorded. The endpoint lets nothing through until `allow_only` has
    given it a policy.

    Args:
        name: What the console shows for the network.
        cidr: Addresses of the VPC.
        subnets: Addresses of each subnet by its zone.
        place: Where the environment is.
        role_path: IAM path of the roles that write flow logs and make calls.
        flow_log_group: Where the flow logs go.
        function_log_group: Logs of the functions that CDK runs at deployment.

    Attributes:
        vpc_id: Id of the VPC.
        subnet_ids: Ids of the isolated subnets.
        route_table: Id of their one route table.
        associations: Ids that tie each of them to it.
        flow_log: Id of the record of all traffic.
        endpoint_id: Id of the S3 gateway endpoint, to which the route table leads.
        container_group: Id of the group of every container: out to S3, nothing in.
        peers_group: Id of the group through which instances of one job reach each
            other.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        cidr: str,
        subnets: Mapping[str, str],
        place: Place,
        role_path: str,
        flow_log_group: logs.ILogGroup,
        function_log_group: logs.ILogGroup,
    ) -> None:
        super().__init__(scope, construct_id)
        vpc = ec2.CfnVPC(
            self,
            "Vpc",
            cidr_block=cidr,
            enable_dns_hostnames=True,
            enable_dns_support=True,
            tags=_named(name),
        )
        self.vpc_id = vpc.ref
        self._default_group = vpc.attr_default_security_group
        self.route_table = ec2.CfnRouteTable(
            self, "Routes", vpc_id=self.vpc_id, tags=_named(name)
        ).ref
        self.subnet_ids: list[str] = []
        self.associations: list[str] = []
        for number, (zone, addresses) in enumerate(subnets.items(), 1):
            self._add_subnet(f"Subnet{number}", zone, addresses, name)
        self.flow_log = self._record_traffic(flow_log_group, place, role_path)
        self._endpoint = ec2.CfnVPCEndpoint(
            self,
            "Endpoint",
            vpc_id=self.vpc_id,
            vpc_endpoint_type="Gateway",
            service_name=f"com.amazonaws.{place.region}.s3",
            route_table_ids=[self.route_table],
            policy_document=_NOTHING,
        )
        self.endpoint_id = self._endpoint.ref
        calls = DeploymentCalls(
            self,
            "Calls",
            description="Looks up S3's prefix list and empties the VPC's default group",
            role_path=role_path,
            statements=self._rights_of_calls(place),
            log_group=function_log_group,
        )
        self._empty_default_group(calls, place.account)
        self.container_group = self._container_group(calls, place.region)
        self.peers_group = self._peers_group()

    def allow_only(self, policy: Mapping[str, Any]) -> None:
        """Give the endpoint its policy: what may pass through it, and for whom."""
        self._endpoint.policy_document = policy

    def _add_subnet(
        self, construct_id: str, zone: str, addresses: str, name: str
    ) -> None:
        subnet = ec2.CfnSubnet(
            self,
            construct_id,
            vpc_id=self.vpc_id,
            availability_zone=zone,
            cidr_block=addresses,
            map_public_ip_on_launch=False,
            tags=_named(f"{name}-{zone}"),
        ).ref
        association = ec2.CfnSubnetRouteTableAssociation(
            self,
            f"{construct_id}Routes",
            subnet_id=subnet,
            route_table_id=self.route_table,
        )
        self.subnet_ids.append(subnet)
        self.associations.append(association.ref)

    def _record_traffic(
        self, log_group: logs.ILogGroup, place: Place, role_path: str
    ) -> str:
        """Source: AWS: IAM role for publishing flow logs to CloudWatch Logs."""
        writer = service_role(
            self,
            "FlowLogWriter",
            service="vpc-flow-logs.amazonaws.com",
            path=role_path,
            description="Flow logs are written to the environment's log group",
            conditions={
                "StringEquals": {"aws:SourceAccount": place.account},
                "ArnLike": {"aws:SourceArn": place.arn("ec2", "vpc-flow-log/*")},
            },
            statements=[
                allow(
                    "WriteLogs",
                    [
                        "logs:CreateLogStream",
                        "logs:DescribeLogStreams",
                        "logs:PutLogEvents",
                    ],
                    [log_group.log_group_arn],
                )
            ],
        )
        return ec2.CfnFlowLog(
            self,
            "FlowLog",
            resource_type="VPC",
            resource_id=self.vpc_id,
            traffic_type="ALL",
            log_destination_type="cloud-watch-logs",
            log_group_name=log_group.log_group_name,
            deliver_logs_permission_arn=writer,
        ).ref

    def _container_group(self, calls: DeploymentCalls, region: str) -> str:
        group = ec2.CfnSecurityGroup(
            self,
            "ContainerGroup",
            group_description="Containers: out to S3, nothing in",
            vpc_id=self.vpc_id,
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol="tcp",
                    from_port=443,
                    to_port=443,
                    destination_prefix_list_id=_s3_prefix_list(calls, region),
                    description="S3 in this region",
                )
            ],
        )
        return group.attr_group_id

    def _peers_group(self) -> str:
        group = ec2.CfnSecurityGroup(
            self,
            "PeersGroup",
            group_description="Instances of one job reach each other",
            vpc_id=self.vpc_id,
            # Without a rule of its own, EC2 would keep "all traffic to everywhere"
            # (AWS: AWS::EC2::SecurityGroup, SecurityGroupEgress).
            security_group_egress=[
                ec2.CfnSecurityGroup.EgressProperty(
                    ip_protocol="-1",
                    cidr_ip="127.0.0.1/32",
                    description="Nothing: keeps the allow-all default away",
                )
            ],
        )
        ec2.CfnSecurityGroupIngress(
            self,
            "FromPeers",
            group_id=group.attr_group_id,
            source_security_group_id=group.attr_group_id,
            ip_protocol="-1",
            description="Other instances of the job",
        )
        ec2.CfnSecurityGroupEgress(
            self,
            "ToPeers",
            group_id=group.attr_group_id,
            destination_security_group_id=group.attr_group_id,
            ip_protocol="-1",
            description="Other instances of the job",
        )
        return group.attr_group_id

    def _rights_of_calls(self, place: Place) -> list[Statement]:
        group = f"security-group/{self._default_group}"
        return [
            allow("LookUp", ["ec2:DescribeManagedPrefixLists"], ["*"]),
            allow(
                "EmptyTheDefaultGroup",
                ["ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"],
                [place.arn("ec2", group)],
            ),
        ]

    def _empty_default_group(self, calls: DeploymentCalls, account: str) -> None:
        """Take away the two rules that EC2 gives to the default group of a VPC.

        Source: AWS: Default security groups for your VPCs.
        """
        group = self._default_group
        members = {"UserIdGroupPairs": [{"GroupId": group, "UserId": account}]}
        everywhere = {"IpRanges": [{"CidrIp": "0.0.0.0/0"}]}
        for direction, peers in (("Ingress", members), ("Egress", everywhere)):
            calls.call(
                f"NoDefault{direction}",
                service="EC2",
                action=f"RevokeSecurityGroup{direction}",
                parameters={
                    "GroupId": group,
                    "IpPermissions": [{"IpProtocol": "-1", **peers}],
                },
                about=f"{group}-{direction}",
                none_is_fine="InvalidPermission.NotFound",
            )


def _named(name: str) -> list[cdk.CfnTag]:
    return [cdk.CfnTag(key="Name", value=name)]


def _s3_prefix_list(calls: DeploymentCalls, region: str) -> str:
    """Look the id up at deployment, so that synth needs no credentials."""
    name = f"com.amazonaws.{region}.s3"
    field = "PrefixLists.0.PrefixListId"
    return calls.call(
        "S3PrefixList",
        service="EC2",
        action="DescribeManagedPrefixLists",
        parameters={"Filters": [{"Name": "prefix-list-name", "Values": [name]}]},
        about=name,
        fields=[field],
    ).get_response_field(field)
