"""Services of our own, answered by MiniStack's front door in process."""

from collections.abc import Mapping
from typing import Protocol, TypeAlias

from ministack import app
from ministack.core import iam_actions, router

Response: TypeAlias = tuple[int, dict[str, str], bytes]


class JsonService(Protocol):
    """What a registered service is: one coroutine that answers JSON 1.1 requests."""

    async def handle_request(
        self,
        method: str,
        path: str,
        headers: Mapping[str, str],
        body: bytes,
        query: Mapping[str, list[str]],
    ) -> Response:
        """Answer one request; header names arrive in lower case.

        It runs on the server's event loop: what blocks belongs in a thread.
        """


def register(name: str, service: JsonService, *, target_prefix: str) -> None:
    """Serve requests whose X-Amz-Target starts with `target_prefix` by `service`.

    MiniStack has checked the caller's signature when the service is called, and
    nothing else: only the service knows which resources a request touches, so it
    asks `identity.authorize` itself, once per resource.

    Args:
        name: The service's endpoint prefix, such as `sagemaker`.
        service: An object or module with `handle_request`.
        target_prefix: The protocol's target prefix with its dot: `SageMaker.`.
    """
    app.SERVICE_REGISTRY[name] = {"module": name}
    app._loaded_modules[name] = service
    app.SERVICE_HANDLERS[name] = service.handle_request
    router.SERVICE_PATTERNS[name] = {
        "target_prefixes": [target_prefix],
        "host_patterns": [rf"(api\.)?{name}\."],
    }
    iam_actions._SERVICE_PROTOCOL[name] = "json"
