"""How the bot listens."""

import socket

from bot.http.server import listen


def test_answer_does_not_wait_for_the_acknowledgement_of_its_own_headers() -> None:
    with listen("127.0.0.1", 0) as listener, socket.create_connection(listener.getsockname()):
        accepted, _ = listener.accept()
        with accepted:
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
