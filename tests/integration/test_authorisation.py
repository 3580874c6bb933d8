"""Who may see and do what: everybody else's things look as if they were not there."""

from collections.abc import Callable
from uuid import UUID, uuid4

import httpx
import pytest

from shared.links import Links
from shared.settings import Settings
from tests.conftest import SECRET
from tests.room import ONE_FACE, TWO_FACES, Room, Seat, assert_problem, bearer
from worker.judging import Judging


@pytest.fixture
def elsewhere(gateway: httpx.Client) -> Room:
    return Room.create(gateway)


@pytest.fixture
def links(settings: Settings) -> Links:
    return Links(SECRET, settings.public_url, "evidence")


@pytest.fixture
def evidence_id(seat: Seat, judging: Judging, uploads: list[UUID]) -> UUID:
    judging.judge_frame(UUID(seat.accepted(TWO_FACES)))
    return uploads[0]


def test_a_job_is_seen_by_its_candidate_and_the_meetings_admin_only(
    room: Room, seat: Seat, elsewhere: Room
) -> None:
    job = f"/jobs/{seat.accepted(ONE_FACE)}"
    client = room.client

    assert client.get(job, headers=bearer(seat.token)).status_code == 200
    assert client.get(job, headers=bearer(room.admin_key)).status_code == 200
    for credentials in (room.join().token, elsewhere.join().token, elsewhere.admin_key):
        assert_problem(client.get(job, headers=bearer(credentials)), 404)
    assert_problem(client.get(job), 401)


def test_nobody_learns_by_waiting_whether_a_job_exists(seat: Seat, elsewhere: Room) -> None:
    stranger = elsewhere.join()

    theirs = stranger.job(seat.accepted(ONE_FACE), wait=20)
    nobodys = stranger.job(str(uuid4()), wait=20)

    assert theirs.json() == nobodys.json()
    assert theirs.status_code == 404


def test_a_candidate_sends_no_frame_for_another(room: Room, seat: Seat) -> None:
    other = room.join()

    response = room.client.post("/detect_faces", json=other.body(ONE_FACE), headers=bearer(seat.token))

    assert_problem(response, 404)


def test_an_admin_sends_no_frames(room: Room) -> None:
    admin = room.client.post(
        f"/meetings/{room.id}/participants", json={"name": "Ivy"}, headers=bearer(room.admin_key)
    ).json()
    seat = Seat(room.client, room.id, admin["participant_id"], admin["token"])

    assert_problem(seat.post(ONE_FACE), 401)
    body = seat.body(ONE_FACE)
    assert_problem(room.client.post("/detect_faces", json=body, headers=bearer(room.admin_key)), 401)


def test_the_flagged_list_is_for_the_meetings_admin_only(room: Room, seat: Seat, elsewhere: Room) -> None:
    path = f"/meetings/{room.id}/flags"

    assert_problem(room.client.get(path), 401)
    for credentials in (seat.token, elsewhere.admin_key, room.admin_key[:-1], room.id):
        assert_problem(room.client.get(path, headers=bearer(credentials)), 401)
        keys = {"meeting_id": room.id, "admin_id": credentials}
        assert_problem(room.client.post("/multiple_faces_list", json=keys), 401)
    assert room.flags().status_code == 200


def test_nobody_joins_as_admin_with_a_wrong_key(room: Room, seat: Seat, elsewhere: Room) -> None:
    for credentials in (seat.token, elsewhere.admin_key, "undefined"):
        response = room.client.post(
            f"/meetings/{room.id}/participants", json={"name": "Mallory"}, headers=bearer(credentials)
        )
        assert_problem(response, 401)


def test_a_link_opens_its_evidence_for_anyone_who_has_it(
    gateway: httpx.Client, links: Links, evidence_id: UUID
) -> None:
    link = httpx.URL(links.link(evidence_id))

    response = gateway.get(link.path, params=link.params)

    assert (response.status_code, response.content) == (200, TWO_FACES)
    assert response.headers["Cache-Control"].startswith("private")


def _one_byte_off(signature: str) -> str:
    return f"{signature[:-5]}{'A' if signature[-5] != 'A' else 'B'}{signature[-4:]}"


@pytest.mark.parametrize(
    "forge",
    [
        lambda links, id_: _one_byte_off(links.link(id_).partition("signature=")[2]),
        lambda links, _: links.link(uuid4()).partition("signature=")[2],
        lambda links, id_: links.link(id_, now=1_700_000_000).partition("signature=")[2],
        lambda _, id_: Links(SECRET[::-1], "http://x", "evidence").link(id_).partition("signature=")[2],
        lambda *_: "",
        lambda *_: "a.b.c",
        lambda *_: "\0",
        lambda *_: "é",
    ],
    ids=["altered", "of-another", "expired", "another-secret", "empty", "rubbish", "nul", "latin-1"],
)
def test_a_forged_link_opens_nothing(
    room: Room, links: Links, evidence_id: UUID, forge: Callable[[Links, UUID], str]
) -> None:
    params = {"signature": forge(links, evidence_id)}

    response = room.client.get(f"/evidence/{evidence_id}", params=params)

    assert_problem(response, 401)


def test_without_a_link_only_the_admin_sees_the_evidence(
    room: Room, seat: Seat, elsewhere: Room, evidence_id: UUID
) -> None:
    path = f"/evidence/{evidence_id}"

    assert room.client.get(path, headers=bearer(room.admin_key)).content == TWO_FACES
    assert_problem(room.client.get(path), 401)
    for credentials in (seat.token, elsewhere.admin_key, elsewhere.join().token):
        assert_problem(room.client.get(path, headers=bearer(credentials)), 404)


def test_a_candidates_token_is_no_signature(room: Room, seat: Seat, evidence_id: UUID) -> None:
    response = room.client.get(f"/evidence/{evidence_id}", params={"signature": seat.token})

    assert_problem(response, 401)


def test_with_an_operator_key_only_its_holder_creates_meetings(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    client = other_gateway(Settings(**dict(settings) | {"operator_key": "the operator's"}))

    def create(headers: dict[str, str]) -> httpx.Response:
        return client.post("/meetings", json={"title": "Algebra I"}, headers=headers)

    assert_problem(create({}), 401)
    for wrong in ("the operator", "the operator's!", "x"):
        assert_problem(create(bearer(wrong)), 401)
    assert create(bearer("the operator's")).status_code == 201


def test_only_the_pages_we_name_may_call_from_a_browser(
    settings: Settings, other_gateway: Callable[[Settings], httpx.Client]
) -> None:
    client = other_gateway(Settings(**dict(settings) | {"cors_origins": ("https://exam.example",)}))

    def origin_allowed(origin: str) -> str | None:
        answer = client.get("/jobs/none", headers={"Origin": origin})
        assert_problem(answer, 401)
        allowed: str | None = answer.headers.get("Access-Control-Allow-Origin")
        return allowed

    assert origin_allowed("https://exam.example") == "https://exam.example"
    assert origin_allowed("https://evil.example") is None
