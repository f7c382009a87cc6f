"""AWS Control Tower's proactive controls, as far as they concern an environment.

They are CloudFormation Guard rules, which AWS ships inside a CDK plugin. What is only
about instances, fleets and databases is left out, and so are controls that every
environment would break by design: functions in a network, tracing, object lock.
"""

import tarfile
from collections.abc import Iterator
from functools import cache
from importlib.metadata import distribution

from cloudformation_validate import ExternalRuleSource

CONTROLS = (
    "CT.CLOUDTRAIL.PR.1",
    "CT.CLOUDTRAIL.PR.2",
    "CT.CLOUDTRAIL.PR.3",
    "CT.CLOUDWATCH.PR.1",
    "CT.CLOUDWATCH.PR.2",
    "CT.CLOUDWATCH.PR.3",
    "CT.CLOUDWATCH.PR.4",
    "CT.EC2.PR.3",
    "CT.EC2.PR.4",
    "CT.EC2.PR.5",
    "CT.EC2.PR.6",
    "CT.EC2.PR.8",
    "CT.EC2.PR.11",
    "CT.IAM.PR.1",
    "CT.IAM.PR.2",
    "CT.IAM.PR.3",
    "CT.IAM.PR.4",
    "CT.IAM.PR.5",
    "CT.KMS.PR.1",
    "CT.KMS.PR.3",
    "CT.LAMBDA.PR.2",
    "CT.LAMBDA.PR.5",
    "CT.S3.PR.1",
    "CT.S3.PR.2",
    "CT.S3.PR.3",
    "CT.S3.PR.5",
    "CT.S3.PR.6",
    "CT.S3.PR.8",
    "CT.S3.PR.10",
    "CT.S3.PR.11",
    "CT.S3.PR.12",
    "CT.SAGEMAKER.PR.1",
    "CT.SAGEMAKER.PR.2",
    "CT.SQS.PR.1",
    "CT.SQS.PR.2",
    "CT.STEPFUNCTIONS.PR.1",
)
"""Their names in AWS's documentation, by service."""

_PLUGIN = "cdklabs.cdk-validator-cfnguard"


@cache
def control_rules() -> tuple[ExternalRuleSource, ...]:
    """The source of every control."""
    wanted = {f"{name.lower().replace('.', '-')}.guard": name for name in CONTROLS}
    found = {wanted[file]: text for file, text in _shipped() if file in wanted}
    return tuple(
        ExternalRuleSource(name=name, content=found[name]) for name in CONTROLS
    )


def _shipped() -> Iterator[tuple[str, str]]:
    """Every rule file of the plugin, which itself would start Node."""
    plugin = distribution(_PLUGIN)
    (archive,) = (each for each in plugin.files or () if each.suffix == ".tgz")
    with tarfile.open(str(plugin.locate_file(archive))) as files:
        for entry in files:
            name = entry.name.rpartition("/")[2]
            content = files.extractfile(entry) if name.endswith(".guard") else None
            if content is not None:
                yield name, content.read().decode()
