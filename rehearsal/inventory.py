"""What an account holds, so that a removal is seen to leave nothing behind."""

from rehearsal.company import Company
from rehearsal.steps import StepError

_LISTS = (
    ("cloudformation", "describe_stacks", "Stacks[].StackName"),
    ("cloudtrail", "list_trails", "Trails[].TrailARN"),
    ("cloudwatch", "describe_alarms", "MetricAlarms[].AlarmName"),
    ("cloudwatch", "list_dashboards", "DashboardEntries[].DashboardName"),
    ("ec2", "describe_flow_logs", "FlowLogs[].FlowLogId"),
    ("ec2", "describe_route_tables", "RouteTables[].RouteTableId"),
    ("ec2", "describe_security_groups", "SecurityGroups[].GroupId"),
    ("ec2", "describe_subnets", "Subnets[].SubnetId"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints[].VpcEndpointId"),
    ("ec2", "describe_vpcs", "Vpcs[].VpcId"),
    ("events", "list_rules", "Rules[].Name"),
    ("iam", "list_policies", "Policies[?!starts_with(Arn, 'arn:aws:iam::aws:')].Arn"),
    ("iam", "list_roles", "Roles[].Arn"),
    ("kms", "list_aliases", "Aliases[].AliasName"),
    ("lambda", "list_event_source_mappings", "EventSourceMappings[].UUID"),
    ("lambda", "list_functions", "Functions[].FunctionName"),
    ("lambda", "list_layers", "Layers[].LayerName"),
    # A function's last lines make MiniStack create a deleted group anew, without a key;
    # AWS asks for logs:CreateLogGroup, which no function has.
    ("logs", "describe_log_groups", "logGroups[?kmsKeyId].logGroupName"),
    ("s3", "list_buckets", "Buckets[].Name"),
    ("sagemaker", "list_models", "Models[].ModelName"),
    (
        "sagemaker",
        "list_transform_jobs",
        # Records of jobs that have ended stay for good.
        "TransformJobSummaries[?!contains(['Completed', 'Failed', 'Stopped'], "
        "TransformJobStatus)].TransformJobName",
    ),
    ("scheduler", "list_schedules", "Schedules[].Name"),
    ("sns", "list_topics", "Topics[].TopicArn"),
    ("sqs", "list_queues", "QueueUrls[]"),
    ("stepfunctions", "list_state_machines", "stateMachines[].name"),
)
"""Service, operation and where its pages name what they list."""

_SHARED = "logs /aws/sagemaker/TransformJobs"
"""SageMaker's own log group, which the account's other jobs write to as well."""


def inventory(company: Company) -> frozenset[str]:
    """Name all that the account holds, but for keys that are about to be deleted."""
    found = set()
    for service, operation, names in _LISTS:
        pages = company.client(service).get_paginator(operation).paginate()
        found |= {f"{service} {name}" for name in pages.search(names)}
    kms = company.client("kms")
    keys = kms.get_paginator("list_keys").paginate().search("Keys[].KeyArn")
    for key in keys:
        state = kms.describe_key(KeyId=key)["KeyMetadata"]["KeyState"]
        if state != "PendingDeletion":
            found.add(f"kms {key} ({state})")
    return frozenset(found)


def require_nothing_new(company: Company, before: frozenset[str]) -> None:
    """See that the account holds no more than before a deployment.

    Raises:
        StepError: The removal left something behind.
    """
    left = sorted(inventory(company) - before - {_SHARED})
    if left:
        raise StepError(f"the removal left something behind: {', '.join(left)}")
