"""A fake Imgur that accepts each picture and returns a false answer."""

import json
from collections.abc import Callable
from dataclasses import replace

from dev.vendors.imgur import FakeImgur
from dev.vendors.server import Answer, Call, NoAnswer

Distortion = Callable[[Answer], Answer | NoAnswer]


class FaultyImgur(FakeImgur):
    """Accepts each picture and distorts its answer."""

    def __init__(self, distort: Distortion) -> None:
        super().__init__()
        self.distort = distort
        self.uploads = 0

    def answer(self, call: Call) -> Answer | NoAnswer:
        answer = super().answer(call)
        if call.method == "POST" and isinstance(answer, Answer):
            self.uploads += 1
            return self.distort(answer)
        return answer


def with_data(**changes: object) -> Distortion:
    """Replace fields of the answer's data."""

    def distort(answer: Answer) -> Answer:
        body = json.loads(answer.body)
        return replace(answer, body=json.dumps({**body, "data": body["data"] | changes}))

    return distort


def with_body(body: str | bytes, **headers: str) -> Distortion:
    """Replace the answer's body and add headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda answer: replace(answer, body=body, headers=dict(answer.headers) | named)
