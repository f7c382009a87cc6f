"""`python -m operate deploy|upload|backfill|snapshot|remove ENVIRONMENT`."""

import argparse
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime
from pathlib import Path

import boto3
from boto3.exceptions import Boto3Error
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    PartialCredentialsError,
)

from operate.backfill import Backfill
from operate.deploy import ROOT, deploy
from operate.deployed import Deployed, OperationError
from operate.remove import remove
from operate.snapshot import snapshot, snapshot_folder
from operate.upload import Upload
from private_transform.environment import EnvironmentFileError, load_environment


def main(arguments: Sequence[str]) -> int:
    """Run one operation; 0 when it succeeded, 1 when it did not, 130 on Ctrl-C."""
    options = _parser().parse_args(arguments)
    folder = (options.environments or ROOT / "environments") / options.environment
    try:
        environment = load_environment(folder, today=_today(options.operation))
        deployed = Deployed.open(
            environment, boto3.Session(region_name=environment.region)
        )
        if options.operation == "deploy":
            deploy(
                deployed,
                environments=options.environments,
                data=options.data,
                transform=options.transform,
            )
        elif options.operation == "upload":
            Upload.prepare(deployed, options.data).run()
        elif options.operation == "backfill":
            Backfill(
                deployed=deployed,
                transform=options.transform,
                first=options.first,
                last=options.last,
                at_once=options.at_once,
            ).run()
        elif options.operation == "snapshot":
            snapshot(deployed, snapshot_folder(environment.name))
        else:
            remove(deployed, lambda what: options.yes or _typed(environment.name, what))
    except EnvironmentFileError as error:
        print(error, file=sys.stderr)
        return 1
    except (NoCredentialsError, PartialCredentialsError):
        print(
            f"{options.operation} failed: this shell has no credentials of AWS. Sign "
            "in as the AWS CLI documents it, for instance with `aws sso login` and "
            "AWS_PROFILE, and run the same command again",
            file=sys.stderr,
        )
        return 1
    except (OperationError, OSError, BotoCoreError, Boto3Error, ClientError) as error:
        print(f"{options.operation} failed: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print(
            "\nInterrupted. What was begun goes on in AWS; the same command takes up "
            "from there.",
            file=sys.stderr,
        )
        return 130
    return 0


def _today(operation: str) -> date | None:
    """The day that leave is judged by: expired leave stops what would grant it."""
    return datetime.now(UTC).date() if operation == "deploy" else None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m operate", description=__doc__)
    operations = parser.add_subparsers(dest="operation", required=True)
    for name, purpose in (
        ("deploy", "deploy foundation and operations, upload, deploy the transforms"),
        ("upload", "put artifacts and inputs into the buckets"),
        ("backfill", "run a transform for each day of a range that is not done"),
        ("snapshot", "keep the deployed templates for a review"),
        ("remove", "delete the stacks, and the data with `protection: discard`"),
    ):
        operation = operations.add_parser(name, help=purpose)
        operation.add_argument("environment", help="name of a folder of environments/")
        operation.add_argument(
            "--environments",
            type=Path,
            help="folder that holds the environment's folder",
        )
        if name == "remove":
            operation.add_argument(
                "--yes", action="store_true", help="do not ask before removing"
            )
        if name == "backfill":
            _add_range(operation)
        if name in ("backfill", "remove", "snapshot"):
            continue
        operation.add_argument(
            "--data",
            type=Path,
            required=name == "upload",
            help="folder with models/ and inputs/",
        )
        if name == "deploy":
            operation.add_argument(
                "--transform", help="deploy this transform alone, touch nothing else"
            )
    return parser


def _add_range(operation: argparse.ArgumentParser) -> None:
    operation.add_argument("transform", help="name of the transform")
    operation.add_argument("first", type=_day, help="the first day, as 2030-01-25")
    operation.add_argument("last", type=_day, help="the last day, included")
    operation.add_argument(
        "--at-once", type=_some, default=2, help="how many runs go on at most (2)"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text} is no day: write it as 2030-01-31"
        ) from None


def _some(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(
            f"{text} is no number of runs: write 1 or more"
        )
    return int(text)


def _typed(name: str, what: str) -> bool:
    print(what)
    try:
        return input(f"Type {name} to go on: ") == name
    except EOFError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
