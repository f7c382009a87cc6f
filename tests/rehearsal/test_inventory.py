"""What is left of a removal is found, whatever it is called."""

import pytest

from rehearsal.company import Company
from rehearsal.inventory import inventory, require_nothing_new
from rehearsal.steps import StepError


def test_what_is_new_is_named(company: Company) -> None:
    before = inventory(company)
    require_nothing_new(company, before)
    sqs = company.client("sqs")
    queue = sqs.create_queue(QueueName="left-over")["QueueUrl"]
    try:
        with pytest.raises(
            StepError, match=r"left something behind: sqs \S+/left-over"
        ):
            require_nothing_new(company, before)
    finally:
        sqs.delete_queue(QueueUrl=queue)


def test_a_key_is_gone_once_its_deletion_is_scheduled(company: Company) -> None:
    before = inventory(company)
    kms = company.client("kms")
    key = kms.create_key()["KeyMetadata"]["Arn"]
    assert inventory(company) - before == {f"kms {key} (Enabled)"}
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    require_nothing_new(company, before)


def test_the_log_group_that_the_account_shares_may_stay(company: Company) -> None:
    logs = company.client("logs")
    before = inventory(company) - {"logs /aws/sagemaker/TransformJobs"}
    if inventory(company) == before:
        logs.create_log_group(logGroupName="/aws/sagemaker/TransformJobs")
    require_nothing_new(company, before)
