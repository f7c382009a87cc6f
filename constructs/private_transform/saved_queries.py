"""Queries over logs that somebody needs in a hurry."""

from aws_cdk import aws_logs as logs
from constructs import Construct

from private_transform.handlers.contract import JOB_LOG_GROUP

_FAILED = """\
# One job alone: write its name for the environment's after the ^.
fields @timestamp, @logStream, @message
| filter @logStream like /^{environment}-/
| filter @message like /(?i)(error|exception|traceback|killed|out of memory)/
| sort @timestamp desc
| limit 200"""

_FUNCTIONS = """\
fields @timestamp, @log, @message
| filter @message like /ERROR|Traceback|Task timed out|Runtime exited/
| sort @timestamp desc
| limit 200"""

_DENIED = """\
fields eventTime, eventName, userIdentity.arn, sourceIPAddress, vpcEndpointId, \
errorMessage
| filter eventSource in ["s3.amazonaws.com", "kms.amazonaws.com"]
| filter errorCode like /AccessDenied/
| filter requestParameters.bucketName like /^{environment}-foundation-/ \
or resources.0.ARN = "{key_arn}"
| sort eventTime desc
| limit 200"""


class SavedQueries(Construct):
    """Saved queries of CloudWatch Logs Insights in a folder of the environment.

    Args:
        environment: The environment's name.
        key_arn: ARN of the key.
        function_log_group: Where the functions log.
        audit_log_group: Where the environment's own trail writes events, if it has one.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        environment: str,
        key_arn: str,
        function_log_group: logs.ILogGroup,
        audit_log_group: logs.ILogGroup | None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._folder = f"private-transform/{environment}"
        self._query(
            "Failed",
            "Why did this job fail",
            _FAILED.format(environment=environment),
            JOB_LOG_GROUP,
        )
        self._query(
            "Functions",
            "Errors of the functions",
            _FUNCTIONS,
            function_log_group.log_group_name,
        )
        if audit_log_group is not None:
            self._query(
                "Denied",
                "Denied calls to buckets and key",
                _DENIED.format(environment=environment, key_arn=key_arn),
                audit_log_group.log_group_name,
            )

    def _query(self, construct_id: str, name: str, text: str, group: str) -> None:
        logs.CfnQueryDefinition(
            self,
            construct_id,
            name=f"{self._folder}/{name}",
            query_string=text,
            log_group_names=[group],
        )
