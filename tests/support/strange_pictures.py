"""Pictures that are broken, that lie, or that are made to hurt; the same ones in each run."""

import struct
import zlib
from collections.abc import Iterator
from io import BytesIO
from random import Random

import numpy as np
from PIL import Image

SEED = 20_261_125
MUTATIONS = 40
"""Of each picture."""
PNG = b"\x89PNG\r\n\x1a\n"


def encoded(image: Image.Image, format_name: str, **options: object) -> bytes:
    """The picture as a file."""
    file = BytesIO()
    image.save(file, format_name, **options)
    return file.getvalue()


def noise(size: tuple[int, int] = (320, 240)) -> Image.Image:
    """Something that compresses badly."""
    pixels = np.random.default_rng(SEED).integers(0, 256, (size[1], size[0], 3), np.uint8)
    return Image.fromarray(pixels)


def chunk(name: bytes, content: bytes) -> bytes:
    """A chunk of a PNG, with the right checksum."""
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png(width: int, height: int, pixels: bytes, *more: bytes) -> bytes:
    """A grey PNG that says it has this size, whatever its pixels are."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    return PNG + header + b"".join(more) + chunk(b"IDAT", zlib.compress(pixels, 9)) + chunk(b"IEND", b"")


def whole() -> dict[str, bytes]:
    """Good ones of every kind."""
    picture, others = noise(), [noise((320, 240)).rotate(90 * turn) for turn in (1, 2)]
    deep = Image.fromarray(np.random.default_rng(SEED).integers(0, 65_536, (240, 320), np.uint16))
    return {
        "JPEG": encoded(picture, "JPEG", quality=80),
        "progressive JPEG": encoded(picture, "JPEG", progressive=True),
        "multi-picture JPEG": encoded(picture, "MPO", save_all=True, append_images=others),
        "CMYK JPEG": encoded(picture.convert("CMYK"), "JPEG"),
        "PNG": encoded(picture, "PNG"),
        "palette PNG": encoded(picture.quantize(), "PNG"),
        "16-bit PNG": encoded(deep, "PNG"),
        "animated PNG": encoded(picture, "PNG", save_all=True, append_images=others),
        "WebP": encoded(picture, "WEBP"),
        "lossless WebP": encoded(picture, "WEBP", lossless=True),
        "animated WebP": encoded(picture, "WEBP", save_all=True, append_images=others),
    }


def sizes() -> dict[str, bytes]:
    """Odd, yet allowed; and the largest."""
    shapes = [(1, 1), (20_000, 1), (1, 20_000), (20_000, 200), (200, 20_000), (2_000, 2_000)]
    return {f"{width}x{height}": encoded(noise((width, height)), "PNG") for width, height in shapes}


def liars() -> dict[str, bytes]:
    """What they say of themselves is not so."""
    jpeg = bytearray(encoded(noise(), "JPEG"))
    size = jpeg.index(b"\xff\xc0") + 5
    jpeg[size : size + 4] = struct.pack(">HH", 65_500, 60)
    webp = bytearray(encoded(noise(), "WEBP"))
    webp[26:30] = struct.pack("<HH", 16_383, 240)
    return {
        "PNG with too few pixels": png(2_000, 2_000, bytes(10)),
        "PNG with too many pixels": png(1, 1, bytes(100_000_000)),
        "PNG without pixels": png(0, 0, b""),
        "JPEG of another size": bytes(jpeg),
        "WebP of another size": bytes(webp),
        "PNG in JPEG's clothes": b"\xff\xd8\xff" + encoded(noise(), "PNG"),
        "WebP that is longer": b"RIFF\xff\xff\xff\xffWEBP" + encoded(noise(), "WEBP")[12:],
    }


def bombs() -> dict[str, bytes]:
    """Small files that would unpack to much, or take long."""
    parts = encoded(Image.new("RGB", (2_000, 2_000), "teal"), "JPEG", progressive=True).split(b"\xff\xda")
    last = parts[-1].removesuffix(b"\xff\xd9")
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(200_000_000), 9))
    profile = chunk(b"iCCP", b"profile\0\0" + zlib.compress(bytes(200_000_000), 9))
    return {
        "50 megapixels": png(10_000, 5_000, bytes(50_005_000)),
        "a line of 4 megapixels": png(4_000_000, 1, bytes(4_000_001)),
        "a column of 4 megapixels": png(1, 4_000_000, bytes(8_000_000)),
        "100,000 scans": b"\xff\xda".join([*parts[:-1], last] + [last] * 100_000) + b"\xff\xd9",
        "200 MB of comment": png(10, 10, bytes(110), text),
        "200 MB of profile": png(10, 10, bytes(110), profile),
    }


def polyglots() -> dict[str, bytes]:
    """Two things at once."""
    jpeg, archive = encoded(noise(), "JPEG"), b"PK\x05\x06" + bytes(18)
    script = b"<script>alert(1)</script>"
    return {
        "JPEG and ZIP": jpeg + archive,
        "JPEG and PNG": jpeg + encoded(noise(), "PNG"),
        "PNG and HTML": encoded(noise(), "PNG") + script,
        "JPEG with a page in its comment": jpeg[:2]
        + struct.pack(">2sH", b"\xff\xfe", 27)
        + script
        + jpeg[2:],
    }


def mutations(random: Random) -> Iterator[tuple[str, bytes]]:
    """Each good picture with bytes changed, cut, doubled, or taken from another one."""
    good = whole()
    for name, picture in good.items():
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
                    other = random.choice(list(good.values()))
                    broken[start:end] = other[start:end]
            yield f"{name}, mutation {number}", bytes(broken)


def strange_pictures() -> Iterator[tuple[str, bytes]]:
    """Every one, by name."""
    yield from (whole() | sizes() | liars() | bombs() | polyglots()).items()
    yield from mutations(Random(SEED))  # noqa: S311 - the same in each run is what is wanted
