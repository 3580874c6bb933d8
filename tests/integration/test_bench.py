"""`python -m dev bench`: the load is judged, and its cost measured by part."""

from collections.abc import Iterator

import pytest
from redis import Redis

from dev.load.bench.bare import BareLoop
from dev.load.bench.frames import TWO_FACES, Frames, looks_for_second, picture
from dev.load.bench.load import NO_LIMITS, judge_all
from dev.load.bench.meter import Meter
from dev.load.work import Work
from dev.stack.stack import Stack
from shared.jobs.model import JOB_COUNTS

pytestmark = pytest.mark.slow

FRAMES = 60
ENGINE = {"DETECTOR": "simulated", "SIMULATED_DETECTOR_MS": "0"}


@pytest.fixture(scope="module")
def meter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Meter]:
    """The cost of some frames, all of which were judged."""
    data = tmp_path_factory.mktemp("bench")
    with (
        Stack(data, environment=ENGINE | NO_LIMITS, workers=1) as stack,
        Redis.from_url(stack.redis_url) as redis,
    ):
        frames, meter = Frames(stack.url), Meter(stack, redis)
        with meter.counted(FRAMES):
            judge_all(stack.url, frames, frames.take(FRAMES))
        assert redis.hget(JOB_COUNTS, "done") == str(FRAMES).encode()
        yield meter


@pytest.mark.parametrize("part", ["gateway", "frames", "valkey"])
def test_each_part_of_a_frame_has_its_cost(meter: Meter, part: str) -> None:
    assert meter.part_ms(part) > 0
    assert meter.work[part].wakeups > 0


def test_cost_of_a_frame_is_the_sum_of_its_parts(meter: Meter) -> None:
    total = sum(meter.work.values(), start=Work())

    assert meter.cpu_ms == pytest.approx(total.cpu / FRAMES * 1000)
    assert set(meter.work) <= {row.split()[0] for row in meter.table("")}


def test_commands_of_a_frame_are_counted(meter: Meter) -> None:
    assert meter.commands_per_frame > 5
    assert meter.commands["publish"] >= FRAMES  # the end of each job


def test_bare_loop_takes_processor_time() -> None:
    with BareLoop(ENGINE, flagged_every=2) as bare:
        assert bare.detect(range(8)) > 0
        assert bare.cpu > 0


def test_share_of_the_pictures_shows_two_faces() -> None:
    starts = {path.read_bytes() for path in TWO_FACES}
    pictures = [picture(number, 4) for number in range(16)]

    assert len(set(pictures)) == 16
    assert [any(data.startswith(start) for start in starts) for data in pictures] == (
        [False] * 3 + [True]
    ) * 4


def test_second_person_is_sought_in_every_third_frame() -> None:
    of_one_candidate = range(5, 6 * 301, 301)

    assert [looks_for_second(number) for number in of_one_candidate] == [True, False, False] * 2
