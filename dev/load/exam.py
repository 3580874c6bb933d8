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

JOINING_AT_ONCE = 16


class Exam:
    """A meeting with simulated candidates, who live in a thread of their own, from entering to leaving.

    Args:
        tell: is called in that thread with what became of each frame.
        patience: how many seconds the last frames are waited for on leaving.

    Attributes, once entered:
        meeting_id, admin_id: the meeting, and the key of its flagged list.
        loop: in which the candidates live.
        interval: seconds that the gateway wants between two frames of a candidate.
    """

    loop: asyncio.AbstractEventLoop
    interval: float

    def __init__(
        self,
        url: str,
        operator_key: SecretStr | None,
        tell: Callable[[Outcome], None] = lambda _: None,
        *,
        candidates: int = len(PEOPLE),
        company_every: int = 6,
        patience: float = 0,
    ) -> None:
        # A proxy of this machine's environment has no business on the loopback interface.
        self.client = httpx.Client(base_url=url, timeout=30, trust_env=False)
        self._url = url
        self._operator_key = operator_key
        self._tell = tell
        self._size = candidates
        self._company_every = company_every
        self._patience = patience
        self._leave = asyncio.Event()
        self.meeting_id = ""
        self.admin_id = ""

    def __enter__(self) -> Self:
        """Create the meeting and seat the candidates.

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
        seated: Future[None] = Future()
        self._thread = threading.Thread(
            target=lambda: asyncio.run(self._hold(seated)), name="exam", daemon=True
        )
        self._thread.start()
        seated.result()
        return self

    def __exit__(self, *_: object) -> None:
        """Have the candidates leave, and return when they have."""
        self.loop.call_soon_threadsafe(self._leave.set)
        self._thread.join()
        self.client.close()

    async def _hold(self, seated: "Future[None]") -> None:
        self.loop = asyncio.get_running_loop()
        # A connection for each, as browsers have, and let go before the gateway does, which waits 5 s.
        connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=3)
        timeout = aiohttp.ClientTimeout(total=30)
        async with aiohttp.ClientSession(self._url, connector=connector, timeout=timeout) as session:
            candidates = [
                Candidate(session, self.meeting_id, place, self._tell, self._company_every)
                for place in range(self._size)
            ]
            try:
                await self._join(candidates)
            except Exception as error:
                seated.set_exception(error)
                return
            seated.set_result(None)
            await self._sit(candidates)

    async def _join(self, candidates: list[Candidate]) -> None:
        room = asyncio.Semaphore(JOINING_AT_ONCE)

        async def join(candidate: Candidate) -> None:
            async with room:
                self.interval = await candidate.join()

        await asyncio.gather(*map(join, candidates))

    async def _sit(self, candidates: list[Candidate]) -> None:
        """Returns when all have left."""
        # Spread over an interval, so that they do not all send at once.
        sitting = [
            asyncio.create_task(candidate.sit(self.interval * place / self._size, self._leave))
            for place, candidate in enumerate(candidates)
        ]
        await self._leave.wait()
        _, still = await asyncio.wait(sitting, timeout=self._patience)
        for task in still:
            task.cancel()
        await asyncio.wait(sitting)
