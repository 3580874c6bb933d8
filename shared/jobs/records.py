"""What is kept of a job that is done, in few bytes: most of Redis's memory is outcomes.

    outcome:{id}  the ids of participant and meeting, 16 bytes each; the number of attempts, a digit;
                  the version, a digit; the outcome as compressed JSON

Names and usual values are not stored in each outcome: they are in `_DICTIONARY`, with which zlib compresses.
"""

import zlib
from uuid import UUID

from shared.jobs.model import Job, JobStatus
from shared.verdicts import Outcome

OUTCOMES_CHANNEL = "jobs:outcomes"
"""Published instead of on `ENDED_CHANNEL` if all gateways subscribe to it, which then need not read the job:

    the job's id; 1 while its participant may have messages to read, else 0; the record
"""

_WINDOW_BITS = -12
"""4 kB, and negative: without header and checksum."""
_VERSION = b"1"
_DICTIONARY = (
    b'"flag":"no_face"}"flag":"face_hidden"}"flag":"technical"}"flag":"multiple_faces"}"picture":"unusable"'
    b'"picture":"bright""picture":"dim"},"suspected":true,"face_hidden":true,"noise":0.3,"overlooked":[],'
    b'"persons":[{"box":{"left":1,"top":0,"width":639,"height":479},"score":0.9,"without_face":true}],'
    b'"findings":{"engine":"dlib-hog","version":"dlib 20.0.1","engine":"dlib-cnn","width":1280,"height":720,'
    b'{"verdict":{"faces":1,"picture":"good"},"findings":{"engine":"dlib-guided","version":"YuNet of '
    b"libfacedetection 3, onnxruntime 1.32.0, dlib 20.0.1; SSD MobileNetV2 persons, onnxruntime 1.32.0"
    b'","thresholds":{"faces_allowed":1.0,"face_threshold":0.5,"confirm_threshold":-0.5,"suspicion_frames":'
    b'2.0,"no_face_seconds":10.0,"face_hidden_seconds":0.0,"second_person":1.0,"sure_face_threshold":0.7,'
    b'"sure_face_allowance":0.5,"max_mouth_angle":14.0,"person_threshold":0.3,"second_person_threshold":0.28},'
    b'"width":640,"height":480,"brightness":0.4,"detail":0.01,"faces":[{"box":{"left":2,"top":1,"width":1,'
    b'"height":1},"score":0.9,"dlib":0.2,"confirmed":true,"landmarks":[[3,2],[3,2],[3,2],[3,2],[3,2]],'
    b'"mouth_angle":1.0}],"decode_ms":3.0,"detect_ms":10.0}}'
)
"""What was packed with other bytes is unreadable: a release that changes them needs another version."""


def outcome_key(job_id: UUID) -> str:
    """Return the key of the record of a job that is done."""
    return f"outcome:{job_id}"


def pack_outcome(outcome: Outcome) -> bytes:
    """Return the outcome in few bytes; what has its default is left out."""
    text = outcome.model_dump_json(exclude_defaults=True).encode()
    compress = zlib.compressobj(wbits=_WINDOW_BITS, zdict=_DICTIONARY)
    return _VERSION + compress.compress(text) + compress.flush()


def parse_ended(job_id: bytes, rest: bytes) -> Job | None:
    """Return the job of a message of `OUTCOMES_CHANNEL`, split after the id; None if it is only an id."""
    if not rest:
        return None
    return parse_record(UUID(job_id.decode()), rest[1:], has_messages=rest.startswith(b"1"))


def parse_record(job_id: UUID, record: bytes, *, has_messages: bool) -> Job:
    """Return the job of a record."""
    if not record.startswith(_VERSION, 33):
        raise ValueError("the outcome was stored by a later release")
    text = zlib.decompressobj(wbits=_WINDOW_BITS, zdict=_DICTIONARY).decompress(record[34:])
    return Job(
        id=job_id,
        status=JobStatus.DONE,
        meeting_id=UUID(bytes=record[16:32]),
        participant_id=UUID(bytes=record[:16]),
        outcome=Outcome.model_validate_json(text),
        error=None,
        has_messages=has_messages,
    )
