"""The validator of templates: one for all questions, for it is large."""

from functools import cache

import cloudformation_validate as cfn

from compliance.controls import control_rules


@cache
def engine() -> cfn.Engine:
    """CloudFormation's rules and schemas, and AWS Control Tower's controls."""
    return cfn.CelEngine(cfn.EngineConfig(guard_rules=list(control_rules())))
