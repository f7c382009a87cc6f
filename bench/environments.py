"""Writes environment files with as many transforms as a benchmark needs."""

from pathlib import Path

ENVIRONMENT = """\
stage: development
account: 123456789012
region: us-east-1
audit: own
network:
  cidr: 10.20.0.0/24
  availability_zones: [us-east-1a, us-east-1b]
people:
  uploaders:
    - role: arn:aws:iam::123456789012:role/uploader
  readers:
    - role: arn:aws:iam::123456789012:role/reader
  key_administrators:
    - role: arn:aws:iam::123456789012:role/key-administrator
"""

TRANSFORM = """\
model:
  primary_container:
    image: 123456789012.dkr.ecr.us-east-1.amazonaws.com/faces:1.0.0
    model_data_url: faces/model.tar.gz
transform_input:
  data_source:
    s3_data_source: {{s3_data_type: S3Prefix, s3_uri: photos/}}
transform_output:
  s3_output_path: {name}/
transform_resources: {{instance_type: ml.m5.large, instance_count: 1}}
"""

QUERY = "query: {}\n"

OPTIONS = """\
runs:
  schedule: {expression: cron(30 3 * * ? *), time_zone: Europe/Berlin}
  on_arrival: true
  expected_every_hours: 26
  shards: {manifest: all.json, max_concurrency: 5}
on_deploy: none
results: {format: csv, columns: [{name: id, type: string}], label: id}
"""
"""What a transform may have beside its model and its job."""


def write_environment(
    environments: Path, *, transforms: int, options: bool = False
) -> str:
    """Write one environment into a folder of environments.

    Args:
        environments: The folder.
        transforms: How many transforms it has.
        options: Whether each has everything that is off by default.

    Returns:
        The environment's name.
    """
    name = f"bench{transforms}{'full' if options else ''}"
    folder = environments / name / "transforms"
    folder.mkdir(parents=True)
    (folder.parent / "environment.yaml").write_text(
        ENVIRONMENT + (QUERY if options else "")
    )
    for number in range(transforms):
        transform = f"faces-{number}"
        (folder / f"{transform}.yaml").write_text(
            TRANSFORM.format(name=transform) + (OPTIONS if options else "")
        )
    return name
