"""A fake S3."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def serve_s3() -> Iterator[str]:
    """Run moto's server; yield its URL."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - takes half a second, in every process

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
