"""Promises of the environment, and an attempt to break each on the running one.

Most attempts are made by roles whom IAM allows everything: then nothing but the
environment's own policies can refuse, and an attempt counts as refused only if the
refusal names the policy that the promise rests on. The root of the embedded account
makes none, because no policy limits it.
"""

from collections.abc import Iterator
from functools import partial

from private_transform.access import database_name
from private_transform.query.tables import Tables
from rehearsal.attempts import BUCKET_OR_KEY, ENDPOINT, OWN_RIGHTS, Attempt
from rehearsal.company import Company
from rehearsal.duties import duties
from rehearsal.queries import Desk, QueryError
from rehearsal.report import ClaimRow
from rehearsal.target import KINDS, Target, trial_in

KEY_WITHOUT_LEAVE = "policy allows the kms:Encrypt action"
"""Nothing allows it; IAM does, for those who try, so the key's policy does not."""


def try_claims(company: Company) -> tuple[ClaimRow, ...]:
    """Try to break each promise of a deployed environment, and leave no trace."""
    with Target.of(company) as target:
        return (
            *(attempt.outcome() for attempt in attempts(target)),
            _default_group(company),
        )


def attempts(target: Target) -> Iterator[Attempt]:
    """Everything that is tried; each belongs to one promise."""
    yield from duties(target)
    yield from _from_outside(target)
    people = target.company.environment.people
    has_results = any(each.results for each in target.company.environment.transforms)
    if has_results:
        yield from _queries(target)
    with target.company.unbounded(
        target.company.administrator,
        people.uploaders[0].role,
        people.readers[0].role,
        people.analysts[0].role,
        people.break_glass[0].role,
        people.key_administrators[0].role,
    ):
        for kind in KINDS:
            yield from _lock(target, kind)
        yield from _exceptions(target)
        if has_results:
            yield from _queries_of_others(target)
        yield from _endpoint(target)
        yield from _key(target)


def _from_outside(target: Target) -> Iterator[Attempt]:
    """People with leave to act from outside, and no rights but their duty's."""
    people = target.company.environment.people
    uploader, glass = people.uploaders[0].role, people.break_glass[0].role
    for kind in ("models", "inputs"):
        yield Attempt(
            claim=f"Uploaders with leave put {kind} from outside too.",
            tried=f"An uploader puts one of the {kind} from outside",
            call=partial(target.outside(uploader).put_object, **target.new(kind)),
        )
    for kind in KINDS:
        yield Attempt(
            claim=f"The break-glass role reads {kind} in an emergency.",
            tried=f"The break-glass role gets one of the {kind} from outside",
            call=partial(target.outside(glass).get_object, **target.objects[kind]),
        )


def _lock(target: Target, kind: str) -> Iterator[Attempt]:
    """One data bucket against an administrator whom IAM allows everything."""
    administrator = target.company.administrator
    glass = target.company.environment.people.break_glass[0].role
    item, nothing = target.objects[kind], target.nothing(kind)
    yield Attempt(
        claim=f"The {kind} answer only through the environment's endpoint.",
        tried=f"An administrator gets one of the {kind} from outside",
        call=lambda: target.outside(administrator).get_object(**item),
        refused_by=BUCKET_OR_KEY,
    )
    yield Attempt(
        claim=f"Nobody writes {kind} from outside without leave.",
        tried=f"An administrator puts one of the {kind} from outside",
        call=lambda: target.outside(administrator).put_object(**target.new(kind)),
        refused_by=BUCKET_OR_KEY,
    )
    yield Attempt(
        claim=f"Nobody deletes {kind} from outside.",
        tried=f"An administrator deletes one of the {kind} from outside",
        call=lambda: target.outside(administrator).delete_object(**nothing),
        refused_by=BUCKET_OR_KEY,
    )
    yield Attempt(
        claim=f"Nobody deletes {kind} through the endpoint.",
        tried=f"An administrator deletes one of the {kind} through the endpoint",
        call=lambda: target.inside(administrator).delete_object(**nothing),
        refused_by=ENDPOINT,
    )
    yield Attempt(
        claim=f"The {kind} are never served without TLS.",
        tried=f"The break-glass role gets one of the {kind} over plain HTTP",
        call=lambda: target.outside(glass, plain=True).get_object(**item),
        refused_by=BUCKET_OR_KEY,
    )


def _exceptions(target: Target) -> Iterator[Attempt]:
    """Leave to act from outside is for the duty alone, whatever IAM allows."""
    people = target.company.environment.people
    uploader, glass = people.uploaders[0].role, people.break_glass[0].role
    reader = people.readers[0].role
    yield Attempt(
        claim="A reader without leave reads nothing from outside.",
        tried="A reader gets an output from outside",
        call=lambda: target.outside(reader).get_object(**target.objects["outputs"]),
        refused_by=BUCKET_OR_KEY,
    )
    for kind in KINDS:
        yield Attempt(
            claim=f"An uploader's leave is not for reading {kind}.",
            tried=f"An uploader gets one of the {kind} from outside",
            call=partial(target.outside(uploader).get_object, **target.objects[kind]),
            refused_by=BUCKET_OR_KEY,
        )
        yield Attempt(
            claim=f"The break-glass leave is not for writing {kind}.",
            tried=f"The break-glass role puts one of the {kind} from outside",
            call=partial(target.outside(glass).put_object, **target.new(kind)),
            refused_by=BUCKET_OR_KEY,
        )
    for words, headers in (
        ("S3's own key", {"ServerSideEncryption": "AES256"}),
        ("the account's default key", {"ServerSideEncryption": "aws:kms"}),
    ):
        yield Attempt(
            claim=f"New objects carry the environment's key, not {words}.",
            tried=f"An uploader puts an input under {words}",
            call=partial(
                target.outside(uploader).put_object, **target.new("inputs"), **headers
            ),
            refused_by=BUCKET_OR_KEY,
        )


def _queries(target: Target) -> Iterator[Attempt]:
    """Analysts with the rights of their duty."""
    company = target.company
    desk = Desk.of(company, company.environment.people.analysts[0].role)
    yield Attempt(
        claim="Analysts query results in the environment's workgroup, and no other.",
        tried="An analyst queries results in the environment's workgroup",
        call=lambda: desk.run(_question(target)),
    )
    yield Attempt(
        claim="Analysts query results in the environment's workgroup, and no other.",
        tried="An analyst queries results in the account's primary workgroup",
        call=lambda: desk.run(_question(target), WorkGroup="primary"),
        refused_by=OWN_RIGHTS,
    )
    yield Attempt(
        claim="Results of queries stay in the outputs bucket, under the key.",
        tried="An analyst asks for an unencrypted result in another bucket",
        call=lambda: _ask_for_a_result_elsewhere(target, desk),
    )


def _queries_of_others(target: Target) -> Iterator[Attempt]:
    """Athena opens the lock for analysts alone, and for them nothing but Athena."""
    company = target.company
    people = company.environment.people
    for who, role in (
        ("An administrator", company.administrator),
        ("A reader", people.readers[0].role),
        ("The break-glass role", people.break_glass[0].role),
    ):
        yield Attempt(
            claim="Nobody but analysts queries results, whatever IAM allows.",
            tried=f"{who} queries results",
            call=partial(Desk.of(company, role).run, _question(target)),
            refused_by="Unable to verify/create output bucket",
        )
    analyst = people.analysts[0].role
    yield Attempt(
        claim="An analyst reads nothing but through Athena, whatever IAM allows.",
        tried="An analyst gets an output from outside",
        call=lambda: target.outside(analyst).get_object(**target.objects["outputs"]),
        refused_by=BUCKET_OR_KEY,
    )


def _question(target: Target) -> str:
    """Something to ask of the first transform that has results."""
    environment = target.company.environment
    named = next(each.name for each in environment.transforms if each.results)
    tables = Tables(database=database_name(environment), transform=named)
    return f"SELECT count(*) AS answers FROM {tables.quoted(tables.outputs)}"


def _ask_for_a_result_elsewhere(target: Target, desk: Desk) -> None:
    """See where the result is, and under which key.

    Raises:
        QueryError: It is where it was asked for.
    """
    ended = desk.run(
        _question(target),
        ResultConfiguration={"OutputLocation": f"s3://{target.other_bucket}/"},
    )
    place = ended["ResultConfiguration"]["OutputLocation"]
    bucket, _, key = place.removeprefix("s3://").partition("/")
    if bucket != target.objects["outputs"]["Bucket"]:
        raise QueryError(f"the result is {place}")
    found = target.company.client("s3").head_object(Bucket=bucket, Key=key)
    if found.get("SSEKMSKeyId") != target.key:
        raise QueryError(f"the result is under {found.get('SSEKMSKeyId')}")


def _endpoint(target: Target) -> Iterator[Attempt]:
    """The endpoint leads to the environment's buckets, and outputs are the jobs'."""
    administrator = target.company.administrator
    elsewhere = trial_in(target.other_bucket)
    yield Attempt(
        claim="The endpoint leads to no other bucket.",
        tried="An administrator puts an object elsewhere through the endpoint",
        call=lambda: target.inside(administrator).put_object(**elsewhere),
        refused_by=ENDPOINT,
    )
    yield Attempt(
        claim="It is the endpoint that refuses this, and nothing else.",
        tried="The same administrator puts the same object there from outside",
        call=lambda: target.outside(administrator).put_object(**elsewhere),
    )
    yield Attempt(
        claim="Through the endpoint, outputs are written by jobs alone.",
        tried="An administrator puts an output through the endpoint",
        call=lambda: target.inside(administrator).put_object(**target.new("outputs")),
        refused_by=ENDPOINT,
    )


def _key(target: Target) -> Iterator[Attempt]:
    """The key against people whom IAM allows everything."""
    people = target.company.environment.people
    administrator = target.company.administrator
    others = {
        "An administrator": administrator,
        "An uploader": people.uploaders[0].role,
        "A reader": people.readers[0].role,
        "The break-glass role": people.break_glass[0].role,
    }
    everybody = {**others, "A key administrator": people.key_administrators[0].role}
    for who, role in everybody.items():
        kms = target.kms(role)
        yield Attempt(
            claim="No person uses the key, whatever IAM allows.",
            tried=f"{who} encrypts with the key",
            call=partial(kms.encrypt, KeyId=target.key, Plaintext=b"secret"),
            refused_by=KEY_WITHOUT_LEAVE,
        )
        yield Attempt(
            claim="No person rewrites the key's policy, whatever IAM allows.",
            tried=f"{who} puts another policy on the key",
            call=partial(
                kms.put_key_policy,
                KeyId=target.key,
                PolicyName="default",
                Policy="{}",
            ),
            refused_by=BUCKET_OR_KEY,
        )
    yield Attempt(
        claim="It is the key's policy that refuses its use, and nothing else.",
        tried="The same administrator encrypts with another key",
        call=lambda: target.kms(administrator).encrypt(
            KeyId=target.other_key, Plaintext=b"secret"
        ),
    )
    for who, role in others.items():
        yield Attempt(
            claim="Only key administrators administer the key, whatever IAM allows.",
            tried=f"{who} changes the key's description",
            call=partial(
                target.kms(role).update_key_description,
                KeyId=target.key,
                Description="Somebody's",
            ),
            refused_by=BUCKET_OR_KEY,
        )


def _default_group(company: Company) -> ClaimRow:
    """What is put into the VPC without a group of its own gets the default one."""
    vpc = {"Name": "vpc-id", "Values": [company.outputs("foundation")["VpcId"]]}
    default = {"Name": "group-name", "Values": ["default"]}
    (group,) = company.client("ec2").describe_security_groups(Filters=[vpc, default])[
        "SecurityGroups"
    ]
    rules = len(group["IpPermissions"]) + len(group["IpPermissionsEgress"])
    return ClaimRow(
        claim="The VPC's default security group lets nothing through.",
        tried="Somebody looks for its rules",
        seen=f"rules: {rules}",
        ok=rules == 0,
    )
