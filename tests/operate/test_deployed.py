"""Whose account an operation touches."""

import pytest

from operate.deployed import OperationError
from tests.operate.fakes import Account, deployed


def test_credentials_of_another_account_are_refused() -> None:
    stranger = "arn:aws:sts::999999999999:assumed-role/uploader/somebody"
    account = Account(number="999999999999", caller=stranger)
    with pytest.raises(OperationError, match=r"123456789012.*999999999999") as raised:
        deployed(account)
    assert stranger in str(raised.value)
    assert account.calls == []


def test_a_stack_that_is_not_there_has_no_events() -> None:
    account = Account(events=[{"EventId": "somebody else's"}])
    assert list(deployed(account).events("dev-faces")) == []
