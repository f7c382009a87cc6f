"""SageMaker models and batch transform jobs in the embedded AWS."""
