"""What a check says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Finding:
    """What one rule says about one construct.

    Attributes:
        path: The construct's path, the stack's name first; or the template's file name
            if the whole template is meant.
        rule: The rule's id, with the detail it was found in:
            `AwsSolutions-IAM5[Resource::*]`.
        meaning: The rule's own explanation.
        check: Which check has the rule, as the validation report names it.
    """

    path: str
    rule: str
    meaning: str
    check: str
