"""The settings of witnesses and streams, which get checkpoints and entries outside the control database."""

import re
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import SecretStr, field_validator, model_validator

from dbaccess.settings.environment import Settings, is_private
from dbaccess.settings.syslog import check_syslog

_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,30}")

_LEAST_SECRET = 16


class WitnessSettings(Settings):
    """Any number of each; without a witness only the control database has the checkpoints."""

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

    dbaccess_stream_path: Path | None = None
    """A file that gets each entry of the ledger as a line; each host appends to its own."""
    dbaccess_stream_syslog: str | None = None
    """A socket such as `/dev/log`, or `tcp://host:port`, that gets each entry in the format of RFC 5424."""
    dbaccess_stream_url: SecretStr | None = None
    """An `https://` URL that gets the entries as lines of JSON, with an HMAC in a header."""
    dbaccess_stream_secret: SecretStr | None = None
    """The key of that HMAC; required with `DBACCESS_STREAM_URL`."""
    dbaccess_stream_format: Literal["json", "ocsf"] = "json"
    """The format of the entries: `json` is our own, `ocsf` is for security tools."""

    @model_validator(mode="after")
    def _signed(self) -> Self:
        secret = self.dbaccess_stream_secret.get_secret_value() if self.dbaccess_stream_secret else ""
        if self.dbaccess_stream_url is not None and len(secret) < _LEAST_SECRET:
            needed = f"DBACCESS_STREAM_SECRET, of {_LEAST_SECRET} characters or more"
            raise ValueError(f"DBACCESS_STREAM_URL needs {needed}")
        return self

    @field_validator("dbaccess_stream_url")
    @classmethod
    def _stream_url(cls, value: SecretStr | None) -> SecretStr | None:
        parts = urlsplit(value.get_secret_value()) if value is not None else None
        if parts is not None and (not parts.hostname or not is_private(parts.scheme, parts.hostname)):
            raise ValueError("must begin with https:// unless it is on this machine")
        return value

    @field_validator("dbaccess_witness_path", "dbaccess_stream_path")
    @classmethod
    def _path(cls, value: Path | None) -> Path | None:
        if value is not None and not value.is_absolute():
            raise ValueError("must be an absolute path")
        return value

    @field_validator("dbaccess_witness_syslog", "dbaccess_stream_syslog")
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
        if parts is not None and (
            not parts.hostname or not is_private(parts.scheme, parts.hostname) or "@" in parts.netloc
        ):
            raise ValueError("must begin with https:// unless it is on this machine, without credentials")
        return value

    @field_validator("dbaccess_witness_slack")
    @classmethod
    def _channel(cls, value: str | None) -> str | None:
        if value is not None and not _CHANNEL.fullmatch(value):
            raise ValueError("must be the id of a channel, such as C0AUDIT")
        return value
