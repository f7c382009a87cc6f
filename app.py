"""Composition root: reads one environment's files and creates its stacks."""

import gc
import os

if __name__ == "__main__":
    # Before the imports, which feed it most: the collector costs a tenth of a synth
    # and frees nothing that the end of the process would not.
    gc.disable()
    # What a file may say does not depend on which plugins a machine has.
    os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"

import sys
from datetime import UTC, datetime
from pathlib import Path

import aws_cdk as cdk

from private_transform.access import role_path
from private_transform.environment import (
    Environment,
    EnvironmentFileError,
    load_environment,
)
from private_transform.organization_rules import OrganizationRules
from private_transform.policy_sizes import require_room
from stacks.foundation_stack import FoundationStack
from stacks.operations_stack import OperationsStack
from stacks.transform_stack import TransformStack

ENVIRONMENTS = Path(__file__).parent / "environments"

FEATURE_FLAGS = {
    "@aws-cdk/aws-events:eventsTargetQueueSameAccount": True,
    "@aws-cdk/aws-iam:minimizePolicies": True,
    "@aws-cdk/aws-lambda:recognizeLayerVersion": True,
    "@aws-cdk/aws-s3:createDefaultLoggingPolicy": True,
    "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True,
    "@aws-cdk/aws-sns-subscriptions:restrictSqsDescryption": True,
    "@aws-cdk/core:checkSecretUsage": True,
    "@aws-cdk/core:defaultCrossStackReferences": "strong",
    "@aws-cdk/core:enablePartitionLiterals": True,
    "@aws-cdk/core:explicitStackTags": True,
    "@aws-cdk/core:validateAgainstDefaultRules": True,
    "@aws-cdk/customresources:installLatestAwsSdkDefault": False,
}
"""Set here and not in cdk.json, so that `python app.py` and the CLI agree."""


def create_stacks(app: cdk.App, environment: Environment) -> None:
    """Create the environment's stacks: foundation, operations, one per transform."""
    synthesizer = cdk.DefaultStackSynthesizer(qualifier=environment.bootstrap_qualifier)
    foundation = FoundationStack(app, environment=environment, synthesizer=synthesizer)
    operations = OperationsStack(
        app,
        environment=environment,
        foundation=foundation,
        synthesizer=synthesizer,
    )
    for transform in environment.transforms:
        TransformStack(
            app,
            environment=environment,
            transform=transform,
            foundation=foundation,
            operations=operations,
            synthesizer=synthesizer,
        )
    OrganizationRules(
        role_path=role_path(environment),
        permissions_boundary=environment.iam.permissions_boundary,
    ).apply_to(app)


def _context(app: cdk.App, key: str, default: str) -> str:
    value = app.node.try_get_context(key)
    if value is None:
        return default
    if not isinstance(value, str) or not value:
        sys.exit(f"The context {key!r} is {value!r}; write -c {key}={default}.")
    return value


def main() -> None:
    """Synthesize the environment that `-c environment=NAME` names."""
    app = cdk.App(
        analytics_reporting=False,
        # A gate of `make test`: here it would cost more than the synth itself.
        builtin_cloud_formation_validation=False,
        # The CLI names its own folder; by hand it is the CLI's usual one.
        outdir=os.environ.get("CDK_OUTDIR", "cdk.out"),
        # Nothing here reads the tree, and in Python every creation stack is the same.
        tree_metadata=False,
        context={"aws:cdk:disable-creation-stack-traces": True},
        post_cli_context={
            **FEATURE_FLAGS,
            # The CLI would have them written into the templates.
            "aws:cdk:enable-asset-metadata": False,
            "aws:cdk:enable-path-metadata": False,
        },
    )
    name = _context(app, "environment", "rehearsal")
    folder = Path(_context(app, "environments", str(ENVIRONMENTS))) / name
    try:
        environment = load_environment(folder, today=datetime.now(UTC).date())
        require_room(environment, folder)
    except EnvironmentFileError as error:
        sys.exit(str(error))
    create_stacks(app, environment)
    app.synth()


if __name__ == "__main__":
    main()
    # The collector would look through everything once more at the very end.
    gc.freeze()
