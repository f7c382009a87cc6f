"""Who may reach a data bucket from outside, and for which few data actions."""

from dataclasses import dataclass

from private_transform.lock.perimeter import BucketKind, Perimeter
from private_transform.lock.s3_actions import FETCH, READ, WRITE


@dataclass(frozen=True, slots=True)
class Exemption:
    """Roles that the lock lets pass, under the Sid of the statement that binds them.

    Listing and reading settings stay as free for them as for others.
    """

    sid: str
    roles: tuple[str, ...]
    data_actions: tuple[str, ...]


def exemptions(perimeter: Perimeter, kind: BucketKind) -> list[Exemption]:
    """Name the exemptions of one bucket; a kind for which nobody is named is none."""
    jobs = (perimeter.execution_roles,) if perimeter.sagemaker_api_reads else ()
    break_glass = Exemption("BreakGlassReadsOnly", perimeter.break_glass, READ)
    uploaders = Exemption("UploadersWriteOnly", perimeter.uploaders_outside, WRITE)
    readers = Exemption("ReadersReadOnly", perimeter.readers_outside, FETCH)
    model_checks = Exemption("JobsReadModelsOnly", jobs, FETCH)
    by_kind: dict[BucketKind, tuple[Exemption, ...]] = {
        "models": (break_glass, uploaders, model_checks),
        "inputs": (break_glass, uploaders),
        "outputs": (break_glass, readers),
    }
    return [exemption for exemption in by_kind[kind] if exemption.roles]
