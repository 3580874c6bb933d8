"""Broken, mislabelled and malicious pictures; the same ones in each run."""

import struct
import zlib
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from random import Random

import numpy as np
from PIL import Image

SEED = 20_261_125
MUTATIONS = 40
"""The number for each valid picture."""
PNG = b"\x89PNG\r\n\x1a\n"


def encode(image: Image.Image, format_name: str, **options: object) -> bytes:
    """Return the picture as a file."""
    file = BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


def noise(size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Return an image that compresses badly."""
    pixels = np.random.default_rng(SEED).integers(0, 256, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(pixels)


def chunk(name: bytes, content: bytes) -> bytes:
    """Return a PNG chunk with the right checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, pixels: bytes, *more: bytes) -> bytes:
    """Return a grey PNG whose header states this size, whatever its pixels are."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return PNG + header + b"".join(more) + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")


def valid_pictures() -> dict[str, bytes]:
    """Return a valid picture of every format."""
    picture, others = noise(), [noise((320, 240)).rotate(90 * turn) for turn in (1, 2)]
    deep = Image.fromarray(np.random.default_rng(SEED).integers(0, 65_536, (240, 320), np.uint16))
    return {
        "JPEG": encode(picture, "JPEG", quality=80),
        "progressive JPEG": encode(picture, "JPEG", progressive=True),
        "multi-picture JPEG": encode(picture, "MPO", save_all=True, append_images=others),
        "CMYK JPEG": encode(picture.convert("CMYK"), "JPEG"),
        "PNG": encode(picture, "PNG"),
        "palette PNG": encode(picture.quantize(), "PNG"),
        "16-bit PNG": encode(deep, "PNG"),
        "animated PNG": encode(picture, "PNG", save_all=True, append_images=others),
        "WebP": encode(picture, "WEBP"),
        "lossless WebP": encode(picture, "WEBP", lossless=True),
        "animated WebP": encode(picture, "WEBP", save_all=True, append_images=others),
    }


def extreme_sizes() -> dict[str, bytes]:
    """Return odd but allowed sizes, and the largest."""
    shapes = [(1, 1), (20_000, 1), (1, 20_000), (20_000, 200), (200, 20_000), (2_000, 2_000)]
    return {f"{width}x{height}": encode(noise((width, height)), "PNG") for width, height in shapes}


def false_headers() -> dict[str, bytes]:
    """Return pictures whose headers do not match their content."""
    jpeg = bytearray(encode(noise(), "JPEG"))
    size = jpeg.index(b"\xff\xc0") + 5
    jpeg[size : size + 4] = struct.pack(">HH", 65_500, 60)
    webp = bytearray(encode(noise(), "WEBP"))
    webp[26:30] = struct.pack("<HH", 16_383, 240)
    return {
        "PNG with too few pixels": png(2_000, 2_000, bytes(10)),
        "PNG with too many pixels": png(1, 1, bytes(100_000_000)),
        "PNG without pixels": png(0, 0, b""),
        "JPEG of another size": bytes(jpeg),
        "WebP of another size": bytes(webp),
        "PNG behind a JPEG signature": b"\xff\xd8\xff" + encode(noise(), "PNG"),
        "WebP with a huge stated length": b"RIFF\xff\xff\xff\xffWEBP" + encode(noise(), "WEBP")[12:],
    }


@cache
def decompression_bombs() -> dict[str, bytes]:
    """Return small files that would decompress to huge ones, or take long."""
    parts = encode(Image.new("RGB", (2_000, 2_000), "teal"), "JPEG", progressive=True).split(b"\xff\xda")
    last = parts[-1].removesuffix(b"\xff\xd9")
    zeros = zlib.compress(bytes(200_000_000), 1)
    text, profile = chunk(b"zTXt", b"Comment\0\0" + zeros), chunk(b"iCCP", b"profile\0\0" + zeros)
    return {
        "50 megapixels": png(10_000, 5_000, bytes(50_005_000)),
        "a line of 4 megapixels": png(4_000_000, 1, bytes(4_000_001)),
        "a column of 4 megapixels": png(1, 4_000_000, bytes(8_000_000)),
        "100,000 scans": b"\xff\xda".join([*parts[:-1], last] + [last] * 100_000) + b"\xff\xd9",
        "200 MB of comment": png(10, 10, bytes(110), text),
        "200 MB of profile": png(10, 10, bytes(110), profile),
    }


def polyglots() -> dict[str, bytes]:
    """Return files that are valid in two formats."""
    jpeg, archive = encode(noise(), "JPEG"), b"PK\x05\x06" + bytes(18)
    script = b"<script>alert(1)</script>"
    return {
        "JPEG and ZIP": jpeg + archive,
        "JPEG and PNG": jpeg + encode(noise(), "PNG"),
        "PNG and HTML": encode(noise(), "PNG") + script,
        "JPEG with a page in its comment": jpeg[:2]
        + struct.pack(">2sH", b"\xff\xfe", 27)
        + script
        + jpeg[2:],
    }


def mutations(random: Random) -> Iterator[tuple[str, bytes]]:
    """Yield valid pictures with bytes changed, removed, duplicated or taken from another picture."""
    valid = valid_pictures()
    for name, picture in valid.items():
        for number in range(MUTATIONS):
            broken = bytearray(picture)
            start, end = sorted(random.randrange(len(broken)) for _ in range(2))
            match number % 4:
                case 0:
                    for _ in range(random.randint(1, 20)):
                        broken[random.randrange(len(broken))] = random.randrange(256)
                case 1:
                    del broken[start:end]
                case 2:
                    broken[end:end] = broken[start:end]
                case 3:
                    other = random.choice(list(valid.values()))
                    broken[start:end] = other[start:end]
            yield f"{name}, mutation {number}", bytes(broken)


def malformed_pictures() -> Iterator[tuple[str, bytes]]:
    """Yield every picture with its name."""
    named = valid_pictures() | extreme_sizes() | false_headers() | decompression_bombs() | polyglots()
    yield from named.items()
    yield from mutations(Random(SEED))  # noqa: S311 - must be the same in each run
