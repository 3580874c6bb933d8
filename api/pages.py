"""Serve the built pages, for installations without a separate web server."""

from pathlib import Path

from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.staticfiles import StaticFiles

from shared.settings import VideoProvider

CONTENT_SECURITY_POLICY = {
    "default-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' https: blob: data:",  # https: evidence may be at Imgur or in a bucket
    "media-src": "'self' blob:",
    "style-src": "'self'",
    "worker-src": "'self' blob:",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "object-src": "'none'",
}
VENDOR_SOURCES = {
    "connect-src": "https://*.realtime.cloudflare.com wss://*.realtime.cloudflare.com",
    "media-src": "https://*.realtime.cloudflare.com",
    "style-src": "'unsafe-inline'",  # the vendor's components add their styles by script
}
"""Additional sources where a vendor carries the video; Dyte's meetings run at Cloudflare, too."""

DEVICE_PERMISSIONS = "camera=(self), microphone=()"
VENDOR_DEVICE_PERMISSIONS = "camera=(self), microphone=(self), display-capture=(self)"

PAGES = (
    "/",
    "/meeting/{meeting_id}",
    "/meeting/{meeting_id}/review",
    "/meeting/{meeting_id}/people/{participant_id}",
)


def page_headers(provider: VideoProvider) -> dict[str, str]:
    """Return a page's headers; vendor servers and the microphone are allowed only with a vendor."""
    has_vendor = provider is not VideoProvider.NONE
    additional = VENDOR_SOURCES if has_vendor else {}
    policy = [
        f"{name} {sources} {additional.get(name, '')}".strip()
        for name, sources in CONTENT_SECURITY_POLICY.items()
    ]
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Permissions-Policy": VENDOR_DEVICE_PERMISSIONS if has_vendor else DEVICE_PERMISSIONS,
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-cache",
    }


def serve_pages(app: FastAPI, built: Path, provider: VideoProvider, public_path: str) -> None:
    """Serve the output of `npm run build`: one HTML file for every page, its assets below `public_path`.

    frontend/nginx.conf does the same.
    """
    page = built / "index.html"
    headers = page_headers(provider)

    def send_page() -> HTMLResponse:
        return HTMLResponse(
            page.read_text().replace('="/assets/', f'="{public_path}/assets/'), headers=headers
        )

    for address in PAGES:
        app.add_api_route(address, send_page, include_in_schema=False)
    app.mount("/assets", StaticFiles(directory=built / "assets"))
