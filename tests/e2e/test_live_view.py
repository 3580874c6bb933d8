"""The protocol of docs/live.md as two real browsers speak it, at two gateways: the picture really moves."""

from collections.abc import Iterator

import httpx
import pytest
from playwright.sync_api import Browser, Page, Playwright

from tests.room import Room, Seat

PATIENCE_MS = 60_000

CONNECT = """
async ([meetingId, credentials]) => {
  const socket = new WebSocket(`${location.origin.replace("http", "ws")}/meetings/${meetingId}/live`)
  const say = (message) => socket.send(JSON.stringify(message))
  socket.onopen = () => say({ type: "hello", credentials })
  window.heard = []
  const welcome = await new Promise((done, failed) => {
    socket.onmessage = ({ data }) => done(JSON.parse(data))
    socket.onclose = ({ reason }) => failed(new Error(reason))
  })
  window.peerTo = (id) => {
    const peer = new RTCPeerConnection({ iceServers: welcome.ice_servers })
    const signal = (signal) => say({ type: "signal", to: id, signal })
    peer.onicecandidate = ({ candidate }) =>
      signal({ type: "ice", candidate: candidate?.candidate ? candidate.toJSON() : null })
    return { peer, signal }
  }
  const take = async ({ signal, from }) => {
    if (signal.type === "offer") await window.answer(from, signal)
    if (signal.type === "answer") await window.view.peer.setRemoteDescription(signal)
    if (signal.type === "ice") await window.view.peer.addIceCandidate(signal.candidate ?? undefined)
  }
  // One after the other: a candidate can't be added before the offer it belongs to.
  let taken = Promise.resolve()
  socket.onmessage = ({ data }) => {
    const message = JSON.parse(data)
    window.heard.push(message)
    if (message.type === "signal") taken = taken.then(() => take(message))
  }
}
"""

SHOW_CAMERA = """
async () => {
  const camera = await navigator.mediaDevices.getUserMedia({ video: true })
  window.answer = async (viewer, offer) => {
    window.view = window.peerTo(viewer)
    const { peer, signal } = window.view
    await peer.setRemoteDescription(offer)
    peer.addTrack(camera.getVideoTracks()[0].clone())
    await peer.setLocalDescription(await peer.createAnswer())
    signal({ type: "answer", sdp: peer.localDescription.sdp })
  }
}
"""

WATCH = """
async (participantId) => {
  window.view = window.peerTo(participantId)
  const { peer, signal } = window.view
  const video = Object.assign(document.createElement("video"), { muted: true, autoplay: true })
  document.body.append(video)
  peer.ontrack = ({ track }) => { video.srcObject = new MediaStream([track]) }
  peer.addTransceiver("video", { direction: "recvonly" })
  await peer.setLocalDescription(await peer.createOffer())
  signal({ type: "offer", sdp: peer.localDescription.sdp })
}
"""

DECODED = "() => document.querySelector('video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0"


@pytest.fixture
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    flags = ["--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream"]
    flags += ["--use-fake-ui-for-media-stream"]
    with playwright.chromium.launch(executable_path=chromium, args=flags) as running:
        yield running


def connected(browser: Browser, client: httpx.Client, meeting_id: str, credentials: str) -> Page:
    page = browser.new_context().new_page()
    page.goto(str(client.base_url.join("/healthz")))
    page.evaluate(CONNECT, [meeting_id, credentials])
    return page


def test_an_admin_sees_a_candidate_move(
    browser: Browser, room: Room, seat: Seat, second_gateway: httpx.Client
) -> None:
    candidate = connected(browser, second_gateway, room.id, seat.token)
    candidate.evaluate(SHOW_CAMERA)
    admin = connected(browser, room.client, room.id, room.admin_key)

    admin.evaluate(WATCH, seat.id)

    admin.wait_for_function(f"({DECODED})() > 0", timeout=PATIENCE_MS)
    before = admin.evaluate(DECODED)
    admin.wait_for_function(f"({DECODED})() > {before} + 10", timeout=PATIENCE_MS)
    for page in (candidate, admin):
        assert [one for one in page.evaluate("window.heard") if one["type"] == "error"] == []
    assert candidate.evaluate("window.heard")[0] == {"type": "watched", "viewers": 1}
