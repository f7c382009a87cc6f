"""Custom::TransformJob: runs a transform job when something that matters changed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from botocore.exceptions import ClientError

from .attempts import Attempt, last_attempt
from .aws import S3, SageMaker, describe, jobs, stop, words_of
from .contract import ENDED
from .ending import GOOD_ENOUGH, praise, told
from .lifecycle import (
    UNSEEN,
    WAIT_LIMIT,
    Attributes,
    LauncherError,
    Properties,
    Request,
    bounded,
)
from .listing import UncountableError, entries
from .moment import Moment
from .names import digest, family_of
from .order import Order
from .propagation import may_pass
from .records import Records, claim
from .start import start_job
from .verdict import Counts, Verdict, judge, recall

NOTE_LIMIT = 900
"""Bytes of the note, as JSON, beside the other attributes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformJob:
    """Runs one transform's job, waits for it, and stops it when it must go.

    Properties: those of an `Order`, and `Environment`, `Transform`, `ModelDigest`,
    `Run`, `MostInputs` (of a smoke run), `Completion` (wait | launch).
    Attributes: `JobName`, `Status`, `OutputPath`, `Note`.

    Args:
        sagemaker: Calls to SageMaker.
        s3: Calls to S3, to count inputs and outputs and to note starts.
        bucket: The control bucket.
        now: The clock.
    """

    sagemaker: SageMaker
    s3: S3
    bucket: str
    now: Callable[[], datetime]

    def digest(self, properties: Properties) -> str:
        """Both requests without names and tags, declared artifacts, and `run`."""
        return digest(
            {
                "model": properties["ModelDigest"],
                "job": Order(properties).substance,
                "run": properties["Run"],
                "artifacts": properties.get("ArtifactDigests", []),
            }
        )

    def make(
        self,
        name: str,
        request: Request,
        *,
        before: Attributes | None,
        restores: bool,
        previous: Attributes | None,
    ) -> Attributes | None:
        """Run the job, unless it or another one of the same digest ran already."""
        if before is not None:
            job = self._describe(before["JobName"])
            if job is None:
                return before
            back = "The deployment went back to this job." if restores else ""
            return self._data(job, back, self._since(job, request))
        attempt = last_attempt(name, self._describe)
        if attempt is None:
            job = self._earlier(family_of(name), request.properties)
            if job is None:
                self._start(name, 1, request)
                return None
            same = "An earlier job did the same."
            return self._data(job, same, self._of_previous(previous))
        following = attempt.next(Order(request.properties).resources)
        if following and not self._is_late(request):
            self._start(name, following, request)
            return None
        if attempt.job["TransformJobStatus"] in ENDED:
            note = self._note(attempt, request)
        elif self._may_go_on(attempt.job, request):
            note = "It goes on; its end is announced."
        else:
            return None
        return self._data(attempt.job, note, self._of_previous(previous))

    def remove(self, name: str) -> str | None:
        """Stop it; what it has written stays, and so does SageMaker's record."""
        attempt = last_attempt(name, self._describe)
        # Who lacked capacity may have a successor that cannot be seen yet.
        if attempt is None or attempt.lacked_capacity:
            return UNSEEN
        if attempt.job["TransformJobStatus"] in ENDED:
            return None
        job = attempt.job["TransformJobName"]
        if attempt.job["TransformJobStatus"] == "InProgress":
            stop(self.sagemaker, job)
        return (
            f"Transform job {job} does not stop. Look at it in the console, then "
            "delete again."
        )

    def _start(self, name: str, number: int, request: Request) -> None:
        order = Order(request.properties)
        moment = self._moment(request)
        self._require_few_inputs(request.properties, moment)
        start_job(
            self.sagemaker,
            self.s3,
            bucket=self.bucket,
            job=order.job(name, number, moment, order.source(moment)),
            network=order.network,
            launch=order.launch(
                "deployment",
                {"stack": request.stack_id, "request": request.request_id},
                moment,
            ),
            declared=order.artifact_digests,
            may_pass=lambda error: self._may_pass(error, request),
        )

    def _moment(self, request: Request) -> Moment:
        """The day of a deployment is that on which its request was first seen."""
        zone = Order(request.properties).time_zone
        return Moment.of(request.started or self.now(), zone)

    def _may_pass(self, error: ClientError, request: Request) -> bool:
        """SageMaker lists the inputs as the execution role, and so may see none.

        Where there are none, it is believed at once.
        """
        if "no s3 objects found" in words_of(error).lower():
            source = Order(request.properties).source(self._moment(request))
            try:
                found = next(entries(self.s3, source["S3Uri"]), None)
            except UncountableError:
                found = None
            if found is None:
                return False
        return may_pass(error, request, self.now())

    def _require_few_inputs(self, properties: Properties, moment: Moment) -> None:
        """A smoke run is to be short and cheap: a prefix of everything is a mistake."""
        most = int(properties.get("MostInputs", 0))
        if not most:
            return
        uri = Order(properties).source(moment)["S3Uri"]
        try:
            found = list(islice(entries(self.s3, uri), most + 1))
        except UncountableError as error:
            raise LauncherError(f"The smoke input {uri} cannot be listed.") from error
        if len(found) > most:
            raise LauncherError(
                f"No job was started: the smoke input {uri} holds more than {most} "
                "objects.\nName a prefix with fewer in `smoke_input`."
            )

    def _note(self, attempt: Attempt, request: Request) -> str:
        """What to say of a job that ended; one that ended badly is a failure."""
        job = attempt.job
        # It has just ended: what is missing is named, as no note of its end does.
        most = Order(request.properties).most_failed
        verdict = self._judge(job, most)
        if verdict.result in GOOD_ENOUGH:
            return praise(verdict)
        raise LauncherError(told(attempt, verdict))

    def _judge(self, job: Mapping[str, Any], most: int) -> Verdict:
        return judge(self.s3, job, max_failed_inputs=most, manifests=self.bucket)

    def _judged(self, job: Mapping[str, Any], properties: Properties) -> Verdict:
        """By what was counted when it ended, once it was: outputs may expire."""
        most = Order(properties).most_failed
        ended = self._end_of(job)
        if ended is None:
            return self._judge(job, most)
        counts = Counts(**ended["counts"]) if ended["counts"] else None
        return recall(job, counts, max_failed_inputs=most)

    def _served(self, job: Mapping[str, Any], properties: Properties) -> bool:
        """Whether a job ended well enough, for what was wanted then and is wanted now.

        What counted as failed when it ended stands so in evidence and alarm.
        """
        if job["TransformJobStatus"] not in ENDED:
            return False
        ended = self._end_of(job)
        if ended is not None and ended["result"] == "failed":
            return False
        return self._judged(job, properties).result in GOOD_ENOUGH

    def _may_go_on(self, job: Mapping[str, Any], request: Request) -> bool:
        launched = request.properties["Completion"] == "launch"
        return self._is_late(request) or (
            launched and job.get("TransformStartTime") is not None
        )

    def _is_late(self, request: Request) -> bool:
        return request.waited_longer_than(WAIT_LIMIT, self.now())

    def _of_previous(self, previous: Attributes | None) -> str:
        """A job that was handed over and failed is not forgotten with the next one."""
        job = self._describe(previous["JobName"]) if previous else None
        if job is None or not self._failed(job):
            return ""
        name = job["TransformJobName"]
        return f"The job before, {name}, failed after its deployment."

    def _since(self, job: Mapping[str, Any], request: Request) -> str:
        """What became of a job after its deployment; nothing starts it again."""
        if job["TransformJobStatus"] not in ENDED:
            return "It goes on; its end is announced."
        verdict = self._judged(job, request.properties)
        if verdict.result in GOOD_ENOUGH:
            return praise(verdict)
        ended = "It was stopped." if verdict.result == "stopped" else "It has failed."
        again = "Change `run` to run it again."
        return " ".join(filter(None, (ended, verdict.missing, again)))

    def _failed(self, job: Mapping[str, Any]) -> bool:
        ended = self._end_of(job)
        if ended is None:
            return bool(job["TransformJobStatus"] == "Failed")
        return bool(ended["result"] == "failed")

    def _end_of(self, job: Mapping[str, Any]) -> dict[str, Any] | None:
        """How a job was judged when it ended; None if nobody has yet."""
        name, status = job["TransformJobName"], job["TransformJobStatus"]
        records = Records(s3=self.s3, bucket=self.bucket)
        found = records.read(claim(name, status, "counted"))
        return found[0] if found else None

    def _data(self, job: Mapping[str, Any], *sentences: str) -> Attributes:
        """What is answered of a job; what AWS said of it may be long and comes last."""
        reason = " ".join(job.get("FailureReason", "").split())
        said = f"AWS: {reason}" if reason else ""
        note = " ".join(filter(None, (*sentences, said)))
        return {
            "JobName": job["TransformJobName"],
            "Status": job["TransformJobStatus"],
            "OutputPath": job.get("TransformOutput", {}).get("S3OutputPath", ""),
            "Note": bounded(note, NOTE_LIMIT),
        }

    def _describe(self, name: str) -> dict[str, Any] | None:
        return describe(self.sagemaker, name)

    def _earlier(self, family: str, properties: Properties) -> dict[str, Any] | None:
        """A job of the same digest that did what it was for."""
        # SageMaker calls Failed also what `max_failed_inputs` allows.
        for found in jobs(self.sagemaker, NameContains=family):
            if found["TransformJobName"].startswith(family):
                job = self._describe(found["TransformJobName"])
                if job is not None and self._served(job, properties):
                    return job
        return None
