"""Everything that is changed inside MiniStack, applied in one place."""

from collections.abc import Mapping, Sequence

from rehearsal.embedded import (
    alarms,
    buckets,
    catalog,
    conditions,
    custom_resources,
    default_groups,
    dependencies,
    encryption,
    log_keys,
    log_queries,
    machines,
    map_runs,
    names,
    networks,
    object_events,
    owners,
    perimeter,
    properties,
    queries,
    query_resources,
    schedules,
    targets,
    topic_keys,
    trails,
)

MINISTACK = "1.5.33"
"""The version whose inside is known; another one is to be tried with care."""

PRIVATE_NAMES: Mapping[str, Sequence[str]] = {
    "ministack.app": ("_loaded_modules",),
    "ministack.core.iam_actions": (
        "_SERVICE_PROTOCOL",
        "_query_param",
        "_resource_policy_denial",
        "_s3_object_context",
    ),
    "ministack.core.iam_evaluator": (
        "_CONDITION_OPS",
        "_resolve_condition_key",
    ),
    "ministack.services.athena": (
        "_create_named_query",
        "_delete_named_query",
        "_delete_workgroup",
        "_ensure_default_workgroup",
        "_executions",
        "_named_queries",
        "_prepared_statements",
        "_workgroups",
    ),
    "ministack.services.cloudformation": ("_stacks",),
    "ministack.services.cloudformation.custom_resource": ("_response_url",),
    "ministack.services.cloudformation.handlers": (
        "_delete_stack_async",
        "_roll_back_operation",
    ),
    "ministack.services.cloudformation.provisioners": (
        "_NAME_SEED",
        "_RESOURCE_HANDLERS",
        "_S3_BUCKET_CONFIGURATIONS",
        "_cfn_bool",
        "_ec2_sg_permissions",
        "_physical_name",
    ),
    "ministack.services.cloudformation.stacks": (
        "_delete_resource",
        "_delete_stack_async",
        "_revert_update",
        "_roll_back_operation",
        "_sends_back_failed_update",
        "_with_dependencies",
    ),
    "ministack.services.cloudtrail": (
        "_create_trail",
        "_delete_trail",
        "_put_event_selectors",
        "_start_logging",
        "_stop_logging",
        "_update_trail",
        "_visible_trail_items",
    ),
    "ministack.services.cloudwatch": (
        "_dims_key",
        "_evaluate_alarm",
        "_metrics",
    ),
    "ministack.services.cloudwatch_logs": (
        "_create_log_group",
        "_create_log_stream",
        "_delete_log_group",
        "_log_groups",
        "_put_log_events",
    ),
    "ministack.services.ec2": (
        "_ACTION_MAP",
        "_create_flow_logs",
        "_delete_flow_logs",
        "_error",
        "_esc",
        "_flow_logs",
        "_p",
        "_parse_ip_permissions",
        "_route_tables",
        "_rules_match",
        "_security_groups",
        "_sg_rule_id",
        "_subnets",
        "_vpc_endpoints",
        "_vpce_fields_xml",
        "_vpcs",
    ),
    "ministack.services.eventbridge": (
        "_cron_next_fire",
        "_dispatch_event",
        "_invoke_target",
        "_parse_cron_fields",
        "_parse_rate_seconds",
        "_put_events",
        "_rule_key",
        "_rules",
    ),
    "ministack.services.iam": (
        "_policies",
        "_roles",
    ),
    "ministack.services.kms": (
        "_alias_arn",
        "_aliases",
        "_resolve_key",
    ),
    "ministack.services.lambda_svc": (
        "_execution_record_for_config",
        "_functions",
        "_get_func_record_for_ref",
    ),
    "ministack.services.s3": (
        "_bucket_default_sse_headers",
        "_bucket_encryption",
        "_bucket_has_versions",
        "_bucket_owner_account",
        "_buckets",
        "_delete_bucket_encryption",
        "_delete_bucket_lifecycle",
        "_delete_bucket_ownership_controls",
        "_delete_bucket_tagging",
        "_dispatch",
        "_error",
        "_fire_s3_event",
        "_multipart_uploads",
        "_object_versions",
        "_put_bucket_encryption",
        "_put_bucket_lifecycle",
        "_put_bucket_logging",
        "_put_bucket_ownership_controls",
        "_put_bucket_tagging",
        "_stored_sse_headers",
    ),
    "ministack.services.scheduler": (
        "_group_arn",
        "_schedules",
        "_tick_schedules",
    ),
    "ministack.services.sns": (
        "_error",
        "_p",
        "_topics",
    ),
    "ministack.services.stepfunctions": (
        "_ExecutionError",
        "_call_lambda",
        "_execute_wait",
        "_executions",
        "_run_distributed_map",
        "_run_execution",
        "_run_sub_machine",
        "_s3_object_text",
        "_scaled_sleep",
        "_sleep_until",
        "_start_execution",
        "_state_machines",
    ),
}
"""What is patched or read inside MiniStack, by module: all of it may change."""


def apply() -> None:
    """Patch MiniStack; once, before it serves."""
    alarms.apply()
    conditions.apply()
    perimeter.apply()
    catalog.apply()
    query_resources.apply()
    encryption.apply()
    owners.apply()
    names.apply()
    log_keys.apply()
    log_queries.apply()
    properties.apply()
    topic_keys.apply()
    buckets.apply()
    networks.apply()
    default_groups.apply()
    trails.apply()
    custom_resources.apply()
    dependencies.apply()
    object_events.apply()
    schedules.apply()
    targets.apply()
    machines.apply()
    map_runs.apply()
    queries.apply()
