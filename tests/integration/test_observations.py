"""Suspicions and absences over several frames in a real Redis, in any order of judging."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import permutations
from uuid import UUID, uuid4

import httpx
import pytest
from redis import Redis

from dev.load.candidates import PICTURES
from shared.presence.observations import Observation, ObservationState, observe
from shared.rules import RuleOverrides, Rules
from tests.support.exam import CandidateClient
from tests.support.jobs import judge_frame
from tests.support.samples import DEFAULT_RULES
from worker.frames.judging import Judging

START = datetime(2020, 1, 1, tzinfo=UTC)
EMPTY_ROOM = (PICTURES / "0-faces-empty-room.jpg").read_bytes()


class Camera:
    """Records a participant's frames at given seconds."""

    def __init__(self, redis: Redis, rules: Rules = DEFAULT_RULES) -> None:
        self._redis = redis
        self._rules = rules
        self._participant = uuid4()
        self._jobs: dict[float, UUID] = {}

    def frame(self, second: float, state: ObservationState, picture: str = "") -> tuple[bool, bool]:
        """Return whether a suspicion holds and whether an absence lasts; a second identifies a frame."""
        job_id = self._jobs.setdefault(second, uuid4())
        digest = picture or job_id.hex[:16]
        at = START + timedelta(seconds=second)
        observation = Observation(job_id, self._participant, at, state, digest, self._rules)
        context = observe(self._redis, observation)
        self.frozen, self.face_stays_hidden = context.frozen, context.face_stays_hidden
        return context.suspicion_holds, context.absence_lasts


@pytest.fixture
def camera(redis: Redis) -> Camera:
    return Camera(redis)


@pytest.mark.parametrize(
    ("frames", "holds"),
    [("s", 0), ("os", 0), ("ss", 1), ("sos", 1), ("soos", 0), ("cs", 1), ("ns", 0), ("sns", 1)],
)
def test_suspicion_holds_in_two_of_three_frames(camera: Camera, frames: str, holds: bool) -> None:
    for second, seen in enumerate(frames):
        suspicion, _ = camera.frame(second, ObservationState(seen))

    assert suspicion == holds


@pytest.mark.parametrize(
    ("needed", "frames", "holds"),
    [(1, "os", 1), (3, "ss", 0), (3, "sss", 1), (3, "soss", 0), (3, "scs", 1)],
)
def test_rules_set_how_often_a_suspicion_must_hold(
    redis: Redis, needed: int, frames: str, holds: bool
) -> None:
    camera = Camera(redis, RuleOverrides(suspicion_frames=needed).merged_with(DEFAULT_RULES))
    for second, seen in enumerate(frames):
        suspicion, _ = camera.frame(second, ObservationState(seen))

    assert suspicion == holds


def test_rules_set_how_long_an_absence_may_be(redis: Redis) -> None:
    camera = Camera(redis, RuleOverrides(no_face_seconds=300).merged_with(DEFAULT_RULES))
    flags = [camera.frame(20 * number, ObservationState.NOBODY)[1] for number in range(20)]

    assert [20 * number for number, flag in enumerate(flags) if flag] == [300]


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_absence_is_flagged_once_in_any_order_of_frames(camera: Camera, order: tuple[int, ...]) -> None:
    flags = [camera.frame(5 * number, ObservationState.NOBODY)[1] for number in order]

    assert sum(flags) == 1


def test_long_absence_is_flagged_once(camera: Camera) -> None:
    flags = [camera.frame(5 * number, ObservationState.NOBODY)[1] for number in range(60)]

    assert [number for number, flag in enumerate(flags) if flag] == [2]


def test_clock_set_back_hides_no_absence(redis: Redis, camera: Camera) -> None:
    """Frames that were recorded before the clock was set back lie in the future, here of Redis's clock."""
    now = redis.time()[0] - START.timestamp()
    for second in (3_600, 3_605):
        camera.frame(now + second, ObservationState.NOBODY)

    flags = [camera.frame(now - second, ObservationState.NOBODY)[1] for second in (20, 15, 10, 5)]

    assert flags == [False, False, True, False]


def test_second_absence_is_flagged_too(camera: Camera) -> None:
    seen = [ObservationState.NOBODY] * 4 + [ObservationState.ALLOWED] + [ObservationState.NOBODY] * 4

    flags = [camera.frame(5 * number, what)[1] for number, what in enumerate(seen)]

    assert [number for number, flag in enumerate(flags) if flag] == [2, 7]


@pytest.mark.parametrize("seconds", [(0, 5), (0, 40, 80), (0, 1, 2, 9)])
def test_few_or_scattered_frames_are_no_absence(camera: Camera, seconds: tuple[int, ...]) -> None:
    assert not any(camera.frame(second, ObservationState.NOBODY)[1] for second in seconds)


def test_face_judged_late_ends_the_absence(camera: Camera) -> None:
    camera.frame(0, ObservationState.NOBODY)
    camera.frame(5, ObservationState.ALLOWED)

    assert camera.frame(10, ObservationState.NOBODY) == (False, False)


def test_frame_judged_twice_has_the_same_context(camera: Camera) -> None:
    for second in (0, 5):
        camera.frame(second, ObservationState.NOBODY)

    assert (
        camera.frame(10, ObservationState.NOBODY)
        == camera.frame(10, ObservationState.NOBODY)
        == (False, True)
    )
    assert (
        camera.frame(15, ObservationState.NOBODY)
        == camera.frame(15, ObservationState.NOBODY)
        == (False, False)
    )


def test_equal_pictures_are_a_frozen_camera(camera: Camera) -> None:
    for second in (0, 5, 10):
        camera.frame(second, ObservationState.NOBODY, picture="0123456789abcdef")
    assert camera.frozen

    camera.frame(15, ObservationState.NOBODY)
    assert not camera.frozen


def test_suspicion_asks_for_faster_frames(
    gateway: httpx.Client, candidate: CandidateClient, redis: Redis
) -> None:
    assert gateway  # the candidate's own
    interval = candidate.post_frame(EMPTY_ROOM).json()["next_frame_in_ms"]

    observe(
        redis,
        Observation(
            uuid4(), UUID(candidate.id), datetime.now(UTC), ObservationState.SUSPECTED, "", DEFAULT_RULES
        ),
    )

    assert interval == 5_000
    assert candidate.post_frame(EMPTY_ROOM).json()["next_frame_in_ms"] < interval / 2


def test_empty_chair_is_flagged(candidate: CandidateClient, judging: Judging, redis: Redis) -> None:
    assert redis
    for seconds in (12, 6):
        at = datetime.now(UTC) - timedelta(seconds=seconds)
        observe(
            redis,
            Observation(uuid4(), UUID(candidate.id), at, ObservationState.NOBODY, "another", DEFAULT_RULES),
        )
    job_id = candidate.submit_frame(EMPTY_ROOM)

    judge_frame(judging, UUID(job_id))

    assert candidate.get_job(job_id).json()["verdict"] == "no_face"


WITHOUT_FACE_30 = DEFAULT_RULES.model_copy(update={"face_hidden_seconds": 30.0})


def hidden_flags(camera: Camera, states: str, seconds: Iterable[int] | None = None) -> list[int]:
    """Record a frame every five seconds, in the order of `seconds`; return the seconds that are flagged."""
    flagged = []
    for second in seconds or range(0, 5 * len(states), 5):
        camera.frame(second, ObservationState(states[second // 5]))
        if camera.face_stays_hidden:
            flagged.append(second)
    return flagged


def test_hidden_face_is_never_flagged_by_default(camera: Camera) -> None:
    assert hidden_flags(camera, "h" * 60) == []


@pytest.mark.parametrize(
    ("states", "flagged"),
    [("hhhhhhhhhhhh", [30]), ("hhhnnhhhhhh", [30]), ("hhhohhhhh", []), ("hhhhhhhohhhhhhhh", [30, 70])],
)
def test_each_hidden_face_is_flagged_once(redis: Redis, states: str, flagged: list[int]) -> None:
    assert hidden_flags(Camera(redis, WITHOUT_FACE_30), states) == flagged


def test_hidden_face_is_flagged_once_in_any_order(redis: Redis) -> None:
    for order in permutations(range(0, 25, 5)):
        camera = Camera(redis, WITHOUT_FACE_30.model_copy(update={"face_hidden_seconds": 20.0}))

        assert len(hidden_flags(camera, "hhhhh", order)) == 1


def test_person_ends_an_absence(camera: Camera) -> None:
    states = [ObservationState(letter) for letter in "nnhnn"]
    flags = [camera.frame(5 * number, state)[1] for number, state in enumerate(states)]

    assert not any(flags)


def test_frame_judged_twice_is_flagged_twice_for_a_hidden_face(redis: Redis) -> None:
    camera = Camera(redis, WITHOUT_FACE_30)
    hidden_flags(camera, "hhhhhhh")

    assert hidden_flags(camera, "hhhhhhh", [30]) == [30]
