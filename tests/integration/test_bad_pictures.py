"""Frames without a usable picture get a 4xx, or a job that fails with a reason."""

from io import BytesIO
from uuid import UUID

import pytest
from PIL import Image

from shared.settings import Settings
from tests.support.bad_input import MARK
from tests.support.exam import ONE_FACE, CandidateClient, assert_problem, bearer, to_base64
from tests.support.jobs import judge_frame
from tests.support.malformed_pictures import chunk, encode, png
from worker.frames.judging import Judging


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Xyzzy!",
        "data:image/jpeg,Xyzzy",
        "data:image/jpeg;base64,",
        f"data:image/jpeg,{to_base64(ONE_FACE)}",
        f"https://example.com,{to_base64(ONE_FACE)}",
        to_base64(ONE_FACE)[:-1],
        to_base64(ONE_FACE).rstrip("="),
        to_base64(ONE_FACE).replace("+", "-").replace("/", "_"),
        to_base64(ONE_FACE).replace("+", " "),
        to_base64(ONE_FACE).replace("+", "%2B"),
        to_base64(b"Xyzzy" * 100),
        to_base64(b"GIF89a" + bytes(100)),
        to_base64(b"RIFF\0\0\0\0WAVE"),
        to_base64(b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        "é" * 100,
        "\0",
    ],
    ids=lambda text: repr(text[:30]),
)
def test_non_picture_in_base64_is_refused(candidate: CandidateClient, text: str) -> None:
    body = {**candidate.frame_body(ONE_FACE), "base64_img": text}

    response = candidate.client.post("/detect_faces", json=body, headers=bearer(candidate.token))

    assert MARK not in assert_problem(response, 422)


def test_too_large_picture_gets_413_with_the_limit(candidate: CandidateClient, settings: Settings) -> None:
    picture = ONE_FACE + bytes(settings.max_frame_bytes)

    assert str(settings.max_frame_bytes) in assert_problem(candidate.post_frame(picture), 413)


def test_largest_picture_is_accepted_in_wrapped_base64(
    candidate: CandidateClient, settings: Settings
) -> None:
    picture = ONE_FACE + bytes(settings.max_frame_bytes - len(ONE_FACE))
    text = to_base64(picture)
    wrapped = "\r\n".join(text[start : start + 76] for start in range(0, len(text), 76))
    body = {**candidate.frame_body(ONE_FACE), "base64_img": wrapped}

    response = candidate.client.post("/detect_faces", json=body, headers=bearer(candidate.token))

    assert response.status_code == 202


def truncated(format_name: str) -> bytes:
    whole = encode(Image.open(BytesIO(ONE_FACE)), format_name)
    return whole[: len(whole) // 2]


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        (
            png(10_000, 5_000, b""),
            "the picture has 50000000 pixels; at most 4000000 are allowed",
        ),
        (png(2**31 - 1, 2**31 - 1, b"x"), "pixels"),
        (png(0, 0, b""), "can't be decoded"),
        (png(100, 100, b""), "can't be decoded"),
        (png(100, 100, b"", chunk(b"IDAT", b"no deflate")), "can't be decoded"),
        (truncated("JPEG"), "can't be decoded"),
        (truncated("PNG"), "can't be decoded"),
        (truncated("WEBP"), "can't be decoded"),
        (b"\xff\xd8\xff" + bytes(1_000), "can't be decoded"),
        (b"RIFF\xff\xff\xff\xffWEBPVP8 ", "can't be decoded"),
    ],
    ids=[
        "50-megapixel-bomb",
        "4-exapixel-bomb",
        "no-pixels",
        "too-few-pixels",
        "not-deflated",
        "half-a-jpeg",
        "half-a-png",
        "half-a-webp",
        "only-the-magic-of-a-jpeg",
        "only-the-magic-of-a-webp",
    ],
)
def test_broken_picture_fails_its_job_with_a_reason(
    candidate: CandidateClient, judging: Judging, picture: bytes, reason: str
) -> None:
    assert len(picture) < 500_000
    job_id = candidate.submit_frame(picture)
    judge_frame(judging, UUID(job_id))

    job = candidate.get_job(job_id).json()

    assert (job["status"], job["multiple_detected"], job["verdict"]) == ("failed", None, None)
    assert reason in job["error"]
    # Candidates read the reason, so it must not contain memory addresses or paths.
    assert "0x" not in job["error"]
    assert "/" not in job["error"]
