"""How a picture of somebody is sent."""

PRIVATE = {
    "Cache-Control": "private, max-age=900",
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
"""Kept by the browser that asked for it alone, and never taken for anything but a picture."""
