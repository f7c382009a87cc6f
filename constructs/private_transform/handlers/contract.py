"""What templates and handlers both name.

Apart from the handlers, so that a synth reads it without importing botocore.
"""

MODEL = "Custom::TransformModel"
JOB = "Custom::TransformJob"
JOB_LOG_GROUP = "Custom::JobLogGroup"

LOG_GROUP = "/aws/sagemaker/TransformJobs"
"""Where SageMaker writes the logs of every transform job of an account and region."""

ENDED = ("Completed", "Failed", "Stopped")
"""The statuses that a transform job never leaves."""
