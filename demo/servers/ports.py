"""Ports for servers on this machine."""

import secrets
import socket
from pathlib import Path

_RANGE = Path("/proc/sys/net/ipv4/ip_local_port_range")
_LOWEST = 15_000


def free_port() -> int:
    """Return a port on 127.0.0.1 that was free a moment ago; the caller retries if it is taken meanwhile.

    Taken from below the kernel's range for outgoing connections. While a server is down, a client that keeps
    dialling a port inside that range is in time given the same port as its own end, and connects to itself.
    """
    highest = _lowest_outgoing() - 1
    for _ in range(200):
        port = _LOWEST + secrets.randbelow(highest - _LOWEST)
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise RuntimeError(f"no free port on 127.0.0.1 between {_LOWEST} and {highest}")


def _lowest_outgoing() -> int:
    try:
        lowest = int(_RANGE.read_text().split()[0])
    except OSError:
        return 32_768
    return lowest if lowest > _LOWEST + 1_000 else 65_535
