"""Two environments that between them use everything an environment file offers."""

from dataclasses import replace
from datetime import date

from private_transform.environment import (
    ArtifactSource,
    Column,
    Container,
    DataCaptureConfig,
    DataProcessing,
    DataSource,
    Environment,
    ExperimentConfig,
    IamSettings,
    KeySettings,
    Model,
    ModelClientConfig,
    Network,
    Outside,
    People,
    Person,
    Query,
    Results,
    Retention,
    Runs,
    S3DataSource,
    Schedule,
    Shards,
    Transform,
    TransformInput,
    TransformOutput,
    TransformResources,
    TrustedEndpoint,
)

ACCOUNT = "123456789012"
REGISTRY_KEY = "arn:aws:kms:us-east-1:210987654321:key/registry"
BOUNDARY = f"arn:aws:iam::{ACCOUNT}:policy/boundary"
_ROLE = f"arn:aws:iam::{ACCOUNT}:role"
_REGISTRY = f"{ACCOUNT}.dkr.ecr.us-east-1.amazonaws.com"
_OUTSIDE = Outside(reason="audit", owner="security", expires=date(2027, 6, 30))


def _reads(prefix: str) -> DataSource:
    return DataSource(
        s3_data_source=S3DataSource(s3_data_type="S3Prefix", s3_uri=prefix)
    )


PLAIN = Transform(
    name="faces",
    model=Model(
        containers=(
            Container(
                image=f"{_REGISTRY}/faces:1.0.0", model_data_url="faces/model.tar.gz"
            ),
        )
    ),
    transform_input=TransformInput(data_source=_reads("photos/")),
    transform_output=TransformOutput(s3_output_path="faces/"),
    transform_resources=TransformResources(
        instance_type="ml.m5.large", instance_count=1
    ),
)
"""Only what a transform must say."""

FULL = Transform(
    name="scores",
    model=Model(
        containers=(
            Container(
                image=f"{_REGISTRY}/team/prepare@sha256:{'0' * 64}",
                model_data_url="scores/prepare.tar.gz",
                artifact_sha256="1" * 64,
                environment={"LOG_LEVEL": "debug"},
                container_hostname="prepare",
            ),
            Container(
                model_package_name=(
                    f"arn:aws:sagemaker:us-east-1:{ACCOUNT}:model-package/score/3"
                ),
                inference_specification_name="cpu",
                image=f"{_REGISTRY}/score:3.0.0",
                model_data_url="s3://registry-models/score/3.tar.gz",
                container_hostname="score",
            ),
            Container(
                image="763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch:2.6",
                model_data_url="s3://shared-models/round/model.tar.gz",
                artifact_sha256="2" * 64,
            ),
        )
    ),
    transform_input=TransformInput(
        data_source=_reads("customers/"),
        content_type="text/csv",
        compression_type="Gzip",
        split_type="Line",
    ),
    transform_output=TransformOutput(
        s3_output_path="scores/", accept="text/csv", assemble_with="Line"
    ),
    transform_resources=TransformResources(
        instance_type="ml.m5.xlarge",
        instance_count=2,
        transform_ami_version="al2-ami-sagemaker-batch-gpu-535",
        fallback_instance_types=("ml.m5.large", "ml.g5.xlarge"),
    ),
    max_concurrent_transforms=4,
    max_payload_in_mb=6,
    batch_strategy="MultiRecord",
    environment={"InstanceCount": "not a number", "THRESHOLD": "0.5"},
    model_client_config=ModelClientConfig(
        invocations_timeout_in_seconds=600, invocations_max_retries=1
    ),
    data_processing=DataProcessing(
        input_filter="$[1:]", output_filter="$[0,-1]", join_source="Input"
    ),
    data_capture_config=DataCaptureConfig(
        destination_s3_uri="captured/", generate_inference_id=True
    ),
    experiment_config=ExperimentConfig(
        experiment_name="customers",
        trial_name="monthly",
        trial_component_display_name="score",
        run_name="november",
    ),
    tags={"team": "customers"},
    max_failed_inputs=2,
    completion="launch",
    run="7",
    runs=Runs(
        schedule=Schedule(expression="cron(30 3 * * ? *)", time_zone="Europe/Berlin"),
        on_arrival=True,
        select="new",
        ready="_SUCCESS",
        on_empty="fail",
        expected_every_hours=26,
        overlap="queue",
    ),
    results=Results(
        format="csv",
        columns=(
            Column(name="id", type="string"),
            Column(name="score", type="double"),
            Column(name="segment", type="string"),
        ),
        label="segment",
    ),
)
"""Every field, several containers, several instances."""

LOCAL_DISKS = Transform(
    name="video",
    model=Model(
        containers=(
            Container(
                image=f"{_REGISTRY}/video:2.0.0", model_data_url="video/model.tar.gz"
            ),
        )
    ),
    transform_input=TransformInput(
        data_source=DataSource(
            s3_data_source=S3DataSource(
                s3_data_type="ManifestFile", s3_uri="lists/video.manifest"
            )
        )
    ),
    transform_output=TransformOutput(s3_output_path="video/"),
    transform_resources=TransformResources(
        instance_type="ml.g5.xlarge", instance_count=1
    ),
)
"""An instance type whose disks take no key, and a manifest as input."""

SMOKED = replace(PLAIN, name="sampled", on_deploy="smoke", smoke_input="smoke/")
"""Deployments try a few inputs."""

IDLE = replace(
    PLAIN,
    name="idle",
    on_deploy="none",
    runs=Runs(shards=Shards(manifest="{run_date}/all.json", max_concurrency=5)),
)
"""Deployments make the model alone, and people run it, in shards."""

KEPT = Environment(
    name="prod",
    stage="production",
    account=ACCOUNT,
    region="us-east-1",
    protection="keep",
    audit="own",
    network=Network(
        cidr="10.20.0.0/24",
        availability_zones=("us-east-1a", "us-east-1b", "us-east-1d"),
    ),
    key=KeySettings(rotation_period_in_days=180, pending_window_in_days=20),
    retention=Retention(logs_in_days=400, noncurrent_versions_in_days=45),
    people=People(
        uploaders=(
            Person(role=f"{_ROLE}/uploader", outside=_OUTSIDE),
            Person(
                role=f"{_ROLE}/aws-reserved/sso.amazonaws.com/"
                "AWSReservedSSO_Uploader_0123456789abcdef"
            ),
        ),
        readers=(Person(role=f"{_ROLE}/team/reader"),),
        analysts=(Person(role=f"{_ROLE}/analyst", outside=_OUTSIDE),),
        operators=(Person(role=f"{_ROLE}/operator"),),
        key_administrators=(Person(role=f"{_ROLE}/key-administrator"),),
        break_glass=(Person(role=f"{_ROLE}/break-glass", outside=_OUTSIDE),),
    ),
    trusted_endpoints=(
        TrustedEndpoint(
            id="vpce-0123456789abcdef0",
            reason="notebooks",
            owner="ml",
            expires=date(2027, 6, 30),
        ),
    ),
    artifact_sources=(
        ArtifactSource(
            s3_uri="s3://shared-models/",
            reason="models of other teams",
            owner="ml",
            expires=date(2027, 6, 30),
        ),
        ArtifactSource(
            s3_uri="s3://registry-models/score/",
            account="210987654321",
            key_arn=REGISTRY_KEY,
            reason="released models",
            owner="registry",
            expires=date(2027, 6, 30),
        ),
        ArtifactSource(
            s3_uri="s3://unused-models/released/",
            account="210987654321",
            key_arn=f"{REGISTRY_KEY}-unused",
            reason="models to come",
            owner="registry",
            expires=date(2027, 6, 30),
        ),
    ),
    sagemaker_api_reads="models",
    lock_management=True,
    query=Query(scan_limit_in_gb=200),
    notify=("ops@example.com", "ml@example.com"),
    iam=IamSettings(role_path="/company/ml/", permissions_boundary=BOUNDARY),
    tags={"cost-centre": "ml"},
    bootstrap_qualifier="company01",
    transforms=(
        PLAIN,
        FULL,
        LOCAL_DISKS,
        replace(SMOKED, transform_output=TransformOutput(s3_output_path="sampled/")),
        replace(IDLE, transform_output=TransformOutput(s3_output_path="idle/")),
    ),
)
"""A production environment with every option."""

DISCARDED = Environment(
    name="trial",
    stage="development",
    account=ACCOUNT,
    region="us-east-1",
    protection="discard",
    audit="organization",
    network=Network(cidr="10.30.0.0/26", availability_zones=("us-east-1a",)),
    transforms=(PLAIN,),
)
"""A development environment with nothing but what the files must say."""
