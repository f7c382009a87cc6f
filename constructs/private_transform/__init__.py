"""Constructs for a private SageMaker Batch Transform environment."""
