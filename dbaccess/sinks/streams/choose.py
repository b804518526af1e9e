"""The streams that the environment names."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from dbaccess.ports import Stream
from dbaccess.sinks.streams.https import HttpsStream
from dbaccess.sinks.streams.lines import FileStream, Format, SyslogStream


def choose_streams(
    *, path: Path | None, syslog: str | None, url: SecretStr | None, secret: SecretStr | None, form: Format
) -> Iterator[Stream]:
    """Yield the streams; a URL without a secret is none, and the settings refuse it."""
    if path is not None:
        yield FileStream(path, form)
    if syslog is not None:
        yield SyslogStream(syslog, form)
    if url is not None and secret is not None:
        yield HttpsStream(url, secret, form)
