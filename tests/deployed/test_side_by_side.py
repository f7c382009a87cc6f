"""Environments beside each other, and environments that come back."""

from pathlib import Path

import pytest

from tests.deployed import place as places
from tests.deployed.place import Place, transform

pytestmark = pytest.mark.slow

WEST = {
    "region": "eu-west-1",
    "network": {
        "cidr": "10.30.0.0/24",
        "availability_zones": ["eu-west-1a", "eu-west-1b"],
    },
}


def deploy(place: Place, name: str, data: Path) -> None:
    done = place.operate("deploy", name, "--data", str(data))
    assert done.code == 0, done.output
    assert place.stack_status(name, "echo") == "CREATE_COMPLETE"


def remove(place: Place, name: str) -> str:
    done = place.operate("remove", name, "--yes")
    assert done.code == 0, done.output
    assert place.stack_status(name, "foundation") is None
    return done.output


def test_another_environment_and_another_region_stand_beside_the_first(
    trial: Place, data: Path, tmp_path: Path
) -> None:
    trial.write("other", {"echo": transform("echo")})
    deploy(trial, "other", data)
    # The same name in another region is another folder of environments.
    west = trial.elsewhere(tmp_path)
    echo = transform("echo")
    echo["model"]["primary_container"]["image"] = f"{places.WEST}/echo:1.0.0"
    west.write("trial", {"echo": echo}, **WEST)
    deploy(west, "trial", data)

    theirs = west.company("trial").outputs("foundation")
    for name in ("trial", "other"):
        ours = trial.company(name).outputs("foundation")
        shared = {key for key in ours if ours[key] in theirs.values()}
        assert shared <= {"UploadCommand"}
    remove(west, "trial")
    remove(trial, "other")
    assert trial.stack_status("trial", "echo") in ("CREATE_COMPLETE", "UPDATE_COMPLETE")


@pytest.mark.parametrize("protection", ["keep", "discard"])
def test_an_environment_can_be_removed_and_deployed_again(
    place: Place, data: Path, protection: str
) -> None:
    name = f"again{protection}"
    place.write(name, {"echo": transform("echo")}, protection=protection)
    place.company(name).hire()
    deploy(place, name, data)
    first = place.company(name).outputs("foundation")
    said = remove(place, name)

    company = place.company(name)
    buckets = {each["Name"] for each in company.client("s3").list_buckets()["Buckets"]}
    kept = {first[f"{kind}Bucket"] for kind in ("Models", "Inputs", "Outputs")}
    key = company.client("kms").describe_key(KeyId=first["KeyArn"])["KeyMetadata"]
    if protection == "keep":
        assert kept <= buckets
        assert key["KeyState"] == "Enabled"
        assert all(bucket in said for bucket in kept)
        for bucket in kept:
            policy = company.client("s3").get_bucket_policy(Bucket=bucket)["Policy"]
            assert "OnlyThroughTheEndpoint" in policy
    else:
        assert not kept & buckets
        assert key["KeyState"] == "PendingDeletion"
    deploy(place, name, data)
    remove(place, name)
