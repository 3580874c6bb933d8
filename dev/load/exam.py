"""A meeting full of simulated candidates."""

import asyncio
import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Self

import aiohttp
import httpx
from pydantic import SecretStr

from dev.load.candidates import PEOPLE, Candidate, Outcome
from dev.stack.errors import StackFailedError

CONCURRENT_JOINS = 16


class Exam:
    """A meeting with simulated candidates, who run in their own thread within a `with` block.

    Args:
        on_outcome: called in that thread with the outcome of each frame.
        grace_seconds: how long to wait for the last verdicts at the end.

    Attributes, once entered:
        meeting_id, admin_id: the meeting and its admin key.
        loop: the event loop of the candidates.
        interval: seconds that the gateway wants between two frames of a candidate.
    """

    loop: asyncio.AbstractEventLoop
    interval: float

    def __init__(
        self,
        url: str,
        operator_key: SecretStr | None,
        on_outcome: Callable[[Outcome], None] = lambda _: None,
        *,
        candidates: int = len(PEOPLE),
        two_faces_every: int = 6,
        grace_seconds: float = 0,
    ) -> None:
        # Never through a proxy from the environment: this may be the loopback interface.
        self.client = httpx.Client(base_url=url, timeout=30, trust_env=False)
        self._url = url
        self._operator_key = operator_key
        self._on_outcome = on_outcome
        self._size = candidates
        self._two_faces_every = two_faces_every
        self._grace_seconds = grace_seconds
        self._leave = asyncio.Event()
        self.meeting_id = ""
        self.admin_id = ""

    def __enter__(self) -> Self:
        """Create the meeting and let the candidates join.

        Raises:
            StackFailedError: the gateway refused.
        """
        key = self._operator_key
        headers = {"Authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        answer = self.client.post("/meetings", json={"title": "Simulated exam"}, headers=headers)
        if answer.status_code != httpx.codes.CREATED:
            raise StackFailedError(f"{answer.request.url} refused with {answer.status_code}: {answer.text}")
        meeting = answer.json()
        self.meeting_id, self.admin_id = meeting["data"]["id"], meeting["admin_id"]
        joined: Future[None] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._run_exam(joined)), name="exam", daemon=True
        )
        self._thread.start()
        joined.result()
        return self

    def __exit__(self, *_: object) -> None:
        """Tell the candidates to leave, and wait until they have."""
        self.loop.call_soon_threadsafe(self._leave.set)
        self._thread.join()
        self.client.close()

    async def _run_exam(self, joined: "Future[None]") -> None:
        self.loop = asyncio.get_running_loop()
        # A connection for each, as browsers have, closed before the gateway closes it after 5 s.
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=3)
        timeout = aiohttp.ClientTimeout(total=30)
        async with aiohttp.ClientSession(self._url, connector=connector, timeout=timeout) as session:
            candidates = [
                Candidate(session, self.meeting_id, number, self._on_outcome, self._two_faces_every)
                for number in range(self._size)
            ]
            try:
                await self._join(candidates)
            except Exception as error:
                joined.set_exception(error)
                return
            joined.set_result(None)
            await self._run_candidates(candidates)

    async def _join(self, candidates: list[Candidate]) -> None:
        slots = asyncio.Semaphore(CONCURRENT_JOINS)

        async def join(candidate: Candidate) -> None:
            async with slots:
                self.interval = await candidate.join()

        await asyncio.gather(*map(join, candidates))

    async def _run_candidates(self, candidates: list[Candidate]) -> None:
        """Return when all have left."""
        # Spread over an interval, so that they do not all send at once.
        running = [
            asyncio.create_task(candidate.run(self.interval * number / self._size, self._leave))
            for number, candidate in enumerate(candidates)
        ]
        await self._leave.wait()
        _, still = await asyncio.wait(running, timeout=self._grace_seconds)
        for task in still:
            task.cancel()
        await asyncio.wait(running)
