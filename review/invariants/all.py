"""Every promise that a review asks about, in the order in which it tells of them."""

from .beginning import BEGINNING
from .buckets import BUCKETS
from .data import DATA
from .endpoint import ENDPOINT
from .functions import FUNCTIONS
from .groups import GROUPS
from .jobs import JOBS
from .kept import KEPT
from .key import KEY
from .known import KNOWN
from .launching import LAUNCHING
from .liveness import LIVENESS
from .messages import MESSAGES
from .network import NETWORK
from .people import PEOPLE
from .roles import ROLES
from .takers import TAKERS
from .wiring import WIRING

INVARIANTS = (
    *DATA,
    *BUCKETS,
    *KEPT,
    *KEY,
    *ENDPOINT,
    *NETWORK,
    *GROUPS,
    *JOBS,
    *BEGINNING,
    *FUNCTIONS,
    *MESSAGES,
    *TAKERS,
    *ROLES,
    *PEOPLE,
    *KNOWN,
    *LIVENESS,
    *LAUNCHING,
    *WIRING,
)
"""All of them."""
