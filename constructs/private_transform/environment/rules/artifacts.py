"""Artifacts from outside the environment come from the places that are named."""

from collections.abc import Iterator

from private_transform.environment.partial import known
from private_transform.environment.rules.breach import Breach
from private_transform.environment.rules.limits import Where
from private_transform.environment.values import Environment, Transform


def sources_apart(environment: Environment) -> Iterator[Breach]:
    """Of a source within another, who owns it and until when would be said twice."""
    earlier: list[str] = []
    for position, uri in known(environment.artifact_sources, lambda each: each.s3_uri):
        for other in earlier:
            if uri.startswith(other) or other.startswith(uri):
                yield Breach(
                    place=("artifact_sources", position, "s3_uri"),
                    rule=f"Sources of artifacts lie apart, and {other} is one already.",
                    fix="Keep one entry for both.",
                )
                break
        earlier.append(uri)


def sources_outside(environment: Environment) -> Iterator[Breach]:
    """As a source, a bucket of ours would be open to every job of the environment."""
    own = f"s3://{environment.stack_name('foundation')}-"
    for position, uri in known(environment.artifact_sources, lambda each: each.s3_uri):
        if uri.startswith(own):
            yield Breach(
                place=("artifact_sources", position, "s3_uri"),
                rule="A source lies outside the environment, whose own buckets' names "
                f"begin with {own}.",
                fix="Remove the entry: an artifact in the models bucket is named by "
                "its key.",
            )


def keys_of_the_region(environment: Environment) -> Iterator[Breach]:
    """S3 encrypts with keys of a bucket's own region alone."""
    start = f"arn:aws:kms:{environment.region}:"
    for position, key in known(environment.artifact_sources, lambda each: each.key_arn):
        if key is not None and not key.startswith(start):
            yield Breach(
                place=("artifact_sources", position, "key_arn"),
                rule=f"A key is in the environment's region, as its bucket is: "
                f"{start}... (AWS: Using server-side encryption with AWS KMS keys "
                "(SSE-KMS)).",
                fix="Replicate the artifacts to a bucket of that region.",
            )


def from_a_named_source(
    environment: Environment, transform: Transform, where: Where
) -> Iterator[Breach]:
    """An artifact from a place that the platform's file does not name is refused."""
    sources = environment.artifact_sources
    containers = transform.model.containers
    for position, url in known(containers, lambda each: each.model_data_url):
        if url is None or not url.startswith("s3://"):
            continue
        if not any(source.holds(url) for source in sources):
            named = ", ".join(source.s3_uri for source in sources) or "none"
            yield Breach(
                place=("model", "containers", position, "model_data_url"),
                rule="An artifact outside the environment lies below one of the "
                f"sources of {where(('artifact_sources',))}: {named}.",
                fix="Upload it to the models bucket and write its key, or ask the "
                "platform team to name the source.",
            )
