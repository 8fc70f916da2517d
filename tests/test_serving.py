"""The sockets on which everything is served."""

import socket

from simulator.serving import listen


def test_an_answer_of_two_writes_waits_for_no_delayed_acknowledgement():
    listener = listen("127.0.0.1", 0)
    with socket.create_connection(listener.getsockname()[:2]):
        listener.settimeout(5)
        accepted, _ = listener.accept()
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        accepted.close()
    listener.close()
