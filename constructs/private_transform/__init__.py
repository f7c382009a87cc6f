"""A private environment for SageMaker Batch Transform, as CDK constructs.

Each construct is imported from the module of its name, such as
`private_transform.data_bucket`: importing the package alone starts no Node process,
so tools that only want an environment's values stay quick.
"""
