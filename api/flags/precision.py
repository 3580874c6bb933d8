"""How many reviewed incidents were confirmed, by kind and version of the detectors."""

from collections.abc import Iterable
from itertools import groupby

from fastapi import APIRouter
from pydantic import BaseModel, Field

from api.auth.credentials import AdminMeeting, Operator
from api.openapi import error_responses
from api.services import Use
from shared.db.precision import Precision, load_precision
from shared.rate import Rate
from shared.verdicts import FlagKind

router = APIRouter(tags=["flags"])


class Share(BaseModel):
    """Confirmed incidents of those that were decided, with Wilson's 95 % confidence interval."""

    confirmed: int
    decided: int
    precision: float | None = Field(description="confirmed ÷ decided; null if none is decided")
    low: float | None
    high: float | None


class VersionPrecision(Share):
    """The precision of one version of the detectors."""

    version: str


class KindPrecision(Share):
    """The precision of one kind of flag, over all versions and for each."""

    kind: FlagKind
    versions: list[VersionPrecision]


class PrecisionAnswer(BaseModel):
    """The precision of each kind that has incidents."""

    kinds: list[KindPrecision]


@router.get("/meetings/{meeting_id}/precision", responses=error_responses(401, 404, 422))
def get_meeting_precision(services: Use, meeting: AdminMeeting) -> PrecisionAnswer:
    """Get how many of the meeting's reviewed incidents were confirmed."""
    return _build_answer(load_precision(services.database, meeting.id))


@router.get("/precision", responses=error_responses(401))
def get_precision(services: Use, _: Operator) -> PrecisionAnswer:
    """Get the same over all meetings. Requires the operator key if `OPERATOR_KEY` is set."""
    return _build_answer(load_precision(services.database))


def _build_answer(rows: Iterable[Precision]) -> PrecisionAnswer:
    return PrecisionAnswer(
        kinds=[
            _build_kind(FlagKind(kind), list(versions))
            for kind, versions in groupby(rows, lambda row: row.kind)
        ]
    )


def _build_kind(kind: FlagKind, rows: list[Precision]) -> KindPrecision:
    total = Rate(sum(row.confirmed.hits for row in rows), sum(row.confirmed.of for row in rows))
    return KindPrecision(
        kind=kind,
        **_share(total).model_dump(),
        versions=[
            VersionPrecision(version=row.version, **_share(row.confirmed).model_dump()) for row in rows
        ],
    )


def _share(rate: Rate) -> Share:
    low, high = rate.interval if rate.of else (None, None)
    return Share(
        confirmed=rate.hits, decided=rate.of, precision=rate.share if rate.of else None, low=low, high=high
    )
