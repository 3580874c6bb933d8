"""Decoding of base64 pictures: every common spelling works, anything else is refused."""

import base64
from collections.abc import Callable

import pytest

from api.errors import NotAPicture, TooLarge
from api.frames.frame_body import decode_base64
from tests.support.exam import ONE_FACE

PLAIN = base64.b64encode(ONE_FACE).decode()
LIMIT = len(ONE_FACE)


def wrapped(line_end: str, width: int = 76) -> str:
    return line_end.join(PLAIN[start : start + width] for start in range(0, len(PLAIN), width))


@pytest.mark.parametrize(
    "text",
    [
        PLAIN,
        PLAIN + "\n",
        PLAIN + "\r\n",
        " " + PLAIN,
        wrapped("\n"),
        wrapped("\r\n"),
        wrapped("\r\n\t"),
        wrapped("\n", 64) + "\n",
        base64.encodebytes(ONE_FACE).decode(),
        f"data:image/jpeg;base64,{PLAIN}",
        f"data:image/jpg;base64,{PLAIN}",
        f"data:;base64,{PLAIN}",
        f"DATA:IMAGE/JPEG;BASE64,{PLAIN}",
        f"Data:Image/Jpeg;Base64,{PLAIN}\n",
        f"data:image/jpeg;charset=utf-8;base64,{PLAIN}",
        f"data:image/jpeg; base64, {PLAIN}",
        "\n data:image/jpeg;base64,\n" + wrapped("\r\n") + "\r\n",
    ],
    ids=lambda text: repr(text[:40] + "…" + text[-5:]),
)
def test_every_common_base64_spelling_is_decoded(text: str) -> None:
    assert decode_base64(text, LIMIT) == ONE_FACE


@pytest.mark.parametrize(
    "spoil",
    [
        lambda text: text.replace("+", " "),
        lambda text: text.replace("+", "-").replace("/", "_"),
        lambda text: text.replace("+", "%2B"),
        lambda text: text.rstrip("="),
        lambda text: text[:-1],
        lambda text: text[:100] + "\0" + text[100:],
        lambda text: text[:100] + "\u2028" + text[100:],
        lambda text: text + "=",
        lambda text: text + text,
        lambda text: f"data:image/jpeg,{text}",
        lambda text: f"data:base64,{text}",
        lambda text: f"https://example.com;base64,{text}",
        lambda text: f"data:image/jpeg;base64,,{text}",
    ],
)
def test_invalid_base64_is_refused(spoil: Callable[[str], str]) -> None:
    assert PLAIN.endswith("=")

    with pytest.raises(NotAPicture, match=r"is not (a )?base64"):
        decode_base64(spoil(PLAIN), LIMIT)


def test_line_ends_do_not_count_towards_the_limit() -> None:
    assert decode_base64(wrapped("\r\n"), LIMIT) == ONE_FACE
    with pytest.raises(TooLarge):
        decode_base64(wrapped("\r\n"), LIMIT - 1)
