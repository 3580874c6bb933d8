"""TCP ports of the loopback interface."""

import socket

from dev.errors import CannotStartError


def free_port() -> int:
    """A port on which nothing listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def claim_port(port: int) -> int:
    """The port itself, or a free one for 0.

    Raises:
        CannotStartError: something listens there, or this user may not.
    """
    try:
        with socket.create_server(("127.0.0.1", port)) as listener:
            claimed: int = listener.getsockname()[1]
            return claimed
    except (OSError, OverflowError) as error:
        raise CannotStartError(
            f"Port {port} cannot be used ({error}): stop what listens there, or choose another with --port."
        ) from error
