"""A fake of Imgur's API v3 on this machine, over real HTTP, with every known way to fail.

    with FakeImgur() as imgur:
        imgur.fail_next(TOO_MANY_REQUESTS)
        settings = Settings(imgur_client_id="any", imgur_api_url=imgur.url)

For a stack in other processes, IMGUR_API_URL is `imgur.url`; or run `python -m dev.vendors.imgur PORT`.
"""

import json
import secrets
import sys
from dataclasses import dataclass, replace
from threading import Event

from dev.vendors.server import Answer, Call, NoAnswer, Vendor

# As observed on the real service: the resets are durations, contrary to the documentation.
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


def refusal(status: int, error: str) -> Answer:
    """Return Imgur's usual refusal."""
    data = {"error": error, "request": "/3/image", "method": "POST"}
    return Answer(status, json.dumps({"data": data, "success": False, "status": status}))


def upload_answer(**data: object) -> Answer:
    """Return a successful upload with these fields."""
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
TOO_MANY_REQUESTS_PAGE = Answer(429, "<html><h1>429 Too Many Requests</h1></html>")
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
SERVER_ERROR = Answer(500, "<html><h1>Internal Server Error</h1></html>")
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


class FakeImgur(Vendor):
    """The part of Imgur that this system uses."""

    def __init__(self, port: int = 0) -> None:
        super().__init__(port)
        self.pictures: dict[str, Picture] = {}
        """Uploaded pictures that are not deleted, by Imgur's id."""
        self.requests = 0
        """The number of API calls, including refused ones."""

    def answer(self, call: Call) -> Answer | NoAnswer:
        """Show pictures to anyone; everything else is the API, which may fail and reports rate limits."""
        answer = self._public(call.target) if call.method == "GET" else self._api(call)
        if isinstance(answer, NoAnswer):
            return answer
        return replace(answer, headers=ALLOWANCES | dict(answer.headers))

    def _api(self, call: Call) -> Answer | NoAnswer:
        self.requests += 1
        if (fault := self.meet_fault()) is not None:
            return fault
        if not call.headers.get("Authorization", "").startswith("Client-ID "):
            return refusal(401, "Authentication required")
        if call.method == "POST":
            return self._upload(call.headers.get("Content-Type", ""), call.body)
        return self._delete(call.target.rpartition("/")[2])

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

    def _public(self, path: str) -> Answer:
        """Return the picture at its public link."""
        picture = self.pictures.get(path.strip("/").partition(".")[0])
        if picture is None:
            return Answer(404)
        return Answer(200, picture.content, {"Content-Type": picture.content_type})


def _image_field(content_type: str, body: bytes) -> tuple[bytes, str] | None:
    """Return bytes and type of the multipart field `image`."""
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
