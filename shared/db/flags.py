"""Flags in Postgres: recorded by the worker, listed newest first for the admin."""

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Engine, Select, bindparam, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from shared.db.audit import Action, Actor, Entry, find_newest_by_object, insert_audit_entry
from shared.db.incidents import join_incident, lock_participant, update_review
from shared.db.tables import Evidence, EvidenceStatus, Flag, Participant, Review
from shared.verdicts import Findings, FlagKind

PAGE_SIZE = 500


@dataclass(frozen=True, slots=True)
class NewFlag:
    """A flagged frame to record."""

    job_id: UUID
    meeting_id: UUID
    participant_id: UUID
    kind: FlagKind
    findings: Findings
    taken_at: datetime
    picture: bytes
    content_type: str
    thumbnail: bytes


def record_flag(database: Engine, flag: NewFlag) -> UUID:
    """Write the flag, its evidence and its incident; return the evidence's id. Idempotent per job.

    Raises IntegrityError if the meeting or the participant no longer exists.
    """
    row: dict[str, Any] = {
        "job_id": flag.job_id,
        "meeting_id": flag.meeting_id,
        "participant_id": flag.participant_id,
        "kind": flag.kind,
        "faces": len(flag.findings.faces),
        "findings": flag.findings.model_dump(mode="json"),
        "taken_at": flag.taken_at,
        "strength": flag.findings.strength if flag.kind is FlagKind.MULTIPLE_FACES else 0.0,
        "evidence_id": uuid4(),
        "status": EvidenceStatus.PENDING,
        "content_type": flag.content_type,
        "sha256": hashlib.sha256(flag.picture).hexdigest(),
        "picture": flag.picture,
        "thumbnail": flag.thumbnail,
    }
    with database.begin() as connection:
        lock_participant(connection, flag.participant_id)
        recorded: UUID | None = connection.scalar(_OF_JOB, row)
        if recorded is None:
            row["incident_id"] = join_incident(
                connection,
                flag.meeting_id,
                flag.participant_id,
                flag.kind,
                flag.taken_at,
                flag.findings.version,
                row["strength"],
            )
            recorded = connection.scalars(_RECORD, row).one()
        return recorded


def _record_statement() -> ReturningInsert[UUID]:
    """Return the statement, built once: building it takes as long as a round trip."""
    columns = (
        *("job_id", "meeting_id", "participant_id", "kind", "faces", "findings", "taken_at"),
        *("strength", "incident_id"),
    )
    recorded = (
        insert(Flag).values({name: bindparam(name) for name in columns}).returning(Flag.id).cte("recorded")
    )
    evidence = {
        Evidence.id: "evidence_id",
        Evidence.status: "status",
        Evidence.content_type: "content_type",
        Evidence.sha256: "sha256",
        Evidence.picture: "picture",
        Evidence.thumbnail: "thumbnail",
    }
    row = select(recorded.c.id, *(bindparam(name, type_=column.type) for column, name in evidence.items()))
    return insert(Evidence).from_select([Evidence.flag_id, *evidence], row).returning(Evidence.id)


_RECORD = _record_statement()
_OF_JOB = select(Evidence.id).join(Flag).where(Flag.job_id == bindparam("job_id"))


@dataclass(frozen=True, slots=True)
class Cursor:
    """A position in the flagged list: after the flag with this time and id."""

    taken_at: datetime
    flag_id: int


@dataclass(frozen=True, slots=True)
class FlagFilter:
    """Which flags, or which incidents, to list; None means any."""

    participant_id: UUID | None = None
    kind: FlagKind | None = None
    reviews: Collection[Review] | None = None


NO_FILTER = FlagFilter()


@dataclass(frozen=True, slots=True)
class ListedFlag:
    """A row of the flagged list."""

    flag: Flag
    participant_name: str
    evidence_id: UUID
    evidence_status: str
    has_thumbnail: bool
    store: str | None
    reference: str | None


LISTED: Select[Flag, str, UUID, str, bool, str | None, str | None] = (
    select(
        Flag,
        Participant.name,
        Evidence.id,
        Evidence.status,
        Evidence.thumbnail.is_not(None),
        Evidence.store,
        Evidence.reference,
    )
    .join(Participant, Participant.id == Flag.participant_id)
    .join(Evidence, Evidence.flag_id == Flag.id)
)


def flag_page_query(
    meeting_id: UUID, after: Cursor | None, limit: int, wanted: FlagFilter = NO_FILTER
) -> Select[Flag, str, UUID, str, bool, str | None, str | None]:
    """Return the query of one page; its cost is independent of the number of flags (docs/flagged-list.md)."""
    page = (
        LISTED.where(Flag.meeting_id == meeting_id)
        .order_by(Flag.taken_at.desc(), Flag.id.desc())
        .limit(limit)
    )
    if after is not None:
        page = page.where(tuple_(Flag.taken_at, Flag.id) < tuple_(after.taken_at, after.flag_id))
    if wanted.participant_id is not None:
        page = page.where(Flag.participant_id == wanted.participant_id)
    if wanted.kind is not None:
        page = page.where(Flag.kind == wanted.kind)
    if wanted.reviews is not None:
        page = page.where(Flag.review.in_(wanted.reviews))
    return page


def list_flags_with_pictures(database: Engine, meeting_id: UUID, participant_id: UUID) -> list[ListedFlag]:
    """Return a candidate's flags whose pictures are not deleted, by time; a few for each incident."""
    query = LISTED.where(
        Flag.meeting_id == meeting_id,
        Flag.participant_id == participant_id,
        Evidence.status != EvidenceStatus.DELETED,
    ).order_by(Flag.taken_at, Flag.id)
    with Session(database) as session:
        return [ListedFlag(*row) for row in session.execute(query)]


def list_flags(
    database: Engine, meeting_id: UUID, after: Cursor | None, limit: int, wanted: FlagFilter = NO_FILTER
) -> list[ListedFlag]:
    """Return at most `limit` flags of the meeting after the cursor, newest first."""
    query = flag_page_query(meeting_id, after, limit, wanted)
    with Session(database) as session:
        return [ListedFlag(*row) for row in session.execute(query)]


def list_recent_findings(
    database: Engine, meeting_id: UUID, since: datetime, limit: int
) -> list[tuple[FlagKind, Findings]]:
    """Return what was found in the newest flags of the meeting: at most `limit`, taken after `since`."""
    query = (
        select(Flag.kind, Flag.findings)
        .where(Flag.meeting_id == meeting_id, Flag.taken_at > since)
        .order_by(Flag.taken_at.desc(), Flag.id.desc())
        .limit(limit)
    )
    with database.connect() as connection:
        rows = connection.execute(query).all()
    return [(FlagKind(kind), Findings.model_validate(findings)) for kind, findings in rows]


def iterate_flags(database: Engine, meeting_id: UUID) -> Iterator[tuple[ListedFlag, Entry | None]]:
    """Yield all flags of the meeting, newest first, each with its decision; None if it is open."""
    after = None
    while page := list_flags(database, meeting_id, after, PAGE_SIZE):
        objects = {name for row in page if row.flag.review != Review.OPEN for name in _objects(row.flag)}
        decisions = find_newest_by_object(database, meeting_id, (Action.CONFIRMED, Action.DISMISSED), objects)
        for row in page:
            of_flag = [decisions[name] for name in _objects(row.flag) if name in decisions]
            yield row, max(of_flag, key=lambda entry: entry.at, default=None)
        after = Cursor(page[-1].flag.taken_at, page[-1].flag.id)


def _objects(flag: Flag) -> tuple[str, str]:
    """Return what the audit log calls the flag, and the incident with which it may have been reviewed."""
    return f"flag {flag.id}", f"incident {flag.incident_id}"


def find_flag(database: Engine, meeting_id: UUID, flag_id: int) -> ListedFlag | None:
    """Return one flag; None if the meeting has no such flag."""
    with Session(database) as session:
        row = session.execute(LISTED.where(Flag.id == flag_id, Flag.meeting_id == meeting_id)).one_or_none()
        return ListedFlag(*row) if row else None


class ReviewConflictError(Exception):
    """The flag or incident has a different state than the reviewer saw; `review` is the present one."""

    def __init__(self, review: Review, reviewer: str | None = None) -> None:
        super().__init__(f"it is {review}")
        self.review = review
        self.reviewer = reviewer


def review_flag(
    database: Engine, meeting_id: UUID, flag_id: int, decision: Review, expected: Review | None = None
) -> ListedFlag | None:
    """Record the admin's decision and return the flag; None if the meeting has no such flag.

    Idempotent: nothing happens if the flag already has that state.
    Raises ReviewConflictError if it has neither that nor the `expected` state.
    """
    query = LISTED.where(Flag.id == flag_id, Flag.meeting_id == meeting_id)
    with Session(database) as session, session.begin():
        of_flag = select(Flag.participant_id).where(Flag.id == flag_id, Flag.meeting_id == meeting_id)
        participant_id = session.scalar(of_flag)
        if participant_id is None:
            return None
        lock_participant(session, participant_id)
        row = session.execute(query).one_or_none()
        if row is None:
            return None
        listed = ListedFlag(*row)
        if listed.flag.review != decision:
            if expected not in {None, listed.flag.review}:
                raise ReviewConflictError(Review(listed.flag.review))
            before, listed.flag.review = listed.flag.review, decision
            session.flush()
            if listed.flag.incident_id is not None:
                update_review(session, listed.flag.incident_id)
            session.execute(
                insert_audit_entry(
                    meeting_id,
                    Actor.ADMIN,
                    Action(decision),
                    f"flag {flag_id}",
                    {"review": before},
                    {"review": decision},
                )
            )
        session.expunge_all()
        return listed
