"""Where outputs are queried: a workgroup of Athena and a database for its tables."""

from aws_cdk import aws_athena as athena
from aws_cdk import aws_glue as glue
from constructs import Construct

from private_transform.query import RESULTS_PREFIX

_GB = 10**9


class QueryWorkgroup(Construct):
    """Queries whose results stay in the outputs bucket, under the environment's key.

    Both are enforced: a client that asks for another place or key is not heard (AWS:
    Override client-side settings).

    Args:
        name: Of the workgroup.
        database: Of the database.
        account: Who owns the bucket.
        outputs_bucket: Name of the outputs bucket.
        key_arn: Encrypts the results. An ARN: the bucket's lock compares ARNs.
        scan_limit_in_gb: What one query may read before it is cancelled.

    Attributes:
        name: Of the workgroup.
        database: Of the database.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        name: str,
        database: str,
        account: str,
        outputs_bucket: str,
        key_arn: str,
        scan_limit_in_gb: int,
    ) -> None:
        super().__init__(scope, construct_id)
        workgroup = athena.CfnWorkGroup(
            self,
            "Workgroup",
            name=name,
            description="Queries of the outputs",
            # A query and its result are no data of the stack's, and outlive none.
            recursive_delete_option=True,
            work_group_configuration=athena.CfnWorkGroup.WorkGroupConfigurationProperty(
                enforce_work_group_configuration=True,
                publish_cloud_watch_metrics_enabled=True,
                requester_pays_enabled=False,
                bytes_scanned_cutoff_per_query=scan_limit_in_gb * _GB,
                engine_version=athena.CfnWorkGroup.EngineVersionProperty(
                    selected_engine_version="Athena engine version 3"
                ),
                result_configuration=athena.CfnWorkGroup.ResultConfigurationProperty(
                    output_location=f"s3://{outputs_bucket}/{RESULTS_PREFIX}",
                    expected_bucket_owner=account,
                    encryption_configuration=(
                        athena.CfnWorkGroup.EncryptionConfigurationProperty(
                            encryption_option="SSE_KMS", kms_key=key_arn
                        )
                    ),
                ),
            ),
        )
        made = glue.CfnDatabase(
            self,
            "Database",
            catalog_id=account,
            database_input=glue.CfnDatabase.DatabaseInputProperty(
                name=database, description="Outputs of transforms"
            ),
        )
        self.name, self.database = workgroup.ref, made.ref
