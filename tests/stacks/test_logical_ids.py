"""Ids whose change would replace what holds data, or cut off what is deployed.

CloudFormation knows a resource by this id: after a rename it makes a new, empty one.
A failure here is a decision about deployed environments, not a table to bring up to
date.
"""

from tests.synthesized import Synthesis

FOUNDATION = {
    "AWS::KMS::Key": ["Key961B73FD"],
    "AWS::S3::Bucket": [
        "Logs59B087BB",
        "ControlA4DA6AFC",
        "Models7F217E31",
        "InputsF7C892A7",
        "Outputs649C2C89",
    ],
    "AWS::S3::BucketPolicy": [
        "LogsPolicyA40370E1",
        "ControlPolicyD08819EA",
        "ModelsLock07C6CDFD",
        "InputsLockD6170091",
        "OutputsLock1DA8FCFD",
    ],
    "AWS::Logs::LogGroup": [
        "FlowLogs91F8F4DF",
        "FunctionsA42B252F",
        "AuditLogs7B2A6859",
    ],
    "AWS::EC2::VPC": ["NetworkVpcFAC8F4A5"],
    "AWS::EC2::Subnet": [
        "NetworkSubnet18D1B2567",
        "NetworkSubnet29A0E8491",
        "NetworkSubnet3A939DFC0",
    ],
    "AWS::EC2::SecurityGroup": [
        "NetworkContainerGroup45DD3F04",
        "NetworkPeersGroup2B2E227F",
    ],
    "AWS::EC2::VPCEndpoint": ["NetworkEndpoint08416510"],
    "AWS::CloudTrail::Trail": ["Audit3D8ADE0A"],
}
PROVIDER = "LauncherProviderframeworkonEventA0F53470"
"""Deployed custom resources name this function: they cannot be updated to another."""


def test_what_holds_data_keeps_its_id(kept: Synthesis) -> None:
    found = {
        resource_type: [
            each.logical_id for each in kept.all(resource_type, "foundation")
        ]
        for resource_type in FOUNDATION
    }
    assert found == FOUNDATION


def test_deployed_custom_resources_keep_their_provider(kept: Synthesis) -> None:
    model = kept.one("Custom::TransformModel", "faces")
    entry = kept.named(model.properties["ServiceToken"])
    assert (entry.stack, entry.logical_id) == ("operations", PROVIDER)


def test_models_and_jobs_keep_their_ids(kept: Synthesis) -> None:
    assert kept.one("Custom::TransformModel", "faces").logical_id == "Model0301700E"
    assert kept.one("Custom::TransformJob", "faces").logical_id == "JobB9D00F9F"
