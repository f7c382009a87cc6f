"""Assemblies of real environments, synthesized once, and reviews of changes to them."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache
from pathlib import Path
from shutil import copytree
from threading import Lock

import pytest

from compliance import packs, templates
from compliance.templates import Found, Template
from private_transform.environment import load_environment
from review import review as reviewing
from review.assembly import Assembly, read_assembly
from review.findings import Finding
from review.invariants.invariant import Answer, Invariant
from review.review import Review
from review.scene import Scene, scene_of

ROOT = Path(__file__).parents[2]
TODAY = date(2026, 11, 30)
_DOCUMENTATION, _COMPANY = "123456789012", "111122223333"


@dataclass(slots=True)
class Bases:
    """What is deployed, by the environment's name, and reviews against it."""

    assemblies: dict[str, Assembly]
    _unchanged: dict[str, frozenset[Finding]] = field(default_factory=dict)

    def reviewed(self, base: str, after: Assembly) -> Review:
        """The review of a change to what is deployed."""
        return reviewing.review(self.assemblies[base], after, today=TODAY)

    def new_findings(self, base: str, after: Assembly) -> tuple[Finding, ...]:
        """What a review finds that one of the unchanged assembly does not."""
        found = self.reviewed(base, after).findings
        return tuple(each for each in found if each not in self.findings(base))

    def findings(self, base: str) -> frozenset[Finding]:
        """What a review of the unchanged assembly finds."""
        if base not in self._unchanged:
            same = self.reviewed(base, self.assemblies[base])
            self._unchanged[base] = frozenset(same.findings)
        return self._unchanged[base]


@pytest.fixture(scope="module")
def bases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bases]:
    """Three environments; what is deployed is answered for once and not each time."""
    company = _in_a_company(tmp_path_factory.mktemp("environments"))
    folders = {
        "everything": ROOT / "tests" / "gate" / "environments" / "everything",
        "rehearsal": ROOT / "environments" / "rehearsal",
        "company": company,
    }
    assemblies = {
        name: _synthesized(folder, tmp_path_factory.mktemp(name))
        for name, folder in folders.items()
    }
    with pytest.MonkeyPatch.context() as patch:
        _remember(patch, assemblies.values())
        yield Bases(assemblies)


def _synthesized(folder: Path, directory: Path) -> Assembly:
    from tests.synthesized import synthesize

    environment = load_environment(folder, today=TODAY)
    # One transform is enough to be wrong; that in shards is one of `everything`.
    transforms = environment.transforms
    synthesize(
        replace(
            environment,
            transforms=tuple(
                each for each in transforms if each.name != "faces-in-shards"
            ),
        ),
        directory / "assembly",
    )
    return read_assembly(directory / "assembly")


def _in_a_company(folder: Path) -> Path:
    """The rehearsed environment in an account that somebody has: leave must end."""
    copy = folder / "company"
    copytree(ROOT / "environments" / "rehearsal", copy)
    for file in copy.rglob("*.yaml"):
        text = file.read_text().replace(_DOCUMENTATION, _COMPANY)
        file.write_text(text.replace("expires: never", "expires: 2027-06-30"))
    return copy


def _remember(patch: pytest.MonkeyPatch, assemblies: Iterable[Assembly]) -> None:
    known = {id(each) for each in assemblies}
    scenes: dict[int, Scene] = {}
    answers: dict[tuple[int, str], Answer] = {}
    answer: Callable[[Invariant, Scene], Answer] = Invariant.answer

    def remembered_scene(assembly: Assembly) -> Scene:
        if id(assembly) not in known:
            return scene_of(assembly)
        return scenes.setdefault(id(assembly), scene_of(assembly))

    def remembered_answer(invariant: Invariant, scene: Scene) -> Answer:
        if not any(scene is each for each in scenes.values()):
            return answer(invariant, scene)
        key = (id(scene), invariant.id)
        if key not in answers:
            answers[key] = answer(invariant, scene)
        return answers[key]

    find, one_at_a_time = cache(packs.find), Lock()

    def remembered_findings(asked: Iterable[Template]) -> list[Found]:
        # There is one Node, which several threads would confuse.
        with one_at_a_time:
            return [find(*each) for each in asked]

    patch.setattr(templates, "_of_packs", remembered_findings)
    patch.setattr(templates, "_validated", cache(templates._validated))
    patch.setattr(reviewing, "scene_of", remembered_scene)
    patch.setattr(Invariant, "answer", remembered_answer)
