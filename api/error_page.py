"""Errors as pages, for people who opened a link in a browser. Clients of the API get the same as JSON."""

from html import escape
from http import HTTPStatus

PAGE_POLICY = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"

_TEXTS = {
    401: (
        "This link can't be opened",
        "It may have expired. Go back to the page where you found it, and open it again.",
    ),
    404: (
        "This page doesn't exist",
        "Please check the link, or ask the person who sent it to you for a new one.",
    ),
    429: ("Too many requests", "Please wait a minute, then reload this page."),
    500: (
        "Something went wrong",
        "It isn't your fault. The server has logged the error. Please try again later.",
    ),
    503: ("The server is busy or restarting", "Please reload this page in a few seconds."),
}
_OTHER = ("This link can't be opened", "Please check the link.")

_TEMPLATE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="{home}assets/icon.svg" type="image/svg+xml">
<title>{title}</title>
<style>
body {{ max-width: 40rem; margin: 12vh auto; padding: 0 1rem; font: 100%/1.5 system-ui, sans-serif;
  overflow-wrap: anywhere }}
small {{ opacity: 0.75 }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p>{text}</p>
<p><a href="{home}">Go to the home page</a></p>
<p><small>Error {status}: {detail}</small></p>
</main>
</body>
</html>
"""


def render_error_page(status: int, detail: str, public_path: str) -> bytes:
    """Return the HTML page of an error; `detail` is the problem's, for the person who is asked for help."""
    title, text = _TEXTS.get(status, _TEXTS[500] if status >= HTTPStatus.INTERNAL_SERVER_ERROR else _OTHER)
    return _TEMPLATE.format(
        title=title, text=text, status=status, detail=escape(detail), home=f"{public_path}/"
    ).encode()
