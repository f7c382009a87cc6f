"""Where a service calls others with its caller's credentials.

AWS: Forward access sessions.
"""

import threading
from collections.abc import Callable

from rehearsal.embedded.listeners import Listener, listen


class Door:
    """A listener whose requests carry the service in `aws:CalledVia`.

    It opens when it is first needed, and stays. Only the service knows its URL.

    Args:
        service: The service principal, such as `athena.amazonaws.com`.
        serve: Lets the server answer what arrives at a listener.
    """

    def __init__(self, service: str, serve: Callable[[Listener], None]) -> None:
        self._service = service
        self._serve = serve
        self._listener: Listener | None = None
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """Where the service sends its requests."""
        with self._lock:
            if self._listener is None:
                self._listener = listen(tls=True, called_via=(self._service,))
                self._serve(self._listener)
            return self._listener.url
