"""The values that an environment's files hold: one definition for file and code.

Each class is one mapping of a file, and each attribute one key, under AWS's own
name in snake_case at AWS's own nesting. The sentence below an attribute is what an
editor shows for that key. Values that come from the reader obey every rule. Lists
are tuples, and what is absent is None.
"""

from dataclasses import dataclass, field
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import ConfigDict
from pydantic.json_schema import SkipJsonSchema

from private_transform.environment import amounts, shapes
from private_transform.environment.kinds import Expiry, FromOtherFiles, Switch

ENVIRONMENT_TAG = "private-transform:environment"
"""The key of the tag that names the environment of whatever carries it."""

TRANSFORM_TAG = "private-transform:transform"
"""The key of the tag that names the transform of a model or a job."""

_ONLY_THESE_KEYS = ConfigDict(extra="forbid")


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The private network: its addresses and where its subnets lie."""

    cidr: shapes.Cidr
    """A private IPv4 range of /16 to /28, divided equally among the zones."""
    availability_zones: Annotated[tuple[shapes.Zone, ...], amounts.ZONE_COUNT]
    """1 to 6 zones of the region, by name; each gets one subnet."""

    @property
    def subnet_prefix_length(self) -> int:
        """Of each zone's range: the network cut in a power of two."""
        halvings = (len(self.availability_zones) - 1).bit_length()
        return IPv4Network(self.cidr).prefixlen + halvings

    @property
    def subnets(self) -> dict[str, str]:
        """One range for each zone."""
        parts = IPv4Network(self.cidr).subnets(new_prefix=self.subnet_prefix_length)
        return {
            zone: str(part)
            for zone, part in zip(self.availability_zones, parts, strict=False)
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """The environment's key."""

    rotation_period_in_days: amounts.RotationDays = 365
    """Days between two rotations of the key's material, 90 to 2560."""
    pending_window_in_days: amounts.PendingDays = 30
    """Days from the key's deletion until it is gone, 7 to 30."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """How long logs and old versions of objects are kept."""

    logs_in_days: amounts.LogRetentionDays = 365
    """Days that log events are kept, a number that CloudWatch Logs offers."""
    noncurrent_versions_in_days: amounts.NoncurrentDays = 90
    """Days that overwritten and deleted objects are kept, at least 30."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """Leave to act from outside the environment's endpoint."""

    reason: shapes.Sentence
    """Why the leave is needed."""
    owner: shapes.Sentence
    """Who answers for it."""
    expires: Expiry
    """The last day of the leave, at most 366 days ahead. `never` is for the
    account of AWS's documentation alone, which nobody can sign in to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A role that people assume."""

    role: shapes.RoleArn
    """The role's ARN, in the environment's account."""
    outside: Outside | None = None
    """Leave to act from outside; without it only through a trusted endpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Who works with the environment, by duty. A role has one duty."""

    uploaders: tuple[Person, ...] = ()
    """Put objects into the inputs and models buckets."""
    readers: tuple[Person, ...] = ()
    """Get objects from the outputs bucket."""
    analysts: tuple[Person, ...] = ()
    """Query outputs, through Athena and in no other way. Athena calls from outside, so
    each needs a leave, and the environment a `query`."""
    operators: tuple[Person, ...] = ()
    """Start, stop and repeat runs, and read the logs of jobs. They act on no bucket, so
    have no leave."""
    key_administrators: tuple[Person, ...] = ()
    """Manage the key and never use it. They act on no bucket, so have no leave."""
    break_glass: tuple[Person, ...] = ()
    """Read every data bucket in an emergency; each needs a leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustedEndpoint:
    """Another VPC endpoint through which the data buckets may be reached."""

    id: shapes.VpcEndpointId
    """The endpoint's id, `vpce-...`."""
    reason: shapes.Sentence
    """Why it is trusted."""
    owner: shapes.Sentence
    """Who answers for it."""
    expires: Expiry
    """The last day of the trust, at most 366 days ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtifactSource:
    """A place outside the environment from which artifacts may come."""

    s3_uri: shapes.ArtifactPrefix
    """A bucket of the environment's region and, better, a prefix in it:
    `s3://bucket/prefix/`. Its owner must let the execution roles read there."""
    reason: shapes.Sentence
    """Why artifacts come from there."""
    owner: shapes.Sentence
    """Who answers for it."""
    expires: Expiry
    """The last day on which they may, at most 366 days ahead."""
    account: shapes.AccountId | None = None
    """The account that owns the bucket; absent means the environment's."""
    key_arn: shapes.KeyArn | None = None
    """The KMS key that encrypts the artifacts; absent means none of a customer's.
    Its policy must let the execution roles decrypt."""

    @property
    def location(self) -> str:
        """Bucket and prefix, as they stand in the ARN of an object."""
        return self.s3_uri.removeprefix("s3://")

    def holds(self, s3_uri: str) -> bool:
        """Whether an object lies below this place."""
        return s3_uri.startswith(self.s3_uri)


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the platform allows the transforms."""

    instance_types: tuple[shapes.InstanceType, ...] | None = None
    """The instance types that may be used; absent means all."""
    max_instance_count: amounts.InstanceCount | None = None
    """The most instances that one job may have."""
    registries: tuple[shapes.Registry, ...] | None = None
    """The ECR host names that images may come from; absent means all. With them, no
    model package may be used: the image that it brings is not seen here."""
    max_runtime_in_hours: amounts.RuntimeHours = 24
    """How long a job may last, whoever starts it: then it is stopped."""
    require_volume_key: Switch = True
    """Refuse instance types with local disks, which cannot carry our key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """How outputs may be queried through Athena."""

    scan_limit_in_gb: amounts.ScanLimitInGb = 100
    """What one query may read, in GB, 1 to 10,000: then it is cancelled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IamSettings:
    """What an organization asks of the roles that are created."""

    role_path: shapes.RolePath = "/private-transform/"
    """The path of every role that is created."""
    permissions_boundary: shapes.BoundaryArn | None = None
    """The managed policy that bounds every role that is created."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """One container of a model."""

    image: shapes.Image | None = None
    """An ECR image with a tag or digest, or {framework, version} or
    {algorithm, version}, which the reader resolves to one. Beside
    model_package_name: the image that the package brings."""
    model_data_url: shapes.ModelDataUrl | None = None
    """The artifact: a key in the models bucket, or s3:// below one of the
    environment's artifact_sources. Beside model_package_name: the artifact that the
    package brings, always the latter."""
    artifact_sha256: shapes.Sha256 | None = None
    """The artifact's SHA-256 digest; a new digest launches a new job."""
    environment: shapes.ModelVariables = field(default_factory=dict)
    """Environment variables of the container."""
    container_hostname: shapes.Hostname | None = None
    """The container's name in logs, when there are several containers."""
    model_package_name: shapes.ModelPackage | None = None
    """The ARN of a model package, which brings image and artifact. Name these beside
    it: the execution role may read exactly what is named, and SageMaker gets the
    package alone. Model Registry takes no artifact from a bucket that is restricted
    to a VPC, as the models bucket is (AWS: Give Inference Recommender Jobs Access to
    Resources in Your Amazon VPC), so it lies where the package's owner put it: that
    must be below one of the environment's artifact_sources. The operations stack
    lets the launcher use the package, so deploy it before a new one or version.
    Refused where the environment's limits have registries: the image that the
    package brings is not seen here, whatever image says."""
    inference_specification_name: shapes.SpecificationName | None = None
    """Which of the model package's specifications to use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The model: one container, or several that answer in sequence."""

    containers: Annotated[tuple[Container, ...], amounts.CONTAINER_COUNT]
    """Up to 15 containers that answer in sequence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class S3DataSource:
    """Which objects are the input."""

    s3_data_type: Literal["S3Prefix", "ManifestFile"]
    """S3Prefix: every object under a prefix. ManifestFile: the objects it lists."""
    s3_uri: shapes.InputPath
    """A prefix of the inputs bucket, or the key of a manifest there, which lists
    objects of its own folder. `{run_date}`, `{run_date-1d}` and `{run_hour}` stand for
    the day and hour that a run is due, in the zone of its schedule."""

    @property
    def prefix(self) -> str:
        """Where the inputs of every day lie, ending in `/`: all that a job can read."""
        folder, slash, _ = self.s3_uri.partition("{")[0].rpartition("/")
        return folder + slash


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSource:
    """Where the input comes from."""

    s3_data_source: S3DataSource
    """Objects of the inputs bucket."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformInput:
    """What the job reads."""

    data_source: DataSource
    """Where the input comes from."""
    content_type: shapes.MimeType | None = None
    """The MIME type that the container is told."""
    compression_type: Literal["None", "Gzip"] | None = None
    """How the objects are compressed."""
    split_type: Literal["None", "Line", "RecordIO", "TFRecord"] | None = None
    """How an object is cut into records; None sends it whole."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformOutput:
    """What the job writes."""

    s3_output_path: shapes.OutputPrefix
    """A prefix in the outputs bucket, of this transform alone."""
    accept: shapes.MimeType | None = None
    """The MIME type that the container is asked for."""
    assemble_with: Literal["None", "Line"] | None = None
    """What joins the answers to the records of one object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformResources:
    """What the job runs on."""

    instance_type: shapes.InstanceType
    """The instance type, `ml.m5.large`."""
    instance_count: amounts.InstanceCount
    """The instances of one job, 1 to 100. Each object goes to one instance."""
    fallback_instance_types: Annotated[
        tuple[shapes.InstanceType, ...], amounts.FALLBACK_COUNT
    ] = ()
    """Up to 4 types that are tried in this order while AWS has no instance free. Not
    a key of AWS's: each is an instance_type."""
    transform_ami_version: shapes.TransformAmiVersion | None = None
    """The driver version, on instance types with a GPU."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelClientConfig:
    """How long a request to the container may take, and how often it is tried."""

    invocations_timeout_in_seconds: amounts.TimeoutInSeconds | None = None
    """1 to 3600; SageMaker takes 600 when it is absent."""
    invocations_max_retries: amounts.Retries | None = None
    """0 to 3; SageMaker takes 3 when it is absent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataProcessing:
    """What of a record is sent, and what is written back beside the answer."""

    input_filter: shapes.JsonPath | None = None
    """JSONPath of what the container gets of a record."""
    output_filter: shapes.JsonPath | None = None
    """JSONPath of what is written of the (joined) answer."""
    join_source: Literal["None", "Input"] | None = None
    """Input: write each record beside its answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCaptureConfig:
    """Keep a list of what was sent and answered."""

    destination_s3_uri: shapes.OutputPrefix
    """A prefix in the outputs bucket, apart from every output path."""
    generate_inference_id: Switch | None = None
    """Give each record an id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentConfig:
    """Where SageMaker Experiments files the job."""

    experiment_name: shapes.ExperimentEntity | None = None
    """An experiment that exists."""
    trial_name: shapes.ExperimentEntity | None = None
    """A trial that exists."""
    trial_component_display_name: shapes.ExperimentEntity | None = None
    """The name shown for the job."""
    run_name: shapes.ExperimentEntity | None = None
    """A run that exists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """When runs begin by themselves."""

    expression: shapes.ScheduleExpression
    """`cron(30 3 * * ? *)` or `rate(1 day)`, as EventBridge Scheduler reads them."""
    time_zone: shapes.TimeZone = "UTC"
    """The zone that the expression means, by its IANA name: `Europe/Berlin`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shards:
    """Many lists of inputs at once, a job for each."""

    manifest: shapes.ShardList
    """The key, below `shards/TRANSFORM/` in the control bucket, of a JSON array of
    names of manifests, which lie beside it. `{run_date}`, `{run_date-1d}` and
    `{run_hour}` stand for the day and hour that a run is due."""
    max_concurrency: amounts.ShardsAtOnce
    """How many jobs of one run go on at the same time, 1 to 1000: no more than the
    account's quota for the instance type."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Runs beside those of deployments; `runs: {}` lets people begin them by hand."""

    schedule: Schedule | None = None
    """When runs begin by themselves."""
    on_arrival: Switch = False
    """Begin a run over each manifest that is put below `arrivals/TRANSFORM/` in the
    control bucket, in the day on which it comes."""
    select: Literal["all", "new"] = "all"
    """Which objects of a prefix a run reads. new: none that a run read which ended
    well, unless it was replaced since."""
    ready: shapes.ObjectName | None = None
    """The name of an object below the prefix that says that the inputs are complete,
    such as `_SUCCESS`: a run waits for it, for up to 12 hours, and does not read it."""
    shards: Shards | None = None
    """Run over many lists of inputs at once, by schedule and by hand. What an upload
    begins is one job as ever."""
    on_empty: Literal["skip", "fail"] = "skip"
    """What becomes of a run that finds nothing to read; it is told in any case."""
    expected_every_hours: amounts.ExpectedHours | None = None
    """An alarm tells when no run has ended well for so many hours: somewhat more than
    lies between two runs. Absent, none does."""
    overlap: Literal["skip", "queue"] | None = None
    """What a run does while another one of the same transform goes on. skip: nothing.
    queue: it waits for its turn. Absent means queue where the inputs lie by
    `{run_date}`, so that no day is left out, and otherwise skip."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column of a table, by AWS Glue's keys."""

    name: shapes.ColumnName
    """In small letters, whatever the outputs have."""
    type: shapes.ColumnType
    """As Glue writes it: `bigint`, `array<struct<label:string,score:double>>`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Results:
    """What the outputs hold, so that they are a table."""

    format: Literal["object_detection", "json_lines", "csv"]
    """object_detection: what AWS's built-in algorithm answers, whose columns are
    known. json_lines: one JSON object in a line. csv: without a header."""
    columns: Annotated[tuple[Column, ...], amounts.COLUMN_COUNT] = ()
    """The columns; of a CSV in its own order."""
    label: shapes.LabelPath | None = None
    """What a saved query counts: a column, or `detections.label`, a field of the
    structs that a column holds. Of object_detection it is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """One model with its job: one file of the `transforms` folder."""

    __pydantic_config__ = _ONLY_THESE_KEYS

    name: SkipJsonSchema[shapes.TransformName]
    """The file's name without .yaml."""
    model: Model
    """The model."""
    transform_input: TransformInput
    """What the job reads."""
    transform_output: TransformOutput
    """What the job writes."""
    transform_resources: TransformResources
    """What the job runs on."""
    max_concurrent_transforms: amounts.Concurrency | None = None
    """Parallel requests to one instance; 0 or absent asks the container."""
    max_payload_in_mb: amounts.PayloadInMb | None = None
    """The largest request in MB, 0 to 100; SageMaker takes 6 when it is absent."""
    batch_strategy: Literal["MultiRecord", "SingleRecord"] | None = None
    """How many records one request holds, when objects are split."""
    environment: shapes.JobVariables = field(default_factory=dict)
    """Environment variables of this job; copied into events and trails."""
    model_client_config: ModelClientConfig | None = None
    """Timeout and retries of a request to the container."""
    data_processing: DataProcessing | None = None
    """Filters, and the join of records with their answers."""
    data_capture_config: DataCaptureConfig | None = None
    """Keep a list of what was sent and answered."""
    experiment_config: ExperimentConfig | None = None
    """Where SageMaker Experiments files the job."""
    tags: shapes.Tags = field(default_factory=dict)
    """Tags of the model and the job, beside the environment's."""
    on_deploy: Literal["run", "smoke", "none"] = "run"
    """What a deployment does. run: the job. smoke: the same over smoke_input, always
    waited for. none: it makes the model and starts nothing."""
    smoke_input: shapes.SmokePrefix | None = None
    """A prefix of the inputs bucket with at most 10 objects, for on_deploy: smoke.
    Its outputs lie below `smoke/` in the output path."""
    max_failed_inputs: amounts.FailedInputs = 0
    """How many inputs may stay without an output before the run counts as failed."""
    completion: Literal["wait", "launch"] = "wait"
    """wait: the deployment ends with the job. launch: when the job has started."""
    run: shapes.RunLabel = "1"
    """Change it to run the same job again, for instance on new data."""
    runs: Runs | None = None
    """Runs beside those of deployments; without it, there are none."""
    results: Results | None = None
    """What the outputs hold, so that they are a table; without it, they are files. It
    needs the environment's `query`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """One environment: the file environment.yaml and its transforms."""

    __pydantic_config__ = _ONLY_THESE_KEYS

    name: SkipJsonSchema[shapes.EnvironmentName]
    """The folder's name."""
    stage: Literal["development", "production"]
    """production refuses `protection: discard`."""
    account: shapes.AccountId
    """The AWS account, 12 digits."""
    region: shapes.Region
    """The AWS region."""
    audit: Literal["own", "organization"]
    """own: create an audit trail. organization: one exists already."""
    network: Network
    """The private network."""
    protection: Literal["keep", "discard"] = "keep"
    """keep: data outlives its stacks. discard: removal deletes everything."""
    key: KeySettings = field(default_factory=KeySettings)
    """The environment's key."""
    retention: Retention = field(default_factory=Retention)
    """How long logs and old versions are kept."""
    people: People = field(default_factory=People)
    """Who works with the environment, by duty."""
    trusted_endpoints: tuple[TrustedEndpoint, ...] = ()
    """Other VPC endpoints through which the data buckets may be reached."""
    artifact_sources: Annotated[
        tuple[ArtifactSource, ...], amounts.ARTIFACT_SOURCE_COUNT
    ] = ()
    """The only places outside the environment from which artifacts may come."""
    sagemaker_api_reads: Literal["models"] | None = None
    """models: execution roles may read artifacts from outside the endpoint."""
    lock_management: Switch = False
    """Let the deployment role alone change the data buckets' settings."""
    limits: Limits = field(default_factory=Limits)
    """What the platform allows the transforms."""
    query: Query | None = None
    """Let outputs be queried through Athena; `query: {}` takes the defaults."""
    notify: tuple[shapes.Email, ...] = ()
    """E-mail addresses that hear of failed jobs."""
    iam: IamSettings = field(default_factory=IamSettings)
    """What an organization asks of the roles that are created."""
    tags: shapes.Tags = field(default_factory=dict)
    """Tags of everything that is created."""
    bootstrap_qualifier: shapes.Qualifier = "hnb659fds"
    """The qualifier that the account was bootstrapped with."""
    transforms: Annotated[tuple[Transform, ...], FromOtherFiles()] = ()
    """The transforms, in the order of their names."""

    def stack_name(self, part: str) -> str:
        """The name of a stack: `foundation`, `operations` or a transform's name."""
        return f"{self.name}-{part}"

    @property
    def stack_tags(self) -> dict[str, str]:
        """Tags of everything: the file's, and the one by which a stack is ours."""
        return {**self.tags, ENVIRONMENT_TAG: self.name}
