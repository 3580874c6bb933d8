"""Signed checkpoints of the audit log: nobody without the key can rewrite what they cover."""

import base64
import json
import logging
from datetime import UTC, datetime
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from sqlalchemy import Engine, select, true
from sqlalchemy.dialects.postgresql import insert

from shared.db.tables import AuditCheckpoint, AuditEntry, Meeting
from shared.settings import Settings

log = logging.getLogger(__name__)


def load_signing_key(settings: Settings) -> Ed25519PrivateKey:
    """Return the key of AUDIT_SIGNING_KEY; without it, one that is derived from SECRET_KEY."""
    if settings.audit_signing_key:
        seed = base64.b64decode(settings.audit_signing_key.get_secret_value())
    else:
        secret = settings.secret_key.get_secret_value().encode()
        seed = HKDF(SHA256(), 32, salt=None, info=b"audit log").derive(secret)
    return Ed25519PrivateKey.from_private_bytes(seed)


def public_key_text(key: Ed25519PrivateKey) -> str:
    """Return the public key in base64, as checkpoints name it."""
    return base64.b64encode(key.public_key().public_bytes_raw()).decode()


def sign_checkpoints(database: Engine, key: Ed25519PrivateKey, meeting_id: UUID | None = None) -> None:
    """Sign the newest entry of the meeting, or of all meetings, unless it is signed."""
    newest = (
        select(AuditEntry.id, AuditEntry.hash)
        .where(AuditEntry.meeting_id == Meeting.id)
        .order_by(AuditEntry.id.desc())
        .limit(1)
        .lateral()
    )
    is_signed = select(AuditCheckpoint.entry_id).where(
        AuditCheckpoint.meeting_id == Meeting.id, AuditCheckpoint.entry_id == newest.c.id
    )
    query = select(Meeting.id, newest.c.id, newest.c.hash).join(newest, true()).where(~is_signed.exists())
    if meeting_id is not None:
        query = query.where(Meeting.id == meeting_id)
    with database.begin() as connection:
        checkpoints = [_sign(key, *row) for row in connection.execute(query)]
        if checkpoints:
            connection.execute(insert(AuditCheckpoint).on_conflict_do_nothing(), checkpoints)
    for checkpoint in checkpoints:
        # Somebody who can cut off the audit log in Postgres may not reach the server's log.
        log.info("checkpoint of an audit log: %s", checkpoint["signed_text"])


def _sign(key: Ed25519PrivateKey, meeting_id: UUID, entry_id: int, digest: str) -> dict[str, object]:
    text = json.dumps(
        {
            "meeting": str(meeting_id),
            "entry": entry_id,
            "hash": digest,
            "at": datetime.now(UTC).isoformat(),
            "public_key": public_key_text(key),
        }
    )
    return {
        "meeting_id": meeting_id,
        "entry_id": entry_id,
        "signed_text": text,
        "signature": base64.b64encode(key.sign(text.encode())).decode(),
    }
