"""Check that clocks agree."""

from collections.abc import Iterator
from datetime import UTC, datetime

from api.ops.doctor.finding import Finding, broken

MAX_CLOCK_DIFFERENCE_SECONDS = 5.0


def compare_clocks(server: str, server_now: datetime) -> Iterator[Finding]:
    """Yield a broken finding if the server's clock differs too much from ours."""
    difference = abs((server_now - datetime.now(UTC)).total_seconds())
    if difference > MAX_CLOCK_DIFFERENCE_SECONDS:
        yield broken(
            f"the clocks of this machine and of {server} differ by {difference:.0f} s",
            "synchronise both by NTP: tokens, links and the times of flags depend on them",
        )
