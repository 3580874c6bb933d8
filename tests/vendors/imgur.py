"""Imgur's API v3 on this machine, over real HTTP, with every way it is known to fail.

    with FakeImgur() as imgur:
        imgur.fail_next(TOO_MANY_REQUESTS)
        settings = Settings(imgur_client_id="any", imgur_api_url=imgur.url)

For a stack in other processes, IMGUR_API_URL is `imgur.url`; or run `python -m tests.vendors.imgur PORT`.
"""

import json
import secrets
import sys
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.message import Message
from enum import Enum, auto
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import socket
from socketserver import BaseServer
from threading import Event, Thread
from types import TracebackType
from typing import Self

JSON = "application/json"
# As seen on the real service: the resets are durations, whatever the documentation says.
ALLOWANCES = {
    "X-RateLimit-UserLimit": "2000",
    "X-RateLimit-UserRemaining": "2000",
    "X-RateLimit-UserReset": "3600",
    "X-RateLimit-ClientLimit": "12500",
    "X-RateLimit-ClientRemaining": "12500",
    "X-RateLimit-ClientReset": "86400",
    "X-Post-Rate-Limit-Limit": "1250",
    "X-Post-Rate-Limit-Remaining": "1239",
    "X-Post-Rate-Limit-Reset": "3465",
}


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: str | bytes = ""
    content_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)


class NoAnswer(Enum):
    """The ways of not answering at all."""

    NEVER = auto()
    CONNECTION_DROPPED = auto()


def refusal(status: int, error: str) -> Answer:
    """Imgur's usual refusal."""
    data = {"error": error, "request": "/3/image", "method": "POST"}
    return Answer(status, json.dumps({"data": data, "success": False, "status": status}))


def upload_answer(**data: object) -> Answer:
    """A success with whatever it says about the picture."""
    return Answer(200, json.dumps({"data": data, "success": True, "status": 200}))


def _object_error(status: int) -> Answer:
    error = {
        "code": 429,
        "message": "You are uploading too fast. Please wait 37 more minutes.",
        "type": "ImgurException",
        "exception": [],
    }
    data = {"error": error, "request": "/3/image", "method": "POST"}
    return Answer(status, json.dumps({"data": data, "success": False, "status": status}))


TOO_MANY_REQUESTS = refusal(429, "Daily client requests exceeded")
TOO_FAST = _object_error(429)
TOO_FAST_AS_400 = _object_error(400)
TOO_MANY_REQUESTS_PAGE = Answer(429, "<html><h1>429 Too Many Requests</h1></html>", "text/html")
TOO_MANY_REQUESTS_LEGACY = Answer(
    429,
    '{"errors":[{"id":"legacy-api-7d","code":"429","status":"Too Many Requests",'
    '"detail":"Too Many Requests"}]}',
)
TOO_LARGE = Answer(
    413,
    '{"id":"legacy-api-7d","code":413,"status":"Request Entity Too Large",'
    '"detail":"file is over the size limit"}',
)
FORBIDDEN = refusal(400, "These actions are forbidden.")
INVALID_CLIENT = refusal(403, "Invalid client_id")
OVER_CAPACITY = refusal(403, "Imgur is temporarily over capacity. Please try again later.")
SERVER_ERROR = Answer(500, "<html><h1>Internal Server Error</h1></html>", "text/html")
EMPTY = Answer(200)
UNSUCCESSFUL_200 = Answer(200, '{"data":{"error":"Internal expletive"},"success":false,"status":200}')
SUCCESSFUL_500 = Answer(500, '{"data":{},"success":true,"status":200}')
NO_LINK = upload_answer(id="BhbW61q", deletehash="FQbXad5wfv1kGh3")


@dataclass(frozen=True)
class Picture:
    """An uploaded picture."""

    content: bytes
    content_type: str
    delete_hash: str


class FakeImgur:
    """A server on 127.0.0.1 from `with` to the end of it; port 0 takes a free one."""

    def __init__(self, port: int = 0) -> None:
        self.pictures: dict[str, Picture] = {}
        """What has been uploaded and not deleted, by Imgur's id."""
        self.requests = 0
        """How many calls of the API have come in, refused ones included."""
        self._answers: deque[Answer | NoAnswer] = deque()
        self._stopping = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", port), partial(_Handler, self))
        self._thread = Thread(target=self._server.serve_forever, args=[0.01], name="fake-imgur")

    @property
    def url(self) -> str:
        """What IMGUR_API_URL must be."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def fail_next(self, *answers: Answer | NoAnswer) -> None:
        """Answer the next calls of the API with these, one each, instead of doing what they ask."""
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

    def api(self, method: str, path: str, headers: Message, body: bytes) -> Answer | None:
        """The answer to one call of the API; None for none."""
        self.requests += 1
        match self._answers.popleft() if self._answers else None:
            case Answer() as answer:
                return answer
            case NoAnswer.NEVER:
                self._stopping.wait()
                return None
            case NoAnswer.CONNECTION_DROPPED:
                return None
        if not headers.get("Authorization", "").startswith("Client-ID "):
            return refusal(401, "Authentication required")
        if method == "POST":
            return self._upload(headers.get("Content-Type", ""), body)
        return self._delete(path.rpartition("/")[2])

    def _upload(self, content_type: str, body: bytes) -> Answer:
        found = _image_field(content_type, body)
        if found is None:
            return refusal(400, "No image data was sent to the upload api")
        content, image_type = found
        name, delete_hash = secrets.token_hex(4), secrets.token_hex(8)
        self.pictures[name] = Picture(content, image_type, delete_hash)
        return upload_answer(
            id=name,
            title=None,
            type=image_type,
            size=len(content),
            account_url=None,
            in_gallery=False,
            deletehash=delete_hash,
            name="",
            link=f"{self.url}/{name}.jpg",
        )

    def _delete(self, delete_hash: str) -> Answer:
        for name, picture in list(self.pictures.items()):
            if picture.delete_hash == delete_hash:
                del self.pictures[name]
                return Answer(200, '{"data":true,"success":true,"status":200}')
        return refusal(404, "Unable to find an image with that deletehash")

    def public(self, path: str) -> Answer:
        """The picture at its link, for anyone."""
        picture = self.pictures.get(path.strip("/").partition(".")[0])
        return Answer(200, picture.content, picture.content_type) if picture else Answer(404)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(
        self, imgur: FakeImgur, request: socket, address: tuple[str, int], server: BaseServer
    ) -> None:
        self._imgur = imgur
        super().__init__(request, address, server)

    def do_POST(self) -> None:
        self._call()

    def do_DELETE(self) -> None:
        self._call()

    def do_GET(self) -> None:
        self._reply(self._imgur.public(self.path))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Keep the test's output quiet."""

    def _call(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        answer = self._imgur.api(self.command, self.path, self.headers, body)
        if answer is None:
            self.close_connection = True
        else:
            self._reply(answer)

    def _reply(self, answer: Answer) -> None:
        body = answer.body.encode() if isinstance(answer.body, str) else answer.body
        self.send_response(answer.status)
        about = {"Content-Type": answer.content_type, "Content-Length": str(len(body))}
        for name, value in (ALLOWANCES | dict(answer.headers) | about).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def _image_field(content_type: str, body: bytes) -> tuple[bytes, str] | None:
    """The bytes and type of the multipart field `image`."""
    boundary = content_type.partition("boundary=")[2].strip('"').encode()
    if not boundary:
        return None
    for part in body.split(b"--" + boundary):
        head, _, content = part.partition(b"\r\n\r\n")
        if b'name="image"' in head:
            image_type = head.lower().partition(b"content-type:")[2].split(b"\r\n")[0].strip()
            return content.removesuffix(b"\r\n"), image_type.decode()
    return None


if __name__ == "__main__":
    with FakeImgur(int(sys.argv[1]) if len(sys.argv) > 1 else 0) as server:
        print(server.url, flush=True)
        Event().wait()
