"""A meeting full of simulated candidates."""

from collections.abc import Callable
from typing import Self

import httpx
from pydantic import SecretStr

from dev.candidates import PEOPLE, Candidate, Outcome, created


class Exam:
    """A meeting with simulated candidates in it, from entering to leaving.

    Attributes, once entered:
        meeting_id, admin_id: the meeting, and the key of its flagged list.
    """

    def __init__(
        self, url: str, operator_key: SecretStr | None, tell: Callable[[Outcome], None] = lambda _: None
    ) -> None:
        # A proxy of this machine's environment has no business on the loopback interface.
        self.client = httpx.Client(base_url=url, timeout=30, trust_env=False)
        self._operator_key = operator_key
        self._tell = tell
        self._candidates: list[Candidate] = []
        self.meeting_id = ""
        self.admin_id = ""

    def __enter__(self) -> Self:
        """Create the meeting and seat the candidates.

        Raises:
            StackFailedError: the gateway refused.
        """
        key = self._operator_key
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        answer = created(self.client.post("/meetings", json={"title": "Simulated exam"}, headers=headers))
        meeting = answer.json()
        self.meeting_id, self.admin_id = meeting["data"]["id"], meeting["admin_id"]
        self._candidates = [
            Candidate(self.client, self.meeting_id, place, self._tell) for place in range(len(PEOPLE))
        ]
        for candidate in self._candidates:
            candidate.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Ask the candidates to leave; they are not waited for, for they may be waiting for a verdict."""
        for candidate in self._candidates:
            candidate.leave.set()
