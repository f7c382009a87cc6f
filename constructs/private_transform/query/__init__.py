"""What the outputs of transforms look like to a query, as plain values."""

RESULTS_PREFIX = "query-results/"
"""Where the results of queries lie in the outputs bucket."""
