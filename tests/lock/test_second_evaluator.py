"""The encoding agrees with a second evaluator on requests made at random."""

from collections import Counter
from random import Random
from typing import Any

import pytest
import z3
from ministack.core import iam_evaluator

from private_transform.lock import BucketKind
from review.invariants.at_bucket import CUSTOMER_KEY, ENCRYPTION, KEY_ID
from review.proof.actions import (
    INVENTED_S3,
    bucket_policy_actions,
    key_policy_actions,
)
from review.proof.reading import Reading, Resource
from review.proof.request import Request
from review.site import Site
from tests.lock.bucket_mutants import BUCKET_MUTANTS
from tests.lock.concrete import Case, by_encoding, by_evaluator, key_of
from tests.lock.mutants import Mutant
from tests.lock.sites import (
    ACCOUNT,
    COMPANY,
    CORE,
    KINDS,
    LOCKED,
    OURS,
    REGION,
    ROLES,
    documents_of,
)
from tests.lock.specification import (
    bucket_lets_through,
    endpoint_lets_out,
    endpoint_lets_through,
    key_lets_through,
)

CALLERS = (
    f"{ROLES}/BreakGlass",
    f"{ROLES}/Uploader",
    f"{ROLES}/InsideUploader",
    f"{ROLES}/Reader",
    f"{ROLES}/Analyst",
    f"{ROLES}/KeyAdministrator",
    f"{ROLES}/cdk-exec",
    f"{ROLES}/Somebody",
    f"{OURS}/execution/faces",
    f"{OURS}/launcher/start",
    f"{OURS}/notify",
    f"arn:aws:iam::{ACCOUNT}:root",
    "arn:aws:iam::999999999999:role/BreakGlass",
)
OFTEN = (
    "s3:GetObject",
    "s3:GetObjectVersion",
    "s3:GetObjectTagging",
    "s3:PutObject",
    "s3:PutObject",
    "s3:AbortMultipartUpload",
    "s3:DeleteObject",
    "s3:ListBucket",
    "s3:ListBucketVersions",
    "s3:PutBucketPolicy",
    "s3:GetBucketPolicy",
)
LEVELS = {action.name: action.level for action in bucket_policy_actions()} | {
    action.name: action.level for action in INVENTED_S3
}
OBJECT_KEYS = ("a", "athena-results/1", "athena-results", "manifests/m", "")


@pytest.fixture(autouse=True)
def _only_the_keys_of_the_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(iam_evaluator, "_resolve_condition_key", key_of)


def _sometimes(random: Random, likelihood: float, **values: Any) -> dict[str, Any]:
    return {
        key: random.choice(options)
        for key, options in values.items()
        if random.random() < likelihood
    }


def _principal(random: Random) -> dict[str, str]:
    if random.random() < 0.03:
        return {"aws:PrincipalAccount": "anonymous"}
    arn = random.choice(CALLERS)
    return {"aws:PrincipalArn": arn, "aws:PrincipalAccount": arn.split(":")[4]}


def _s3_keys(random: Random, site: Site) -> dict[str, Any]:
    secure = random.random() < 0.97
    versions = ("1.2", "1.3", "1.2", "1.3", "1.0")
    return {
        **_principal(random),
        **({"s3:TlsVersion": random.choice(versions)} if secure else {}),
        "aws:SecureTransport": str(secure).lower(),
        "aws:ResourceAccount": random.choice((ACCOUNT,) * 9 + ("999999999999",)),
        **_sometimes(
            random, 0.5, **{"aws:SourceVpce": (*site.endpoint_ids, "vpce-0foreign")}
        ),
        **_sometimes(
            random,
            0.1,
            **{
                "s3:authType": ("REST-HEADER", "REST-QUERY-STRING", "POST"),
                CUSTOMER_KEY: ("AES256",),
                "s3:DataAccessPointArn": ("arn:aws:s3:eu-west-1:1:accesspoint/a",),
            },
        ),
        **_sometimes(
            random,
            0.25,
            **{
                ENCRYPTION: ("aws:kms", "aws:kms", "AES256"),
                KEY_ID: (site.key_arn, site.key_arn, "alias/other"),
                "aws:CalledVia": (
                    ["athena.amazonaws.com"],
                    ["cloudformation.amazonaws.com"],
                    ["cloudformation.amazonaws.com", "athena.amazonaws.com"],
                ),
            },
        ),
    }


def _s3_action(random: Random) -> str:
    return random.choice(OFTEN) if random.random() < 0.7 else random.choice([*LEVELS])


@pytest.mark.parametrize("kind", KINDS)
def test_on_buckets_and_the_endpoint(kind: BucketKind) -> None:
    _agree_on_bucket(CORE, kind, requests=40)


@pytest.mark.slow
@pytest.mark.parametrize("site", [CORE, LOCKED], ids=["core", "locked"])
@pytest.mark.parametrize("kind", KINDS)
def test_at_length_on_buckets_and_the_endpoint(kind: BucketKind, site: Site) -> None:
    outcomes = _agree_on_bucket(site, kind, requests=500)
    assert len(outcomes) == 4, outcomes


def _agree_on_bucket(
    site: Site, kind: BucketKind, *, requests: int
) -> Counter[tuple[bool, bool]]:
    """Count what passes the bucket's policy and what passes the endpoint's."""
    random = Random(f"{kind} {site.perimeter.lock_management}")
    documents, bucket, request = documents_of(site), site.bucket(kind), Request()
    resources = {
        "bucket": Resource(bucket),
        "object": Resource(f"{bucket}/", request.object_key),
    }
    readings = {
        (guarded, level): Reading(request, documents[guarded], resource)
        for guarded in (kind, "endpoint")
        for level, resource in resources.items()
    }
    outcomes: Counter[tuple[bool, bool]] = Counter()
    for _ in range(requests):
        action, object_key = _s3_action(random), random.choice(OBJECT_KEYS)
        level = LEVELS[action]
        resource = bucket if level == "bucket" else f"{bucket}/{object_key}"
        keys = _s3_keys(random, site)
        case = Case(action=action, resource=resource, keys=keys)
        denied = readings[kind, level].denies(action)
        allowed = readings["endpoint", level].allows(action)
        specified = bucket_lets_through(request, site, kind, action)
        specified_endpoint = endpoint_lets_through(
            request, site, action, kind, is_object=level == "object"
        )
        passes = not by_encoding(denied, request, case, object_key)
        through = by_encoding(allowed, request, case, object_key)
        assert passes == (by_evaluator(documents[kind], case) != "Deny"), case
        assert passes == by_encoding(specified, request, case, object_key), case
        endpoint = by_evaluator(documents["endpoint"], case)
        assert through == (endpoint == "Allow"), case
        assert through == by_encoding(specified_endpoint, request, case, object_key), (
            case
        )
        outcomes[passes, through] += 1
    return outcomes


ELSEWHERE = (
    "arn:aws:s3:::company-models/released/a/model.tar.gz",
    "arn:aws:s3:::company-models/released",
    "arn:aws:s3:::company-models/drafts/model.tar.gz",
    "arn:aws:s3:::team-models/model.tar.gz",
    "arn:aws:s3:::team-models",
    "arn:aws:s3:::team-models-too/model.tar.gz",
)


def test_on_the_endpoint_to_what_is_not_ours() -> None:
    random, site, request = Random("elsewhere"), CORE, Request()
    document, arn = documents_of(site)["endpoint"], z3.String("any other ARN")
    reading = Reading(request, document, Resource("", arn))
    outcomes: Counter[bool] = Counter()
    for _ in range(400):
        action = random.choice(("s3:GetObject", "s3:GetObject", _s3_action(random)))
        resource = random.choice(ELSEWHERE)
        keys = _s3_keys(random, site)
        keys["aws:ResourceAccount"] = random.choice((ACCOUNT, COMPANY, "999999999999"))
        if random.random() < 0.5:
            keys["aws:PrincipalArn"] = f"{OURS}/execution/faces"
            keys["aws:PrincipalAccount"] = ACCOUNT
        case = Case(action=action, resource=resource, keys=keys)
        there = (arn, z3.StringVal(resource))
        allows, specified = (
            by_encoding(z3.substitute(formula, there), request, case, "")
            for formula in (
                reading.allows(action),
                endpoint_lets_out(request, site, action, arn),
            )
        )
        assert allows == (by_evaluator(document, case) == "Allow"), case
        assert allows == specified, case
        outcomes[allows] += 1
    assert min(outcomes.values()) > 20, outcomes


def test_on_the_key() -> None:
    _agree_on_key(requests=100)


@pytest.mark.slow
def test_at_length_on_the_key() -> None:
    outcomes = _agree_on_key(requests=1500)
    assert min(outcomes.values()) > 150, outcomes


def _agree_on_key(*, requests: int) -> Counter[bool]:
    """Count what passes the key's policy."""
    random, site = Random("key"), CORE
    document, request = documents_of(site)["key"], Request()
    reading = Reading(request, document, Resource(site.key_arn))
    outcomes: Counter[bool] = Counter()
    for _ in range(requests):
        action = random.choice(key_policy_actions())
        if random.random() < 0.5:
            action = random.choice(("kms:Decrypt", "kms:GenerateDataKey"))
        service, keys = None, _principal(random)
        if random.random() < 0.3:
            service = random.choice(
                (
                    f"logs.{REGION}.amazonaws.com",
                    "cloudtrail.amazonaws.com",
                    "events.amazonaws.com",
                    "ec2.amazonaws.com",
                )
            )
            keys = {"aws:PrincipalServiceName": service}
        likely = {
            "kms:CallerAccount": (ACCOUNT, ACCOUNT, "999999999999"),
            "kms:ViaService": (f"s3.{REGION}.amazonaws.com",) * 3
            + (f"sns.{REGION}.amazonaws.com", "ec2.amazonaws.com"),
            "kms:EncryptionContext:aws:s3:arn": (
                site.buckets.inputs,
                f"{site.buckets.inputs}/a",
                "arn:aws:s3:::foreign",
            ),
            "kms:EncryptionContext:aws:sns:topicArn": (
                f"arn:aws:sns:{REGION}:{ACCOUNT}:dev-operations-a",
                "arn:aws:sns:x",
            ),
            "kms:EncryptionContext:aws:logs:arn": (
                f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:dev-a",
                "arn:aws:logs:x",
            ),
            "aws:SourceArn": (
                f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/dev-foundation-a",
                "arn:aws:cloudtrail:x",
            ),
            "aws:SourceAccount": (ACCOUNT, "999999999999"),
            "kms:GrantIsForAWSResource": ("true", "false"),
        }
        keys |= _sometimes(random, 0.85, **likely)
        case = Case(action=action, resource=site.key_arn, keys=keys, service=service)
        allows = by_encoding(reading.allows(action), request, case, "")
        specified = key_lets_through(request, site, action)
        assert allows == (by_evaluator(document, case) == "Allow"), case
        assert allows == by_encoding(specified, request, case, ""), case
        outcomes[allows] += 1
    return outcomes


@pytest.mark.slow
@pytest.mark.parametrize("mutant", BUCKET_MUTANTS, ids=lambda mutant: mutant.name)
def test_on_faulty_buckets(mutant: Mutant) -> None:
    random, site = Random(mutant.name), mutant.site
    document, request = mutant.document(), Request()
    bucket = site.bucket(next(kind for kind in KINDS if kind == mutant.guarded))
    resources = {
        "bucket": Resource(bucket),
        "object": Resource(f"{bucket}/", request.object_key),
    }
    readings = {
        level: Reading(request, document, resource)
        for level, resource in resources.items()
    }
    for _ in range(100):
        action, object_key = _s3_action(random), random.choice(OBJECT_KEYS)
        level = LEVELS[action]
        resource = bucket if level == "bucket" else f"{bucket}/{object_key}"
        keys = _s3_keys(random, site)
        case = Case(action=action, resource=resource, keys=keys)
        denied = readings[level].denies(action)
        said = by_encoding(denied, request, case, object_key)
        assert said == (by_evaluator(document, case) == "Deny"), case
