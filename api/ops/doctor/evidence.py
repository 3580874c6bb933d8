"""Check that the evidence store works, and that pictures are stored without delay."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from api.ops.doctor.finding import Finding, broken, ok
from shared.db.evidence import count_pending_evidence
from shared.db.tables import Evidence, EvidenceStatus
from shared.http.responses import send
from shared.settings import Settings, StoreName
from shared.stores.open_store import open_store
from shared.stores.store import Stored, StoreError

MAX_PENDING = timedelta(minutes=5)
START_EVIDENCE_WORKER = "check that an evidence worker and the scheduler are running"


def check_store(settings: Settings) -> Iterator[Finding]:
    """Store and delete a test file; only query Imgur, where the file would be public."""
    name = settings.evidence_store
    if name is StoreName.IMGUR:
        yield _check_imgur(settings)
        return
    try:
        store = open_store(name, settings)
        store.delete(store.put(uuid4(), b"written by the doctor", "image/jpeg"))
    except StoreError as error:
        if name is StoreName.LOCAL and os.access(settings.evidence_path, os.R_OK | os.X_OK):
            yield ok(f"EVIDENCE_PATH {settings.evidence_path} is readable; a gateway needs no more")
        else:
            yield broken(f"evidence can't be stored: {error}", "fix what the message names")
    else:
        yield ok(f"evidence can be stored ({name})")


def _check_imgur(settings: Settings) -> Finding:
    client_id = settings.imgur_client_id.get_secret_value() if settings.imgur_client_id else ""
    try:
        with httpx.Client(base_url=settings.imgur_api_url) as client:
            answer = send(
                client, "GET", "/3/credits", headers={"Authorization": f"Client-ID {client_id.strip()}"}
            )
    except httpx.HTTPError as error:
        remedy = "check that IMGUR_API_URL is reachable from here; Imgur is blocked in some countries"
        return broken(f"Imgur does not answer: {type(error).__name__}", remedy)
    if answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN}:
        return broken("Imgur rejects IMGUR_CLIENT_ID", "use the id of an application registered at Imgur")
    return ok(f"Imgur answers ({answer.status_code})")


def check_evidence(settings: Settings, database: Engine) -> Iterator[Finding]:
    """Check that stored pictures are readable here, and that pending ones are uploaded in time."""
    yield from _check_newest_local(settings, database)
    count, since = count_pending_evidence(database)
    if since and datetime.now(UTC) - since > MAX_PENDING:
        query = select(Evidence.last_error).where(Evidence.created_at == since)
        with Session(database) as session:
            error = session.scalars(query).first()
        yield broken(
            f"pictures are not stored yet: {count}, the oldest since {since:%Y-%m-%d %H:%M} UTC",
            f"fix the store's error: {error}" if error else START_EVIDENCE_WORKER,
        )


def _check_newest_local(settings: Settings, database: Engine) -> Iterator[Finding]:
    newest = (
        select(Evidence.reference)
        .where(Evidence.status == EvidenceStatus.STORED, Evidence.store == StoreName.LOCAL)
        .order_by(Evidence.created_at.desc())
        .limit(1)
    )
    with Session(database) as session:
        reference = session.scalars(newest).one_or_none()
    if reference is None:
        return
    try:
        open_store(StoreName.LOCAL, settings).read(Stored(reference, None))
    except StoreError as error:
        yield broken(
            f"the newest picture is not in EVIDENCE_PATH {settings.evidence_path}: {error}",
            "let gateway and evidence worker share one directory",
        )
