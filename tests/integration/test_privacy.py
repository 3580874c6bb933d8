"""What is kept about a person, for how long, who has looked, and that it can be taken along and erased."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from prometheus_client import REGISTRY
from redis import Redis
from sqlalchemy import Engine, text, update

from api.tokens import VALID_FOR
from dev.stack import Stack
from dev.vendors.imgur import FakeImgur
from shared.deletions import StoredPicture, due_deletions, postpone_deletion, settle_deletion
from shared.erasure import complete_erasure, open_erasures
from shared.evidence import claim_upload, evidence_to_retire, mark_stored
from shared.jobs import COUNTS, OPEN
from shared.settings import Settings, StoreName
from shared.stores.local import LocalStore
from shared.stores.open_store import open_store
from shared.tables import Evidence, Table
from tests.page import connected, greeted
from tests.room import ONE_FACE, TWO_FACES, Room, Seat, assert_problem, bearer
from tests.waiting import until
from worker.deleting import delete
from worker.forgetting import BARRED_SECONDS, forget
from worker.jobs import Jobs
from worker.judging import Judging

NAME = "Zebulon Quux"


@pytest.fixture
def store(settings: Settings) -> LocalStore:
    store = open_store(StoreName.LOCAL, settings)
    assert isinstance(store, LocalStore)
    return store


@pytest.fixture
def flagged(
    judging: Judging, database: Engine, store: LocalStore, uploads: list[UUID]
) -> Callable[[Seat], UUID]:
    """Has a frame of theirs flagged and its picture stored; gives the evidence's id."""

    def flag(seat: Seat) -> UUID:
        judging.judge_frame(UUID(seat.accepted(TWO_FACES)))
        upload = claim_upload(database, uploads[-1])
        assert upload
        mark_stored(database, upload.id, StoreName.LOCAL, store.put(upload.id, upload.picture, "image/jpeg"))
        return upload.id

    return flag


def erase(room: Room, participant_id: str) -> httpx.Response:
    return room.client.delete(
        f"/meetings/{room.id}/participants/{participant_id}", headers=bearer(room.admin_key)
    )


def send(room: Room, text_: str, to: str | None = None) -> None:
    body = {"text": text_, "participant_id": to}
    room.client.post(
        f"/meetings/{room.id}/messages", json=body, headers=bearer(room.admin_key)
    ).raise_for_status()


def tells_of(database: Engine, redis: Redis, words: set[str]) -> list[str]:
    """Every place in Postgres and Redis where one of the words still is."""
    found = []
    with database.connect() as connection:
        for table in Table.metadata.sorted_tables:
            for row in connection.execute(text(f'SELECT t::text FROM "{table.name}" t')).scalars():  # noqa: S608
                found += [f"{table.name}: {row}" for word in words if word in row]
    for key in redis.scan_iter():
        value = redis.dump(key) or b""
        found += [f"{key!r}" for word in words if word.encode() in key + value]
    return found


# -- erasing


def test_an_erased_person_is_nowhere(
    room: Room,
    flagged: Callable[[Seat], UUID],
    judging: Judging,
    database: Engine,
    jobs: Jobs,
    redis: Redis,
    settings: Settings,
) -> None:
    seat, other = room.join(NAME), room.join("Bob")
    evidence_id, others_evidence = flagged(seat), flagged(other)
    judging.judge_frame(UUID(seat.accepted(ONE_FACE)))
    queued = seat.accepted(ONE_FACE)
    send(room, "Please look at your screen, Quux.", seat.id)
    send(room, "Ten minutes left.")
    link = next(flag["img_url"] for flag in room.flags().json()["flags"] if flag["participant_id"] == seat.id)

    begun = erase(room, seat.id)

    assert begun.status_code == 202
    assert begun.json()["pictures_left"] == 1
    # At once, whatever stores and Redis do:
    assert [flag["participant_name"] for flag in room.flags().json()["flags"]] == ["Bob"]
    assert_problem(room.client.get(httpx.URL(link).path, params=httpx.URL(link).params), 404)

    [owed] = due_deletions(database, 10)
    delete(owed.what, settings)
    settle_deletion(database, owed)
    assert not forget(redis, jobs, UUID(seat.id)), "somebody might still have a frame of theirs in hand"
    assert forget(redis, jobs, UUID(seat.id))
    complete_erasure(database, UUID(seat.id))

    ended = erase(room, seat.id)
    assert (ended.status_code, ended.json()["pictures_left"]) == (200, 0)
    assert ended.json()["completed_at"]
    assert not [file for file in settings.evidence_path.iterdir() if str(evidence_id) in file.name]
    assert_problem(seat.job(queued), 404)
    left = tells_of(database, redis, {NAME, "Quux", seat.id, str(evidence_id)})
    # That somebody of this id was erased, that nothing more is taken from them, and what an admin did.
    assert {place.partition(":")[0] for place in left} == {"erasures", "audit", "b'pace"}
    # And nobody else was:
    assert [flag["participant_id"] for flag in room.flags().json()["flags"]] == [other.id]
    assert [file for file in settings.evidence_path.iterdir() if str(others_evidence) in file.name]


def test_nothing_more_is_taken_from_them(room: Room, seat: Seat, jobs: Jobs, redis: Redis) -> None:
    erase(room, seat.id)
    forget(redis, jobs, UUID(seat.id))

    assert_problem(seat.post(ONE_FACE), 404)
    assert_problem(room.client.post(f"/meetings/{room.id}/rejoin", headers=bearer(seat.token)), 404)
    assert timedelta(seconds=BARRED_SECONDS) > VALID_FOR


def test_their_page_is_told_and_not_let_in_again(room: Room, seat: Seat) -> None:
    with greeted(room.client, room.id, seat.token) as page:
        erase(room, seat.id)

        assert page.closed()[0] == 4404
    with connected(room.client, room.id) as page:
        page.say({"type": "hello", "credentials": seat.token})
        assert page.closed()[0] == 4404


def test_their_open_frame_ends_and_is_counted_before_it_is_forgotten(
    room: Room, seat: Seat, jobs: Jobs, redis: Redis
) -> None:
    def given_up() -> float | None:
        return REGISTRY.get_sample_value("proctor_frames_failed_total", {"reason": "gone"})

    before = given_up() or 0
    job_id = seat.accepted(ONE_FACE)
    erase(room, seat.id)

    forget(redis, jobs, UUID(seat.id))

    assert redis.hgetall(COUNTS) == {b"accepted": b"1", b"failed": b"1"}
    assert redis.zcard(OPEN) == 0
    assert given_up() == before + 1
    assert redis.keys(f"*:{job_id}") == []
    assert_problem(seat.job(job_id), 404)


def test_a_frame_in_hand_is_waited_for(
    room: Room, seat: Seat, judging: Judging, jobs: Jobs, redis: Redis
) -> None:
    job_id = UUID(seat.accepted(TWO_FACES))
    begun = judging.jobs.begin(job_id)
    assert begun
    erase(room, seat.id)

    assert not forget(redis, jobs, UUID(seat.id))
    assert not forget(redis, jobs, UUID(seat.id))
    judging.judge_frame(job_id)  # to its end: there is nobody any more whom it could be recorded of

    assert seat.job(str(job_id)).json()["status"] == "failed"
    assert forget(redis, jobs, UUID(seat.id))
    assert_problem(seat.job(str(job_id)), 404)


def test_while_the_store_is_away_the_erasure_says_so_and_goes_on(
    room: Room, seat: Seat, flagged: Callable[[Seat], UUID], database: Engine, jobs: Jobs, redis: Redis
) -> None:
    flagged(seat)
    erase(room, seat.id)
    [owed] = list(due_deletions(database, 10))

    postpone_deletion(database, owed, "the disk is away", 3_600)
    forget(redis, jobs, UUID(seat.id))
    forget(redis, jobs, UUID(seat.id))
    complete_erasure(database, UUID(seat.id))

    state = erase(room, seat.id)
    assert state.status_code == 202
    assert state.json()["last_error"] == "the disk is away"
    assert state.json()["pictures_left"] == 1
    assert UUID(seat.id) in open_erasures(database, 100)
    settle_deletion(database, owed)


def test_a_picture_on_its_way_to_the_store_is_deleted_when_it_may_have_arrived(
    room: Room,
    seat: Seat,
    judging: Judging,
    uploads: list[UUID],
    database: Engine,
    store: LocalStore,
    settings: Settings,
) -> None:
    judging.judge_frame(UUID(seat.accepted(TWO_FACES)))
    upload = claim_upload(database, uploads[-1])
    assert upload
    stored = store.put(upload.id, upload.picture, upload.content_type)  # and then the worker dies
    picture = StoredPicture(StoreName.LOCAL, stored)

    state = erase(room, seat.id).json()

    assert state["pictures_left"] == 1
    assert not [owed for owed in due_deletions(database, 100) if owed.what == picture], (
        "its claim is not over"
    )
    with database.begin() as connection:
        connection.execute(
            text("UPDATE deletions SET next_try_at = now() WHERE reference = :name"),
            {"name": stored.reference},
        )
    [owed] = [owed for owed in due_deletions(database, 100) if owed.what == picture]
    delete(owed.what, settings)
    settle_deletion(database, owed)


def test_nobody_is_erased_who_is_not_in_the_meeting(room: Room, gateway: httpx.Client) -> None:
    elsewhere = Room.create(gateway).join()

    assert_problem(erase(room, elsewhere.id), 404)
    assert_problem(erase(room, str(uuid4())), 404)
    assert_problem(erase(room, "Ada"), 422)


# -- taking along


def test_the_export_has_all_that_is_kept(
    room: Room, flagged: Callable[[Seat], UUID], judging: Judging, uploads: list[UUID]
) -> None:
    seat = room.join(NAME)
    stored = flagged(seat)
    judging.judge_frame(UUID(seat.accepted(TWO_FACES)))  # and waits for its store
    send(room, "Please look at your screen.", seat.id)
    room.join("Bob")

    answer = room.client.get(
        f"/meetings/{room.id}/participants/{seat.id}/export", headers=bearer(room.admin_key)
    )

    assert answer.headers["Content-Type"] == "application/zip"
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    data = json.loads(archive.read("data.json"))
    assert data["participant"]["name"] == NAME
    assert [flag["kind"] for flag in data["flags"]] == ["multiple_faces"] * 2
    assert data["flags"][0]["evidence"]["status"] == "stored"
    assert data["flags"][0]["findings"]["faces"]
    assert [message["text"] for message in data["messages"]] == ["Please look at your screen."]
    assert data["seen"]["faces"] == "2"
    assert "Bob" not in archive.read("data.json").decode()
    names = {f"pictures/{evidence_id}.jpg" for evidence_id in (stored, uploads[-1])}
    assert set(archive.namelist()) == {"data.json", *names}
    assert {archive.read(name) for name in names} == {TWO_FACES}


# -- retention


def aged(database: Engine, evidence_id: UUID, days: float) -> None:
    with database.begin() as connection:
        connection.execute(
            update(Evidence)
            .where(Evidence.id == evidence_id)
            .values(created_at=datetime.now(UTC) - timedelta(days=days))
        )


def test_each_meeting_keeps_its_pictures_as_long_as_its_admin_says(
    gateway: httpx.Client, flagged: Callable[[Seat], UUID], database: Engine
) -> None:
    created = gateway.post("/meetings", json={"title": "Algebra I", "evidence_retention_days": 7}).json()
    short, usual = Room(gateway, created["data"]["id"], created["admin_id"]), Room.create(gateway)
    pictures = {room: flagged(room.join()) for room in (short, usual)}

    def due(after_days: float) -> set[UUID]:
        for picture in pictures.values():
            aged(database, picture, after_days)
        return {kept.id for kept in evidence_to_retire(database, 30, 1_000)} & set(pictures.values())

    assert due(6.9) == set()
    assert due(7.1) == {pictures[short]}
    assert due(30.1) == set(pictures.values())

    change = gateway.patch(
        f"/meetings/{usual.id}", json={"evidence_retention_days": 2}, headers=bearer(usual.admin_key)
    )
    assert change.json() == {"evidence_retention_days": 2}
    assert gateway.get(f"/meetings/{usual.id}").json()["evidence_retention_days"] == 2
    assert due(2.1) == {pictures[usual]}


@pytest.mark.parametrize("days", [0, -1, 31, 10**30, "seven", 1.5])
def test_no_meeting_keeps_pictures_longer_than_the_operator(room: Room, days: object) -> None:
    body = {"title": "Algebra I", "evidence_retention_days": days}
    assert_problem(room.client.post("/meetings", json=body), 422)
    body.pop("title")
    answer = room.client.patch(f"/meetings/{room.id}", json=body, headers=bearer(room.admin_key))
    assert_problem(answer, 422)


def test_when_the_operator_shortens_it_all_meetings_follow(
    gateway: httpx.Client, flagged: Callable[[Seat], UUID], database: Engine
) -> None:
    created = gateway.post("/meetings", json={"title": "Algebra I", "evidence_retention_days": 30}).json()
    picture = flagged(Room(gateway, created["data"]["id"], created["admin_id"]).join())
    aged(database, picture, 10)

    assert picture in {kept.id for kept in evidence_to_retire(database, 9, 1_000)}


# -- the audit log


def audit(room: Room) -> list[dict[str, Any]]:
    answer = room.client.get(f"/meetings/{room.id}/audit", headers=bearer(room.admin_key))
    entries: list[dict[str, Any]] = answer.json()["entries"]
    return entries


def test_who_looked_decided_exported_changed_and_erased_is_written_down(
    room: Room, flagged: Callable[[Seat], UUID]
) -> None:
    seat = room.join(NAME)
    evidence_id = flagged(seat)
    [flag] = room.flags().json()["flags"]
    admin = bearer(room.admin_key)
    link = httpx.URL(flag["img_url"])

    room.client.get(link.path, params=link.params)
    room.client.get(f"/evidence/{evidence_id}", headers=admin)
    room.client.get(f"/evidence/{evidence_id}", headers=bearer(seat.token))  # who is not shown it
    room.client.post(
        f"/meetings/{room.id}/flags/{flag['id']}/review", json={"decision": "dismissed"}, headers=admin
    )
    room.client.get(f"/meetings/{room.id}/flags.csv", headers=admin)
    room.client.get(f"/meetings/{room.id}/participants/{seat.id}/export", headers=admin)
    room.client.patch(f"/meetings/{room.id}", json={"evidence_retention_days": 3}, headers=admin)
    for rules in ({"faces_allowed": 2, "no_face_seconds": 30}, {"faces_allowed": 2}, {"faces_allowed": None}):
        room.client.patch(f"/meetings/{room.id}/rules", json=rules, headers=admin)
    erase(room, seat.id)
    erase(room, seat.id)

    entries = audit(room)
    assert [(entry["actor"], entry["action"], entry["what"]) for entry in reversed(entries)] == [
        ("anyone", "created", "the meeting"),
        ("link", "looked", f"evidence {evidence_id}"),
        ("admin", "looked", f"evidence {evidence_id}"),
        ("admin", "dismissed", f"flag {flag['id']}"),
        ("admin", "exported", "the flagged list"),
        ("admin", "exported", f"participant {seat.id}"),
        ("admin", "changed", "retention: 3 days"),
        ("admin", "changed", "rules: faces_allowed usual → 2, no_face_seconds usual → 30.0"),
        ("admin", "changed", "rules: faces_allowed 2 → usual"),
        ("admin", "erased", f"participant {seat.id}"),
    ]
    assert NAME not in str(entries)


# -- the whole way, by the worker and the scheduler


def test_the_scheduler_brings_an_erasure_to_its_end(stack: Stack, stack_client: httpx.Client) -> None:
    room = Room.create(stack_client)
    seat = room.join(NAME)
    seat.job(seat.accepted(TWO_FACES), wait=20)
    [flag] = until(lambda: stored(room), "the picture is in its store")
    name = httpx.URL(flag["img_url"]).path.rpartition("/")[2]
    file = Path(stack.environment["EVIDENCE_PATH"]) / f"{name}.jpg"
    assert file.exists()

    erase(room, seat.id)

    until(lambda: erase(room, seat.id).status_code == 200, "the erasure is complete")
    assert not file.exists()
    assert_problem(seat.post(ONE_FACE), 404)
    with Redis.from_url(stack.redis_url) as redis:
        assert {key.partition(b":")[0] for key in redis.scan_iter(f"*{seat.id}*")} == {b"pace"}


def stored(room: Room) -> list[dict[str, str]]:
    return [flag for flag in room.flags().json()["flags"] if flag["evidence"] == "stored"]


def test_at_imgur_pictures_of_an_erased_person_are_deleted_by_their_hash(
    room: Room, seat: Seat, judging: Judging, uploads: list[UUID], database: Engine, settings: Settings
) -> None:
    judging.judge_frame(UUID(seat.accepted(TWO_FACES)))
    with FakeImgur() as server:
        at_imgur = Settings(**dict(settings) | {"imgur_client_id": "any", "imgur_api_url": server.url})
        upload = claim_upload(database, uploads[-1])
        assert upload
        stored = open_store(StoreName.IMGUR, at_imgur).put(upload.id, upload.picture, "image/jpeg")
        mark_stored(database, upload.id, StoreName.IMGUR, stored)
        assert len(server.pictures) == 1

        erase(room, seat.id)
        picture = StoredPicture(StoreName.IMGUR, stored)
        [owed] = [owed for owed in due_deletions(database, 100) if owed.what == picture]
        delete(owed.what, at_imgur)
        settle_deletion(database, owed)

        assert not server.pictures
    assert erase(room, seat.id).json()["pictures_left"] == 0
