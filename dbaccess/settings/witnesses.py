"""The settings of the witnesses: where checkpoints are kept outside the control database."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import field_validator

from dbaccess.settings.environment import Settings, is_private
from dbaccess.settings.syslog import check_syslog

_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,30}")


class WitnessSettings(Settings):
    """Any number of the four; no witness means that only the control database has the checkpoints."""

    dbaccess_witness_path: Path | None = None
    """A file on another disk or mount, such as `/mnt/witness/checkpoints`; each host appends to its own."""
    dbaccess_witness_syslog: str | None = None
    """A socket such as `/dev/log`, or `tcp://host:port`; lines are in the format of RFC 5424."""
    dbaccess_witness_s3: str | None = None
    """`s3://bucket/prefix`, a bucket that keeps versions. The credentials are in `AWS_ACCESS_KEY_ID` and
    `AWS_SECRET_ACCESS_KEY`, in `AWS_SHARED_CREDENTIALS_FILE`, or in the host's role."""
    dbaccess_witness_s3_endpoint: str | None = None
    """The `https://` address of an object store other than S3."""
    dbaccess_witness_slack: str | None = None
    """The id of a channel, such as `C0AUDIT`, that gets the newest checkpoint each hour."""

    @field_validator("dbaccess_witness_path")
    @classmethod
    def _path(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_absolute():
            raise ValueError("must be an absolute path")
        return value

    @field_validator("dbaccess_witness_syslog")
    @classmethod
    def _witness_syslog(cls, value: str | None) -> str | None:
        return check_syslog(value)

    @field_validator("dbaccess_witness_s3")
    @classmethod
    def _bucket(cls, value: str | None) -> str | None:
        parts = urlsplit(value) if value is not None else None
        if parts is not None and (
            parts.scheme != "s3" or not parts.netloc or parts.query or "@" in parts.netloc
        ):
            raise ValueError("must be s3://bucket or s3://bucket/prefix, without credentials")
        return value

    @field_validator("dbaccess_witness_s3_endpoint")
    @classmethod
    def _endpoint(cls, value: str | None) -> str | None:
        parts = urlsplit(value) if value is not None else None
        if parts is not None and (not is_private(parts.scheme, parts.hostname) or "@" in parts.netloc):
            raise ValueError("must begin with https:// unless it is on this machine, without credentials")
        return value

    @field_validator("dbaccess_witness_slack")
    @classmethod
    def _channel(cls, value: str | None) -> str | None:
        if value is not None and not _CHANNEL.fullmatch(value):
            raise ValueError("must be the id of a channel, such as C0AUDIT")
        return value
