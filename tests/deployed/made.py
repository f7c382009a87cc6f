"""What the launcher made for the transforms of a deployed environment."""

from typing import Any

from tests.deployed.place import Place

Jobs = dict[str, str]
"""Statuses by name."""


def models(place: Place, environment: str, transform: str) -> set[str]:
    pages = _sagemaker(place, environment).get_paginator("list_models")
    found = pages.paginate(NameContains=f"{environment}-{transform}-")
    return set(found.search("Models[].ModelName"))


def jobs(place: Place, environment: str, transform: str) -> Jobs:
    pages = _sagemaker(place, environment).get_paginator("list_transform_jobs")
    found = pages.paginate(NameContains=f"{environment}-{transform}-")
    return {
        job["TransformJobName"]: job["TransformJobStatus"]
        for job in found.search("TransformJobSummaries[]")
    }


def held(place: Place, environment: str, transform: str) -> dict[str, str]:
    """Physical ids of the stack's model and job, by their type."""
    company = place.company(environment)
    found = company.client("cloudformation").describe_stack_resources(
        StackName=company.environment.stack_name(transform)
    )["StackResources"]
    return {
        each["ResourceType"]: each["PhysicalResourceId"]
        for each in found
        if each["ResourceType"].startswith("Custom::Transform")
    }


def _sagemaker(place: Place, environment: str) -> Any:
    return place.company(environment).client("sagemaker")
