"""The witnesses that the environment names."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from dbaccess.ports import Messenger, Witness
from dbaccess.sinks.witnesses.file import FileWitness
from dbaccess.sinks.witnesses.slack import Render, SlackWitness
from dbaccess.sinks.witnesses.syslog import SyslogWitness


def choose_witnesses(
    *, path: Path | None, syslog: str | None, bucket: str | None, endpoint: str | None
) -> Iterator[Witness]:
    """Yield the witnesses that need no token of Slack; raises `ValueError` if one lacks its library.

    The address of the bucket is `s3://bucket/prefix`.
    """
    if path is not None:
        yield FileWitness(path)
    if syslog is not None:
        yield SyslogWitness(syslog)
    if bucket is not None:
        yield _object_store(bucket, endpoint)


def slack_witness(channel: str, messenger: Messenger, render: Render) -> Witness:
    """Return the witness in a channel."""
    return SlackWitness(channel, messenger, render)


def _object_store(address: str, endpoint: str | None) -> Witness:
    try:
        from dbaccess.sinks.witnesses.object_store import Bucket, ObjectStoreWitness
    except ImportError:
        raise ValueError("DBACCESS_WITNESS_S3 needs botocore: install dbaccess with the extra `s3`") from None
    parts = urlsplit(address)
    prefix = parts.path.strip("/")
    return ObjectStoreWitness(
        Bucket(name=parts.netloc, prefix=f"{prefix}/" if prefix else "", endpoint=endpoint)
    )
