"""HTTP as old and unusual clients speak it."""

import re
import socket
from collections.abc import Callable
from uuid import UUID

import httpx
import pytest
from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from api.app import create_app
from dev.pages import build
from shared.settings import Settings
from tests.room import Room, Seat, assert_problem

AN_ID = "0193a5b0-9c4e-7d33-8a5e-111111111111"
FILES = {"/static-offline-docs": "swagger-ui.css", "/assets": "icon.svg"}
Answer = tuple[str, dict[str, str], bytes]


def send(client: httpx.Client, request: str) -> Answer:
    """The status line, the headers and the body that answer a request, up to the connection's end."""
    url = client.base_url
    with socket.create_connection((url.host, url.port or 0), timeout=30) as connection:
        connection.sendall(request.encode("latin-1"))
        head, _, body = connection.makefile("rb").read().partition(b"\r\n\r\n")
    status, *lines = head.decode("latin-1").lower().split("\r\n")
    return status, dict(line.split(": ", 1) for line in lines), body


@pytest.fixture
def with_pages(settings: Settings, other_gateway: Callable[[Settings], httpx.Client]) -> httpx.Client:
    return other_gateway(Settings(**dict(settings) | {"pages_path": build()}))


@pytest.fixture
def read(with_pages: httpx.Client, room: Room) -> Callable[[str, str, str], Answer]:
    """Asks as the admin of `room`."""

    def read(method: str, path: str, version: str) -> Answer:
        headers = f"Host: x\r\nAuthorization: Bearer {room.admin_key}\r\nConnection: close"
        return send(with_pages, f"{method} {path} HTTP/{version}\r\n{headers}\r\n\r\n")

    return read


@pytest.fixture
def readable(room: Room, flagged: Callable[[Seat], UUID]) -> list[str]:
    """A path of each route that can be read."""
    seat = room.join()
    flagged(seat)
    [flag] = room.flags().json()["flags"]
    ids = {"meeting_id": room.id, "participant_id": seat.id, "job_id": flag["job_id"]}
    routes = create_app(Settings(pages_path=build())).routes
    paths = [
        route.path for route in iter_route_contexts(routes) if route.path and "GET" in (route.methods or ())
    ]
    paths += [f"{route.path}/{FILES[route.path]}" for route in routes if isinstance(route, Mount)]
    picture = httpx.URL(flag["img_url"]).raw_path.decode()
    return [picture, *(re.sub(r"\{(\w+)\}", lambda name: ids.get(name[1], AN_ID), path) for path in paths)]


def test_head_is_answered_wherever_get_is(
    read: Callable[[str, str, str], Answer], readable: list[str]
) -> None:
    assert len(readable) > 20
    answered = set()
    for path in readable:
        status, headers, _ = read("GET", path, "1.1")

        head_status, head_headers, body = read("HEAD", path, "1.1")

        assert (head_status, body) == (status, b""), path
        assert head_headers.get("content-type") == headers.get("content-type"), path
        assert ("content-length" in head_headers) is ("content-length" in headers), path
        answered.add(status)
    assert "http/1.1 200 ok" in answered
    assert "http/1.1 405 method not allowed" not in answered


def test_an_old_client_gets_every_file_in_one_piece(
    read: Callable[[str, str, str], Answer], readable: list[str]
) -> None:
    """HTTP/1.0 knows no chunks: it would save their lengths within the file."""
    for path in readable:
        _, headers, body = read("GET", path, "1.0")

        assert "transfer-encoding" not in headers, path
        assert int(headers["content-length"]) == len(body), path


def test_head_where_there_is_no_get_is_not_allowed(gateway: httpx.Client) -> None:
    answer = gateway.head("/detect_faces")

    assert (answer.status_code, answer.headers["Allow"], answer.content) == (405, "POST", b"")


def test_head_is_not_in_the_contract(gateway: httpx.Client) -> None:
    paths = gateway.get("/openapi.json").json()["paths"]

    assert not [path for path, methods in paths.items() if "head" in methods]


@pytest.mark.parametrize("path", ["/metrics%0a", "/metrics%0a/", "/healthz%0A//", "/docs%0a"])
def test_a_path_with_a_line_end_is_not_the_path_without(gateway: httpx.Client, path: str) -> None:
    assert_problem(gateway.get(path), 404)
