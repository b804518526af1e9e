"""Which port something listens on."""

import socket

from demo.servers.ports import free_port


def port_for(wanted: int | None) -> int:
    """Return the wanted port if it is free, another if it is taken."""
    return wanted if wanted is not None and is_free(wanted) else free_port()


def is_free(port: int) -> bool:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def listening(port: int) -> socket.socket:
    """A socket that listens on that port of 127.0.0.1; no answer waits for the ack of its own headers."""
    listener = socket.create_server(("127.0.0.1", port))
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener
