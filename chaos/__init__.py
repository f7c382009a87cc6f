"""The outside world of the launcher, simulated, and random histories played in it.

CloudFormation, CDK's provider framework, Lambda, SageMaker, S3, SNS and EventBridge,
as far as the launcher meets them, with their duplicates, delays and failures. Nothing
sleeps: time is a number.
"""
