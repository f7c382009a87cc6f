"""What the launcher adds to the start of a function that only has boto3."""

from bench.interleaved import ROOT, Command, over, rounds_of
from bench.row import Row

ROUNDS = 31

CLIENT = "import boto3; boto3.client('sagemaker')"
COMMANDS = [
    Command(
        label=label,
        arguments=["-c", program],
        variables={
            "AWS_DEFAULT_REGION": "us-east-1",
            "PYTHONPATH": str(ROOT / "constructs" / "private_transform"),
        },
    )
    for label, program in (
        ("boto3", CLIENT),
        ("launcher", f"import handlers.entry; {CLIENT}"),
    )
]
"""The launcher's code as Lambda starts it, up to its first client."""


def measure() -> list[Row]:
    """Start both in turns."""
    rounds = rounds_of(COMMANDS, ROUNDS)
    return [
        Row(
            name="launcher's cold start / boto3 and its SageMaker client, CPU",
            measured=over(rounds, lambda cpu: cpu["launcher"] / cpu["boto3"]),
            unit="x",
            bound=1.1,
        )
    ]
