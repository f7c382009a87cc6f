"""Results of queries stay where the environment keeps its data."""

import aws_cdk as cdk

from private_transform.query_workgroup import QueryWorkgroup
from tests.constructs.conftest import Resources

KEY = "arn:aws:kms:us-east-1:123456789012:key/1"


def make(stack: cdk.Stack) -> QueryWorkgroup:
    return QueryWorkgroup(
        stack,
        "Queries",
        name="private-transform-dev",
        database="private_transform_dev",
        account="123456789012",
        outputs_bucket="outputs",
        key_arn=KEY,
        scan_limit_in_gb=7,
    )


def test_place_and_key_of_results_are_enforced(
    stack: cdk.Stack, resources: Resources
) -> None:
    make(stack)

    (workgroup,) = (each["Properties"] for each in resources("AWS::Athena::WorkGroup"))

    assert workgroup["Name"] == "private-transform-dev"
    configuration = workgroup["WorkGroupConfiguration"]
    assert configuration["EnforceWorkGroupConfiguration"] is True
    assert configuration["ResultConfiguration"] == {
        "OutputLocation": "s3://outputs/query-results/",
        "ExpectedBucketOwner": "123456789012",
        "EncryptionConfiguration": {"EncryptionOption": "SSE_KMS", "KmsKey": KEY},
    }


def test_a_query_has_a_limit_in_bytes(stack: cdk.Stack, resources: Resources) -> None:
    make(stack)

    (workgroup,) = (each["Properties"] for each in resources("AWS::Athena::WorkGroup"))

    limit = workgroup["WorkGroupConfiguration"]["BytesScannedCutoffPerQuery"]
    assert limit == 7_000_000_000


def test_the_workgroup_goes_with_its_history(
    stack: cdk.Stack, resources: Resources
) -> None:
    make(stack)

    (workgroup,) = (each["Properties"] for each in resources("AWS::Athena::WorkGroup"))

    assert workgroup["RecursiveDeleteOption"] is True


def test_the_database_is_of_the_account(stack: cdk.Stack, resources: Resources) -> None:
    make(stack)

    (database,) = (each["Properties"] for each in resources("AWS::Glue::Database"))

    assert database["CatalogId"] == "123456789012"
    assert database["DatabaseInput"]["Name"] == "private_transform_dev"
