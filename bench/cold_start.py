"""What the launcher adds to the start of a function that only has boto3."""

from bench.interleaved import ROOT, Command, over, rounds_of
from bench.row import Row

ROUNDS = 15

BOTO3 = "import boto3; boto3.client('sagemaker')"
LAUNCHER = "from handlers.entry import on_event, _client; _client('sagemaker')"


def measure() -> list[Row]:
    """Start the launcher's code as Lambda does, up to its first client."""
    variables = {
        "AWS_DEFAULT_REGION": "us-east-1",
        "PYTHONPATH": str(ROOT / "constructs" / "private_transform"),
    }
    rounds = rounds_of(
        [
            Command(label="boto3", arguments=["-c", BOTO3], variables=variables),
            Command(label="launcher", arguments=["-c", LAUNCHER], variables=variables),
        ],
        ROUNDS,
    )
    return [
        Row(
            name="launcher's cold start / boto3 and its SageMaker client, CPU",
            measured=over(rounds, lambda cpu: cpu["launcher"] / cpu["boto3"]),
            unit="x",
            bound=1.1,
        )
    ]
