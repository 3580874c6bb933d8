"""Dyte's API v2, which is RealtimeKit's too, on this machine over real HTTP, faults included.

with FakeDyte() as dyte:
    dyte.fail_next(UNAVAILABLE)
    settings = dyte.as_dyte(settings)          # or dyte.as_realtimekit(settings)
"""

import base64
import json
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from socketserver import BaseServer
from threading import Event, Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from shared.settings import Settings

ORG_ID, API_KEY = "org-of-the-tests", "key-of-the-tests"
ACCOUNT_ID, APP_ID, API_TOKEN = "account", "app", "token-of-the-tests"
DYTE_PATH = "/v2"
REALTIMEKIT_PATH = f"/client/v4/accounts/{ACCOUNT_ID}/realtime/kit/{APP_ID}"
CREATED = {"created_at": "2026-08-24T14:15:22Z", "updated_at": "2026-08-24T14:15:22Z"}


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


NO_ANSWER = Answer(0)
"""The request arrives, and nothing comes back."""


def success(status: int, data: object, **more: object) -> Answer:
    """What was asked for."""
    return Answer(status, json.dumps({"success": True, "data": data, **more}))


def refusal(status: int, message: str) -> Answer:
    """A refusal of the product itself."""
    return Answer(status, json.dumps({"success": False, "error": {"code": status, "message": message}}))


GATEWAY_REFUSAL = Answer(
    403,
    '{"success":false,"errors":[{"code":10000,"message":"Authentication error"}],'
    '"messages":[],"result":null}',
)
UNAUTHORISED = Answer(401, '{"message":"Unauthorized"}')
LIMITED = Answer(429, headers={"Retry-After": "4", "X-Envoy-RateLimited": "true"})
LIMITED_IN_JSON = refusal(429, "Too many requests")
LIMITED_FOR_LONG = Answer(429, headers={"Retry-After": "300"})
SERVER_ERROR = refusal(500, "Internal server error")
BAD_GATEWAY = Answer(502, "<html><h1>502 Bad Gateway</h1></html>")
UNSUCCESSFUL_200 = Answer(200, '{"success":false,"error":{"code":200,"message":"expletive"}}')
DEEP = Answer(200, "[" * 100_000)


@dataclass
class Participant:
    """Somebody in a meeting, with every token given out for them."""

    body: dict[str, Any]
    tokens: list[str]


@dataclass
class Meeting:
    """A meeting there."""

    title: str
    status: str = "ACTIVE"
    participants: dict[str, Participant] = field(default_factory=dict)


class FakeDyte:
    """A server on 127.0.0.1 from `with` to the end of it, under the paths of both vendors."""

    def __init__(self) -> None:
        self.meetings: dict[str, Meeting] = {}
        self.presets = [f"webinar_{number}" for number in range(120)]
        self.presets += ["group_call_host", "group_call_participant"]
        self.requests: list[str] = []
        """Method and path of every call, refused ones included."""
        self._answers: deque[Answer] = deque()
        self._stopping = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Handler, self))
        self._thread = Thread(target=self._server.serve_forever, args=[0.01], name="fake-dyte")

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def as_dyte(self, settings: Settings, **more: object) -> Settings:
        """Settings of a gateway that uses it as Dyte."""
        video = {
            "video_provider": "dyte",
            "dyte_org_id": ORG_ID,
            "dyte_api_key": API_KEY,
            "dyte_api_url": self.url + DYTE_PATH,
        }
        return Settings.model_validate({**dict(settings), **video, **more})

    def as_realtimekit(self, settings: Settings, **more: object) -> Settings:
        """Settings of a gateway that uses it as RealtimeKit."""
        video = {
            "video_provider": "realtimekit",
            "realtimekit_account_id": ACCOUNT_ID,
            "realtimekit_app_id": APP_ID,
            "realtimekit_api_token": API_TOKEN,
            "realtimekit_api_url": f"{self.url}/client/v4",
        }
        return Settings.model_validate({**dict(settings), **video, **more})

    def fail_next(self, *answers: Answer) -> None:
        """Answer the next calls with these, one each, instead of doing what they ask."""
        self._answers.extend(answers)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def call(self, method: str, target: str, authorization: str, content: bytes) -> Answer:
        """The answer to one call."""
        self.requests.append(f"{method} {target}")
        if self._answers:
            answer = self._answers.popleft()
            if answer is NO_ANSWER:
                self._stopping.wait()
            return answer
        url = urlsplit(target)
        if url.path.startswith(REALTIMEKIT_PATH):
            if authorization != f"Bearer {API_TOKEN}":
                return GATEWAY_REFUSAL
            path = url.path.removeprefix(REALTIMEKIT_PATH)
        else:
            basic = base64.b64encode(f"{ORG_ID}:{API_KEY}".encode()).decode()
            if authorization != f"Basic {basic}":
                return UNAUTHORISED
            path = url.path.removeprefix(DYTE_PATH)
        return self._do(method, path, parse_qs(url.query), json.loads(content or "{}"))

    def _do(self, method: str, path: str, query: dict[str, list[str]], body: dict[str, Any]) -> Answer:
        match method, path.strip("/").split("/"):
            case "GET", ["presets"]:
                return self._list_presets(int(query["page_no"][0]), int(query["per_page"][0]))
            case "POST", ["meetings"]:
                return self._create(body)
            case "PATCH", ["meetings", meeting_id] if meeting := self.meetings.get(meeting_id):
                meeting.status = body["status"]
                return success(200, {"id": meeting_id, "status": meeting.status, **CREATED})
            case "POST", ["meetings", meeting_id, "participants", *rest] if self.meetings.get(meeting_id):
                return self._seat(self.meetings[meeting_id], rest, body)
        return refusal(404, "No such meeting")

    def _list_presets(self, page: int, size: int) -> Answer:
        names = self.presets[(page - 1) * size : page * size]
        paging = {"total_count": len(self.presets), "start_offset": (page - 1) * size + 1, "end_offset": 0}
        return success(200, [{"id": str(uuid4()), "name": name, **CREATED} for name in names], paging=paging)

    def _create(self, body: dict[str, Any]) -> Answer:
        meeting_id = str(uuid4())
        self.meetings[meeting_id] = Meeting(body["title"])
        return success(201, {"id": meeting_id, "title": body["title"], "status": "ACTIVE", **CREATED})

    def _seat(self, meeting: Meeting, rest: list[str], body: dict[str, Any]) -> Answer:
        token = f"eyJ.{uuid4().hex}.sig"
        match rest:
            case []:
                if body.get("preset_name") not in self.presets:
                    return refusal(404, f"No preset found with name {body.get('preset_name')}")
                seat_id = f"aaa-{uuid4()}"
                meeting.participants[seat_id] = Participant(body, [token])
                return success(201, {"id": seat_id, "picture": None, **body, **CREATED, "token": token})
            case [seat_id, "token"] if seat := meeting.participants.get(seat_id):
                seat.tokens.append(token)
                return success(200, {"token": token})
        return refusal(404, "No such participant")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, dyte: FakeDyte, request: socket, address: tuple[str, int], server: BaseServer) -> None:
        self._dyte = dyte
        super().__init__(request, address, server)

    def do_GET(self) -> None:
        self._call()

    def do_POST(self) -> None:
        self._call()

    def do_PATCH(self) -> None:
        self._call()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep the test's output quiet."""

    def _call(self) -> None:
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self._dyte.call(self.command, self.path, self.headers.get("Authorization", ""), content)
        if answer is NO_ANSWER:
            self.close_connection = True
            return
        body = answer.body.encode()
        self.send_response(answer.status)
        kind = "text/html" if body.startswith(b"<") else "application/json"
        about = {"Content-Type": kind, "Content-Length": str(len(body))}
        for name, value in (dict(answer.headers) | about).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)
