"""A review as SARIF 2.1.0, for code scanning (OASIS: SARIF Version 2.1.0)."""

import json
from typing import Any, get_args
from urllib.parse import quote

from review.delta.network import Kind
from review.findings import Finding, Severity
from review.invariants.all import INVARIANTS
from review.review import FailOn, Review

from .places import written
from .text import flat

RULES = {
    "access-more": (
        "A policy allows what it did not.",
        "The message names one request that is allowed now and was not. Find out "
        "whether it is meant; if so, somebody who answers for the data has to say yes.",
    ),
    "access-subscriber": (
        "Somebody is told of what happens who was not.",
        "Messages name jobs and inputs. Find out whether the address is meant.",
    ),
    "access-unclear": (
        "Two versions of a policy cannot be compared.",
        "A policy says what this review does not read exactly, so nothing is proved of "
        "it. Say the same in a simpler way, or compare it by hand.",
    ),
    "acknowledgement-changed": (
        "A finding of a public rule is accepted for another reason or time.",
        "Find out whether the reason still holds.",
    ),
    "acknowledgement-new": (
        "A finding of a public rule is accepted.",
        "Read the reason. Whoever answers for the rule has to say yes.",
    ),
    "alarm-removed": (
        "An alarm goes, or something else that tells of what happens.",
        "Whom it told hears nothing any more. Find out whether that is meant.",
    ),
    "audit-weaker": (
        "The audit trail records less.",
        "Nothing of what is not recorded can be found out later. Switch it on again.",
    ),
    "base-not-deployed": (
        "The review does not begin at what is deployed.",
        "Review against the commit that was deployed, or against the snapshot.",
    ),
    "code-calls": (
        "Code calls what it did not call.",
        "Find out whether the call is meant, and whether the role may need it.",
    ),
    "code-changed": (
        "Code of functions changed.",
        "Read the difference in the other forms of this review.",
    ),
    "code-new": (
        "A function is new, or a layer of functions.",
        "Read its code, and what its role may do.",
    ),
    "code-settings": (
        "A function has other settings.",
        "They may make the same code do something else. Find out what they change.",
    ),
    "code-source": (
        "Code of functions comes from elsewhere, or is another version.",
        "Find out who may write there, and what lies there.",
    ),
    "code-unreadable": (
        "Code calls what nobody can tell by reading it.",
        "Read what the name is made of, or let the code say the name.",
    ),
    "compliance-new": (
        "A public rule is broken that was not, and nobody accepted it.",
        "Mend the construct, or acknowledge exactly this finding with its reason.",
    ),
    "compliance-unclear": (
        "A public rule cannot be checked.",
        "A check cannot read the template. Find out why, and check it by hand.",
    ),
    "data-lifecycle": (
        "Objects are deleted earlier than before.",
        "What is older is deleted soon after the deployment. Lengthen the retention "
        "again, or make sure that nobody needs it.",
    ),
    "data-protection": (
        "A stack can be deleted, which was not so.",
        "Use `protection: keep` in environment.yaml where data has to outlive stacks.",
    ),
    "data-removed": (
        "Something that holds data leaves its stack.",
        "Export or back up what it holds, or keep it in the stack.",
    ),
    "data-replaced": (
        "Something that holds data is made anew, empty.",
        "CloudFormation cannot change the named property in place. Leave it as it is, "
        "or move the data first.",
    ),
    "data-retention": (
        "Data is kept for less long than before.",
        "Restore the earlier policy or period, or make sure that nobody needs it.",
    ),
    "data-versioning": (
        "A bucket keeps no earlier versions any more.",
        "Overwritten and deleted objects are lost from then on. Switch it on again.",
    ),
    "declared-weaker": (
        "The environment's file asks for less than before.",
        "Promises are kept to what is declared. Somebody who answers for the "
        "environment has to say yes.",
    ),
    "deployment-changed": (
        "A stack is deployed in another way.",
        "The manifests name another role, bucket or order, other parameters, or others "
        "who are told. Find out whether it is meant before anybody deploys it.",
    ),
    "deployment-unusual": (
        "A stack is deployed in a way that the environment's file does not ask for.",
        "Deployments use the bootstrap's roles and bucket, no parameters, and tell no "
        "topic. Find out who wrote the manifest.",
    ),
    "exception-endless": (
        "An exception never ends.",
        "Give it an `expires` in environment.yaml.",
    ),
    "exception-expired": (
        "An exception has ended and is still there.",
        "Remove it from environment.yaml, or have its owner renew it.",
    ),
    "exception-new": (
        "Somebody may do more than the rules, by a declared exception.",
        "Ask its owner whether reason and last day are right.",
    ),
    "job-run": (
        "A deployment starts a job.",
        "It costs what its instances cost. `on_deploy: none` in the transform's file "
        "starts none.",
    ),
    "job-run-again": (
        "A deployment runs a job again.",
        "It costs what its instances cost, and writes its outputs anew. The message "
        "says what made it so.",
    ),
    "job-smoke": (
        "A deployment tries a transform on a few inputs.",
        "It costs what its instances cost for a short time.",
    ),
    "job-stop": (
        "A deployment stops a job that runs.",
        "What it has not written by then is not written.",
    ),
    "key-rotation": (
        "The key's material is renewed more rarely.",
        "Restore `key.rotation_period_in_days`, or make sure that it is meant.",
    ),
    "model-changed": (
        "A model is another one, and no deployment runs it in full.",
        "Whoever starts its next run gets other code or another artifact. Find out "
        "whether it is meant.",
    ),
    **{
        f"network-{kind}": (
            f"Something of the network is {kind}.",
            "The promises say whether a way out of it, or into it, opens. What else it "
            "changes, somebody who knows the network has to say.",
        )
        for kind in get_args(Kind)
    },
    "replaced": (
        "A resource is made anew.",
        "CloudFormation cannot change the named property in place. What depends on the "
        "old one is interrupted; the message names what follows.",
    ),
    "resource-added": (
        "A resource is new.",
        "Nothing else is told of it. Find out what it is for.",
    ),
    "resource-removed": (
        "A resource goes.",
        "Nothing else is told of it. Find out whether it is still needed.",
    ),
    "runs-changed": (
        "The next runs have other jobs.",
        "Find out whether the change is meant for all runs from now on, and what they "
        "cost. Whoever pays for them has to say yes.",
    ),
    "runs-rescheduled": (
        "Runs begin at other times.",
        "Each costs what its instances cost, and nobody starts it. Find out whether "
        "its inputs are there by then.",
    ),
    "runs-scheduled": (
        "Runs begin by a schedule.",
        "Each costs what its instances cost, and nobody starts it. Whoever pays for "
        "it has to say yes.",
    ),
    "runs-unscheduled": (
        "Runs do not begin by a schedule any more.",
        "Find out whether anybody waits for what they would write.",
    ),
    "setting-changed": (
        "A setting is another one.",
        "No rule judges it; it is told so that nothing changes in silence.",
    ),
    "setting-matters": (
        "A setting that protects something is another one.",
        "Find out what it protects now, and whether that is meant.",
    ),
    "stack-added": (
        "A stack is new.",
        "Find out whether it is meant: a transform has a stack of its own.",
    ),
    "stack-removed": (
        "A stack is not in the assembly any more.",
        "It stays deployed and costs what it costs. Remove it by hand if it is meant.",
    ),
    **{
        f"promise-{each.id}": (
            each.says,
            "The message names one way to break this promise, or why it cannot be "
            "told. Change what allows it; a promise that is not proved is no better "
            "than one that is broken.",
        )
        for each in INVARIANTS
    },
}
"""Of every rule what it finds, and what to do."""

_LEVELS: dict[Severity, str] = {"high": "error", "low": "note", "medium": "warning"}


def as_sarif(review: Review, fail_on: FailOn) -> str:
    """The review as SARIF; the same review is the same text.

    Args:
        review: The review.
        fail_on: From which severity on it blocks.
    """
    rules = sorted(RULES)
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {"name": "review", "rules": [_rule(id_) for id_ in rules]}
                },
                # Reviews of several environments stand beside one another.
                "automationDetails": {
                    "id": f"review/{flat(review.change.after.declared.name)}/"
                },
                "invocations": [
                    {
                        "executionSuccessful": True,
                        "toolExecutionNotifications": [
                            {"level": "error", "message": _message(each)}
                            for each in review.unreviewed
                        ],
                    }
                ],
                "columnKind": "unicodeCodePoints",
                "results": [
                    _result(each, rules.index(each.rule), review)
                    for each in review.findings
                ],
                "properties": {
                    "verdict": "block" if review.blocks(fail_on) else "approve",
                    "digest": review.change.after.assembly.digest,
                },
            }
        ],
    }
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


def _rule(id_: str) -> dict[str, Any]:
    finds, advice = RULES[id_]
    return {
        "id": id_,
        "shortDescription": {"text": finds},
        "help": {"text": advice},
    }


def _result(finding: Finding, rule: int, review: Review) -> dict[str, Any]:
    place = written(finding, review)
    region = {} if place.line is None else {"region": {"startLine": place.line}}
    return {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": _LEVELS[finding.severity],
        "message": _message(finding.message),
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": quote(place.file),
                        "uriBaseId": "%SRCROOT%",
                    },
                    **region,
                },
                "logicalLocations": [
                    {
                        "name": flat(finding.resource.rpartition("/")[2]),
                        "fullyQualifiedName": flat(finding.resource),
                        "kind": "resource",
                    }
                ],
            }
        ],
        # GitHub tells findings apart by this name alone, and many share one line.
        "partialFingerprints": {"primaryLocationLineHash": finding.id},
    }


def _message(text: str) -> dict[str, str]:
    """A message in which nothing of a template is a placeholder or a link."""
    plain = flat(text).replace("{", "{{").replace("}", "}}")
    return {"text": plain.replace("](", "] (")}
