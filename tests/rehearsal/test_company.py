"""Clients of the embedded AWS, whatever the caller's shell says of another AWS."""

from pathlib import Path

import pytest

from rehearsal.company import Company
from rehearsal.process import EmbeddedAws
from rehearsal.steps import StepError


def test_neither_proxy_nor_profile_of_the_shell_matters(
    company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = tmp_path / "config"
    config.write_text("[default]\ns3 =\n  use_accelerate_endpoint = true\n")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "AWS_CONFIG_FILE": str(config),
        "AWS_PROFILE": "nosuch",
        "HTTPS_PROXY": "http://127.0.0.1:1",
        "HTTP_PROXY": "http://127.0.0.1:1",
    }.items():
        monkeypatch.setenv(name, value)
    identity = company.client("sts").get_caller_identity()
    assert identity["Account"] == company.environment.account
    assert "Buckets" in company.client("s3", plain=True).list_buckets()


def test_an_endpoint_that_is_not_deployed_is_named(company: Company) -> None:
    with pytest.raises(StepError, match="through the endpoint vpce-0: "):
        company.client("s3", through="vpce-0")


def test_people_are_hired_once(company: Company, aws: EmbeddedAws) -> None:
    company.hire()
    company.hire()
    roles = company.client("iam").list_roles()["Roles"]
    assert company.administrator in {role["Arn"] for role in roles}
