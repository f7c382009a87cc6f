"""The numbers of an environment's files and the lengths of its lists, with sources."""

from typing import Annotated

from private_transform.environment import catalogue
from private_transform.environment.kinds import Between, OneOf, Size

LogRetentionDays = Annotated[
    int,
    Between(1, 3653, "Log events are kept for 1 to 3653 days."),
    OneOf(
        catalogue.LOG_RETENTION_DAYS,
        "CloudWatch Logs keeps events for a number of days from its own list "
        "(AWS: PutRetentionPolicy).",
    ),
]

NoncurrentDays = Annotated[
    int,
    Between(
        30,
        3650,
        "Overwritten and deleted objects are kept for 30 to 3650 days: long enough "
        "to notice that one was overwritten.",
    ),
]

RotationDays = Annotated[
    int,
    Between(
        90,
        2560,
        "A key's rotation period is 90 to 2560 days (AWS: Rotate AWS KMS keys).",
    ),
]

PendingDays = Annotated[
    int,
    Between(
        7, 30, "A key's pending window is 7 to 30 days (AWS: Delete an AWS KMS key)."
    ),
]

RuntimeHours = Annotated[
    int,
    Between(
        1,
        120,
        "A job may last for 1 to 120 hours: a run is waited for no longer than a week.",
    ),
]

ExpectedHours = Annotated[
    int,
    Between(1, 8784, "A run is expected every 1 to 8784 hours, which is a year."),
]

InstanceCount = Annotated[
    int,
    Between(
        1,
        100,
        "A transform job has 1 to 100 instances (AWS: TransformResources).",
    ),
]

Concurrency = Annotated[
    int,
    Between(
        0,
        2**31 - 1,
        "The parallel requests to one instance are a whole number, where 0 asks the "
        "container (AWS: CreateTransformJob).",
    ),
]

PayloadInMb = Annotated[
    int,
    Between(
        0,
        100,
        "A payload is 0 to 100 MB, where 0 streams it in chunks (AWS: "
        "CreateTransformJob).",
    ),
]

TimeoutInSeconds = Annotated[
    int,
    Between(
        1,
        3600,
        "An invocation's timeout is 1 to 3600 seconds (AWS: ModelClientConfig).",
    ),
]

Retries = Annotated[
    int,
    Between(
        0,
        3,
        "An invocation is retried 0 to 3 times (AWS: ModelClientConfig).",
    ),
]

FailedInputs = Annotated[
    int,
    Between(
        0,
        10_000,
        "From 0 to 10,000 inputs may fail before a run does.",
    ),
]

ScanLimitInGb = Annotated[
    int,
    Between(
        1,
        10_000,
        "One query reads up to 1 to 10,000 GB (AWS: Athena, data usage controls: "
        "at least 10 MB).",
    ),
]

ShardsAtOnce = Annotated[
    int,
    Between(1, 1000, "From 1 to 1000 jobs of one run go on at the same time."),
]

COLUMN_COUNT = Size(0, 100, "A table has up to 100 columns.")

FALLBACK_COUNT = Size(0, 4, "Up to 4 other instance types are tried.")

CONTAINER_COUNT = Size(
    1,
    15,
    "A model has one primary_container, or up to 15 containers (AWS: CreateModel).",
)

ARTIFACT_SOURCE_COUNT = Size(
    0,
    10,
    "There are up to 10 sources of artifacts: each is a statement of the endpoint's "
    "policy, which holds 20,480 characters (AWS: Amazon VPC quotas).",
)

MODEL_VARIABLE_COUNT = Size(
    0,
    100,
    "A container has up to 100 environment variables (AWS: ContainerDefinition).",
)

JOB_VARIABLE_COUNT = Size(
    0,
    16,
    "A job has up to 16 environment variables (AWS: CreateTransformJob).",
)

TAG_COUNT = Size(
    0,
    48,
    "There are up to 48 tags: AWS takes 50 (AWS: Tag), and two say which environment "
    "and which transform something belongs to.",
)

ZONE_COUNT = Size(1, 6, "A network lies in 1 to 6 availability zones.")
