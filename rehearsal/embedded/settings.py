"""What the embedded AWS is told when it starts."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that one embedded AWS depends on.

    Attributes:
        account: The account of the root key, twelve digits.
        region: The region of requests that name none.
        folder: Its own folder for everything it writes; gone when it ends.
        images: Which command serves a container image: image URI to arguments.
        api_reads: Where SageMaker's own checks at the API come from: through the
            model's endpoint or from outside of it.
    """

    account: str
    region: str
    folder: Path
    images: Mapping[str, Sequence[str]] = field(default_factory=dict)
    api_reads: Literal["inside", "outside"] = "inside"

    def to_json(self) -> str:
        """One line of JSON that `from_json` reads."""
        return json.dumps(asdict(self), default=str)

    @classmethod
    def from_json(cls, line: str) -> "Settings":
        """The settings that `to_json` wrote."""
        values = json.loads(line)
        return cls(**{**values, "folder": Path(values["folder"])})
