"""Check an exported audit log, offline: `python -m api.verify_log FILE`.

It finds entries that were edited, removed or added, and an end that was cut off. It says if the beginning is
missing, but not why. docs/audit-log.md describes the file.
"""

import argparse
import base64
import hashlib
import sys
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from pydantic import BaseModel


class _Entry(BaseModel):
    id: int
    meeting: UUID
    previous: str | None


class _Checkpoint(BaseModel):
    meeting: UUID
    entry: int
    hash: str
    at: str
    public_key: str


class LogVerifier:
    """Reads the lines of one meeting's log and collects its problems."""

    def __init__(self, public_key: str | None = None) -> None:
        """Only `public_key`, in base64, may have signed; None accepts any, which `public_keys` then names."""
        self.problems: list[str] = []
        self.public_keys = {public_key} if public_key else set[str]()
        self.begins_late = False
        """Whether the first entry names one before it: deleted after LOG_RETENTION_DAYS, or cut off."""
        self._expected_key = public_key
        self._hashes: dict[int, str] = {}
        self._newest: int | None = None
        self._meeting: UUID | None = None
        self._signed_up_to = 0

    @property
    def entries(self) -> int:
        """How many entries were read."""
        return len(self._hashes)

    def verify(self, lines: Iterable[str]) -> None:
        """Check all lines of a file."""
        for number, line in enumerate(lines, 1):
            kind, _, rest = line.rstrip("\n").partition(" ")
            proof, _, text = rest.partition(" ")
            try:
                problem = self._check_line(kind, proof, text)
            except ValueError:  # pydantic's, too
                problem = "is not a line of an audit log"
            if problem:
                self.problems.append(f"line {number}: {problem}")
        unsigned = sum(entry > self._signed_up_to for entry in self._hashes)
        if unsigned or not self._hashes:
            self.problems.append(f"no valid checkpoint covers the last {unsigned} entries")

    def _check_line(self, kind: str, proof: str, text: str) -> str | None:
        match kind:
            case "entry":
                return self._check_entry(proof, _Entry.model_validate_json(text), text)
            case "checkpoint":
                return self._check_checkpoint(proof, _Checkpoint.model_validate_json(text), text)
            case _:
                return "is not a line of an audit log"

    def _check_entry(self, digest: str, entry: _Entry, text: str) -> str | None:
        newest, self._newest = self._newest, entry.id
        self.begins_late |= newest is None and entry.previous is not None
        self._meeting = self._meeting or entry.meeting
        self._hashes[entry.id] = digest
        if hashlib.sha256(text.encode()).hexdigest() != digest:
            return f"entry {entry.id} was edited"
        if entry.meeting != self._meeting:
            return f"entry {entry.id} belongs to another meeting"
        if newest is not None and (entry.id <= newest or entry.previous != self._hashes[newest]):
            return f"entry {entry.id} does not follow the entry before it: some were removed, added or moved"
        return None

    def _check_checkpoint(self, signature: str, checkpoint: _Checkpoint, text: str) -> str | None:
        if not _is_signed(text, signature, checkpoint.public_key):
            return f"the signature of the checkpoint of {checkpoint.at} is wrong"
        if self._expected_key and checkpoint.public_key != self._expected_key:
            return f"the checkpoint of {checkpoint.at} is signed with another key, {checkpoint.public_key}"
        self.public_keys.add(checkpoint.public_key)
        if checkpoint.meeting != self._meeting:
            return f"the checkpoint of {checkpoint.at} belongs to another meeting"
        if checkpoint.entry < min(self._hashes):
            return None  # see `begins_late`
        if checkpoint.entry not in self._hashes:
            return f"entry {checkpoint.entry}, which was signed at {checkpoint.at}, is missing"
        if self._hashes[checkpoint.entry] != checkpoint.hash:
            return f"entries up to {checkpoint.entry} were edited after they were signed at {checkpoint.at}"
        self._signed_up_to = max(self._signed_up_to, checkpoint.entry)
        return None


def _is_signed(text: str, signature: str, public_key: str) -> bool:
    try:
        key = Ed25519PublicKey.from_public_bytes(base64.b64decode(public_key, validate=True))
        key.verify(base64.b64decode(signature, validate=True), text.encode())
    except InvalidSignature:
        return False
    return True


def main() -> int:
    """Print the result; return 1 if the log has a problem."""
    parser = argparse.ArgumentParser(prog="python -m api.verify_log", description=__doc__)
    parser.add_argument("file", type=Path, metavar="FILE", help="from GET /meetings/{id}/audit.log")
    parser.add_argument("--public-key", metavar="KEY", help="the only key that may have signed, in base64")
    arguments = parser.parse_args()
    verifier = LogVerifier(arguments.public_key)
    try:
        with arguments.file.open(encoding="utf-8") as lines:
            verifier.verify(lines)
    except (OSError, UnicodeDecodeError) as error:
        parser.error(f"{arguments.file} can't be read: {error}")
    for problem in verifier.problems:
        print(problem)
    if not verifier.problems:
        print(_describe_success(verifier))
    return 1 if verifier.problems else 0


def _describe_success(verifier: LogVerifier) -> str:
    entries, keys = f"{verifier.entries} entries", ", ".join(sorted(verifier.public_keys))
    if not verifier.begins_late:
        return f"{entries}, complete and unchanged; signed with {keys}"
    return (
        f"{entries}, unchanged and without gaps; signed with {keys}\n"
        "The file lacks the entry before the first: right only if it is older than LOG_RETENTION_DAYS"
    )


if __name__ == "__main__":
    sys.exit(main())
