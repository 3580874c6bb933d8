"""Refuses a body that is too large before it is in memory."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import TooLarge, refuse


class BodyLimit:
    """ASGI middleware: 413 by `Content-Length` before anything is read, else as soon as it is too long."""

    def __init__(self, app: ASGIApp, max_bytes: int) -> None:
        self._app = app
        self._max_bytes = max_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes on what is small enough."""
        if scope["type"] == "http":
            announced = Headers(scope=scope).get("content-length")
            try:
                if announced is None:
                    receive = _replay(await self._read(receive))
                elif int(announced) > self._max_bytes:
                    raise self._too_large()
            except TooLarge as error:
                await refuse(error)(scope, receive, send)
                return
        await self._app(scope, receive, send)

    async def _read(self, receive: Receive) -> list[Message]:
        """The messages of a body of unannounced length, which is none at all for most requests."""
        messages: list[Message] = []
        received = 0
        while not messages or messages[-1].get("more_body"):
            messages.append(await receive())
            received += len(messages[-1].get("body", b""))
            if received > self._max_bytes:
                raise self._too_large()
        return messages

    def _too_large(self) -> TooLarge:
        return TooLarge(f"the body is too large; at most {self._max_bytes} bytes are taken")


def _replay(messages: list[Message]) -> Receive:
    queue = iter(messages)

    async def receive() -> Message:
        return next(queue, {"type": "http.disconnect"})

    return receive
