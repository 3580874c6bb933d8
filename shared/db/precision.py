"""How many of the reviewed incidents were confirmed."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Engine, func, select

from shared.db.tables import Incident, Review
from shared.rate import Rate


class Precision(NamedTuple):
    """Of one kind and one version of the detectors: confirmed incidents of those that were decided."""

    kind: str
    version: str
    confirmed: Rate


def load_precision(database: Engine, meeting_id: UUID | None = None) -> list[Precision]:
    """Return the precision of each kind and version that has incidents, of one meeting or of all."""
    confirmed = func.count().filter(Incident.review == Review.CONFIRMED)
    decided = func.count().filter(Incident.review != Review.OPEN)
    query = select(Incident.kind, Incident.version, confirmed, decided).group_by(
        Incident.kind, Incident.version
    )
    if meeting_id is not None:
        query = query.where(Incident.meeting_id == meeting_id)
    with database.connect() as connection:
        rows = connection.execute(query.order_by(Incident.kind, Incident.version))
        return [Precision(kind, version, Rate(hits, of)) for kind, version, hits, of in rows]
