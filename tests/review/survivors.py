"""What a review does not notice, or raises an alarm over, and why.

A mutant that is caught one day has to leave this list, or its test fails.
"""

SURVIVORS: dict[str, str] = {
    "an uploader has no leave any more": (
        "false alarm: who loses an exemption loses its limits, and may manage like all"
    ),
}
