"""The built pages, where no web server of its own serves them."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from shared.settings import VideoProvider

CONTENT = {
    "default-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' https: blob: data:",  # https: evidence may lie at Imgur or in a bucket
    "media-src": "'self' blob:",
    "style-src": "'self'",
    "worker-src": "'self' blob:",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
VENDOR_CONTENT = {
    "connect-src": "https://*.realtime.cloudflare.com wss://*.realtime.cloudflare.com",
    "media-src": "https://*.realtime.cloudflare.com",
    "style-src": "'unsafe-inline'",  # the vendor's components bring their styles in scripts
}
"""What the pages need besides where a vendor carries the video: Dyte's meetings run at Cloudflare, too."""

DEVICES = "camera=(self), microphone=()"
VENDOR_DEVICES = "camera=(self), microphone=(self), display-capture=(self)"


def policy(provider: VideoProvider) -> dict[str, str]:
    """The headers of a page; it may talk to a vendor and hear a microphone only where there is one."""
    has_vendor = provider is not VideoProvider.NONE
    more = VENDOR_CONTENT if has_vendor else {}
    content = [f"{name} {sources} {more.get(name, '')}".strip() for name, sources in CONTENT.items()]
    return {
        "Content-Security-Policy": "; ".join(content),
        "Permissions-Policy": VENDOR_DEVICES if has_vendor else DEVICES,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }


def serve_pages(app: FastAPI, built: Path, provider: VideoProvider, public_path: str) -> None:
    """Serves what `npm run build` has made; the addresses of the pages are all the same file.

    What is in it lies below `public_path`, as in frontend/nginx.conf.
    """
    page = built / "index.html"
    headers = policy(provider)

    def send_page() -> HTMLResponse:
        return HTMLResponse(
            page.read_text().replace('="/assets/', f'="{public_path}/assets/'), headers=headers
        )

    for address in ("/", "/meeting/{meeting_id}"):
        app.add_api_route(address, send_page, include_in_schema=False)
    app.mount("/assets", StaticFiles(directory=built / "assets"))
