"""Types of settings that are parsed from text, and the test for guessable keys."""

import base64
import re
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator
from pydantic_settings import NoDecode

MIN_KEY_LENGTH = 32
MIN_DISTINCT_CHARACTERS = 10
"""In a random key of 32 characters; a key with fewer is a word or a row of zeros."""

Network = IPv4Network | IPv6Network

PRIVATE_NETWORKS: tuple[Network, ...] = tuple(
    map(
        ip_network,
        ("127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "::1/128", "fc00::/7"),
    )
)


def is_guessable(key: str) -> bool:
    """Whether a key is too short, or too uniform, to be random."""
    return len(key) < MIN_KEY_LENGTH or len(set(key)) < MIN_DISTINCT_CHARACTERS


def is_base64_of(length: int, text: str) -> bool:
    """Whether the text is this many bytes in base64."""
    try:
        return len(base64.b64decode(text, validate=True)) == length
    except ValueError:
        return False


def _split(value: object) -> object:
    return [part.strip() for part in value.split(",") if part.strip()] if isinstance(value, str) else value


def _check_public_url(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@\\]+(/(?!\.)[\w.~-]+)*/*", url, re.ASCII):
        raise ValueError(
            "must be the URL where browsers reach the pages, such as https://exam.example.org or"
            " https://example.org/exam"
        )
    return url.rstrip("/")


CommaSeparated = Annotated[tuple[str, ...], NoDecode, BeforeValidator(_split)]
CommaSeparatedNetworks = Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_split)]
PublicUrl = Annotated[str, AfterValidator(_check_public_url)]
