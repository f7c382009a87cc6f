"""Every change that a review is tried on."""

from tests.review.at_beginning import AT_BEGINNING, BEGUN_AS_BEFORE
from tests.review.at_code import AT_CODE
from tests.review.at_context import AT_CONTEXT, TO_OTHERS
from tests.review.at_data import AT_DATA
from tests.review.at_edges import AT_EDGES
from tests.review.at_jobs import AT_JOBS
from tests.review.at_names import AT_NAMES
from tests.review.at_network import AT_NETWORK
from tests.review.at_orders import AT_ORDERS, ORDERED_AS_BEFORE
from tests.review.at_policies import AT_POLICIES
from tests.review.at_queries import AT_QUERIES
from tests.review.at_roles import AT_ROLES
from tests.review.at_sending import AT_SENDING
from tests.review.at_shards import AT_SHARDS
from tests.review.at_tampering import AT_TAMPERING, TOLD_AS_BEFORE
from tests.review.at_telling import AT_TELLING
from tests.review.at_working import AT_WORKING
from tests.review.bucket_lock import BUCKET_LOCK
from tests.review.harmless import EQUIVALENT, TIGHTENING
from tests.review.matrix import MATRIX

FAULTY = (
    *MATRIX,
    *BUCKET_LOCK,
    *AT_POLICIES,
    *AT_NAMES,
    *AT_CONTEXT,
    *AT_NETWORK,
    *AT_ROLES,
    *AT_JOBS,
    *AT_CODE,
    *AT_DATA,
    *AT_EDGES,
    *AT_TELLING,
    *AT_TAMPERING,
    *AT_WORKING,
    *AT_SENDING,
    *AT_QUERIES,
    *AT_SHARDS,
    *AT_ORDERS,
    *AT_BEGINNING,
)
HARMLESS = (
    *EQUIVALENT,
    *TIGHTENING,
    *TO_OTHERS,
    *ORDERED_AS_BEFORE,
    *BEGUN_AS_BEFORE,
    *TOLD_AS_BEFORE,
)
MUTANTS = (*FAULTY, *HARMLESS)
