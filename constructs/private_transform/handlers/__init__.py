"""Code that runs in Lambda: the launcher and the handler of job state changes.

It imports the standard library, botocore and itself, so that the asset is this
folder and nothing else. `entry` binds boto3; everything else is given its clients.
"""
