"""Faults that open the network."""

from tests.review.draft import FOUNDATION, Edit, add, all_of, no_prop, prop, remove
from tests.review.mutant import Mutant, faulty


def _added(name: str, kind: str, **properties: object) -> Edit:
    return add(name, kind, FOUNDATION, **properties)


_ROUTES = "@NetworkRoutes"
_VPC = "@NetworkVpc"

AT_NETWORK: tuple[Mutant, ...] = (
    faulty(
        "network-isolated",
        "a second endpoint with an open policy",
        _added(
            "Second",
            "AWS::EC2::VPCEndpoint",
            ServiceName="com.amazonaws.us-east-1.s3",
            VpcEndpointType="Gateway",
            VpcId=_VPC,
            RouteTableIds=[_ROUTES],
        ),
        "Second",
    ),
    faulty(
        "network-isolated",
        "an interface endpoint",
        _added(
            "Interface",
            "AWS::EC2::VPCEndpoint",
            ServiceName="com.amazonaws.us-east-1.sts",
            VpcEndpointType="Interface",
            VpcId=_VPC,
        ),
        "Interface",
    ),
    faulty(
        "network-isolated",
        "the endpoint is one of DynamoDB",
        prop("NetworkEndpoint", "ServiceName", "com.amazonaws.us-east-1.dynamodb"),
        "NetworkEndpoint",
    ),
    faulty(
        "network-isolated",
        "a route through a peering",
        _added(
            "ToPeer",
            "AWS::EC2::Route",
            RouteTableId=_ROUTES,
            DestinationCidrBlock="10.99.0.0/16",
            VpcPeeringConnectionId="pcx-0123456789abcdef0",
        ),
        "ToPeer",
    ),
    faulty(
        "network-isolated",
        "a peering",
        _added(
            "Peering",
            "AWS::EC2::VPCPeeringConnection",
            VpcId=_VPC,
            PeerVpcId="vpc-0123456789abcdef0",
        ),
        "Peering",
    ),
    faulty(
        "network-isolated",
        "a transit gateway",
        _added(
            "Transit",
            "AWS::EC2::TransitGatewayAttachment",
            VpcId=_VPC,
            TransitGatewayId="tgw-0123456789abcdef0",
            SubnetIds=["@NetworkSubnet1"],
        ),
        "Transit",
    ),
    faulty(
        "network-isolated",
        "a default route of IPv6",
        all_of(
            _added("Egress", "AWS::EC2::EgressOnlyInternetGateway", VpcId=_VPC),
            _added(
                "Default6",
                "AWS::EC2::Route",
                RouteTableId=_ROUTES,
                DestinationIpv6CidrBlock="::/0",
                EgressOnlyInternetGatewayId="@Egress",
            ),
        ),
        "Default6",
    ),
    faulty(
        "network-isolated",
        "a subnet has addresses of IPv6",
        prop("NetworkSubnet1", "Ipv6CidrBlock", "2001:db8:1234:1a00::/64"),
        "NetworkSubnet1",
    ),
    faulty(
        "network-isolated",
        "the network has addresses of IPv6",
        _added(
            "Block6",
            "AWS::EC2::VPCCidrBlock",
            VpcId=_VPC,
            AmazonProvidedIpv6CidrBlock=True,
        ),
        "Block6",
    ),
    faulty(
        "network-isolated",
        "another network",
        _added("Other", "AWS::EC2::VPC", CidrBlock="10.30.0.0/24"),
        "Other",
    ),
    faulty(
        "network-isolated",
        "the network is shared with another account",
        _added(
            "Share",
            "AWS::RAM::ResourceShare",
            Name="network",
            Principals=["999999999999"],
        ),
        "Share",
    ),
    faulty(
        "network-groups",
        "containers reach everything over IPv6",
        prop(
            "NetworkContainerGroup",
            "SecurityGroupEgress",
            1,
            {"CidrIpv6": "::/0", "IpProtocol": "-1"},
        ),
        "NetworkContainerGroup",
    ),
    faulty(
        "network-groups",
        "a group names no egress",
        no_prop("NetworkPeersGroup", "SecurityGroupEgress"),
        "NetworkPeersGroup",
    ),
    faulty(
        "network-groups",
        "neighbours reach containers",
        _added(
            "Neighbours",
            "AWS::EC2::SecurityGroupIngress",
            GroupId="@NetworkContainerGroup.GroupId",
            IpProtocol="tcp",
            FromPort=8080,
            ToPort=8080,
            CidrIp="10.0.0.0/8",
        ),
        "Neighbours",
    ),
    faulty(
        "network-groups",
        "containers reach S3 on every port",
        prop("NetworkContainerGroup", "SecurityGroupEgress", 0, "FromPort", 0),
        "NetworkContainerGroup",
    ),
    faulty(
        "network-groups",
        "the list of addresses is one of DynamoDB",
        lambda draft: _replace(draft.properties("NetworkCallsS3PrefixList")),
        "NetworkContainerGroup",
    ),
    faulty(
        "network-default-group",
        "the default group lets out",
        remove("NetworkCallsNoDefaultEgress"),
        "NetworkVpc",
    ),
    faulty(
        "network-logged",
        "the flow log records what is rejected",
        prop("NetworkFlowLog", "TrafficType", "REJECT"),
        "NetworkVpc",
    ),
    faulty(
        "network-reaches-s3",
        "a subnet has no route to S3",
        remove("NetworkSubnet1Routes"),
        "NetworkSubnet1",
    ),
)
"""Ways out of the network, and what records them."""


def _replace(properties: dict[str, str]) -> None:
    for moment in ("Create", "Update"):
        properties[moment] = properties[moment].replace(".s3", ".dynamodb")
