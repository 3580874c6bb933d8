"""Scripts and words for tests of live views."""

from playwright.sync_api import Page

WATCHED = "An invigilator is watching live"
"""What the candidate's page says."""

NO_PEERS = """
window.RTCPeerConnection = class { constructor() { throw new DOMException("not here", "NotSupportedError") } }
"""
"""A browser without WebRTC."""

RECORD_SIGNALS = """
window.sent = []
const send = WebSocket.prototype.send
WebSocket.prototype.send = function (text) {
  window.sent.push(JSON.parse(text).signal?.type)
  return send.call(this, text)
}
"""
"""Keeps the types of all signals that a page has sent in `window.sent`."""


def offers_sent(admin: Page) -> int:
    """Return how many views the page has asked for; it needs `RECORD_SIGNALS`."""
    sent: list[str | None] = admin.evaluate("window.sent")
    return sent.count("offer")
