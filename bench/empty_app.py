"""The least that a Python CDK app can be: what a synth costs before ours begins."""

import aws_cdk as cdk

cdk.App(analytics_reporting=False).synth()
