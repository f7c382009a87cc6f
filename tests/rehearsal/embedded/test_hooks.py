"""What services in the embedded AWS ask it: who, may they, which way to S3."""

import json
import threading
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
from ministack import app
from ministack.core import iam_actions, iam_evaluator, router
from ministack.services import cloudwatch_logs, ec2, eventbridge, iam, s3

from rehearsal.embedded import conditions, endpoint, identity, services
from rehearsal.embedded.connection import Connection, current
from rehearsal.embedded.listeners import Listener, listen
from rehearsal.embedded.scope import Scope

ACCOUNT = "123456789012"
HERE = Scope(account=ACCOUNT, region="us-east-1")
RESOURCE = f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model/dev-faces"


@pytest.fixture(autouse=True)
def scoped() -> Iterator[None]:
    with identity.scoped(HERE):
        yield


@pytest.fixture(autouse=True)
def answered_conditions() -> Iterator[None]:
    """The evaluator as it is served; the originals come back afterwards."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in (
            (iam_evaluator, "_resolve_condition_key"),
            (iam_actions, "_s3_object_context"),
            (iam_actions, "request_tag_context"),
            (iam_evaluator, "_CONDITION_OPS"),
        ):
            value = getattr(module, name)
            copied = dict(value) if isinstance(value, dict) else value
            patch.setattr(module, name, copied)
        conditions.apply()
        yield


def new_role(*statements: dict[str, Any], trusted: str = "sagemaker") -> str:
    name = f"role-{uuid4().hex[:8]}"
    trust = {
        "Effect": "Allow",
        "Principal": {"Service": f"{trusted}.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}},
    }
    iam._roles[name] = {
        "RoleName": name,
        "RoleId": "AROA1",
        "Arn": f"arn:aws:iam::{ACCOUNT}:role/dev/{name}",
        "AssumeRolePolicyDocument": json.dumps({"Statement": [trust]}),
        "AttachedPolicies": [],
        "InlinePolicies": {"it": json.dumps({"Statement": list(statements)})},
    }
    return str(iam._roles[name]["Arn"])


def allow(action: str, resource: str, **condition: Any) -> dict[str, Any]:
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def test_a_roles_session_is_the_role_in_conditions_and_itself_in_messages() -> None:
    role = new_role(
        allow(
            "sagemaker:CreateModel",
            RESOURCE,
            ArnLike={"aws:PrincipalArn": f"arn:aws:iam::{ACCOUNT}:role/dev/*"},
        )
    )
    session = identity.role_session(role, "job-1")
    assert identity.authorize(session, "sagemaker:CreateModel", RESOURCE) is None
    denial = identity.authorize(session, "sagemaker:DeleteModel", RESOURCE)
    name = role.rpartition("/")[2]
    assert denial == (
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/{name}/job-1 is not authorized to "
        f"perform: sagemaker:DeleteModel on resource: {RESOURCE} because no "
        "identity-based policy allows the sagemaker:DeleteModel action"
    )


def test_the_context_of_a_request_decides() -> None:
    role = new_role(
        allow(
            "iam:PassRole",
            "*",
            StringEquals={"iam:PassedToService": "sagemaker.amazonaws.com"},
        ),
        allow(
            "sagemaker:CreateModel",
            "*",
            **{
                "ForAllValues:StringEquals": {"sagemaker:VpcSubnets": ["a", "b"]},
                "Null": {"sagemaker:VpcSubnets": "false"},
            },
        ),
    )
    session = identity.role_session(role, "x")

    def may(action: str, **context: Any) -> bool:
        keys = {name.replace("_", ":"): value for name, value in context.items()}
        return identity.authorize(session, action, "*", keys) is None

    assert may("iam:PassRole", iam_PassedToService="sagemaker.amazonaws.com")
    assert not may("iam:PassRole", iam_PassedToService="ec2.amazonaws.com")
    assert not may("iam:PassRole")
    assert may("sagemaker:CreateModel", sagemaker_VpcSubnets=["a", "b"])
    assert not may("sagemaker:CreateModel", sagemaker_VpcSubnets=["a", "c"])
    assert not may("sagemaker:CreateModel")


def test_what_the_services_do_themselves_counts_as_tls() -> None:
    encrypted = {"Bool": {"aws:SecureTransport": "true"}}
    session = identity.role_session(new_role(allow("*", "*", **encrypted)), "x")
    assert identity.authorize(session, "sqs:SendMessage", "*") is None


def test_a_bucket_belongs_to_whoever_made_it() -> None:
    theirs = f"foreign-{uuid4().hex[:8]}"
    s3._buckets.set_scoped("210987654321", None, theirs, {"objects": {}})
    ours = {"StringEquals": {"aws:ResourceAccount": ACCOUNT}}
    session = identity.role_session(new_role(allow("s3:*", "*", **ours)), "x")

    def may_read(bucket: str) -> bool:
        resource = f"arn:aws:s3:::{bucket}/x"
        return identity.authorize(session, "s3:GetObject", resource) is None

    assert not may_read(theirs)
    assert may_read("not-there-yet")


def test_a_roles_boundary_counts() -> None:
    role = new_role(allow("*", "*"))
    boundary = f"arn:aws:iam::{ACCOUNT}:policy/{uuid4().hex}"
    iam._policies[boundary] = {
        "DefaultVersionId": "v1",
        "Versions": {"v1": {"Document": {"Statement": [allow("s3:*", "*")]}}},
    }
    iam._roles[role.rpartition("/")[2]]["PermissionsBoundary"] = boundary
    session = identity.role_session(role, "x")
    assert identity.authorize(session, "s3:GetObject", "*") is None
    assert identity.authorize(session, "sagemaker:CreateModel", "*") is not None


def test_the_root_may_do_everything() -> None:
    root = identity.caller(
        {"authorization": f"AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/x/y/z"}
    )
    assert root.arn == f"arn:aws:iam::{ACCOUNT}:root"
    assert identity.authorize(root, "sagemaker:CreateModel", RESOURCE) is None


def test_a_role_trusts_the_service_it_names_under_its_conditions() -> None:
    role = new_role()
    mine, theirs = {"aws:SourceAccount": ACCOUNT}, {"aws:SourceAccount": "1" * 12}
    assert identity.trusts(role, "sagemaker.amazonaws.com", mine)
    assert not identity.trusts(role, "sagemaker.amazonaws.com", theirs)
    assert not identity.trusts(role, "lambda.amazonaws.com", mine)
    assert not identity.trusts(role.replace("/dev/", "/"), "sagemaker.amazonaws.com")
    assert not identity.trusts("none", "sagemaker.amazonaws.com")


def test_a_role_that_does_not_exist_has_no_credentials() -> None:
    with pytest.raises(LookupError, match="role/none does not exist"):
        identity.role_credentials(f"arn:aws:iam::{ACCOUNT}:role/none", "x")
    with pytest.raises(LookupError, match="is not the ARN of a role"):
        identity.role_credentials("none", "x")


def test_a_thread_acts_in_the_scope_it_is_given() -> None:
    elsewhere = Scope(account="210987654321", region="eu-west-1")
    seen = []

    def work() -> None:
        with identity.scoped(elsewhere):
            seen.append(identity.scope())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [elsewhere]
    assert identity.scope() == HERE


def test_log_lines_arrive_in_order_in_a_stream_made_for_them() -> None:
    group = f"/aws/sagemaker/{uuid4().hex}"
    assert not identity.log_group_exists(group)
    identity.write_log(group, "job/1", ["first", "second"])
    assert identity.log_group_exists(group)
    identity.write_log(group, "job/1", ["third"])
    stream = cloudwatch_logs._log_groups[group]["streams"]["job/1"]
    assert [each["message"] for each in stream["events"]] == [
        "first",
        "second",
        "third",
    ]


def test_an_event_of_a_service_is_on_the_bus() -> None:
    identity.emit_event(
        "aws.sagemaker", "Job State Change", {"Status": "Failed"}, resources=["arn"]
    )
    event = eventbridge._events_log_list()[-1]
    assert event["Source"] == "aws.sagemaker"
    assert event["DetailType"] == "Job State Change"
    assert json.loads(event["Detail"]) == {"Status": "Failed"}
    assert (event["Account"], event["Region"]) == (ACCOUNT, "us-east-1")


class Answering:
    async def handle_request(
        self, method: str, path: str, headers: Any, body: bytes, query: Any
    ) -> services.Response:
        return 200, {}, b"{}"


def test_a_registered_service_is_routed_to_and_authorizes_by_itself() -> None:
    service = Answering()
    services.register("answering", service, target_prefix="Answering.")
    headers = {"x-amz-target": "Answering.Do"}
    assert router.detect_service("POST", "/", headers, {}) == "answering"
    assert app.SERVICE_HANDLERS["answering"] == service.handle_request
    action = iam_actions.extract_iam_action("answering", "POST", "/", headers, b"", {})
    assert action is None


class Served(list[Listener]):
    """Listeners that were to be served; their sockets are closed at the end."""


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    opened = Served()
    main = listen(tls=True)
    monkeypatch.setattr(endpoint, "_listeners", endpoint._Listeners())
    endpoint.open_with(main, opened.append)
    yield opened
    for listener in (main, *opened):
        listener.socket.close()


def network(*, associated: bool, service: str = "s3") -> tuple[str, str]:
    """A subnet, and an endpoint on the route table beside the VPC's main one."""
    mark = uuid4().hex[:8]
    vpc, subnet, vpce = f"vpc-{mark}", f"subnet-{mark}", f"vpce-{mark}"
    ec2._subnets[subnet] = {"SubnetId": subnet, "VpcId": vpc}
    own = [{"SubnetId": subnet, "Main": False}] if associated else []
    for table, associations in ((f"rtb-{mark}", own), (f"rtb-main-{mark}", [MAIN])):
        ec2._route_tables[table] = {
            "RouteTableId": table,
            "VpcId": vpc,
            "Associations": associations,
        }
    ec2._vpc_endpoints[vpce] = {
        "VpcEndpointId": vpce,
        "VpcEndpointType": "Gateway",
        "ServiceName": f"com.amazonaws.us-east-1.{service}",
        "VpcId": vpc,
        "RouteTableIds": [f"rtb-{mark}"],
        "PolicyDocument": None,
    }
    return subnet, vpce


MAIN = {"Main": True}


def test_subnets_reach_s3_by_the_endpoint_on_their_route_table(served: Served) -> None:
    subnet, vpce = network(associated=True)
    url = endpoint.listener_for([subnet])
    assert url == endpoint.listener_of(vpce)
    assert url != endpoint.outside()
    assert [each.endpoint_id for each in served] == [vpce]


@pytest.mark.parametrize(
    "settings",
    [{"associated": False}, {"associated": True, "service": "dynamodb"}],
)
def test_without_a_route_there_is_no_way(
    served: Served, settings: dict[str, Any]
) -> None:
    subnet, _ = network(**settings)
    assert endpoint.listener_for([subnet]) is None


def test_all_subnets_need_the_route(served: Served) -> None:
    subnet, _ = network(associated=True)
    lonely, _ = network(associated=False)
    assert endpoint.listener_for([subnet, lonely]) is None
    assert endpoint.listener_for([subnet, "subnet-none"]) is None
    assert endpoint.listener_for([]) is None


def test_the_main_route_table_serves_a_subnet_without_one(served: Served) -> None:
    subnet, vpce = network(associated=False)
    mark = vpce.removeprefix("vpce-")
    ec2._vpc_endpoints[vpce]["RouteTableIds"] = [f"rtb-main-{mark}"]
    assert endpoint.listener_for([subnet]) == endpoint.listener_of(vpce)


def test_an_endpoint_is_known_from_every_region(served: Served) -> None:
    _, vpce = network(associated=True)
    with identity.scoped(Scope(account=ACCOUNT, region="eu-west-1")):
        assert endpoint.record(vpce) is not None


def test_an_endpoint_that_is_gone_answers_nobody(served: Served) -> None:
    _, vpce = network(associated=True)
    assert endpoint.listener_of(vpce) is not None
    del ec2._vpc_endpoints[vpce]
    assert endpoint.listener_of(vpce) is None


def test_the_source_network_is_the_endpoints() -> None:
    _, vpce = network(associated=True)
    token = current.set(Connection(tls_version="1.3", endpoint_id=vpce))
    try:
        role = new_role(
            allow(
                "s3:GetObject",
                "*",
                StringEquals={"aws:SourceVpc": f"vpc-{vpce.removeprefix('vpce-')}"},
            )
        )
        session = identity.role_session(role, "x")
        assert identity.authorize(session, "s3:GetObject", "*") is None
    finally:
        current.reset(token)
    assert identity.authorize(session, "s3:GetObject", "*") is not None
