"""Servers stop, workers are killed, the image host refuses: nothing is lost, nobody has to restart a thing.

The waits are long because Redis hands out a lost message again only after `VISIBILITY_SECONDS`.
"""

import os
import signal
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import httpx
import psutil
import pytest
from PIL import Image
from redis import Redis
from sqlalchemy import func, update

from dev.stack.stack import Stack
from dev.vendors.imgur import TOO_MANY_REQUESTS, FakeImgur
from dev.vendors.server import Answer, Call, NoAnswer
from shared.db.connection import connect
from shared.db.tables import Evidence
from shared.jobs.model import MAX_ATTEMPTS
from shared.queue import RETIRE_EVIDENCE, VISIBILITY_SECONDS, create_celery
from shared.settings import Settings
from tests.conftest import SECRET
from tests.support.exam import ONE_FACE, TWO_FACES, CandidateClient, Exam, assert_problem, bearer
from tests.support.waiting import wait_until

pytestmark = pytest.mark.slow

PATIENCE = 4 * VISIBILITY_SECONDS


class Imgur(FakeImgur):
    """Something may happen while it takes a picture."""

    meanwhile: Callable[[], None] | None = None

    def answer(self, call: Call) -> Answer | NoAnswer:
        answer = super().answer(call)
        if self.meanwhile:
            happen, self.meanwhile = self.meanwhile, None
            happen()
        return answer


@pytest.fixture(scope="module")
def imgur() -> Iterator[Imgur]:
    with Imgur() as server:
        yield server


@contextmanager
def stack_to_break(workers: int, **settings: str) -> Iterator[Stack]:
    """A stack of its own, whose parts the tests stop and kill."""
    environment = {
        **os.environ,
        "SECRET_KEY": SECRET,
        # No frame is refused, nor expires, because a test is slow.
        "MAX_WAIT_SECONDS": "599",
        "FRAME_TTL_SECONDS": "600",
        **settings,
    }
    with (
        tempfile.TemporaryDirectory(prefix="proctor-tests-") as data,
        Stack(Path(data) / "data", workers=workers, environment=environment) as running,
    ):
        yield running


@pytest.fixture(scope="module")
def faulty(imgur: Imgur) -> Iterator[Stack]:
    """With the engine that a large picture keeps busy for seconds, time enough to kill it."""
    with stack_to_break(
        workers=1, DETECTOR="dlib-hog", IMGUR_CLIENT_ID="any", IMGUR_API_URL=imgur.url
    ) as running:
        yield running


@pytest.fixture
def client(faulty: Stack) -> Iterator[httpx.Client]:
    faulty.check()
    with httpx.Client(base_url=faulty.url, timeout=60) as client:
        yield client


@pytest.fixture
def exam(client: httpx.Client) -> Exam:
    return Exam.create(client)


@pytest.fixture
def candidate(exam: Exam) -> CandidateClient:
    return exam.join()


@pytest.fixture(scope="module")
def slow_picture() -> bytes:
    """One that takes the detector seconds, time enough to kill it."""
    data = BytesIO()
    Image.new("RGB", (2_000, 2_000), "teal").save(data, "JPEG")
    return data.getvalue()


Job = dict[str, object]


def ended(candidate: CandidateClient, job_id: str) -> Job:
    """The job's end, however many answers it takes."""

    def look() -> Job | None:
        response = candidate.get_job(job_id, wait=5)
        job: Job = response.json() if response.is_success else {}
        return job if job.get("status") not in {None, "queued", "running"} else None

    return wait_until(look, "the job ends", PATIENCE)


def begun(faulty: Stack, job_id: str, times: int) -> None:
    """Returns when a worker has taken the job up so many times."""
    with Redis.from_url(faulty.redis_url) as redis:
        wait_until(
            lambda: int(redis.hget(f"job:{job_id}", "attempts") or 0) >= times, "it is taken up", PATIENCE
        )


def assert_away(response: httpx.Response) -> None:
    assert_problem(response, 503)
    assert int(response.headers["Retry-After"]) >= 1


def test_redis_restart_loses_no_verdict(
    faulty: Stack, client: httpx.Client, exam: Exam, candidate: CandidateClient, slow_picture: bytes
) -> None:
    valkey = faulty.processes["valkey"]
    before = candidate.submit_frame(slow_picture)
    with ThreadPoolExecutor() as pool:
        held = pool.submit(candidate.get_job, before, 20)
        begun(faulty, before, 1)
        valkey.stop()
        assert held.result().status_code in {200, 503}

    assert_away(candidate.post_frame(ONE_FACE))
    assert_away(candidate.get_job(before))
    assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").json() == {"postgres": "ok", "redis": "away"}
    assert client.get("/healthz").status_code == 200
    assert Exam.create(client).join()  # what needs no Redis goes on
    rules, admin = f"/meetings/{exam.id}/rules", bearer(exam.admin_key)
    usual = client.get(rules, headers=admin).json()
    assert_away(client.patch(rules, json={"faces_allowed": 2}, headers=admin))
    assert client.get(rules, headers=admin).json() == usual

    valkey.start()

    assert client.get("/readyz").status_code == 200
    assert ended(candidate, before)["verdict"] == "ok"
    assert ended(candidate, candidate.submit_frame(TWO_FACES))["verdict"] == "multiple_faces"
    faulty.check()


@pytest.fixture
def busy() -> Iterator[Stack]:
    """A stack whose worker has a frame in hand for seconds, and a hand free for another."""
    with stack_to_break(workers=2, DETECTOR="simulated", SIMULATED_DETECTOR_MS="3000") as running:
        yield running


def test_worker_survives_a_killed_redis(busy: Stack) -> None:
    valkey, worker = busy.processes["valkey"], psutil.Process(busy.processes["frames"].pid)
    with httpx.Client(base_url=busy.url, timeout=60) as client, Redis.from_url(busy.redis_url) as redis:
        candidate = Exam.create(client).join()
        in_hand = candidate.submit_frame(ONE_FACE)
        begun(busy, in_hand, 1)

        # The order of events with which kombu can't cope, as in one kill of five: the worker first hears that
        # its subscription is gone, while it still waits for the next message.
        worker.suspend()
        redis.client_kill_filter(_type="pubsub")
        valkey.kill()
        worker.resume()
        valkey.start()

        assert ended(candidate, in_hand)["verdict"] == "ok"
        assert ended(candidate, candidate.submit_frame(ONE_FACE))["verdict"] == "ok"
    busy.check()


def test_postgres_outage_defers_flags(
    faulty: Stack, client: httpx.Client, exam: Exam, candidate: CandidateClient
) -> None:
    postgres = faulty.processes["postgres"]
    postgres.stop()

    assert_away(client.post("/meetings", json={"title": "Algebra I"}))
    assert_away(client.post(f"/meetings/{exam.id}/participants", json={"name": "Ada"}))
    assert_away(exam.get_flags())
    assert client.get("/readyz").status_code == 503
    assert client.get("/readyz").json().items() >= {"postgres": "away", "redis": "ok"}.items()
    flagged, ok = candidate.submit_frame(TWO_FACES), candidate.submit_frame(ONE_FACE)
    assert ended(candidate, ok)["verdict"] == "ok"
    assert candidate.get_job(flagged).json()["status"] in {"queued", "running"}

    postgres.start()

    assert client.get("/readyz").status_code == 200
    assert ended(candidate, flagged)["verdict"] == "multiple_faces"
    assert [flag["job_id"] for flag in exam.get_flags().json()["flags"]] == [flagged]
    faulty.check()


def test_refused_upload_is_retried(
    client: httpx.Client, imgur: Imgur, exam: Exam, candidate: CandidateClient
) -> None:
    def flag() -> dict[str, str]:
        (only,) = exam.get_flags().json()["flags"]
        return dict(only)

    imgur.fail_next(TOO_MANY_REQUESTS)

    assert ended(candidate, candidate.submit_frame(TWO_FACES))["verdict"] == "multiple_faces"
    # The verdict was there at once; the picture is with us until the host takes it.
    pending = flag()
    assert pending["evidence"] == "pending"
    link = httpx.URL(pending["img_url"])
    assert client.get(link.path, params=link.params, follow_redirects=True).content == TWO_FACES

    wait_until(lambda: flag()["evidence"] == "stored", "Imgur has it", PATIENCE)
    assert flag()["img_url"].startswith(imgur.url)
    assert httpx.get(flag()["img_url"], trust_env=False, timeout=60).content == TWO_FACES
    assert all(picture.delete_hash not in exam.get_flags().text for picture in imgur.pictures.values())


def test_retirement_deletes_pictures_at_imgur(faulty: Stack, exam: Exam, candidate: CandidateClient) -> None:
    assert ended(candidate, candidate.submit_frame(TWO_FACES))["verdict"] == "multiple_faces"
    wait_until(lambda: exam.get_flags().json()["flags"][0]["evidence"] == "stored", "Imgur has it", PATIENCE)
    picture = exam.get_flags().json()["flags"][0]["img_url"]
    assert httpx.get(picture, trust_env=False, timeout=60).content == TWO_FACES
    database = connect(Settings(database_url=faulty.database_url), pool_size=1)
    with database.begin() as connection:
        connection.execute(update(Evidence).values(created_at=func.now() - timedelta(days=31)))
    database.dispose()

    with create_celery(Settings(redis_url=faulty.redis_url)) as celery:
        celery.send_task(RETIRE_EVIDENCE)

    wait_until(
        lambda: exam.get_flags().json()["flags"][0]["evidence"] == "deleted", "it is deleted", PATIENCE
    )
    assert exam.get_flags().json()["flags"][0]["img_url"] is None
    assert httpx.get(picture, trust_env=False, timeout=60).status_code == 404


def test_postgres_outage_during_upload_leaves_no_copy(
    faulty: Stack, imgur: Imgur, exam: Exam, candidate: CandidateClient
) -> None:
    postgres = faulty.processes["postgres"]
    imgur.pictures.clear()
    gone = threading.Event()

    def stop_postgres() -> None:
        postgres.stop()
        gone.set()

    imgur.meanwhile = stop_postgres

    assert ended(candidate, candidate.submit_frame(TWO_FACES))["verdict"] == "multiple_faces"
    assert gone.wait(PATIENCE)
    postgres.start()

    wait_until(lambda: exam.get_flags().json()["flags"][0]["evidence"] == "stored", "Imgur has it", PATIENCE)
    # Anyone with the link sees it: a copy that we do not know of could never be deleted.
    assert len(imgur.pictures) == 1


def kill_judging_child(faulty: Stack) -> None:
    for child in psutil.Process(faulty.processes["frames"].pid).children():
        child.send_signal(signal.SIGKILL)


def test_killed_child_loses_no_verdict(
    faulty: Stack, candidate: CandidateClient, slow_picture: bytes
) -> None:
    job_id = candidate.submit_frame(slow_picture)
    begun(faulty, job_id, 1)

    kill_judging_child(faulty)

    assert ended(candidate, job_id)["verdict"] == "ok"
    faulty.check()


def test_picture_that_kills_its_process_fails_after_three(
    faulty: Stack, candidate: CandidateClient, slow_picture: bytes
) -> None:
    job_id = candidate.submit_frame(slow_picture)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        begun(faulty, job_id, attempt)
        kill_judging_child(faulty)

    job = ended(candidate, job_id)

    assert (job["status"], job["error"]) == ("failed", "judging the picture broke off 3 times")
    assert job["multiple_detected"] is None
    assert ended(candidate, candidate.submit_frame(ONE_FACE))["verdict"] == "ok"


def test_killed_worker_loses_no_verdict(
    faulty: Stack, candidate: CandidateClient, slow_picture: bytes
) -> None:
    frames = faulty.processes["frames"]
    job_id, behind_it = candidate.submit_frame(slow_picture), candidate.submit_frame(ONE_FACE)
    begun(faulty, job_id, 1)

    frames.kill()
    frames.start()

    assert ended(candidate, behind_it)["verdict"] == "ok"
    assert ended(candidate, job_id)["verdict"] == "ok"
    faulty.check()
