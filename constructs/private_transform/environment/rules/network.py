"""Addresses and zones."""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network

from private_transform.environment.rules.breach import Breach
from private_transform.environment.values import Environment, Network, Transform

_PRIVATE = tuple(
    IPv4Network(text)
    for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")
)
_RESERVED_IN_A_SUBNET = 5
_ADDRESSES_OF_AN_INSTANCE = 2
_CIDR = ("network", "cidr")


def private_range(environment: Environment) -> Iterator[Breach]:
    """A range that VPC would refuse, or that routes to somebody else's addresses."""
    network = environment.network
    try:
        addresses = IPv4Network(network.cidr)
    except ValueError as error:
        yield Breach(
            place=_CIDR,
            rule=f"A network is an IPv4 range whose host bits are zero: {error}.",
            fix="Write it as 10.20.0.0/24.",
        )
        return
    if not any(addresses.subnet_of(block) for block in _PRIVATE):
        yield Breach(
            place=_CIDR,
            rule="A network lies in 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16 or "
            "100.64.0.0/10 (AWS: VPC CIDR blocks).",
        )
    if not 16 <= addresses.prefixlen <= 28:
        yield Breach(
            place=_CIDR, rule="A network is from /16 to /28 (AWS: VPC CIDR blocks)."
        )
        return
    halvings = network.subnet_prefix_length - addresses.prefixlen
    if network.subnet_prefix_length > 28:
        yield Breach(
            place=_CIDR,
            rule=f"Divided among {len(network.availability_zones)} zones, each part "
            "must be /28 or larger (AWS: Subnet CIDR blocks).",
            fix=f"Take /{28 - halvings} or larger, or fewer zones.",
        )


def zones_of_the_region(environment: Environment) -> Iterator[Breach]:
    """A subnet lies in a zone of its own region, and one in each zone is enough."""
    zones = environment.network.availability_zones
    for position, zone in enumerate(zones):
        place = ("network", "availability_zones", position)
        if zone[:-1] != environment.region:
            yield Breach(
                place=place,
                rule=f"A zone belongs to the environment's region, "
                f"{environment.region}.",
                fix=f"Write it as {environment.region}{zone[-1]}.",
            )
        elif zone in zones[:position]:
            yield Breach(place=place, rule="Each zone is named once.")


def room_for_each(environment: Environment, transform: Transform) -> Iterator[Breach]:
    """A job lies in one of the subnets, where each instance takes two addresses."""
    room = _instances_in_a_subnet(environment.network)
    count = transform.transform_resources.instance_count
    if room is not None and count > room:
        yield Breach(
            place=("transform_resources", "instance_count"),
            rule=f"A subnet of {environment.network.cidr} has addresses for {room} "
            "instances: each takes 2, and AWS keeps 5 of every subnet (AWS: Give "
            "Batch Transform Jobs Access to Resources in Your Amazon VPC).",
            fix="Take fewer instances, or a larger network.cidr.",
        )


def room_for_all(
    environment: Environment, transforms: Sequence[Transform]
) -> Iterator[Breach]:
    """All transforms may run at the same time, as after a first deployment."""
    room = _instances_in_a_subnet(environment.network)
    counts = [each.transform_resources.instance_count for each in transforms]
    zones = len(environment.network.availability_zones)
    if room is not None and max(counts, default=0) <= room < sum(counts) / zones:
        yield Breach(
            place=_CIDR,
            rule=f"The subnets together have addresses for {room * zones} instances, "
            f"and the transforms together have {sum(counts)}: each takes 2, and AWS "
            "keeps 5 of every subnet (AWS: Subnet CIDR blocks).",
            fix="Take a larger range.",
        )


def _instances_in_a_subnet(network: Network) -> int | None:
    """How many instances one subnet has addresses for; None if the range is wrong."""
    try:
        subnet = IPv4Network(next(iter(network.subnets.values())))
    except ValueError:
        return None
    usable = subnet.num_addresses - _RESERVED_IN_A_SUBNET
    return max(usable, 0) // _ADDRESSES_OF_AN_INSTANCE
