"""Whatever comes in: one clear 4xx, never a 5xx, and nothing of the input comes back."""

import base64
import json
import socket
import struct
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from urllib.parse import quote
from uuid import UUID, uuid4

import httpx
import jwt
import pytest
from PIL import Image

from api.tokens import VALID_FOR, Bearer, Tokens
from shared.settings import Settings
from shared.tables import Role
from tests.conftest import SECRET
from tests.room import ONE_FACE, TWO_FACES, Room, Seat, assert_problem, bearer, in_base64
from worker.judging import Judging

MARK = "Xyzzy"  # in inputs, to see whether they are echoed
HUGE = 100_000_000


def nested(depth: int) -> bytes:
    """JSON, deep enough for a parser that recurses."""
    return b"[" * depth + b"]" * depth


def raw(seat: Seat, content: bytes, content_type: str = "application/json") -> httpx.Response:
    headers = bearer(seat.token) | {"Content-Type": content_type}
    return seat.client.post("/detect_faces", content=content, headers=headers)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"Xyzzy",
        b"null",
        b"[]",
        b'"Xyzzy"',
        b"{}",
        b'{"base64_img": ',
        b'{"base64_img": 5, "participant_id": [], "meeting_id": {"Xyzzy": 1}}',
        b"\xff\xfe\x00",
        b'{"base64_img": "\xff"}',
        b"NaN",
        nested(100_000),
        b'{"base64_img": ' + b"9" * 100_000 + b"}",
    ],
    ids=lambda content: repr(content[:20]),
)
def test_what_is_not_the_json_we_ask_for(seat: Seat, content: bytes) -> None:
    response = raw(seat, content)

    assert response.status_code in {400, 422}
    assert MARK not in assert_problem(response, response.status_code)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Xyzzy!",
        "data:image/jpeg,Xyzzy",
        "data:image/jpeg;base64,",
        f"data:image/jpeg,{in_base64(ONE_FACE)}",
        f"https://example.com,{in_base64(ONE_FACE)}",
        in_base64(ONE_FACE)[:-1],
        in_base64(ONE_FACE) + "\n",
        in_base64(b"Xyzzy" * 100),
        in_base64(b"GIF89a" + bytes(100)),
        in_base64(b"RIFF\0\0\0\0WAVE"),
        in_base64(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        "é" * 100,
        "\0",
    ],
    ids=lambda text: repr(text[:30]),
)
def test_what_is_no_picture_in_base64(seat: Seat, text: str) -> None:
    body = {**seat.body(ONE_FACE), "base64_img": text}

    response = seat.client.post("/detect_faces", json=body, headers=bearer(seat.token))

    assert MARK not in assert_problem(response, 422)


def test_the_answer_says_when_the_picture_is_too_large(seat: Seat, settings: Settings) -> None:
    picture = ONE_FACE + bytes(settings.max_frame_bytes)

    assert str(settings.max_frame_bytes) in assert_problem(seat.post(picture), 413)


@pytest.mark.parametrize("field", ["participant_id", "meeting_id", "base64_img"])
def test_half_a_character(seat: Seat, field: str) -> None:
    # As JSON may spell it: half of an emoji.
    content = json.dumps({**seat.body(ONE_FACE), field: "\ud800"}).encode()

    assert_problem(raw(seat, content), 422)


# -- pictures that only a decoder can tell


def png(width: int, height: int, data: bytes = b"") -> bytes:
    """An 8-bit grey PNG of one colour; `data` replaces its deflated pixels."""

    def chunk(name: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    pixels = data or zlib.compress(bytes((width + 1) * height), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def truncated(format_name: str) -> bytes:
    whole = BytesIO()
    Image.open(BytesIO(ONE_FACE)).save(whole, format_name)
    return whole.getvalue()[: len(whole.getvalue()) // 2]


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (png(10_000, 5_000), "the picture has 50000000 pixels; at most 4000000 are allowed"),
        (png(2**31 - 1, 2**31 - 1, b"x"), "pixels"),
        (png(0, 0), "can't be decoded"),
        (png(100, 100, zlib.compress(b"")), "can't be decoded"),
        (png(100, 100, b"no deflate"), "can't be decoded"),
        (truncated("JPEG"), "can't be decoded"),
        (truncated("PNG"), "can't be decoded"),
        (truncated("WEBP"), "can't be decoded"),
        (b"\xff\xd8\xff" + bytes(1_000), "can't be decoded"),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 ", "can't be decoded"),
    ],
    ids=[
        "50-megapixel-bomb",
        "4-exapixel-bomb",
        "no-pixels",
        "too-few-pixels",
        "not-deflated",
        "half-a-jpeg",
        "half-a-png",
        "half-a-webp",
        "only-the-magic-of-a-jpeg",
        "only-the-magic-of-a-webp",
    ],
)
def test_a_broken_picture_ends_its_job_with_a_reason(
    seat: Seat, judging: Judging, picture: bytes, reason: str
) -> None:
    assert len(picture) < 500_000
    job_id = seat.accepted(picture)
    judging.judge_frame(UUID(job_id))

    job = seat.job(job_id).json()

    assert (job["status"], job["multiple_detected"], job["verdict"]) == ("failed", None, None)
    assert reason in job["error"]
    # Reasons are shown to a candidate: words, no addresses of our objects or files.
    assert "0x" not in job["error"]
    assert "/" not in job["error"]


# -- bodies that are too large


def begin_posting(url: httpx.URL, seat: Seat, header: bytes) -> socket.socket:
    """A connection on which the head of a frame's request was sent, and nothing of its body."""
    connection = socket.create_connection((url.host, url.port or 0), timeout=60)
    connection.sendall(
        b"POST /detect_faces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
        b"Authorization: Bearer %s\r\n%s\r\n\r\n" % (seat.token.encode(), header)
    )
    return connection


def test_a_huge_body_is_refused_before_it_is_sent(seat: Seat) -> None:
    with begin_posting(seat.client.base_url, seat, b"Content-Length: %d" % HUGE) as connection:
        answer = connection.recv(65_536)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer


def test_a_body_that_hides_its_length_is_refused_while_it_grows(seat: Seat, settings: Settings) -> None:
    with begin_posting(seat.client.base_url, seat, b"Transfer-Encoding: chunked") as connection:
        for _ in range(2 * settings.max_frame_bytes // 65_536):
            connection.sendall(b"10000\r\n%s\r\n" % bytes(65_536))
        answer = connection.recv(65_536)  # while its end is still to come

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"application/problem+json" in answer


def test_a_small_body_may_hide_its_length(gateway: httpx.Client) -> None:
    content = iter([b'{"title":', b' "Algebra I"}'])

    response = gateway.post("/meetings", content=content, headers={"Content-Type": "application/json"})

    assert response.status_code == 201


# -- tokens


def token_with(seat: Seat, *, role: Role = Role.CANDIDATE, issued: datetime | None = None) -> str:
    return Tokens(SECRET).issue(Bearer(UUID(seat.meeting_id), UUID(seat.id), role), issued)


def none_token(seat: Seat) -> str:
    claims = jwt.decode(seat.token, options={"verify_signature": False})
    return jwt.encode(claims, "", "none")


def altered(seat: Seat) -> str:
    head, claims, signature = seat.token.split(".")
    return f"{head}.{claims}.{'A' if signature[0] != 'A' else 'B'}{signature[1:]}"


def without_expiry(seat: Seat) -> str:
    claims = jwt.decode(seat.token, options={"verify_signature": False})
    return jwt.encode({name: value for name, value in claims.items() if name != "exp"}, SECRET, "HS256")


def deep_token(_: Seat) -> str:
    header = in_base64(b'{"alg":"HS256","x":' + nested(5_000) + b"}")
    return f"{header.rstrip('=')}.e30.AAAA"


BAD_TOKENS: dict[str, Callable[[Seat], str]] = {
    "none": lambda _: "-",
    "rubbish": lambda _: "Xyzzy",
    "dots": lambda _: "...",
    "latin-1": lambda _: "é.é.é",
    "expired": lambda seat: token_with(seat, issued=datetime.now(UTC) - VALID_FOR - timedelta(seconds=1)),
    "altered": altered,
    "unsigned": none_token,
    "never-expires": without_expiry,
    "another-secret": lambda seat: Tokens(SECRET[::-1]).issue(
        Bearer(UUID(seat.meeting_id), UUID(seat.id), Role.CANDIDATE)
    ),
    "admin-role": lambda seat: token_with(seat, role=Role.ADMIN),
    "deep-header": deep_token,
}


@pytest.mark.parametrize("kind", BAD_TOKENS)
def test_a_frame_with_a_bad_token(seat: Seat, kind: str) -> None:
    headers = {b"Authorization": f"Bearer {BAD_TOKENS[kind](seat)}".encode("latin-1")}

    response = seat.client.post("/detect_faces", json=seat.body(ONE_FACE), headers=headers)

    assert MARK not in assert_problem(response, 401)
    assert response.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("kind", set(BAD_TOKENS) - {"admin-role"})
def test_a_job_with_a_bad_token(seat: Seat, kind: str) -> None:
    headers = {b"Authorization": f"Bearer {BAD_TOKENS[kind](seat)}".encode("latin-1")}
    job_id = seat.accepted(ONE_FACE)

    response = seat.client.get(f"/jobs/{job_id}", headers=headers)

    # What is no token may be an admin key: then there is no such job for its holder.
    assert_problem(response, 404 if kind in {"none", "rubbish"} else 401)


def test_another_meetings_token(gateway: httpx.Client, seat: Seat) -> None:
    elsewhere = Room.create(gateway).join()

    response = gateway.post("/detect_faces", json=seat.body(ONE_FACE), headers=bearer(elsewhere.token))

    assert_problem(response, 404)


# -- ids

STRANGE_IDS = [
    str(uuid4()),
    "Xyzzy",
    "'; DROP TABLE meetings; --",
    '"',
    "\0",
    "a\0b",
    "../../etc/passwd",
    "🦊",
    "{}",
    "9" * 5_000,
    "-1",
    "\r\nX-Injected: 1",
]


@pytest.mark.parametrize("strange", STRANGE_IDS, ids=lambda text: repr(text[:20]))
def test_strange_ids_in_the_path(room: Room, seat: Seat, strange: str) -> None:
    name = quote(strange, safe="")
    client = room.client
    answers = [
        client.get(f"/jobs/{name}", headers=bearer(seat.token)),
        client.get(f"/jobs/{name}", headers=bearer(room.admin_key)),
        client.get(f"/meetings/{name}/flags", headers=bearer(room.admin_key)),
        client.post(f"/meetings/{name}/participants", json={"name": "Ada"}),
        client.get(f"/evidence/{name}", headers=bearer(room.admin_key)),
    ]

    for answer in answers:
        assert MARK not in assert_problem(answer, 404)


@pytest.mark.parametrize("strange", STRANGE_IDS, ids=lambda text: repr(text[:20]))
def test_strange_ids_in_the_body(room: Room, seat: Seat, strange: str) -> None:
    keys = {"meeting_id": strange, "admin_id": room.admin_key}
    frame = {**seat.body(ONE_FACE), "meeting_id": strange}

    assert room.client.post("/is_admin", json=keys).json() == {"admin": False}
    assert MARK not in assert_problem(room.client.post("/multiple_faces_list", json=keys), 404)
    assert MARK not in assert_problem(
        room.client.post("/detect_faces", json=frame, headers=bearer(seat.token)), 404
    )


@pytest.mark.parametrize("strange", STRANGE_IDS[1:], ids=lambda text: repr(text[:20]))
def test_strange_admin_keys(room: Room, strange: str) -> None:
    keys = {"meeting_id": room.id, "admin_id": strange}

    assert room.client.post("/is_admin", json=keys).json() == {"admin": False}
    assert MARK not in assert_problem(room.client.post("/multiple_faces_list", json=keys), 401)


def test_half_a_character_in_an_admin_key(room: Room) -> None:
    # Spelled out, as no client library would encode it.
    content = json.dumps({"meeting_id": room.id, "admin_id": "\ud800"})
    headers = {"Content-Type": "application/json"}

    assert room.client.post("/is_admin", content=content, headers=headers).json() == {"admin": False}
    assert_problem(room.client.post("/multiple_faces_list", content=content, headers=headers), 401)


# -- names


@pytest.mark.parametrize(
    "name", ["Zoë 👩🏽‍🚀", "محمد بن سلمان", "דוד", "山田太郎", "नमस्ते", "O'Brien; DROP", "x" * 200]
)
def test_names_of_all_the_world_come_back_unchanged(room: Room, judging: Judging, name: str) -> None:
    judging.judge_frame(UUID(room.join(name).accepted(TWO_FACES)))

    assert [flag["participant_name"] for flag in room.flags().json()["flags"]] == [name]


@pytest.mark.parametrize(
    "name",
    [
        "",
        "   ",
        "Xyzzy" * 2_048,
        "Xyzzy\0",
        "Xyzzy\u202emoc",
        "\u2066Xyzzy",
        "Xyzzy\x1b[31m",
        "a\nXyzzy",
        "\ud800",
    ],
    ids=lambda text: repr(text[:20]),
)
@pytest.mark.parametrize("field", ["name", "title"])
def test_names_that_hide_or_flood_are_refused(room: Room, field: str, name: str) -> None:
    path = "/meetings" if field == "title" else f"/meetings/{room.id}/participants"

    response = room.client.post(
        path, content=json.dumps({field: name}), headers={"Content-Type": "application/json"}
    )

    detail = assert_problem(response, 422)
    assert field in detail
    assert MARK not in detail


# -- parameters


@pytest.mark.parametrize("wait", ["21", "-1", "nan", "inf", "-inf", "1e400", "Xyzzy", "", "20.001", "\0"])
def test_waits_that_can_not_be(seat: Seat, wait: str) -> None:
    job_id = seat.accepted(ONE_FACE)

    response = seat.client.get(f"/jobs/{job_id}", params={"wait": wait}, headers=bearer(seat.token))

    assert MARK not in assert_problem(response, 422)


@pytest.mark.parametrize("limit", ["0", "-1", "501", "1.5", "Xyzzy", "9" * 5_000])
def test_limits_that_can_not_be(room: Room, limit: str) -> None:
    assert MARK not in assert_problem(room.flags(limit=limit), 422)


def cursor(place: str) -> str:
    return base64.urlsafe_b64encode(place.encode()).decode()


@pytest.mark.parametrize(
    "after",
    [
        "Xyzzy",
        "!",
        "é",
        "\0",
        "====",
        cursor("Xyzzy"),
        cursor("2026-01-01T00:00:00+00:00"),
        cursor("2026-01-01T00:00:00+00:00 5 5"),
        cursor("2026-01-01T00:00:00+00:00 five"),
        cursor("2026-01-01T00:00:00+00:00 " + "9" * 5_000),
        cursor("99999-01-01T00:00:00+00:00 5"),
        cursor("0001-01-01T00:00:00+01:00 5"),
        cursor("9999-12-31T23:59:59-01:00 5"),
        cursor("infinity 5"),
        cursor("' 5"),
        cursor("\0 \0"),
    ],
    ids=lambda text: repr(text[:60]),
)
def test_what_is_no_cursor(room: Room, after: str) -> None:
    assert MARK not in assert_problem(room.flags(after=after), 422)


@pytest.mark.parametrize(
    "place",
    [
        "2026-01-01T00:00:00 5",
        "2026-01-01T00:00:00+23:59 5",
        "0001-01-01T00:00:00+00:00 -5",
        "9999-12-31T23:59:59+00:00 " + "9" * 30,
        "2026-01-01T00:00:00+00:00 " + "9" * 4_000,
    ],
    ids=lambda text: text[:40],
)
def test_a_forged_place_in_the_list_does_no_harm(room: Room, place: str) -> None:
    assert room.flags(after=cursor(place)).json() == {"flags": [], "next": None}
