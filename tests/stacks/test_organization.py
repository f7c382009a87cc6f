"""What an organization asks for reaches everything, CDK's own resources included."""

import json

from tests.representative import BOUNDARY
from tests.synthesized import Synthesis


def test_every_role_lies_below_the_path(synthesis: Synthesis) -> None:
    environment = synthesis.environment
    below = f"{environment.iam.role_path}{environment.name}-us-east-1/"
    for role in synthesis.all("AWS::IAM::Role"):
        assert role.properties["Path"].startswith(below), role.ref


def test_every_role_is_bounded(kept: Synthesis) -> None:
    for role in kept.all("AWS::IAM::Role"):
        assert role.properties["PermissionsBoundary"] == BOUNDARY, role.ref


def test_no_role_is_bounded_unless_the_file_says_so(discarded: Synthesis) -> None:
    for role in discarded.all("AWS::IAM::Role"):
        assert "PermissionsBoundary" not in role.properties


def test_every_stack_carries_the_tags_and_gives_them_to_its_resources(
    kept: Synthesis,
) -> None:
    for part in kept.templates:
        assert kept.stack_properties(part)["tags"] == {
            "cost-centre": "ml",
            "private-transform:environment": "prod",
        }


def test_every_stack_asks_for_the_bootstrap_that_the_file_names(
    kept: Synthesis,
) -> None:
    for part, template in kept.templates.items():
        properties = kept.stack_properties(part)
        assert properties["bootstrapStackVersionSsmParameter"] == (
            "/cdk-bootstrap/company01/version"
        )
        assert (
            "cdk-company01-cfn-exec-role-"
            in (properties["cloudFormationExecutionRoleArn"])
        )
        assert "hnb659fds" not in json.dumps(template)


def test_every_stack_is_bound_to_its_account_and_region(synthesis: Synthesis) -> None:
    for part in synthesis.templates:
        name = synthesis.environment.stack_name(part)
        assert synthesis.manifest["artifacts"][name]["environment"] == (
            "aws://123456789012/us-east-1"
        )
