"""The camera check, the exam page and the invigilator get the same answer about the same pictures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from itertools import cycle, islice
from typing import Any, cast
from uuid import UUID

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from redis import Redis

from dev.load.candidates import PICTURES
from shared.jobs.model import job_key, pace_key
from shared.presence.last_seen import parse_last_seen, presence_key
from tests.support.exam import CandidateClient, Exam, bearer
from tests.support.jobs import judge_frame
from worker.frames.judging import Judging

SECONDS_PER_FRAME = 5
RANDOM = np.random.default_rng(13)
ROWS, COLUMNS = np.mgrid[0:480, 0:640]


def photo(name: str, light: float = 1, noise: float = 0) -> bytes:
    """Return one of the pictures, taken in less light."""
    with Image.open(PICTURES / f"{name}.jpg") as picture:
        return encode(np.asarray(picture.convert("RGB"), dtype=np.float64) * light, noise)


def covered(glow: float, noise: float = 0) -> bytes:
    """Return the picture of a lens under a finger, with a red glow in the middle."""
    shape = np.exp(-((COLUMNS - 320) ** 2 + (ROWS - 240) ** 2) / 125_000)
    return encode(shape[..., None] * np.array([glow, 0.35 * glow, 0.2 * glow]), noise)


def plain(level: float, noise: float = 0) -> bytes:
    """Return a picture of one grey."""
    return encode(np.full((480, 640, 3), level), noise)


def encode(pixels: NDArray[np.float64], noise: float) -> bytes:
    jpeg = BytesIO()
    noisy = pixels + RANDOM.normal(0, noise, pixels.shape)
    Image.fromarray(np.clip(noisy, 0, 255).astype(np.uint8)).save(jpeg, "JPEG", quality=80)
    return jpeg.getvalue()


ASTRONAUT, ROOM = "1-face-astronaut", "0-faces-empty-room"


@dataclass(frozen=True)
class Candidate:
    """A candidate whose frames are judged, and what the invigilator sees of them."""

    exam: Exam
    client: CandidateClient
    judging: Judging
    redis: Redis

    def show(self, picture: bytes, *, precheck: bool = False, seconds_ago: float = 0) -> dict[str, Any]:
        """Return the job of a frame, judged."""
        self.redis.delete(pace_key(UUID(self.client.id)))  # as if time had passed
        body = self.client.frame_body(picture) | {"precheck": precheck}
        response = self.client.client.post("/detect_faces", json=body, headers=bearer(self.client.token))
        job_id = UUID(response.json()["job_id"])
        taken_at = datetime.now(UTC).timestamp() - seconds_ago
        self.redis.hset(job_key(job_id), "taken_at", taken_at)
        judge_frame(self.judging, job_id)
        job: dict[str, Any] = self.client.get_job(str(job_id)).json()
        return job

    def sit(self, pictures: Sequence[bytes]) -> tuple[list[str], list[str], list[str]]:
        """Show pictures at the usual interval; return their qualities, states and flags."""
        qualities, states, flags = [], [], []
        for number, picture in enumerate(pictures):
            seconds_ago = SECONDS_PER_FRAME * (len(pictures) - 1 - number)
            job = self.show(picture, seconds_ago=seconds_ago)
            qualities.append(job["picture"])
            seen = parse_last_seen(cast("bytes", self.redis.get(presence_key(UUID(self.client.id)))))
            states.append(seen.state if seen else "")
            flags.extend(job["flags"])
        return qualities, states, flags

    def as_person(self) -> dict[str, Any]:
        """Return what the invigilator sees."""
        return next(one for one in self.exam.get_people() if one["participant_id"] == self.client.id)


@pytest.fixture
def sitting(exam: Exam, candidate: CandidateClient, judging: Judging, redis: Redis) -> Candidate:
    return Candidate(exam, candidate, judging, redis)


def repeat(count: int, *pictures: bytes) -> list[bytes]:
    return list(islice(cycle(pictures), count))


@pytest.mark.parametrize(
    ("picture", "quality", "state"),
    [
        (photo(ASTRONAUT), "good", "verified"),
        (photo(ASTRONAUT, 0.27), "dim", "verified"),
        (photo(ASTRONAUT, 0.1), "dim", "verified"),  # darker than a covered lens may be, but with a face
        (photo(ROOM, 0.32, noise=3), "dim", "stale"),
        (photo(ROOM, 0.05), "unusable", "dark"),
        (plain(0), "unusable", "dark"),
        (plain(235), "unusable", "dark"),
        (covered(20, noise=3), "unusable", "dark"),
        (covered(60), "unusable", "dark"),
    ],
    ids=["good", "dim", "very dim", "dim room", "night", "black", "white", "finger", "thumb"],
)
def test_check_exam_and_invigilator_agree(
    sitting: Candidate, picture: bytes, quality: str, state: str
) -> None:
    check = sitting.show(picture, precheck=True)
    assert sitting.as_person()["picture"] is None  # nothing of the check is shown
    exam = sitting.show(picture)
    person = sitting.as_person()

    assert (check["picture"], exam["picture"], person["picture"]) == (quality,) * 3
    assert person["state"] == state


def test_exam_continues_with_the_answer_of_the_check(sitting: Candidate) -> None:
    """A picture between the two limits is what the one before was, in the check as in the exam."""
    between = photo(ASTRONAUT, 0.44)
    assert sitting.show(between, precheck=True)["picture"] == "good"

    sitting.show(photo(ASTRONAUT, 0.3), precheck=True)

    assert sitting.show(between, precheck=True)["picture"] == "dim"
    assert sitting.show(between)["picture"] == "dim"


@pytest.mark.parametrize(
    "pictures",
    [
        [covered(40, noise) for noise in (3, 15, 8, 15, 3, 15, 8, 3, 15, 8)],
        repeat(10, plain(0), plain(235)),
        repeat(10, photo(ROOM, 0.08), photo(ROOM, 0.12)),
        repeat(10, covered(30), plain(12, noise=15)),
        repeat(10, plain(0)),
    ],
    ids=["noise", "black and white", "light wobbles", "covered and dark", "black"],
)
def test_covered_camera_is_one_state_and_one_flag(sitting: Candidate, pictures: list[bytes]) -> None:
    qualities, states, flags = sitting.sit(pictures)

    assert set(qualities) == {"unusable"}
    assert set(states) == {"d"}
    assert flags == ["technical"]
    assert sitting.as_person()["state"] == "dark"


def test_dim_light_that_wobbles_is_one_state(sitting: Candidate) -> None:
    pictures = [photo(ASTRONAUT, light) for light in (0.38, 0.42, 0.45, 0.39, 0.43, 0.46, 0.38, 0.44)]

    qualities, states, flags = sitting.sit(pictures)

    assert set(qualities) == {"dim"}
    assert set(states) == {"v"}
    assert flags == []


def test_uncovered_camera_recovers_once(sitting: Candidate) -> None:
    pictures = [*repeat(4, covered(40, noise=8), plain(0)), *repeat(4, photo(ASTRONAUT))]

    qualities, states, flags = sitting.sit(pictures)

    assert qualities == ["unusable"] * 4 + ["good"] * 4
    assert states == ["d"] * 4 + ["v"] * 4
    assert flags == ["technical"]


def test_frozen_camera_is_one_state_from_the_third_frame(sitting: Candidate) -> None:
    qualities, states, flags = sitting.sit(repeat(8, photo(ROOM)))

    assert qualities == ["good"] * 2 + ["unusable"] * 6
    assert states == ["n"] * 2 + ["d"] * 6
    assert flags == ["technical"]


def test_empty_room_is_no_fault_of_the_camera(sitting: Candidate) -> None:
    qualities, _, flags = sitting.sit([photo(ROOM, noise=noise) for noise in (1, 2, 3, 4, 5, 6)])

    assert set(qualities) == {"good"}
    assert flags == ["no_face"]
