"""What a deployment will run and bill."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

from private_transform.handlers.contract import JOB_TYPE, MODEL_TYPE
from private_transform.handlers.names import substance
from private_transform.handlers.typed import typed
from review.change import Change
from review.findings import Finding
from review.plain import Resource, listed, whole_number
from review.prices import Prices
from review.scene import Scene

Effect = Literal["run", "run again", "smoke", "nothing", "stop"]


@dataclass(frozen=True, slots=True, kw_only=True)
class JobEffect:
    """What becomes of one transform's job.

    Args:
        transform: The transform.
        effect: What the deployment does.
        why: What made it so.
        instance_type: What it runs on; empty where nothing runs.
        fallbacks: Types that it turns to where there is no capacity.
        instance_count: How many.
        usd_per_hour: What it costs at most while it runs, on demand; empty where a
            price is not known.
        inputs: Where it reads.
        outputs: Where it writes.
        key: What encrypts its outputs.
    """

    transform: str
    effect: Effect
    why: str
    instance_type: str = ""
    fallbacks: tuple[str, ...] = ()
    instance_count: int = 0
    usd_per_hour: str = ""
    inputs: str = ""
    outputs: str = ""
    key: str = ""

    @property
    def machines(self) -> str:
        """What it runs on and costs, as people write it; empty where nothing runs."""
        if not self.instance_type:
            return ""
        words = [f"{self.instance_count} x {self.instance_type}"]
        if self.fallbacks:
            words.append(f"or {', '.join(self.fallbacks)}")
        if self.usd_per_hour:
            words.append(f"(at most {self.usd_per_hour} USD an hour)")
        return " ".join(words)


def job_effects(change: Change, prices: Prices | None = None) -> list[JobEffect]:
    """One for each transform of either side, by name.

    Args:
        change: Both sides.
        prices: Of instances; without them, nothing is said of cost.
    """
    old, new = _transforms(change.before), _transforms(change.after)
    effects = (
        _effect(name, old.get(name), new.get(name))
        for name in sorted(old.keys() | new.keys())
    )
    region = change.after.place.region
    return [_priced(each, prices, region) if prices else each for each in effects]


def machines_in(order: Mapping[str, Any], prices: Prices | None, region: str) -> str:
    """What the job of an order runs on and costs, as people write it.

    Args:
        order: What the launcher is asked to start.
        prices: Of instances; without them, nothing is said of cost.
        region: Where it runs.
    """
    effect = _running("", order, "run", "")
    return (_priced(effect, prices, region) if prices else effect).machines


def _priced(effect: JobEffect, prices: Prices, region: str) -> JobEffect:
    if not effect.instance_type:
        return effect
    types = (effect.instance_type, *effect.fallbacks)
    price = prices.at_most(region, types, effect.instance_count)
    return (
        effect
        if price is None
        else replace(effect, usd_per_hour=f"{price.normalize():f}")
    )


def findings(effects: list[JobEffect], change: Change) -> Iterator[Finding]:
    """What costs money or stops work needs somebody who knows."""
    for each in effects:
        if each.effect == "nothing":
            continue
        does = {
            "run": "starts a job",
            "run again": "runs its job again",
            "smoke": "starts a smoke run",
            "stop": "stops its job, if one runs",
        }[each.effect]
        on = f" on {each.machines}" if each.instance_type else ""
        yield Finding(
            rule=f"job-{each.effect.replace(' ', '-')}",
            severity="low" if each.effect == "smoke" else "medium",
            resource=f"{change.after.declared.name}-{each.transform}",
            message=f"Deploying {each.transform} {does}{on}: {each.why}.",
        )
    runs_anew = {each.transform for each in effects if each.effect.startswith("run")}
    yield from _other_models(change, runs_anew)


def _other_models(change: Change, told: set[str]) -> Iterator[Finding]:
    """A model that no deployment runs in full is the one that later runs have."""
    old, new = _transforms(change.before), _transforms(change.after)
    for name in sorted(old.keys() & new.keys() - told):
        was, now = old[name].model, new[name].model
        if was is None or now is None:
            continue
        names = differing(_substance(was), _substance(now))
        if names:
            yield Finding(
                rule="model-changed",
                severity="medium",
                resource=now.path,
                message=f"The next full run of {name} has another model: it differs "
                f"in {names}.",
            )


@dataclass(frozen=True, slots=True)
class _Transform:
    """A transform's custom resources on one side."""

    model: Resource | None
    job: Resource | None


def _transforms(scene: Scene | None) -> dict[str, _Transform]:
    if scene is None:
        return {}
    found: dict[str, dict[str, Resource]] = {}
    for each in scene.estate.of_type(MODEL_TYPE, JOB_TYPE):
        name = str(each.properties.get("Transform", each.stack))
        found.setdefault(name, {})[each.type] = each
    return {
        name: _Transform(types.get(MODEL_TYPE), types.get(JOB_TYPE))
        for name, types in found.items()
    }


def _effect(name: str, old: _Transform | None, new: _Transform | None) -> JobEffect:
    if new is None or new.job is None:
        if old is not None and old.job is not None:
            why = "it is not in the assembly" if new is None else "on_deploy is none"
            return JobEffect(transform=name, effect="stop", why=why)
        return JobEffect(transform=name, effect="nothing", why="on_deploy is none")
    if old is None or old.job is None:
        why = "it is new" if old is None else "on_deploy was none"
        return _running(name, new.job.properties, "run", why)
    reasons = list(_reasons(old, new))
    if not reasons:
        return JobEffect(
            transform=name, effect="nothing", why="nothing that matters has changed"
        )
    return _running(name, new.job.properties, "run again", " and ".join(reasons))


def _reasons(old: _Transform, new: _Transform) -> Iterator[str]:
    """What of a job's digest differs (see the launcher, `TransformJob.digest`)."""
    assert old.job is not None
    assert new.job is not None
    models = [_substance(each.model) for each in (old, new)]
    if models[0] != models[1]:
        yield f"the model differs in {differing(*models)}"
    jobs = [_substance(old.job), _substance(new.job)]
    if jobs[0] != jobs[1]:
        yield f"the job differs in {differing(*jobs)}"
    runs = [each.properties.get("Run") for each in (old.job, new.job)]
    if runs[0] != runs[1]:
        yield f"`run` is {runs[1]} and was {runs[0]}"
    names = [each.properties.get("ModelDigest") for each in (old.job, new.job)]
    if names[0] != names[1]:
        yield f"`ModelDigest` is {names[1]} and was {names[0]}"
    digests = [each.properties.get("ArtifactDigests") for each in (old.job, new.job)]
    if digests[0] != digests[1]:
        yield "`artifact_sha256` differs"


def _substance(resource: Resource | None) -> Mapping[str, Any]:
    request = resource.properties.get("Request") if resource else None
    if not isinstance(request, dict):
        return {}
    try:
        return substance(typed(request))
    except (TypeError, ValueError):  # The launcher refuses it, in words.
        return request


def differing(old: Mapping[str, Any], new: Mapping[str, Any]) -> str:
    """The names under which two mappings have different values."""
    names = [
        name
        for name in sorted(old.keys() | new.keys())
        if json.dumps(old.get(name), sort_keys=True)
        != json.dumps(new.get(name), sort_keys=True)
    ]
    return ", ".join(names)


def _running(
    name: str, given: Mapping[str, Any], effect: Effect, why: str
) -> JobEffect:
    request = _mapping(given, "Request")
    resources = _mapping(request, "TransformResources")
    source = _mapping(
        _mapping(_mapping(request, "TransformInput"), "DataSource"), "S3DataSource"
    )
    output = _mapping(request, "TransformOutput")
    smoke = str(given.get("MostInputs", 0)) != "0"
    return JobEffect(
        transform=name,
        effect="smoke" if smoke else effect,
        why=why,
        instance_type=str(resources.get("InstanceType", "")),
        fallbacks=tuple(
            str(each.get("InstanceType", ""))
            for each in listed(given.get("Fallbacks", []))
            if isinstance(each, dict)
        ),
        instance_count=whole_number(resources.get("InstanceCount")) or 0,
        inputs=str(source.get("S3Uri", "")),
        outputs=str(output.get("S3OutputPath", "")),
        key=str(output.get("KmsKeyId", "")),
    )


def _mapping(content: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = content.get(key)
    return found if isinstance(found, dict) else {}
