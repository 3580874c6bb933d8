"""An Imgur that takes each picture, and says something else about it."""

import json
from collections.abc import Callable
from dataclasses import replace

from dev.vendors.imgur import FakeImgur
from dev.vendors.server import Answer, Call, NoAnswer

Lie = Callable[[Answer], Answer | NoAnswer]


class LyingImgur(FakeImgur):
    """Takes each picture, and says something else about it."""

    def __init__(self, lie: Lie) -> None:
        super().__init__()
        self.lie = lie
        self.uploads = 0

    def answer(self, call: Call) -> Answer | NoAnswer:
        answer = super().answer(call)
        if call.method == "POST" and isinstance(answer, Answer):
            self.uploads += 1
            return self.lie(answer)
        return answer


def telling(**changes: object) -> Lie:
    """A lie about what is told of the picture."""

    def lie(answer: Answer) -> Answer:
        body = json.loads(answer.body)
        return replace(answer, body=json.dumps({**body, "data": body["data"] | changes}))

    return lie


def sending(body: str | bytes, **headers: str) -> Lie:
    """A body that has nothing to do with the picture."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda answer: replace(answer, body=body, headers=dict(answer.headers) | named)
