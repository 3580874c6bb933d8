"""Send files, and headers for private pictures."""

import tempfile
from collections.abc import Iterable, Iterator
from os import SEEK_END
from typing import IO

from fastapi.responses import StreamingResponse

PRIVATE_PICTURE_HEADERS = {
    "Cache-Control": "private, max-age=900",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Only the requesting browser may cache it, and never interprets it as anything but a picture."""

MAX_MEMORY_BYTES = 10_000_000
"""A larger file is written to disk first."""

CHUNK_BYTES = 65_536


def open_spool() -> IO[bytes]:
    """Open a temporary file that stays in memory up to `MAX_MEMORY_BYTES`."""
    return tempfile.SpooledTemporaryFile(max_size=MAX_MEMORY_BYTES)


def spool(parts: Iterable[str]) -> IO[bytes]:
    """Write `parts` as UTF-8 to a temporary file, so that errors are raised before the response starts."""
    file = open_spool()
    try:
        file.writelines(part.encode() for part in parts)
    except BaseException:
        file.close()
        raise
    return file


def send_file(file: IO[bytes], name: str, media_type: str) -> StreamingResponse:
    """Send all of `file` as a download called `name`, then close it.

    Send its length too: HTTP/1.0 has no chunks, and browsers show the progress.
    """
    file.seek(0, SEEK_END)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(file.tell()),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_read_chunks(file), media_type=media_type, headers=headers)


def _read_chunks(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
