"""SageMaker models and batch transform jobs in the embedded AWS."""

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rehearsal.embedded.settings import Settings


def register(settings: "Settings") -> Callable[[], None]:
    """Serve SageMaker in the embedded AWS of this process.

    Args:
        settings: The embedded AWS's settings.

    Returns:
        What ends every running job, to be called when the embedded AWS ends.
    """
    # MiniStack reads the environment when it is imported, and the service itself
    # does without it.
    from rehearsal.embedded import services
    from rehearsal.engine import EngineSettings
    from rehearsal.sagemaker.ministack import MiniStackPlatform
    from rehearsal.sagemaker.service import SageMaker

    engine = EngineSettings(commands=settings.images, work=settings.folder / "jobs")
    sagemaker = SageMaker(
        MiniStackPlatform(), engine, inside=settings.api_reads == "inside"
    )
    services.register("sagemaker", sagemaker, target_prefix="SageMaker.")
    return sagemaker.close
