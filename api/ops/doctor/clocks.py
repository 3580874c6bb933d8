"""Whether the machines agree about the time."""

from collections.abc import Iterator
from datetime import UTC, datetime

from api.ops.doctor.finding import Finding, broken

APART_SECONDS = 5.0


def compare_clocks(server: str, there: datetime) -> Iterator[Finding]:
    """`there` is what the server's clock says now."""
    apart = abs((there - datetime.now(UTC)).total_seconds())
    if apart > APART_SECONDS:
        yield broken(
            f"the clocks of this machine and of {server} are {apart:.0f} s apart",
            "have both set their clocks by NTP: tokens, links and the times of flags depend on them",
        )
