"""Every promise that a review asks about, in the order in which it tells of them."""

from .buckets import BUCKETS
from .callers import CALLERS
from .data import DATA
from .endpoint import ENDPOINT
from .jobs import JOBS
from .kept import KEPT
from .key import KEY
from .known import KNOWN
from .liveness import LIVENESS
from .network import NETWORK
from .people import PEOPLE
from .roles import ROLES

INVARIANTS = (
    *DATA,
    *BUCKETS,
    *KEPT,
    *KEY,
    *ENDPOINT,
    *NETWORK,
    *JOBS,
    *CALLERS,
    *ROLES,
    *PEOPLE,
    *KNOWN,
    *LIVENESS,
)
"""All of them."""
