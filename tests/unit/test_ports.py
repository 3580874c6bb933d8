"""Free ports stay reserved until their server starts."""

import socket
import sys

import pytest

from dev.stack.ports import free_port


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux can reserve a port")
def test_free_port_stays_reserved_for_its_server() -> None:
    port = free_port()

    for _ in range(2):  # a server that is stopped and started again
        with socket.socket() as other, pytest.raises(OSError, match="in use"):
            other.bind(("127.0.0.1", port))
        with (
            socket.create_server(("127.0.0.1", port)),
            socket.create_connection(("127.0.0.1", port)),
        ):
            pass


def test_nothing_answers_at_a_free_port() -> None:
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", free_port()))
