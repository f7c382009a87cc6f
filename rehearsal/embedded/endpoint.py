"""The S3 gateway endpoints of the deployed networks, each a listener of its own.

What comes in on an endpoint's listener carries the endpoint's id in
`aws:SourceVpce` and is limited by its policy; the URL alone says which endpoint it
is, so any client goes through it by its endpoint URL. Listeners open when they are
first asked for and stay: without its endpoint one answers nobody.
"""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from ministack.core import responses
from ministack.services import ec2

from rehearsal.embedded.listeners import Listener, listen


@dataclass(kw_only=True)
class _Listeners:
    """The listeners of this process; `main` and `serve` are known once it serves."""

    main: Listener | None = None
    serve: Callable[[Listener], None] | None = None
    by_endpoint: dict[str, Listener] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)


_listeners = _Listeners()


def open_with(main: Listener, serve: Callable[[Listener], None]) -> None:
    """Say which listener is the public side and how further ones are served."""
    _listeners.main = main
    _listeners.serve = serve


def outside() -> str:
    """URL of the public side, where no endpoint stands between."""
    if _listeners.main is None:
        raise RuntimeError("the embedded AWS does not serve yet")
    return _listeners.main.url


def listener_for(subnet_ids: Iterable[str]) -> str | None:
    """URL of the endpoint that carries these subnets' traffic to S3, or None.

    A gateway endpoint serves a subnet when the subnet's route table (its own, or the
    VPC's main one) is one of the endpoint's. None when any of the subnets has no
    such route (AWS: Gateway endpoints). To be asked within the context of the
    subnets' account and region.
    """
    found = [_endpoint_of_subnet(subnet_id) for subnet_id in subnet_ids]
    if not found or found[0] is None or any(each != found[0] for each in found):
        return None
    return listener_of(found[0])


def listener_of(endpoint_id: str) -> str | None:
    """URL that goes through one endpoint, or None when there is no such endpoint."""
    if record(endpoint_id) is None or _listeners.serve is None:
        return None
    with _listeners.lock:
        listener = _listeners.by_endpoint.get(endpoint_id)
        if listener is None:
            listener = listen(tls=True, endpoint_id=endpoint_id)
            _listeners.by_endpoint[endpoint_id] = listener
            _listeners.serve(listener)
    return listener.url


def record(endpoint_id: str) -> dict[str, Any] | None:
    """MiniStack's record of an S3 gateway endpoint, in whatever account and region.

    `VpcId` and `PolicyDocument` are what policies need of it.
    """
    for each in ec2._vpc_endpoints.all_values():
        if (
            each["VpcEndpointId"] == endpoint_id
            and each["VpcEndpointType"] == "Gateway"
            and each["ServiceName"].endswith(".s3")
        ):
            return dict(each)
    return None


def vpc_of(subnet_id: str) -> str | None:
    """The VPC of a subnet, None if there is no such subnet."""
    subnet = ec2._subnets.get(subnet_id)
    return None if subnet is None else str(subnet["VpcId"])


def _endpoint_of_subnet(subnet_id: str) -> str | None:
    vpc_id = vpc_of(subnet_id)
    if vpc_id is None:
        return None
    table = _route_table(subnet_id, vpc_id)
    for each in ec2._vpc_endpoints.values():
        if (
            each["VpcEndpointType"] == "Gateway"
            and each["ServiceName"] == f"com.amazonaws.{responses.get_region()}.s3"
            and table in each["RouteTableIds"]
        ):
            return str(each["VpcEndpointId"])
    return None


def _route_table(subnet_id: str, vpc_id: str) -> str | None:
    """The table a subnet is associated with; without one, the VPC's main table."""
    main = None
    for table in ec2._route_tables.values():
        for association in table["Associations"]:
            if association.get("SubnetId") == subnet_id:
                return str(table["RouteTableId"])
        if table["VpcId"] == vpc_id and any(
            association.get("Main") for association in table["Associations"]
        ):
            main = str(table["RouteTableId"])
    return main
