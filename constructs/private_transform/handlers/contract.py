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

SHARDS = "shards/"
"""Where people put lists of manifests in the control bucket, by transform."""

OUTCOMES = "outcomes/"
"""Where the control bucket has how runs ended, for queries, by transform and day."""

ENDED = ("Completed", "Failed", "Stopped")
"""The statuses that a transform job never leaves."""

METRICS = "PrivateTransform"
"""The namespace of the environment's own metrics."""

FAILED_RUN = "FailedRun"
"""The metric that is 1 after a run that failed and 0 after one that did not, by
`Environment` and `Transform` as all of them are."""

HOURS_SINCE_SUCCESS = "HoursSinceSuccess"
"""The metric of how long ago the last run began to be over that ended well."""

TIMES_USUAL = "TimesUsual"
"""The metric of how long a run lasts that goes on, in terms of the median of those that
ended well."""

TAMPERING = "tampering"
"""The `result` of a message about somebody who changes what protects the data; that of
a run is how it ended."""

INPUTS, OUTPUTS = "Inputs", "Outputs"
"""The metrics of what a run read and wrote, in objects."""
