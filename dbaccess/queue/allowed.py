"""The jobs that may stand in the queue: known ones, in their own queue, with one whole number."""

import json
import zlib
from typing import Any

from dbaccess.ports import Job

QUEUES = {
    Job.CREDENTIALS: "interactive",
    Job.LOCKDOWN: "interactive",
    Job.PROVISION: "targets",
    Job.REVOKE: "targets",
    Job.EXTEND: "targets",
    Job.DIRECTORY: "notify",
    Job.REPORT: "notify",
}
QUEUE_NAMES = ("interactive", "targets", "notify")

MAX_SUBJECT = 2**63 - 1
_MAX_BYTES = 1024
"""More than any of our jobs has, packed or not."""


class RefusedJob(Exception):
    """Redis holds something that is no job of ours; the text says why, without its content."""


def function_of(job: Job) -> str:
    """Return the dotted name under which the queue knows a job."""
    return f"workers.jobs.{job.value}.run"


_JOBS = {function_of(job): job for job in Job}


def allowed(data: bytes, origin: str) -> tuple[Job, int]:
    """Return the job in the bytes; raises `RefusedJob` for anything but a known word and one whole number."""
    content = _unpacked(data)
    if not (isinstance(content, list) and len(content) == 4):  # noqa: PLR2004 name, instance, args, kwargs
        raise RefusedJob("not the shape of a job")
    name, instance, arguments, keywords = content
    job = _JOBS.get(name) if isinstance(name, str) else None
    if job is None:
        raise RefusedJob("not one of our functions")
    if QUEUES[job] != origin:
        raise RefusedJob("in the queue of other jobs")
    if instance is not None or keywords != {}:
        raise RefusedJob("more than one argument")
    if not (isinstance(arguments, list) and len(arguments) == 1 and type(arguments[0]) is int):
        raise RefusedJob("not one whole number")
    if not 0 <= arguments[0] <= MAX_SUBJECT:
        raise RefusedJob("not a number of ours")
    return job, arguments[0]


def _unpacked(data: bytes) -> Any:
    if len(data) > _MAX_BYTES:
        raise RefusedJob("too long")
    try:
        unpacked = zlib.decompressobj().decompress(data, _MAX_BYTES)
        return json.loads(unpacked)
    except (zlib.error, ValueError, RecursionError):
        raise RefusedJob("not packed JSON") from None
