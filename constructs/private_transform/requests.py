"""The CreateModel and CreateTransformJob requests of a transform, as AWS reads them.

Source: AWS: CreateModel; AWS: CreateTransformJob.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from private_transform.environment import TRANSFORM_TAG, Container, Transform
from private_transform.environment.catalogue import LOCAL_DISK_FAMILIES, family
from private_transform.handlers.moment import is_dated


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What the environment gives to every model and job. Strings may be CDK tokens.

    Args:
        models_bucket: Name of the bucket with the artifacts.
        inputs_bucket: Name of the bucket with the inputs.
        outputs_bucket: Name of the bucket for the outputs.
        key_arn: The key, as an ARN: IAM's condition keys compare ARNs.
        subnets: Ids of the isolated subnets.
        container_group: Id of the security group of every container.
        peers_group: Id of the group that lets instances of one job reach each other.
    """

    models_bucket: str
    inputs_bucket: str
    outputs_bucket: str
    key_arn: str
    subnets: Sequence[str]
    container_group: str
    peers_group: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformRequests:
    """Renders one transform's requests, without the names that a run gives them.

    Args:
        tags: The environment's tags; a transform's own win.
        transform: What is asked for.
        surroundings: Where it runs.
        role_arn: The execution role.
    """

    tags: Mapping[str, str]
    transform: Transform
    surroundings: Surroundings
    role_arn: str

    @property
    def network(self) -> dict[str, list[str]]:
        """VpcConfig of the model; the peers' group only where a job has peers."""
        groups = [self.surroundings.container_group]
        if self.transform.transform_resources.instance_count > 1:
            groups.append(self.surroundings.peers_group)
        return {"Subnets": list(self.surroundings.subnets), "SecurityGroupIds": groups}

    @property
    def time_zone(self) -> str:
        """Whose days and hours stand in the paths."""
        runs = self.transform.runs
        return runs.schedule.time_zone if runs and runs.schedule else "UTC"

    @property
    def is_dated(self) -> bool:
        """Whether the inputs of each day lie apart."""
        source = self.transform.transform_input.data_source.s3_data_source
        return is_dated(source.s3_uri)

    def create_model(self) -> dict[str, Any]:
        """CreateModel without ModelName; isolated and in the VPC, always."""
        containers = [self._container(each) for each in self.transform.model.containers]
        return {
            **(
                {"PrimaryContainer": containers[0]}
                if len(containers) == 1
                else {"Containers": containers}
            ),
            "ExecutionRoleArn": self.role_arn,
            "VpcConfig": self.network,
            "EnableNetworkIsolation": True,
            "Tags": self._tags(),
        }

    def create_transform_job(self) -> dict[str, Any]:
        """CreateTransformJob without TransformJobName and ModelName.

        S3OutputPath is the output prefix: the launcher appends `date=<day>/` and
        `job=<job name>/`, and puts day and hour in their places in all paths.
        """
        job = self.transform
        source = job.transform_input.data_source.s3_data_source
        return self._job(
            source.s3_data_type, source.s3_uri, job.transform_output.s3_output_path
        )

    def smoke_job(self, smoke_input: str) -> dict[str, Any]:
        """The same job over a few inputs, apart from its results."""
        output = self.transform.transform_output.s3_output_path
        return self._job("S3Prefix", smoke_input, f"{output}smoke/")

    def fallbacks(self) -> list[dict[str, Any]]:
        """TransformResources to try in this order when there is no capacity."""
        types = self.transform.transform_resources.fallback_instance_types
        return [self._resources(each) for each in types]

    def _job(self, data_type: str, source: str, output: str) -> dict[str, Any]:
        job = self.transform
        first = job.transform_resources.instance_type
        return _without_none(
            {
                "TransformInput": self._input(data_type, source),
                "TransformOutput": self._output(output),
                "TransformResources": self._resources(first),
                "MaxConcurrentTransforms": job.max_concurrent_transforms,
                "MaxPayloadInMB": job.max_payload_in_mb,
                "BatchStrategy": job.batch_strategy,
                "Environment": _map(job.environment),
                "ModelClientConfig": self._client(),
                "DataProcessing": self._processing(),
                "DataCaptureConfig": self._capture(),
                "ExperimentConfig": self._experiment(),
                "Tags": self._tags(),
            }
        )

    def artifacts(self) -> list[dict[str, str]]:
        """The artifacts in our models bucket, as {Bucket, Key}."""
        return [
            {"Bucket": self.surroundings.models_bucket, "Key": url}
            for url in (each.model_data_url for each in self.transform.model.containers)
            if url is not None and not url.startswith("s3://")
        ]

    def artifact_digests(self) -> list[dict[str, str]]:
        """The declared SHA-256 of artifacts, as {S3Uri, Sha256}."""
        return [
            {
                "S3Uri": self._artifact(each.model_data_url),
                "Sha256": each.artifact_sha256,
            }
            for each in self.transform.model.containers
            if each.artifact_sha256 is not None and each.model_data_url is not None
        ]

    def _artifact(self, url: str) -> str:
        inside = not url.startswith("s3://")
        return f"s3://{self.surroundings.models_bucket}/{url}" if inside else url

    def _container(self, container: Container) -> dict[str, Any]:
        return _without_none(
            {
                **self._program(container),
                "ContainerHostname": container.container_hostname,
                "Environment": _map(container.environment),
            }
        )

    def _program(self, container: Container) -> dict[str, str | None]:
        """What the container runs: of a package CreateModel takes its name alone."""
        if container.model_package_name is not None:
            return {
                "ModelPackageName": container.model_package_name,
                "InferenceSpecificationName": container.inference_specification_name,
            }
        url = container.model_data_url
        return {
            "Image": container.image,
            "ModelDataUrl": None if url is None else self._artifact(url),
        }

    def _input(self, data_type: str, source: str) -> dict[str, Any]:
        given = self.transform.transform_input
        bucket = self.surroundings.inputs_bucket
        return _without_none(
            {
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": data_type,
                        "S3Uri": f"s3://{bucket}/{source}",
                    }
                },
                "ContentType": given.content_type,
                "CompressionType": given.compression_type,
                "SplitType": given.split_type,
            }
        )

    def _output(self, path: str) -> dict[str, Any]:
        wanted = self.transform.transform_output
        bucket = self.surroundings.outputs_bucket
        return _without_none(
            {
                "S3OutputPath": f"s3://{bucket}/{path}",
                "Accept": wanted.accept,
                "AssembleWith": wanted.assemble_with,
                "KmsKeyId": self.surroundings.key_arn,
            }
        )

    def _resources(self, instance_type: str) -> dict[str, Any]:
        wanted = self.transform.transform_resources
        local = family(instance_type) in LOCAL_DISK_FAMILIES
        return _without_none(
            {
                "InstanceType": instance_type,
                "InstanceCount": wanted.instance_count,
                # Local disks are encrypted by the hardware and take no key.
                "VolumeKmsKeyId": None if local else self.surroundings.key_arn,
                "TransformAmiVersion": wanted.transform_ami_version,
            }
        )

    def _client(self) -> dict[str, Any] | None:
        config = self.transform.model_client_config
        if config is None:
            return None
        return _without_none(
            {
                "InvocationsTimeoutInSeconds": config.invocations_timeout_in_seconds,
                "InvocationsMaxRetries": config.invocations_max_retries,
            }
        )

    def _processing(self) -> dict[str, Any] | None:
        processing = self.transform.data_processing
        if processing is None:
            return None
        return _without_none(
            {
                "InputFilter": processing.input_filter,
                "OutputFilter": processing.output_filter,
                "JoinSource": processing.join_source,
            }
        )

    def _capture(self) -> dict[str, Any] | None:
        capture = self.transform.data_capture_config
        bucket = self.surroundings.outputs_bucket
        if capture is None:
            return None
        return _without_none(
            {
                "DestinationS3Uri": f"s3://{bucket}/{capture.destination_s3_uri}",
                "KmsKeyId": self.surroundings.key_arn,
                "GenerateInferenceId": capture.generate_inference_id,
            }
        )

    def _experiment(self) -> dict[str, Any] | None:
        experiment = self.transform.experiment_config
        if experiment is None:
            return None
        return _without_none(
            {
                "ExperimentName": experiment.experiment_name,
                "TrialName": experiment.trial_name,
                "TrialComponentDisplayName": experiment.trial_component_display_name,
                "RunName": experiment.run_name,
            }
        )

    def _tags(self) -> list[dict[str, str]]:
        tags = {
            **self.tags,
            TRANSFORM_TAG: self.transform.name,
            **self.transform.tags,
        }
        return [{"Key": key, "Value": value} for key, value in sorted(tags.items())]


def _map(values: Mapping[str, str]) -> dict[str, str] | None:
    return dict(values) or None


def _without_none(request: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in request.items() if value is not None}
