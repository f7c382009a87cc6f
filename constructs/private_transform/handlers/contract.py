"""What templates and handlers both name.

Apart from the handlers, so that a synth reads it without importing botocore.
"""

MODEL_TYPE = "Custom::TransformModel"
JOB_TYPE = "Custom::TransformJob"
JOB_LOG_GROUP_TYPE = "Custom::JobLogGroup"

JOB_LOG_GROUP = "/aws/sagemaker/TransformJobs"
"""Where SageMaker writes the logs of every transform job of an account and region."""

ARRIVALS = "arrivals/"
"""Where people put lists of inputs in the control bucket, by transform."""

ENDED = ("Completed", "Failed", "Stopped")
"""The statuses that a transform job never leaves."""

METRICS = "PrivateTransform"
"""The namespace of the environment's own metrics."""

FAILED_RUN = "FailedRun"
"""The metric that is 1 after a run that failed and 0 after one that did not, by
`Environment` and `Transform`."""
