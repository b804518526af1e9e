"""The address of a syslog daemon."""

from urllib.parse import urlsplit


def check_syslog(address: str | None) -> str | None:
    """Return the address; raises `ValueError` unless it is a socket's path or `tcp://host:port`."""
    if address is not None and not address.startswith("/") and not _is_tcp(address):
        raise ValueError("is a socket's path like /dev/log, or tcp://host:port: UDP reports no loss")
    return address


def _is_tcp(address: str) -> bool:
    try:
        parts = urlsplit(address)
        return parts.scheme == "tcp" and bool(parts.hostname) and parts.port is not None
    except ValueError:  # a port that is no number
        return False
