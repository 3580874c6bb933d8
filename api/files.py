"""Files and pictures in answers."""

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
"""Only the browser that asked may cache it, and it is never interpreted as anything but a picture."""

IN_MEMORY = 10_000_000
"""Bytes; a larger file is written to disk first."""

PART = 65_536


def open_spool() -> IO[bytes]:
    """Open a file that stays in memory while it is small."""
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)


def spool(parts: Iterable[str]) -> IO[bytes]:
    """Write text as UTF-8. An error while reading `parts` comes before the answer has begun."""
    file = open_spool()
    file.writelines(part.encode() for part in parts)
    return file


def send_file(file: IO[bytes], name: str, media_type: str) -> StreamingResponse:
    """Send all of `file`, to be saved as `name`, then close it.

    The length is sent too: HTTP/1.0 has no chunks, and a browser shows how much is left.
    """
    file.seek(0, SEEK_END)
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Content-Length": str(file.tell()),
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_read_in_parts(file), media_type=media_type, headers=headers)


def _read_in_parts(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        file.seek(0)
        while part := file.read(PART):
            yield part
