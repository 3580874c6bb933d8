"""The built pages, where no web server of its own serves them."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

POLICY = {
    "Content-Security-Policy": "; ".join(
        (
            "default-src 'self'",
            "img-src 'self' https: blob: data:",  # https: evidence may lie at Imgur or in a bucket
            "media-src 'self' blob:",
            "worker-src 'self' blob:",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
            "object-src 'none'",
        )
    ),
    "Permissions-Policy": "camera=(self), microphone=(self)",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def serve_pages(app: FastAPI, built: Path) -> None:
    """Serves what `npm run build` has made; the addresses of the pages are all the same file."""
    page = built / "index.html"

    def send_page() -> FileResponse:
        return FileResponse(page, headers=POLICY)

    for address in ("/", "/meeting/{meeting_id}"):
        app.add_api_route(address, send_page, include_in_schema=False)
    app.mount("/assets", StaticFiles(directory=built / "assets"))
