"""Changes by hand, and whether somebody who follows the topic hears of them."""

from collections.abc import Iterator, Sequence

from private_transform.access import perimeter
from rehearsal.company import Company
from rehearsal.report import ClaimRow, NotificationRow
from rehearsal.subscriber import subscribed

_CHANGED, _USED = "PutBucketPolicy by hand", "Break-glass role used"


def try_tampering(company: Company) -> tuple[ClaimRow, ...]:
    """Do what is to be heard of, and what is not, on a deployed environment.

    The bucket keeps its policy: it is put anew, which is told all the same.
    """
    people = company.environment.people
    who = perimeter(company.environment, partition="aws")
    with subscribed(company) as subscriber:
        # What nobody is told of goes first: what comes after it is heard later.
        for role in (*who.deployment_roles, company.administrator):
            with company.unbounded(role):
                _put_policy_anew(company, role)
        company.client("s3", role=people.break_glass[0].role)
        heard = subscriber.warned(_CHANGED, _USED)
    return tuple(_rows(heard, company))


def _rows(heard: Sequence[NotificationRow], company: Company) -> Iterator[ClaimRow]:
    changes = [each for each in heard if each.subject.startswith(_CHANGED)]
    name = company.administrator.rpartition("/")[2]
    by_hand = [each for each in changes if f"assumed-role/{name}/" in each.message]
    yield _row(
        "Who changes by hand what protects the data is told of.",
        "An administrator puts a policy on a bucket",
        by_hand,
        ok=len(by_hand) == 1,
    )
    others = [each for each in changes if each not in by_hand]
    yield _row(
        "Nobody is told of what the deployment itself changes.",
        "The deployment's role puts a policy on a bucket",
        others,
        ok=not others,
    )
    used = [each for each in heard if each.subject.startswith(_USED)]
    yield _row(
        "The use of the break-glass role is told of.",
        "Somebody takes the break-glass role",
        used,
        # It may have been used before too.
        ok=bool(used),
    )


def _row(
    claim: str, tried: str, heard: Sequence[NotificationRow], *, ok: bool
) -> ClaimRow:
    seen = "; ".join(f"heard: {each.subject}" for each in heard) or "heard nothing"
    return ClaimRow(claim=claim, tried=tried, seen=seen, ok=ok)


def _put_policy_anew(company: Company, role: str) -> None:
    bucket = company.outputs("foundation")["InputsBucket"]
    s3 = company.client("s3", role=role)
    policy = s3.get_bucket_policy(Bucket=bucket)["Policy"]
    s3.put_bucket_policy(Bucket=bucket, Policy=policy)
