import pytest

from tests.lock.bucket_mutants import BUCKET_MUTANTS
from tests.lock.equality import Prover
from tests.lock.key_mutants import ENDPOINT_MUTANTS, KEY_MUTANTS
from tests.lock.mutants import Mutant

MUTANTS = (*BUCKET_MUTANTS, *ENDPOINT_MUTANTS, *KEY_MUTANTS)

FAULTS = [mutant for mutant in MUTANTS if not mutant.equivalent]
REWRITES = [mutant for mutant in MUTANTS if mutant.equivalent]
SAMPLE = FAULTS[::16]


@pytest.fixture(scope="module")
def prover() -> Prover:
    return Prover()


def _differs(prover: Prover, mutant: Mutant) -> bool:
    found = prover.differences(mutant.site, mutant.guarded, mutant.document())
    return next(found, None) is not None


@pytest.mark.parametrize("mutant", SAMPLE, ids=lambda mutant: mutant.name)
def test_a_mistake_is_found(mutant: Mutant, prover: Prover) -> None:
    assert _differs(prover, mutant)


@pytest.mark.slow
@pytest.mark.parametrize(
    "mutant",
    [mutant for mutant in FAULTS if mutant not in SAMPLE],
    ids=lambda mutant: mutant.name,
)
def test_every_mistake_is_found(mutant: Mutant, prover: Prover) -> None:
    assert _differs(prover, mutant)


@pytest.mark.slow
@pytest.mark.parametrize("mutant", REWRITES, ids=lambda mutant: mutant.name)
def test_a_rewrite_that_changes_nothing_is_not_reported(
    mutant: Mutant, prover: Prover
) -> None:
    assert not _differs(prover, mutant)
