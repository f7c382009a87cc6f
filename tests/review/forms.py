"""A review with everything in it that a form tells, and one text in every place."""

from dataclasses import replace
from pathlib import Path

from review.assembly import read_assembly
from review.change import Change
from review.declared import Leave
from review.delta.access import AccessChange
from review.delta.code import CodeChange
from review.delta.compliance import STATES, Compliance, ComplianceChange
from review.delta.jobs import JobEffect
from review.delta.leaves import LeaveChange
from review.delta.network import NetworkChange
from review.delta.register import RegisterChange
from review.effective.effective import EffectiveAccess
from review.findings import SEVERITIES, Finding
from review.invariants.invariant import Answer, Invariant, Violation
from review.plain import Resource
from review.replacement import Replacement
from review.review import Promise, Review
from review.scene import scene_of

PLAIN = "harmless"
UNSEEN = "\u034f\u115f\u2800\u3164\ufe0f\uffa0\U000e0101"
"""Characters that count as printable, and that nobody sees."""

HOSTILE = (
    """</style></title><script>document.title = "1"</script><img src=x onerror='2'>""",
    "`|</summary></details><b>\n\n# heading\n| a | row |\n* a [link](https://x) ~~&lt;",
    "{0} {x} [link](https://x) \\ \u202egnp.exe\u2066 \x00\x1b[2J \ud800 \u2028",
    f"a/{UNSEEN}b \u202d\u2067\u2069 \ufeff\u200b\u00ad",
    "@team o/r#123 (GH-7, https://x.example) HTTPS://x www.x.example me@x.example $x$",
)


def review_of(
    directory: Path, text: str = PLAIN, *, findings: tuple[Finding, ...] | None = None
) -> Review:
    """A change of an assembly, none of it real.

    Args:
        directory: Of the assembly.
        text: Stands wherever a template's or a file's words do.
        findings: All of them; without them, one of each severity.
    """
    scene = scene_of(read_assembly(directory))
    after = replace(
        scene,
        declared=replace(scene.declared, name=text),
        blind_spots=(f"{text} is not evaluated",),
    )
    leave = Leave(what=text, who=text, reason=text, owner=text, expires=text)
    resource = Resource(stack=text, logical_id=text, type=text, properties={}, body={})
    if findings is None:
        findings = tuple(
            Finding(rule="replaced", severity=each, resource=text, message=f"`{text}`")
            for each in SEVERITIES
        )
    return Review(
        change=Change(before=scene, after=after),
        leaves=(
            LeaveChange(leave=leave, change="new"),
            LeaveChange(leave=leave, change="kept"),
        ),
        promises=(
            promise("kept", Answer(status="PROVED")),
            promise(
                "broken",
                Answer(
                    status="VIOLATED",
                    violations=(Violation(resource=text, says=text),),
                ),
            ),
            promise("unclear", Answer(status="UNKNOWN", why=text)),
        ),
        access=(
            AccessChange(resource=text, what="its policy", more=text),
            AccessChange(resource=text, what="its policy", unclear=text),
        ),
        effective=(
            EffectiveAccess(
                principals=(text,) * 5,
                resource="inputs bucket",
                actions=("s3:GetObject",) * 5,
                before="inside",
                after="inside and outside",
            ),
            EffectiveAccess(
                principals=(text,), resource="key", after=f"cannot be told: {text}"
            ),
        ),
        replaced=(
            Replacement(resource=resource, property=text, cascade=(text, text)),
            Replacement(resource=resource, property=text, cascade=()),
        ),
        jobs=(
            JobEffect(
                transform=text,
                effect="run again",
                why=text,
                instance_type=text,
                instance_count=1,
            ),
            JobEffect(transform=text, effect="nothing", why=text),
        ),
        code=(
            CodeChange(functions=(text,), difference=difference(text)),
            CodeChange(functions=(text,), unclear=text),
        ),
        network=(
            NetworkChange(resource=text, type=text, kind="changed", properties=(text,)),
        ),
        compliance=Compliance(
            changes=tuple(
                ComplianceChange(
                    resource=text,
                    rule=text,
                    meaning=text,
                    state=state,
                    acknowledged=acknowledged,
                )
                for state in STATES
                for acknowledged in ("", text)
            ),
            unchecked=(text,),
        ),
        register=(
            RegisterChange(
                rule=text,
                scope=text,
                change="new",
                reason=text,
                owner=text,
                expires="2027-06-30",
                line=1,
            ),
        ),
        findings=findings,
    )


def promise(name: str, after: Answer) -> Promise:
    invariant = Invariant(
        id=name, says=f"It is {name}: `so`.", violations=lambda _: iter(())
    )
    return Promise(invariant=invariant, before=Answer(status="PROVED"), after=after)


def difference(text: str) -> str:
    lines = [f" {line}" for line in text.splitlines()]
    return "\n".join(["@@ -1,2 +1,2 @@", *lines, " ````", f"-{'`' * 5000}", "+new"])
