"""The two sides of a review, resource by resource."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from .plain import Resource
from .scene import Scene


@dataclass(frozen=True, kw_only=True)
class Change:
    """What is deployed and what is to be.

    Args:
        before: None where everything is created.
        after: What is to be deployed.
    """

    before: Scene | None
    after: Scene

    @cached_property
    def old(self) -> Mapping[str, Resource]:
        """The resources before, by their paths."""
        return _by_path(self.before)

    @cached_property
    def new(self) -> Mapping[str, Resource]:
        """The resources after, by their paths."""
        return _by_path(self.after)

    def added(self) -> Iterator[Resource]:
        """Resources that are new."""
        return (each for path, each in self.new.items() if path not in self.old)

    def removed(self) -> Iterator[Resource]:
        """Resources that go."""
        return (each for path, each in self.old.items() if path not in self.new)

    def kept(self) -> Iterator[tuple[Resource, Resource]]:
        """Resources of both sides, whether or not they changed."""
        return (
            (self.old[path], each)
            for path, each in self.new.items()
            if path in self.old
        )


def _by_path(scene: Scene | None) -> dict[str, Resource]:
    return {} if scene is None else {each.path: each for each in scene.estate.resources}
