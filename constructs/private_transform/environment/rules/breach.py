"""What a rule says when it is broken."""

from dataclasses import dataclass

from private_transform.environment.yaml_source import Place


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A broken rule, at a place of one file.

    Attributes:
        place: The keys that lead to the value.
        rule: The rule, in a sentence.
        fix: What probably mends it.
        secret: Whether the value must not be shown.
    """

    place: Place
    rule: str
    fix: str = ""
    secret: bool = False
