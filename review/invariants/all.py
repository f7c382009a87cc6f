"""Every promise that a review asks about, in the order in which it tells of them."""

from .as_declared import AS_DECLARED
from .beginning import BEGINNING
from .buckets import BUCKETS
from .data import DATA
from .endpoint import ENDPOINT
from .functions import FUNCTIONS
from .groups import GROUPS
from .hearing import HEARING
from .jobs import JOBS
from .kept import KEPT
from .key import KEY
from .keys import KEYS
from .known import KNOWN
from .launching import LAUNCHING
from .liveness import LIVENESS
from .messages import MESSAGES
from .network import NETWORK
from .noting import NOTING
from .people import PEOPLE
from .queries import QUERIES
from .roles import ROLES
from .sharding import SHARDING
from .takers import TAKERS
from .tampering import TAMPERING
from .told import TOLD
from .watching import WATCHING
from .wiring import WIRING

INVARIANTS = (
    *DATA,
    *BUCKETS,
    *KEPT,
    *KEY,
    *KEYS,
    *ENDPOINT,
    *NETWORK,
    *GROUPS,
    *JOBS,
    *BEGINNING,
    *SHARDING,
    *AS_DECLARED,
    *WATCHING,
    *HEARING,
    *FUNCTIONS,
    *TOLD,
    *MESSAGES,
    *TAMPERING,
    *QUERIES,
    *TAKERS,
    *ROLES,
    *PEOPLE,
    *KNOWN,
    *LIVENESS,
    *LAUNCHING,
    *NOTING,
    *WIRING,
)
"""All of them."""
