"""The promises about functions: what they run, and who calls them."""

from collections.abc import Iterator

from review.plain import Resource, is_true, variables_of
from review.scene import Scene

from .invariant import Invariant, Violation

_BESIDE = ("FileSystemConfigs", "ImageConfig", "Layers", "VpcConfig")
"""Properties of a function that bring in code or lead elsewhere."""


_STEERS = {
    *("LD_LIBRARY_PATH", "LD_PRELOAD", "NODE_OPTIONS", "NODE_PATH", "PYTHONHOME"),
    *("PYTHONPATH", "PYTHONSTARTUP", "PYTHONUSERBASE"),
}
"""Variables that bring in code, beside those of Lambda and the SDKs."""


def _run_what_is_here(scene: Scene) -> Iterator[Violation]:
    published = scene.assembly.assets
    for each in scene.estate.of_type("AWS::Lambda::Function"):
        code = each.properties.get("Code")
        code = code if isinstance(code, dict) else {}
        stem = str(code.get("S3Key")).removesuffix(".zip")
        is_here = code.keys() <= {"S3Bucket", "S3Key"} and (
            code.get("S3Bucket") == scene.declared.assets_bucket
        )
        # A single template publishes nothing: then its bucket has to be enough.
        if not is_here or (published and stem not in published):
            yield Violation(
                resource=each.path,
                says=f"{each.path} runs code that is not in this review: {code}.",
            )
        for name in _BESIDE:
            if each.properties.get(name):
                yield Violation(
                    resource=each.path,
                    says=f"{each.path} has {name}: what it brings in or reaches, "
                    "nothing here looks at.",
                )
        for name in sorted(variables_of(each)):
            if name.startswith("AWS_") or name in _STEERS:
                yield Violation(
                    resource=each.path,
                    says=f"{each.path} has a variable {name}, by which other code "
                    "runs, or calls go elsewhere.",
                )
    for each in scene.estate.of_type("Custom::AWS"):
        if is_true(each.properties.get("InstallLatestAwsSdk")):
            yield Violation(
                resource=each.path,
                says=f"{each.path} installs code from elsewhere before it runs.",
            )


def _called_by_services(scene: Scene) -> Iterator[Violation]:
    for each in scene.estate.of_type("AWS::Lambda::Url"):
        yield Violation(
            resource=each.path,
            says=f"{each.path} is an address at which a function can be called.",
        )
    for each in scene.estate.of_type("AWS::Lambda::Permission"):
        principal = str(each.properties.get("Principal"))
        if not principal.endswith(".amazonaws.com") or not _is_ours(scene, each):
            yield Violation(
                resource=each.path,
                says=f"{principal} may call a function, on behalf of anybody.",
            )


def _is_ours(scene: Scene, permission: Resource) -> bool:
    """Whether a service may call for this account alone; many ARNs name no account."""
    given = permission.properties
    parts = str(given.get("SourceArn", "")).split(":")
    of_arn = parts[4] if len(parts) > 5 else ""
    return scene.place.account in (given.get("SourceAccount"), of_arn)


FUNCTIONS = (
    Invariant(
        id="functions-known",
        says="Functions run the code of this assembly, and nothing beside it.",
        violations=_run_what_is_here,
    ),
    Invariant(
        id="functions-called",
        says="Functions are called by AWS services, for this account.",
        violations=_called_by_services,
    ),
)
"""All of them."""
