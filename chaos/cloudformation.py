"""CloudFormation and one stack with a model and a job.

Requests one after the other, the fixed time for an answer, cancelled operations,
roll-back as a second Update with old and new swapped, clean-up of what was replaced,
names invented for what never answered (AWS: Custom resource request types; Cancel a
stack update; Continue rolling back an update).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .agenda import Agenda
from .framework import Framework, Reply
from .history import Deploy, Template

TIMEOUT = 3600
"""Seconds that CloudFormation waits for an answer."""
CLEAN_UPS = 3
"""How often a clean-up is tried before it is given up."""
SECRET = "X-Amz-Signature=5ec2e75ec2e7"
"""Part of each ResponseURL: whoever reads it can answer."""

TYPES = {"Model": "Custom::TransformModel", "Job": "Custom::TransformJob"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A resource as CloudFormation knows it."""

    name: str
    properties: dict[str, Any]
    data: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request and when it was sent.

    Args:
        event: The request.
        at: Seconds of simulated time.
        rolls_back: Whether it is part of a roll-back.
    """

    event: Mapping[str, Any]
    at: float
    rolls_back: bool


@dataclass(slots=True, kw_only=True)
class Stack:
    """One stack through its incarnations.

    Args:
        framework: Answers requests.
        agenda: The time.
        send: Delivers a request, at least once.
        make_role: Called for each new stack, whose first resource is the role.
        adopts: Whether the name in a failed answer is taken over.
        remembers: Whether a roll-back names what was there before.

    Attributes:
        held: The resources.
        template: What was deployed last; None when there is no stack.
        stuck: What a roll-back that failed has still to reach.
        asked: All requests.
        hangs: Requests that got no answer in time.
    """

    framework: Framework
    agenda: Agenda
    send: Callable[[int, Mapping[str, Any]], None]
    make_role: Callable[[], None] = lambda: None
    adopts: bool = True
    remembers: bool = False
    held: dict[str, Held] = field(default_factory=dict)
    template: Template | None = None
    stuck: "_Undone | None" = None
    asked: list[Asked] = field(default_factory=list)
    hangs: list[str] = field(default_factory=list)
    incarnation: int = 1

    def deploy(self, act: Deploy) -> bool:
        """Create or update; whether it succeeded. A stuck roll-back comes first."""
        if self.stuck and not self.continue_roll_back():
            return False
        if self.template is None:
            if self.held and not self.remove():
                return False
            return self._create(act)
        return self._update(self.template, act)

    def remove(self) -> bool:
        """Delete the stack; whether that succeeded. If not, nothing else is allowed."""
        self.template, self.stuck = None, None
        for logical in ("Job", "Model"):
            if logical in self.held and not self._delete(logical, self.held[logical]):
                return False
            self.held.pop(logical, None)
        self.incarnation += 1
        return True

    def continue_roll_back(self) -> bool:
        """Try a failed roll-back again."""
        undone = self.stuck
        return undone is None or self._roll_back(undone)

    def settle(self) -> bool:
        """Finish what people have to finish; whether the stack is at rest."""
        if self.stuck:
            return self.continue_roll_back()
        return self.template is not None or not self.held or self.remove()

    def _create(self, act: Deploy) -> bool:
        self.make_role()
        for logical in TYPES:
            properties = self._properties(logical, act.template)
            reply = self._ask(
                "Create", logical, properties, cancel_after=act.cancel_after
            )
            name = reply.name if reply else f"dev-faces-{logical}-1A2B3C4D5E6F"
            data = reply.data if reply else {}
            self.held[logical] = Held(name=name, properties=properties, data=data)
            if reply is None or reply.status == "FAILED":
                break
        else:
            if not act.sibling_fails:
                self.template = act.template
                return True
        self.remove()
        return False

    def _update(self, old: Template, act: Deploy) -> bool:
        before = dict(self.held)
        undone = _Undone(template=old, before=before)
        for logical in TYPES:
            properties = self._properties(logical, act.template)
            held = self.held[logical]
            if properties == held.properties:
                continue
            undone.failed_properties[logical] = properties
            undone.names[logical] = {held.name}
            reply = self._ask(
                "Update",
                logical,
                properties,
                held=held,
                cancel_after=act.cancel_after,
            )
            taken = reply is not None and (reply.status == "SUCCESS" or self.adopts)
            if reply is not None and taken:
                undone.names[logical].add(reply.name)
                self.held[logical] = Held(
                    name=reply.name, properties=properties, data=reply.data
                )
            if reply is None or reply.status == "FAILED":
                self._roll_back(undone)
                return False
        if act.sibling_fails:
            self._roll_back(undone)
            return False
        self.template = act.template
        for logical in ("Job", "Model"):
            if before[logical].name != self.held[logical].name:
                self._clean_up(logical, before[logical])
        return True

    def _roll_back(self, undone: "_Undone") -> bool:
        self.stuck = undone
        for logical, failed in undone.failed_properties.items():
            before = undone.before[logical]
            current = before.name if self.remembers else self.held[logical].name
            properties = self._properties(logical, undone.template)
            reply = self._ask(
                "Update",
                logical,
                properties,
                held=Held(name=current, properties=failed),
                rolls_back=True,
            )
            if reply is None or reply.status == "FAILED":
                return False
            self.held[logical] = Held(
                name=reply.name, properties=properties, data=reply.data
            )
            undone.names[logical].add(current)
        self.stuck = None
        for logical in reversed(undone.failed_properties):
            kept = {self.held[logical].name, undone.before[logical].name}
            for name in sorted(undone.names[logical] - kept):
                properties = undone.failed_properties[logical]
                self._clean_up(logical, Held(name=name, properties=properties))
        return True

    def _clean_up(self, logical: str, held: Held) -> None:
        for _ in range(CLEAN_UPS):
            if self._delete(logical, held):
                return

    def _delete(self, logical: str, held: Held) -> bool:
        reply = self._ask("Delete", logical, held.properties, held=held)
        return reply is not None and reply.status == "SUCCESS"

    def _ask(
        self,
        kind: str,
        logical: str,
        properties: dict[str, Any],
        *,
        held: Held | None = None,
        cancel_after: int | None = None,
        rolls_back: bool = False,
    ) -> Reply | None:
        number = len(self.asked)
        request_id = f"request-{number}"
        event: dict[str, Any] = {
            "RequestType": kind,
            "ResponseURL": f"https://s3.example/answer?{SECRET}",
            "StackId": "arn:aws:cloudformation:us-east-1:123456789012:stack/dev-faces/"
            f"{self.incarnation}",
            "RequestId": request_id,
            "LogicalResourceId": f"{logical}0123ABCD",
            "ResourceType": TYPES[logical],
            "ResourceProperties": properties,
        }
        if held is not None:
            event["PhysicalResourceId"] = held.name
        if kind == "Update" and held is not None:
            event["OldResourceProperties"] = held.properties
        asked = Asked(event=event, at=self.agenda.seconds, rolls_back=rolls_back)
        self.asked.append(asked)
        self.send(number, event)
        within = TIMEOUT if cancel_after is None else min(cancel_after, TIMEOUT)
        answered = self.agenda.run_until(
            lambda: self.framework.reply_to(request_id) is not None, within=within
        )
        if not answered and within == TIMEOUT:
            self.hangs.append(request_id)
        return self.framework.reply_to(request_id) if answered else None

    def _properties(self, logical: str, template: Template) -> dict[str, Any]:
        if logical == "Model":
            return model_properties(template, self.incarnation)
        return job_properties(template, self.held["Model"])


@dataclass(slots=True, kw_only=True)
class _Undone:
    """An update that is rolled back: where to, and what it has touched."""

    template: Template
    before: dict[str, Held]
    failed_properties: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: dict[str, set[str]] = field(default_factory=dict)


MOST_INPUTS = 3
DIGEST = "0" * 64
NETWORK = {"Subnets": ["subnet-1", "subnet-2"], "SecurityGroupIds": ["sg-1"]}


def model_properties(template: Template, role: int = 1) -> dict[str, Any]:
    """Properties of the model, every scalar a string, as CloudFormation sends them.

    `role`: the incarnation of the stack, for each has a role of its own.
    """
    return {
        "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:launcher",
        "Environment": "dev",
        "Transform": "faces",
        "Request": {
            "PrimaryContainer": {
                "Image": f"123456789012.dkr.ecr.example/faces:{template.model}",
                "ModelDataUrl": f"s3://models/faces/{template.model}.tar.gz",
                "Environment": {"API_TOKEN": "5ec2e7", "EnableNetworkIsolation": "no"},
            },
            "ExecutionRoleArn": f"arn:aws:iam::123456789012:role/execution-{role}",
            "VpcConfig": NETWORK,
            "EnableNetworkIsolation": "true",
        },
        "Artifacts": [{"Bucket": "models", "Key": f"faces/{template.model}.tar.gz"}],
        "Run": str(template.run),
        "UploadCommand": "make upload ENVIRONMENT=dev DATA=<folder>",
    }


def job_properties(template: Template, model: Held) -> dict[str, Any]:
    """Properties of the job that uses `model`."""
    return {
        "ServiceToken": "arn:aws:lambda:us-east-1:123456789012:function:launcher",
        "Environment": "dev",
        "Transform": "faces",
        "ModelName": model.name,
        "ModelDigest": model.data["Digest"],
        "Request": {
            "TransformInput": {
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": f"s3://inputs/photos-{template.job}/",
                    }
                }
            },
            "TransformOutput": {"S3OutputPath": "s3://outputs/faces/"},
            "TransformResources": {
                "InstanceType": "ml.m5.large",
                "InstanceCount": "1",
            },
            "Environment": {"API_TOKEN": "5ec2e7"},
        },
        "Fallbacks": [
            {"InstanceType": f"ml.m5.{number}xlarge", "InstanceCount": "1"}
            for number in range(template.fallbacks)
        ],
        "Network": NETWORK,
        "ArtifactDigests": [],
        "MostInputs": str(MOST_INPUTS if template.smoke else 0),
        "MaxFailedInputs": str(template.max_failed),
        "Policies": {"models": DIGEST},
        "Run": str(template.run),
        "Completion": template.completion,
    }
