"""Files to be saved, with their length: HTTP/1.0 knows no chunks, and a browser tells how much is left."""

import tempfile
from collections.abc import Iterable, Iterator
from os import SEEK_END
from typing import IO

from fastapi.responses import StreamingResponse

IN_MEMORY = 10_000_000
"""Bytes; a larger file is written to disk first."""

PART = 65_536


def open_spool() -> IO[bytes]:
    """Open a file that stays in memory while it is small."""
    return tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)


def spool(parts: Iterable[str]) -> IO[bytes]:
    """Write text in UTF-8; what breaks off while it is read never becomes half an answer."""
    file = open_spool()
    file.writelines(part.encode() for part in parts)
    return file


def send_file(file: IO[bytes], name: str, media_type: str) -> StreamingResponse:
    """Send all that was written to `file`, to be saved under `name`; closes it."""
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
