"""TCP ports of the loopback interface."""

import socket
import sys

from dev.stack.errors import CannotStartError


def free_port() -> int:
    """Return a port on which nothing listens.

    On Linux it stays reserved until this process ends: because of a bound socket that does not listen, the
    kernel gives the port to nobody who asks for any free port. A server that asks for this number (with
    SO_REUSEADDR, as servers do) may listen there, stop, and listen again.
    """
    with socket.socket() as reservation:
        reservation.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        reservation.bind(("127.0.0.1", 0))
        port: int = reservation.getsockname()[1]
        if sys.platform == "linux":  # elsewhere two sockets cannot share an address
            reservation.detach()
        return port


def claim_port(port: int) -> int:
    """Return `port`, or a free port for 0.

    Raises:
        CannotStartError: the port is in use, or not allowed for this user.
    """
    if port == 0:
        return free_port()
    try:
        with socket.create_server(("127.0.0.1", port)):
            return port
    except (OSError, OverflowError) as error:
        raise CannotStartError(
            f"Port {port} cannot be used ({error}): stop what listens there, or choose another with --port."
        ) from error
