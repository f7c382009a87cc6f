"""The shape of each single value: account ids, prefixes, names, and their rules.

A rule that needs one value alone stands here, because the JSON schemas for editors
are made from it. Rules that need two values or more stand in the rules modules.
"""

from collections.abc import Mapping
from typing import Annotated

from private_transform.environment import amounts, catalogue, images
from private_transform.environment.kinds import OneOf, Text, Written

_SAFE = r"[A-Za-z0-9!_.=()'/-]"
"""AWS: Creating object key names, the safe characters, without the `*` that is a
wildcard in a policy and with the `=` of a partitioned table."""

_BUCKET = r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
"""AWS: General purpose bucket naming rules."""

_REGISTRY = r"[0-9]{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com"
"""AWS: Amazon ECR private registry."""

_NO_DOTS = r"(?!(?:[^/]*/)*\.\.?(?:/|$))"
"""No part is `.` or `..`: S3 takes them for names, and many tools for folders."""

_PARTS = rf"{_NO_DOTS}(?!/)(?:(?!//){_SAFE})*"
_DATE = r"\{run_date(-[1-9][0-9]{0,2}d)?\}|\{run_hour\}"
"""As the launcher reads it (`handlers.moment`)."""

_DATED_PARTS = rf"{_NO_DOTS}(?!/)(?:(?!//)(?:{_SAFE}|{_DATE}))*"
_PREFIX = f"{_PARTS}/"
_KEY = f"{_PARTS}[^/]"
_CHARACTERS = "letters, digits and !_.=()'-, no part that is empty, . or .."
LONGEST_KEY = 860
"""AWS: S3DataSource: 1024 characters of a URI, less what goes around a prefix:
`s3://`, a bucket name (63), `smoke/`, `date=` with a day and `job=` with a job's name
(63)."""

EnvironmentName = Annotated[
    str,
    Text(
        pattern=r"[a-z][a-z0-9]{1,15}",
        rule="An environment's name is 2 to 16 lower-case letters and digits and "
        "starts with a letter.",
        fix="Rename the folder.",
    ),
]

TransformName = Annotated[
    str,
    Text(
        pattern=r"(?!foundation$|operations$)[a-z][a-z0-9]*(-[a-z0-9]+)*",
        at_most=24,
        rule="A transform's name is up to 24 lower-case letters and digits in words "
        "joined by single hyphens, and not foundation or operations, which name "
        "the environment's own stacks.",
        fix="Rename the file.",
    ),
]

AccountId = Annotated[
    Written, Text(pattern=r"[0-9]{12}", rule="An AWS account id is 12 digits.")
]

Region = Annotated[
    str,
    OneOf(
        tuple(catalogue.REGIONS),
        "A region is one of AWS's commercial regions where SageMaker is offered "
        "(AWS: Amazon SageMaker AI endpoints and quotas); China, GovCloud and "
        "isolated regions are not supported.",
    ),
]

InstanceType = Annotated[
    str,
    OneOf(
        catalogue.INSTANCE_TYPES,
        "An instance type is one that SageMaker offers for transform jobs "
        "(AWS: TransformResources).",
    ),
]

TransformAmiVersion = Annotated[
    str,
    OneOf(
        catalogue.AMI_VERSIONS,
        "An AMI version is one that SageMaker offers for transform jobs "
        "(AWS: TransformResources).",
    ),
]

Cidr = Annotated[
    str,
    Text(
        pattern=r"[0-9]{1,3}(\.[0-9]{1,3}){3}/[0-9]{1,2}",
        rule="A network is an IPv4 range in CIDR notation.",
        fix="Write it as 10.20.0.0/24.",
    ),
]

Zone = Annotated[
    str,
    Text(
        pattern=r"[a-z]{2}(-[a-z]+)+-[0-9][a-f]",
        rule="An availability zone is named by its region and a letter from a to f.",
        fix="Write it as us-east-1a.",
    ),
]

InputPath = Annotated[
    str,
    Text(
        pattern=f"{_DATED_PARTS}/|{_DATED_PARTS}[^/]",
        at_most=LONGEST_KEY,
        rule="An input is a prefix or a manifest's key in the inputs bucket: "
        f"{_CHARACTERS}, no slash at the start; {{run_date}}, {{run_date-1d}} and "
        "{run_hour} stand for a run's day and hour.",
        fix="Write it without s3:// and the bucket's name.",
    ),
]

ObjectName = Annotated[
    str,
    Text(
        pattern=r"(?!\.\.?$)[A-Za-z0-9!_.=()'-]+",
        at_most=128,
        rule="The name of an object is up to 128 letters, digits and !_.=()'-, without "
        "a slash.",
        fix="Write it as _SUCCESS.",
    ),
]

OutputPrefix = Annotated[
    str,
    Text(
        pattern=_PREFIX,
        at_most=LONGEST_KEY,
        rule="An output path is a prefix in the outputs bucket that ends with a "
        f"slash: {_CHARACTERS}, no slash at the start.",
        fix="Write it as faces/, without s3:// and the bucket's name.",
    ),
]

SmokePrefix = Annotated[
    str,
    Text(
        pattern=_PREFIX,
        at_most=LONGEST_KEY,
        rule="A smoke input is a prefix in the inputs bucket that ends with a slash: "
        f"{_CHARACTERS}, no slash at the start.",
        fix="Write it as smoke/faces/, without s3:// and the bucket's name.",
    ),
]

Image = Annotated[
    str,
    Text(
        pattern=rf"{_REGISTRY}/"
        r"[a-z0-9]+([._/-]+[a-z0-9]+)*"
        r"(:(?!latest$)[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}|(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?@sha256:[0-9a-f]{64})",
        at_most=255,
        rule="An image is in Amazon ECR and named by registry/repository and a tag "
        "other than latest, or a digest: what ran can then be named again (AWS: "
        "ContainerDefinition).",
        fix="Write it as 123456789012.dkr.ecr.us-east-1.amazonaws.com/faces:1.0.0.",
    ),
    images.Published(),
]

ModelDataUrl = Annotated[
    str,
    Text(
        pattern=rf"(s3://{_BUCKET}/)?{_PARTS}\.tar\.gz",
        at_most=LONGEST_KEY,
        rule="A model's artifact is one gzip-compressed tar archive, named .tar.gz: "
        "a key in the models bucket, or s3:// with another bucket and a key: "
        f"{_CHARACTERS} (AWS: ContainerDefinition).",
        fix="Write it as faces/model.tar.gz.",
    ),
]

ArtifactPrefix = Annotated[
    str,
    Text(
        pattern=rf"s3://{_BUCKET}/({_PREFIX})?",
        at_most=LONGEST_KEY,
        rule="A source of artifacts is a bucket, or a prefix in one, and ends with a "
        f"slash: {_CHARACTERS}.",
        fix="Write it as s3://company-models/released/.",
    ),
]

KeyArn = Annotated[
    str,
    Text(
        pattern=r"arn:aws:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]{1,64}",
        rule="A key is named by its ARN, which an alias has not: policies decide on "
        "keys (AWS: Key identifiers (KeyId)).",
        fix="Write it as arn:aws:kms:REGION:ACCOUNT:key/ID.",
    ),
]

Sha256 = Annotated[
    str,
    Text(
        pattern=r"[0-9a-f]{64}",
        rule="A SHA-256 digest is 64 hexadecimal digits in lower case.",
        fix="`sha256sum model.tar.gz` prints it.",
    ),
]

Hostname = Annotated[
    str,
    Text(
        pattern=r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
        rule="A container's host name is up to 63 letters and digits with hyphens "
        "between them (AWS: ContainerDefinition).",
    ),
]

ModelPackage = Annotated[
    str,
    Text(
        pattern=r"arn:aws:sagemaker:[a-z0-9-]+:[0-9]{12}:model-package/"
        r"[a-zA-Z0-9][a-zA-Z0-9-]{0,62}(?<!-)(/[0-9]{1,9})?",
        at_most=176,
        rule="A model package is named by its ARN (AWS: ContainerDefinition).",
        fix="Write it as arn:aws:sagemaker:REGION:ACCOUNT:model-package/GROUP/VERSION.",
    ),
]

SpecificationName = Annotated[
    str,
    Text(
        pattern=r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,62}",
        rule="An inference specification's name is up to 63 letters and digits with "
        "hyphens between them (AWS: ContainerDefinition).",
    ),
]

ExperimentEntity = Annotated[
    str,
    Text(
        pattern=r"[a-zA-Z0-9](-*[a-zA-Z0-9]){0,119}",
        rule="An experiment's names are up to 120 letters and digits with hyphens "
        "between them (AWS: ExperimentConfig).",
    ),
]

MimeType = Annotated[
    str,
    Text(
        pattern=r"[!-~]+/[ -~]+",
        at_most=256,
        rule="A content type is a MIME type of up to 256 characters (AWS: "
        "TransformInput and TransformOutput).",
        fix="Write it as image/jpeg or text/csv.",
    ),
]

JsonPath = Annotated[
    str,
    Text(
        pattern=r"\$(\.\*|\.[A-Za-z_][A-Za-z0-9_-]*"
        r"|\[(\*|'[^'\]]+'(\s*,\s*'[^'\]]+')*"
        r"|-?[0-9]*:-?[0-9]*|-?[0-9]+(:-?[0-9]*)?(\s*,\s*-?[0-9]*(:-?[0-9]*)?)*)\])*",
        at_most=63,
        rule="A filter is a JSONPath of up to 63 characters made of $, .name, *, "
        "['name','name'], [index] and [from:to] (AWS: Associate Prediction Results "
        "with Input Records).",
        fix="Write it as $.features or $[1:].",
    ),
]

_VARIABLE_NAME = Text(
    pattern=r"[a-zA-Z_][a-zA-Z0-9_]*",
    at_most=1024,
    rule="The name of an environment variable is up to 1024 letters, digits and "
    "underscores and does not start with a digit (AWS: CreateTransformJob and "
    "ContainerDefinition).",
)

ModelVariables = Annotated[
    Mapping[
        Annotated[str, _VARIABLE_NAME],
        Annotated[
            Written,
            Text(
                pattern=r".*",
                at_most=1024,
                rule="A model's environment variable holds up to 1024 characters "
                "(AWS: ContainerDefinition).",
            ),
        ],
    ],
    amounts.MODEL_VARIABLE_COUNT,
]

JobVariables = Annotated[
    Mapping[
        Annotated[str, _VARIABLE_NAME],
        Annotated[
            Written,
            Text(
                pattern=r".*",
                at_most=10240,
                rule="A job's environment variable holds up to 10240 characters "
                "(AWS: CreateTransformJob).",
            ),
        ],
    ],
    amounts.JOB_VARIABLE_COUNT,
]

Tags = Annotated[
    Mapping[
        Annotated[
            str,
            Text(
                pattern=r"(?![aA][wW][sS]:|private-transform:)[\w .:/=+\-@]+",
                at_most=128,
                rule="A tag's key is up to 128 letters, digits, spaces and _.:/=+-@ "
                "and does not start with aws:, which is AWS's own (AWS: Tag), nor with "
                "private-transform:, which is ours.",
            ),
        ],
        Annotated[
            Written,
            Text(
                pattern=r"[\w .:/=+\-@]+",
                at_most=256,
                rule="A tag's value is 1 to 256 letters, digits, spaces and _.:/=+-@ "
                "(AWS: Tag).",
            ),
        ],
    ],
    amounts.TAG_COUNT,
]

Sentence = Annotated[
    str,
    Text(pattern=r"(?=.*\S).*", at_most=200, rule="This is 1 to 200 characters."),
]

RoleArn = Annotated[
    str,
    Text(
        pattern=r"arn:aws:iam::[0-9]{12}:role/"
        r"(([A-Za-z0-9_+=,.@/-]+/)?(?!AWSReservedSSO_)[A-Za-z0-9_+=,.@-]+"
        r"|aws-reserved/sso\.amazonaws\.com/([a-z0-9-]+/)?"
        r"AWSReservedSSO_[A-Za-z0-9_+=,.@-]+(_\*)?)",
        at_most=2048,
        rule="A person is named by a role's ARN with its path, without wildcards "
        "except one at the end of AWSReservedSSO_NAME_, whose path is "
        "aws-reserved/sso.amazonaws.com/ and perhaps a region (AWS: IAM identifiers; "
        "AWS: Referencing permission sets in resource policies).",
        fix="Write it as arn:aws:iam::ACCOUNT:role/NAME, or as `aws iam get-role` "
        "prints it.",
    ),
]

VpcEndpointId = Annotated[
    str,
    Text(
        pattern=r"vpce-([0-9a-f]{8}|[0-9a-f]{17})",
        rule="A VPC endpoint's id is vpce- and 8 or 17 hexadecimal digits.",
    ),
]

Registry = Annotated[
    str,
    Text(
        pattern=_REGISTRY,
        rule="A registry is an Amazon ECR host name (AWS: Amazon ECR private "
        "registry).",
        fix="Write it as 123456789012.dkr.ecr.us-east-1.amazonaws.com.",
    ),
]

Email = Annotated[
    str,
    Text(
        pattern=r"[^@\s,;<>]+@[^@\s,;<>.]+(\.[^@\s,;<>.]+)+",
        at_most=254,
        rule="A notification goes to an e-mail address.",
        fix="Write it as ops@example.com.",
    ),
]

RolePath = Annotated[
    str,
    Text(
        pattern=r"/([A-Za-z0-9_+=,.@-]+/)+",
        at_most=440,
        rule="A role path starts and ends with a slash, and leaves room within "
        "512 characters for what is appended to it (AWS: IAM identifiers).",
        fix="Write it as /private-transform/.",
    ),
]

BoundaryArn = Annotated[
    str,
    Text(
        pattern=r"arn:aws:iam::([0-9]{12}|aws):policy/[A-Za-z0-9_+=,.@/-]+",
        rule="A permissions boundary is named by a managed policy's ARN (AWS: "
        "Permissions boundaries for IAM entities).",
        fix="Write it as arn:aws:iam::ACCOUNT:policy/NAME.",
    ),
]

Qualifier = Annotated[
    Written,
    Text(
        pattern=r"[a-z0-9]{1,10}",
        rule="A bootstrap qualifier is 1 to 10 lower-case letters and digits "
        "(AWS: Customize AWS CDK bootstrapping).",
    ),
]

RunLabel = Annotated[
    Written,
    Text(
        pattern=r"[!-~]{1,64}",
        rule="A run is named by 1 to 64 printed characters, none of them a space.",
    ),
]

ScheduleExpression = Annotated[
    str,
    Text(
        pattern=r"cron\([0-9*,/-]+ [0-9*,/-]+ "
        r"(\? [0-9A-Za-z*,/-]+ [0-9A-Za-z*,/#-]+|[0-9*,/LW-]+ [0-9A-Za-z*,/-]+ \?)"
        r" [0-9*,/-]+\)"
        r"|rate\((1 (minute|hour|day)|([2-9]|[1-9][0-9]{1,4}) (minutes|hours|days))\)",
        rule="A schedule is cron(...) with six fields, minutes hours day-of-month "
        "month day-of-week year, where one of the two days is ?, or rate(...) with a "
        "number and minutes, hours or days (AWS: Schedule types in EventBridge "
        "Scheduler).",
        fix="Write it as cron(30 3 * * ? *), every night at half past three, or "
        "rate(1 day).",
        at_most=256,
    ),
]

TimeZone = Annotated[
    str,
    Text(
        pattern=r"UTC|[A-Z][A-Za-z]+(/[A-Za-z0-9_+-]+){1,2}",
        rule="A time zone is UTC or an IANA name, such as Europe/Berlin.",
        at_most=50,
    ),
]

_COLUMN_NAME = r"[a-z_][a-z0-9_]{0,62}"

ColumnName = Annotated[
    str,
    Text(
        pattern=_COLUMN_NAME,
        rule="A column's name is up to 63 small letters, digits and underscores, and "
        "starts with none of the digits (AWS: Name databases, tables, and columns).",
    ),
]

ColumnType = Annotated[
    str,
    Text(
        pattern=r"[a-z][a-z0-9_<>(),:]*",
        at_most=2048,
        rule="A column's type is written as AWS Glue writes it, in small letters and "
        "without spaces (AWS: Data types in Amazon Athena).",
        fix="Write it as double, or array<struct<label:string,score:double>>.",
    ),
]

LabelPath = Annotated[
    str,
    Text(
        pattern=rf"{_COLUMN_NAME}(\.{_COLUMN_NAME})?",
        rule="A label is a column's name, or column.field.",
        fix="Write it as label, or detections.label.",
    ),
]

ShardList = Annotated[
    str,
    Text(
        pattern=f"{_DATED_PARTS}[^/]",
        at_most=500,
        rule="A list of shards is a key below shards/TRANSFORM/ in the control bucket: "
        f"{_CHARACTERS}, no slash at the start; {{run_date}}, {{run_date-1d}} and "
        "{run_hour} stand for a run's day and hour.",
        fix="Write it as {run_date}/all.json.",
    ),
]
