"""What people look at, and what is watched for them."""

import json
from typing import Any

from private_transform import access
from private_transform.handlers.contract import JOB_LOG_GROUP
from tests.stacks.test_state_changes import events_queue, rules_that_fill
from tests.synthesized import Synthesis


def dashboard(synthesis: Synthesis) -> tuple[str, list[dict[str, Any]]]:
    """Its name and what is on it."""
    found = synthesis.one("AWS::CloudWatch::Dashboard").properties
    return found["DashboardName"], json.loads(found["DashboardBody"])["widgets"]


def searches(synthesis: Synthesis) -> list[str]:
    _, widgets = dashboard(synthesis)
    return [
        line["expression"]
        for widget in widgets
        for (line,) in widget["properties"].get("metrics", [])
    ]


def watched(synthesis: Synthesis) -> dict[str, Any]:
    """The details of the patterns by the service that is called."""
    rules = rules_that_fill(events_queue(synthesis, "on_tampering"), synthesis)
    for rule in rules:
        assert rule.properties.get("State", "ENABLED") == "ENABLED"
    patterns = [rule.properties["EventPattern"] for rule in rules]
    assert all(
        each["detail-type"] == ["AWS API Call via CloudTrail"] for each in patterns
    )
    return {
        f"{each['source'][0]} {each['detail']['eventName'][0]}": each["detail"]
        for each in patterns
    }


def test_dashboards_of_one_account_do_not_meet(synthesis: Synthesis) -> None:
    environment = synthesis.environment
    name, _ = dashboard(synthesis)
    assert name == f"private-transform-{environment.name}-{environment.region}"


def test_every_panel_shows_this_environment_and_no_two_lie_on_each_other(
    synthesis: Synthesis,
) -> None:
    environment = synthesis.environment
    _, widgets = dashboard(synthesis)
    places = [
        (x, y)
        for each in widgets
        for x in range(each["x"], each["x"] + each["width"])
        for y in range(each["y"], each["y"] + each["height"])
    ]
    assert len(places) == len(set(places))
    assert all(x < 24 for x, _ in places)
    for widget in widgets[1:]:
        assert widget["properties"]["region"] == environment.region
    for search in searches(synthesis):
        assert search.startswith("SEARCH('{")
        assert search.count("'") == 4
        assert environment.name in search or synthesis.key.arn in search


def test_the_dashboard_says_where_evidence_lies(synthesis: Synthesis) -> None:
    _, (text, *_) = dashboard(synthesis)
    place = f"s3://{synthesis.bucket('ControlBucket').ref}/evidence/"
    assert place in text["properties"]["markdown"]


def test_uses_of_the_key_are_shown(synthesis: Synthesis) -> None:
    (uses,) = (each for each in searches(synthesis) if "AWS/KMS" in each)
    assert f'KeyArn="{synthesis.key.arn}"' in uses


def test_queries_are_saved_in_a_folder_of_the_environment(
    kept: Synthesis, discarded: Synthesis
) -> None:
    for synthesis, number in ((kept, 3), (discarded, 2)):
        queries = synthesis.all("AWS::Logs::QueryDefinition")
        folder = f"private-transform/{synthesis.environment.name}/"
        assert len(queries) == number
        assert all(each.properties["Name"].startswith(folder) for each in queries)


def test_a_failed_job_is_looked_for_in_the_logs_of_jobs(synthesis: Synthesis) -> None:
    (query,) = (
        each.properties
        for each in synthesis.all("AWS::Logs::QueryDefinition")
        if each.properties["LogGroupNames"] == [JOB_LOG_GROUP]
    )
    assert f"like /^{synthesis.environment.name}-/" in query["QueryString"]


def test_each_of_the_five_buckets_is_watched(synthesis: Synthesis) -> None:
    buckets = watched(synthesis)["aws.s3 {'prefix': 'PutBucket'}"]
    names = {each.ref for each in synthesis.all("AWS::S3::Bucket")}
    assert set(buckets["requestParameters"]["bucketName"]) == names
    assert len(names) == 5


def test_key_and_network_are_watched(synthesis: Synthesis) -> None:
    found = watched(synthesis)
    assert found["aws.kms CancelKeyDeletion"]["resources"] == {
        "ARN": [synthesis.key.arn]
    }
    ways = json.dumps(found["aws.ec2 AssociateRouteTable"])
    for kind in ("VPC", "Subnet", "RouteTable", "SubnetRouteTableAssociation"):
        for each in synthesis.all(f"AWS::EC2::{kind}"):
            assert each.ref in ways
    guards = json.dumps(found["aws.ec2 AuthorizeSecurityGroupEgress"])
    for kind in ("VPCEndpoint", "FlowLog"):
        assert synthesis.one(f"AWS::EC2::{kind}").ref in guards
    for group in synthesis.all("AWS::EC2::SecurityGroup"):
        assert group.attribute("GroupId") in guards


def test_the_own_trail_is_watched(kept: Synthesis, discarded: Synthesis) -> None:
    name = kept.one("AWS::CloudTrail::Trail").properties["TrailName"]
    trail = watched(kept)["aws.cloudtrail DeleteTrail"]
    assert name in trail["requestParameters"]["$or"][0]["name"]
    assert "aws.cloudtrail DeleteTrail" not in watched(discarded)


def test_only_deployments_pass_unnoticed(synthesis: Synthesis) -> None:
    roles = access.perimeter(synthesis.environment, partition="aws").deployment_roles
    for about, detail in watched(synthesis).items():
        if not about.startswith("aws.sts"):
            issuer = detail["userIdentity"]["sessionContext"]["sessionIssuer"]
            assert issuer == {"arn": [{"exists": False}, {"anything-but": list(roles)}]}


def test_the_use_of_each_break_glass_role_is_told(kept: Synthesis) -> None:
    taken = watched(kept)["aws.sts {'prefix': 'AssumeRole'}"]
    people = kept.environment.people.break_glass
    assert people
    assert taken["requestParameters"]["roleArn"] == [
        {"wildcard": person.role} for person in people
    ]
