"""Faults by which nobody hears any more who changes what protects the data."""

from typing import Any

from tests.review.draft import OPERATIONS, Draft, Edit, no_prop, prop
from tests.review.mutant import Mutant, faulty, harmless

_RULE = "TamperAlarmsChangesRule"
_BUCKETS, _KEY, _WAYS, _GUARDS, _TRAIL, _GLASS = (f"{_RULE}{n}" for n in range(1, 7))


def _detail(rule: str, *path: Any) -> Edit:
    return prop(rule, "EventPattern", "detail", *path, part=OPERATIONS)


def _no_detail(rule: str, *path: Any) -> Edit:
    return no_prop(rule, "EventPattern", "detail", *path, part=OPERATIONS)


def _unheard(name: str, resource: str, change: Edit) -> Mutant:
    return faulty("tampering-told", name, change, resource)


def _gone(rule: str) -> Edit:
    """Without the rule, and without its leave to fill the queue."""

    def edit(draft: Draft) -> None:
        logical_id = draft.logical_id(rule, OPERATIONS)
        del draft.templates[OPERATIONS]["Resources"][logical_id]
        document = draft.document("TamperAlarmsChangesPolicy", OPERATIONS)
        (allowed,) = (s for s in document["Statement"] if s["Effect"] == "Allow")
        sources = allowed["Condition"]["ArnEquals"]["aws:SourceArn"]
        sources.remove({"Fn::GetAtt": [logical_id, "Arn"]})

    return edit


def _spares(role: str) -> Edit:
    def edit(draft: Draft) -> None:
        detail = draft.properties(_BUCKETS, OPERATIONS)["EventPattern"]["detail"]
        issuer = detail["userIdentity"]["sessionContext"]["sessionIssuer"]
        issuer["arn"][1]["anything-but"].append(role)

    return edit


_SESSION = ("userIdentity", "sessionContext", "sessionIssuer", "arn")
_ABOUT = {
    _BUCKETS: "Models",
    _KEY: "Key",
    _WAYS: "Network",
    _GUARDS: "Network",
    _TRAIL: "Audit",
    _GLASS: "foundation",
}
"""What nobody hears of without each rule."""

AT_TAMPERING: tuple[Mutant, ...] = (
    *(
        _unheard(f"{rule} is missing", about, _gone(rule))
        for rule, about in _ABOUT.items()
    ),
    *(
        _unheard(
            f"{rule} is off", about, prop(rule, "State", "DISABLED", part=OPERATIONS)
        )
        for rule, about in _ABOUT.items()
    ),
    _unheard(
        "a bucket is not watched",
        "Models",
        _no_detail(_BUCKETS, "requestParameters", "bucketName", 0),
    ),
    _unheard(
        "nobody hears of a bucket's policy that is deleted",
        "Models",
        _no_detail(_BUCKETS, "eventName", 1),
    ),
    _unheard(
        "nobody hears of a key's policy",
        "Key",
        _detail(_KEY, "eventName", ["DisableKey", "ScheduleKeyDeletion"]),
    ),
    _unheard(
        "another key is watched",
        "Key",
        _detail(_KEY, "resources", "ARN", ["arn:aws:kms:us-east-1:0:key/another"]),
    ),
    _unheard(
        "nobody hears of a peering that somebody else asks for",
        "Network",
        _no_detail(_WAYS, "requestParameters", "$or", 1),
    ),
    _unheard(
        "nobody hears of what the endpoint lets through",
        "Network",
        _no_detail(_GUARDS, "requestParameters", "$or", 2),
    ),
    _unheard(
        "the trail is watched under one of its names",
        "Audit",
        _detail(_TRAIL, "requestParameters", {"name": ["rehearsal-audit"]}),
    ),
    _unheard(
        "another break-glass role is watched",
        "foundation",
        _detail(_GLASS, "requestParameters", "roleArn", ["arn:aws:iam::0:role/a"]),
    ),
    _unheard(
        "the root user goes unheard",
        "Models",
        _no_detail(_BUCKETS, *_SESSION, 0),
    ),
    _unheard(
        "only the root user is heard", "Models", _no_detail(_BUCKETS, *_SESSION, 1)
    ),
    _unheard(
        "an administrator goes unheard",
        "Models",
        _spares("arn:aws:iam::123456789012:role/administrator"),
    ),
    _unheard(
        "only what is refused is told",
        "Models",
        _detail(_BUCKETS, "errorCode", [{"exists": True}]),
    ),
    _unheard(
        "a pattern is nothing that is understood",
        "foundation",
        _detail(_BUCKETS, "eventName", [{"suffix": "Policy"}]),
    ),
    _unheard(
        "what is told is something else",
        "Models",
        prop(_BUCKETS, "Targets", 0, "Input", "{}", part=OPERATIONS),
    ),
    _unheard(
        "nobody takes what is to be told",
        "Models",
        prop("TamperAlarmsEvents", "Enabled", False, part=OPERATIONS),
    ),
    _unheard(
        "what is to be told is left out",
        "Models",
        prop(
            "TamperAlarmsEvents",
            "FilterCriteria",
            {"Filters": [{"Pattern": '{"no": ["such"]}'}]},
            part=OPERATIONS,
        ),
    ),
    _unheard(
        "who is to tell knows of nobody",
        "Models",
        no_prop(
            "TamperAlarmsHandler",
            "Environment",
            "Variables",
            "TOPIC_ARN",
            part=OPERATIONS,
        ),
    ),
)
TOLD_AS_BEFORE = harmless(
    "equivalent",
    "tampering-told",
    {
        "a rule is on, in words": prop(_BUCKETS, "State", "ENABLED", part=OPERATIONS),
        "what a rule is for": prop(_BUCKETS, "Description", "Other", part=OPERATIONS),
    },
)
