"""Token bucket: a burst, then a steady rate."""

from api.auth.rate_limits import TokenBucket


class Clock:
    """A clock that the tests set."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


def test_bucket_allows_burst_then_steady_rate() -> None:
    clock = Clock()
    pace = TokenBucket(per_second=2, burst=5, clock=clock)

    assert [pace.take() for _ in range(7)] == [True] * 5 + [False] * 2
    clock.seconds = 1.5
    assert [pace.take() for _ in range(4)] == [True] * 3 + [False]


def test_waiting_saves_at_most_the_burst() -> None:
    clock = Clock()
    pace = TokenBucket(per_second=2, burst=5, clock=clock)

    clock.seconds = 3600

    assert [pace.take() for _ in range(6)] == [True] * 5 + [False]
