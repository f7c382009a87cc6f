"""Each rule of environment.yaml: one value that breaks it and one that just obeys."""

from pathlib import Path
from typing import Any

import pytest

from tests.environment.folders import ABSENT, OUTSIDE, ROLE, problems, written

ENDPOINT = {"id": "vpce-0123456789abcdef0", **OUTSIDE}
SOURCE = {"s3_uri": "s3://company-models/released/", **OUTSIDE}
KEY = "arn:aws:kms:us-east-1:444455556666:key/01234567-89ab-cdef-0123-456789abcdef"
SSO = "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_"


def sources(**changes: Any) -> dict[str, Any]:
    return {"artifact_sources": [{**SOURCE, **changes}]}


REFUSED: list[tuple[str, dict[str, Any], str, str]] = [
    ("an unknown key", {"protect": "keep"}, "protect", "no such key"),
    ("a missing key", {"audit": ABSENT}, "audit", "required"),
    ("a key without value", {"network": None}, "network", "no value"),
    ("an unknown stage", {"stage": "prod"}, "stage", "one of development, production"),
    ("a short account", {"account": "12345"}, "account", "12 digits"),
    ("an account in other digits", {"account": "\u0661" * 12}, "account", "12 digits"),
    ("an unknown region", {"region": "us-est-1"}, "region", "SageMaker"),
    ("a region of China", {"region": "cn-north-1"}, "region", "commercial"),
    ("a region of a government", {"region": "us-gov-west-1"}, "region", "GovCloud"),
    ("an unknown protection", {"protection": "no"}, "protection", "keep, discard"),
    (
        "production that is discarded",
        {"stage": "production", "protection": "discard"},
        "protection",
        "production",
    ),
    (
        "what is discarded though nobody could",
        {"protection": "discard", "lock_management": True},
        "lock_management",
        "removal",
    ),
    ("an unknown audit", {"audit": "none"}, "audit", "own, organization"),
    ("a list for text", {"account": ["1"]}, "account", "one value"),
    ("text for a list", {"notify": "ops@example.com"}, "notify", "list"),
    ("text for a mapping", {"key": "365"}, "key", "keys and values"),
    ("text for a range", {"network.cidr": "ten"}, "network.cidr", "CIDR"),
    ("a range with host bits", {"network.cidr": "10.0.0.1/24"}, "network.cidr", "host"),
    (
        "a range out of bounds",
        {"network.cidr": "10.0.0.300/24"},
        "network.cidr",
        "IPv4",
    ),
    ("a public range", {"network.cidr": "8.8.0.0/24"}, "network.cidr", "10.0.0.0/8"),
    ("a range too large", {"network.cidr": "10.0.0.0/15"}, "network.cidr", "/16"),
    ("a range too small", {"network.cidr": "10.0.0.0/29"}, "network.cidr", "/28"),
    (
        "zones too many for it",
        {"network.cidr": "10.0.0.0/28"},
        "network.cidr",
        "each part",
    ),
    (
        "no zone",
        {"network.availability_zones": []},
        "network.availability_zones",
        "1 to 6",
    ),
    (
        "a zone of another region",
        {"network.availability_zones": ["us-east-2a"]},
        "network.availability_zones[0]",
        "region",
    ),
    (
        "a zone twice",
        {"network.availability_zones": ["us-east-1a", "us-east-1a"]},
        "network.availability_zones[1]",
        "once",
    ),
    (
        "a zone's id",
        {"network.availability_zones": ["use1-az1"]},
        "network.availability_zones[0]",
        "letter",
    ),
    (
        "a zone's letter that no region has",
        {"network.availability_zones": ["us-east-1g"]},
        "network.availability_zones[0]",
        "a to f",
    ),
    (
        "the last letter for a zone",
        {"network.availability_zones": ["us-east-1z"]},
        "network.availability_zones[0]",
        "a to f",
    ),
    (
        "a rotation too often",
        {"key.rotation_period_in_days": 89},
        "key.rotation_period_in_days",
        "90 to 2560",
    ),
    (
        "a rotation in words",
        {"key.rotation_period_in_days": "yearly"},
        "key.rotation_period_in_days",
        "90 to 2560",
    ),
    (
        "a pending window too short",
        {"key.pending_window_in_days": 6},
        "key.pending_window_in_days",
        "7 to 30",
    ),
    (
        "a retention that is not offered",
        {"retention.logs_in_days": 100},
        "retention.logs_in_days",
        "its own list",
    ),
    (
        "versions that go too soon",
        {"retention.noncurrent_versions_in_days": 29},
        "retention.noncurrent_versions_in_days",
        "30 to 3650",
    ),
    (
        "a user for a role",
        {"people.readers.0.role": "arn:aws:iam::111122223333:user/me"},
        "people.readers[0].role",
        "role's ARN",
    ),
    (
        "a wildcard in a role",
        {"people.readers.0.role": f"{ROLE}reader-*"},
        "people.readers[0].role",
        "wildcards",
    ),
    (
        "a wildcard in a role's path",
        {"people.readers.0.role": f"{ROLE}*/reader"},
        "people.readers[0].role",
        "wildcards",
    ),
    (
        "a role of another account",
        {"people.readers.0.role": "arn:aws:iam::444455556666:role/reader"},
        "people.readers[0].role",
        "account",
    ),
    (
        "a role of another partition",
        {"people.readers.0.role": "arn:aws-cn:iam::111122223333:role/reader"},
        "people.readers[0].role",
        "role's ARN",
    ),
    (
        "a single sign-on role without its path",
        {"people.readers.0.role": f"{ROLE}AWSReservedSSO_Data_*"},
        "people.readers[0].role",
        "aws-reserved/sso.amazonaws.com/",
    ),
    (
        "a single sign-on role at another path",
        {"people.readers.0.role": f"{ROLE}team/AWSReservedSSO_Data_0123456789abcdef"},
        "people.readers[0].role",
        "aws-reserved/sso.amazonaws.com/",
    ),
    (
        "a wildcard for all single sign-on roles",
        {"people.readers.0.role": f"{SSO}*"},
        "people.readers[0].role",
        "wildcards",
    ),
    (
        "a role in two duties",
        {"people.readers.0.role": f"{ROLE}uploader"},
        "people.readers[0].role",
        "one duty",
    ),
    (
        "a role that a wildcard of another duty holds",
        {
            "people.uploaders.0.role": f"{SSO}Data_*",
            "people.readers.0.role": f"{SSO}Data_0123456789abcdef",
        },
        "people.readers[0].role",
        "one duty",
    ),
    (
        "break-glass without leave",
        {"people.break_glass.0.outside": ABSENT},
        "people.break_glass[0]",
        "until when",
    ),
    (
        "a key administrator with leave",
        {"people.key_administrators.0.outside": OUTSIDE},
        "people.key_administrators[0].outside",
        "no bucket",
    ),
    (
        "leave without a reason",
        {"people.uploaders.0.outside.reason": " "},
        "people.uploaders[0].outside.reason",
        "1 to 200",
    ),
    (
        "leave without an owner",
        {"people.uploaders.0.outside.owner": ABSENT},
        "people.uploaders[0].outside.owner",
        "required",
    ),
    (
        "leave until no day",
        {"people.uploaders.0.outside.expires": "2027-02-30"},
        "people.uploaders[0].outside.expires",
        "calendar",
    ),
    (
        "leave until a week's day",
        {"people.uploaders.0.outside.expires": "2027-W10-1"},
        "people.uploaders[0].outside.expires",
        "calendar",
    ),
    (
        "leave that expired",
        {"people.uploaders.0.outside.expires": "2026-11-21"},
        "people.uploaders[0].outside.expires",
        "expired on 2026-11-21",
    ),
    (
        "leave for more than a year",
        {"people.uploaders.0.outside.expires": "2027-11-24"},
        "people.uploaders[0].outside.expires",
        "366 days",
    ),
    (
        "leave for ever",
        {"people.uploaders.0.outside.expires": "never"},
        "people.uploaders[0].outside.expires",
        "fictitious",
    ),
    (
        "a source without its slash",
        sources(s3_uri="s3://company-models/released"),
        "artifact_sources[0].s3_uri",
        "slash",
    ),
    (
        "a source without a bucket",
        sources(s3_uri="released/"),
        "artifact_sources[0].s3_uri",
        "bucket",
    ),
    (
        "a source through its parent",
        sources(s3_uri="s3://company-models/released/../drafts/"),
        "artifact_sources[0].s3_uri",
        ". or ..",
    ),
    (
        "a wildcard in a source",
        sources(s3_uri="s3://company-models/*/"),
        "artifact_sources[0].s3_uri",
        "letters",
    ),
    (
        "a wildcard in a source's bucket",
        sources(s3_uri="s3://company-*/"),
        "artifact_sources[0].s3_uri",
        "bucket",
    ),
    (
        "a source in a bucket of ours",
        sources(s3_uri="s3://lab-foundation-logs59b087bb-1/"),
        "artifact_sources[0].s3_uri",
        "outside the environment",
    ),
    (
        "a source twice",
        {"artifact_sources": [SOURCE, SOURCE]},
        "artifact_sources[1].s3_uri",
        "apart",
    ),
    (
        "a source within another",
        {"artifact_sources": [SOURCE, {**SOURCE, "s3_uri": "s3://company-models/"}]},
        "artifact_sources[1].s3_uri",
        "apart",
    ),
    (
        "a source around another",
        {
            "artifact_sources": [
                {**SOURCE, "s3_uri": "s3://company-models/"},
                {**SOURCE, "s3_uri": "s3://company-models/released/new/"},
            ]
        },
        "artifact_sources[1].s3_uri",
        "apart",
    ),
    (
        "eleven sources",
        {
            "artifact_sources": [
                {**SOURCE, "s3_uri": f"s3://models-{n}/"} for n in range(11)
            ]
        },
        "artifact_sources",
        "up to 10",
    ),
    (
        "a source's short account",
        sources(account="4444"),
        "artifact_sources[0].account",
        "12 digits",
    ),
    (
        "an alias for a source's key",
        sources(key_arn="arn:aws:kms:us-east-1:444455556666:alias/models"),
        "artifact_sources[0].key_arn",
        "alias",
    ),
    (
        "a wildcard for a source's key",
        sources(key_arn="arn:aws:kms:us-east-1:444455556666:key/*"),
        "artifact_sources[0].key_arn",
        "ARN",
    ),
    (
        "a source's key in another region",
        sources(key_arn=KEY.replace("us-east-1", "us-west-2")),
        "artifact_sources[0].key_arn",
        "region",
    ),
    (
        "a source's key in another partition",
        sources(key_arn=KEY.replace("arn:aws:", "arn:aws-cn:")),
        "artifact_sources[0].key_arn",
        "ARN",
    ),
    (
        "a source without a reason",
        sources(reason=" "),
        "artifact_sources[0].reason",
        "1 to 200",
    ),
    (
        "a source that expired",
        sources(expires="2026-11-21"),
        "artifact_sources[0].expires",
        "expired on 2026-11-21",
    ),
    (
        "a source for more than a year",
        sources(expires="2027-11-24"),
        "artifact_sources[0].expires",
        "366 days",
    ),
    (
        "a source for ever",
        sources(expires="never"),
        "artifact_sources[0].expires",
        "fictitious",
    ),
    (
        "trust that expired",
        {"trusted_endpoints": [{**ENDPOINT, "expires": "2026-11-21"}]},
        "trusted_endpoints[0].expires",
        "expired",
    ),
    (
        "an endpoint twice",
        {"trusted_endpoints": [ENDPOINT, ENDPOINT]},
        "trusted_endpoints[1].id",
        "once",
    ),
    (
        "an endpoint's id of another shape",
        {"trusted_endpoints": [{**ENDPOINT, "id": "vpce-1"}]},
        "trusted_endpoints[0].id",
        "vpce-",
    ),
    (
        "reads of everything",
        {"sagemaker_api_reads": "all"},
        "sagemaker_api_reads",
        "models",
    ),
    (
        "a switch in other words",
        {"lock_management": "yes"},
        "lock_management",
        "true or",
    ),
    (
        "a limit to an unknown type",
        {"limits.instance_types": ["ml.t3.large"]},
        "limits.instance_types[0]",
        "SageMaker offers",
    ),
    (
        "a limit of no instance",
        {"limits.max_instance_count": 0},
        "limits.max_instance_count",
        "1 to 100",
    ),
    (
        "a limit to a public registry",
        {"limits.registries": ["docker.io"]},
        "limits.registries[0]",
        "ECR",
    ),
    ("no e-mail address", {"notify": ["ops"]}, "notify[0]", "e-mail"),
    (
        "an e-mail address twice",
        {"notify": ["ops@example.com", "ml@example.com", "ops@example.com"]},
        "notify[2]",
        "once",
    ),
    ("a path without slashes", {"iam.role_path": "team"}, "iam.role_path", "slash"),
    ("a path too long", {"iam.role_path": f"/{'a' * 439}/"}, "iam.role_path", "512"),
    (
        "a boundary that is a role",
        {"iam.permissions_boundary": f"{ROLE}boundary"},
        "iam.permissions_boundary",
        "policy's ARN",
    ),
    (
        "a boundary of another account",
        {"iam.permissions_boundary": "arn:aws:iam::444455556666:policy/boundary"},
        "iam.permissions_boundary",
        "environment's account",
    ),
    ("an AWS tag", {"tags": {"aws:x": "y"}}, "tags.aws:x", "aws:"),
    ("an AWS tag in capitals", {"tags": {"AWS:x": "y"}}, "tags.AWS:x", "aws:"),
    (
        "a tag of ours",
        {"tags": {"private-transform:environment": "other"}},
        "tags.private-transform:environment",
        "ours",
    ),
    ("a tag's value too long", {"tags": {"x": "y" * 257}}, "tags.x", "256"),
    ("a tag without value", {"tags": {"x": ""}}, "tags.x", "1 to 256"),
    ("tags too many", {"tags": {f"t{n}": n for n in range(49)}}, "tags", "48"),
    (
        "a qualifier with capitals",
        {"bootstrap_qualifier": "HNB"},
        "bootstrap_qualifier",
        "lower-case",
    ),
]

ALLOWED: list[tuple[str, dict[str, Any]]] = [
    ("what is right", {}),
    ("an account with a leading zero", {"account": "011122223333", "people": {}}),
    ("production that is kept", {"stage": "production", "protection": "keep"}),
    ("the largest range", {"network.cidr": "10.0.0.0/16"}),
    ("a shared address range", {"network.cidr": "100.64.0.0/24"}),
    (
        "the smallest range",
        {"network.cidr": "10.0.0.0/28", "network.availability_zones": ["us-east-1a"]},
    ),
    ("the smallest range of two zones", {"network.cidr": "10.0.0.0/27"}),
    (
        "six zones",
        {"network.availability_zones": [f"us-east-1{letter}" for letter in "abcdef"]},
    ),
    (
        "the shortest times",
        {
            "key": {"rotation_period_in_days": 90, "pending_window_in_days": 7},
            "retention": {"logs_in_days": 1, "noncurrent_versions_in_days": 30},
        },
    ),
    (
        "the longest times",
        {
            "key": {"rotation_period_in_days": 2560, "pending_window_in_days": 30},
            "retention": {"logs_in_days": 3653, "noncurrent_versions_in_days": 3650},
        },
    ),
    ("a single sign-on role", {"people.readers.0.role": f"{SSO}Data_*"}),
    (
        "a single sign-on role with its region",
        {
            "people.readers.0.role": SSO.replace(".com/", ".com/eu-west-1/")
            + "Data_0123456789abcdef"
        },
    ),
    ("a role with a path", {"people.readers.0.role": f"{ROLE}team/ml/reader"}),
    (
        "single sign-on roles of two sets",
        {
            "people.uploaders.0.role": f"{SSO}Data_*",
            "people.readers.0.role": f"{SSO}Read_*",
        },
    ),
    ("leave that ends today", {"people.uploaders.0.outside.expires": "2026-11-22"}),
    ("leave for 366 days", {"people.uploaders.0.outside.expires": "2027-11-23"}),
    (
        "leave for ever in the fictitious account",
        {
            "account": "123456789012",
            "people": {
                "uploaders": [
                    {
                        "role": "arn:aws:iam::123456789012:role/uploader",
                        "outside": {**OUTSIDE, "expires": "never"},
                    }
                ]
            },
        },
    ),
    ("a trusted endpoint", {"trusted_endpoints": [ENDPOINT]}),
    ("a source of artifacts", sources()),
    ("a source with account and key", sources(account="444455556666", key_arn=KEY)),
    ("a bucket as a source", sources(s3_uri="s3://company-models/")),
    (
        "ten sources",
        {
            "artifact_sources": [
                {**SOURCE, "s3_uri": f"s3://models/team{n}/"} for n in range(10)
            ]
        },
    ),
    ("reads of artifacts", {"sagemaker_api_reads": "models"}),
    ("a locked management", {"lock_management": True}),
    (
        "limits",
        {
            "limits": {
                "instance_types": ["ml.m5.large"],
                "max_instance_count": 100,
                "registries": ["111122223333.dkr.ecr.us-east-1.amazonaws.com"],
                "require_volume_key": False,
            }
        },
    ),
    ("e-mail addresses", {"notify": ["ml-ops+jobs@mail.example.com", "a@b.example"]}),
    ("a role path", {"iam.role_path": "/team/ml/"}),
    ("a boundary", {"iam.permissions_boundary": "arn:aws:iam::111122223333:policy/b"}),
    ("AWS's boundary", {"iam.permissions_boundary": "arn:aws:iam::aws:policy/b"}),
    ("forty-eight tags", {"tags": {f"t{n}": n for n in range(48)}}),
    ("tags with letters of the world", {"tags": {"équipe": "données"}}),
    ("a qualifier of digits", {"bootstrap_qualifier": 1234567890}),
]


@pytest.mark.parametrize(
    ("changes", "path", "sentence"),
    [pytest.param(*rest, id=name) for name, *rest in REFUSED],
)
def test_it_is_refused_at_its_place_for_its_reason(
    tmp_path: Path, changes: dict[str, Any], path: str, sentence: str
) -> None:
    found = problems(written(tmp_path, environment=changes))

    assert [(problem.path, problem.file.name) for problem in found] == [
        (path, "environment.yaml")
    ]
    assert sentence in found[0].rule


@pytest.mark.parametrize(
    "changes", [pytest.param(changes, id=name) for name, changes in ALLOWED]
)
def test_it_is_allowed(tmp_path: Path, changes: dict[str, Any]) -> None:
    assert problems(written(tmp_path, environment=changes)) == []


@pytest.mark.parametrize("name", ["x", "Lab", "lab-1", "1lab", "a" * 17])
def test_an_environment_name_is_refused(tmp_path: Path, name: str) -> None:
    (problem,) = problems(written(tmp_path, name=name))

    assert problem.path == "name"
    assert problem.value == name
    assert "2 to 16" in problem.rule


@pytest.mark.parametrize("name", ["ab", "lab1", "a" * 16])
def test_an_environment_name_is_allowed(tmp_path: Path, name: str) -> None:
    assert problems(written(tmp_path, name=name)) == []
