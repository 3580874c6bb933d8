"""Several pictures are uploaded with one message and two statements."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

from sqlalchemy import Engine, text

from shared.db.evidence import claim_uploads, find_evidence, release_uploads
from shared.queue import upload_messages
from shared.settings import Settings
from tests.support.samples import claim_upload, record_pending_evidence
from worker.evidence.uploads import upload_pictures


def statuses(database: Engine, *evidence_ids: UUID) -> list[str | None]:
    found = [find_evidence(database, evidence_id) for evidence_id in evidence_ids]
    return [evidence.status if evidence else None for evidence in found]


def test_released_upload_is_due_at_once(database: Engine) -> None:
    evidence_id = record_pending_evidence(database, datetime.now(UTC))
    claimed = claim_uploads(database, [evidence_id, uuid4()])
    assert [upload.id for upload in claimed] == [evidence_id]

    release_uploads(database, claimed)

    assert claim_upload(database, evidence_id)


def test_message_carries_up_to_ten_uploads() -> None:
    ids = [uuid4() for _ in range(21)]

    messages = list(upload_messages(ids))

    assert [len(message) for message in messages] == [10, 10, 1]
    assert [UUID(one) for message in messages for one in message] == ids
    assert list(upload_messages([])) == []


def test_one_unrecordable_picture_spares_its_batch(settings: Settings, database: Engine) -> None:
    good, bad, other = (record_pending_evidence(database, datetime.now(UTC)) for _ in range(3))
    with database.begin() as connection:
        connection.execute(
            text(f"ALTER TABLE evidence ADD CONSTRAINT not_it CHECK (status <> 'stored' OR id <> '{bad}')")
        )
    try:
        upload_pictures(database, settings, [good, bad, other])
    finally:
        with database.begin() as connection:
            connection.execute(text("ALTER TABLE evidence DROP CONSTRAINT not_it"))

    assert statuses(database, good, bad, other) == ["stored", "pending", "stored"]
    assert not list(settings.evidence_path.glob(f"{bad}*"))
