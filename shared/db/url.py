"""`DATABASE_URL`, parsed by libpq: it accepts what `psql` accepts."""

import re

import psycopg2
from psycopg2.extensions import parse_dsn

ENCODE = "in user, password and options, characters such as : / ? # @ % and spaces must be percent-encoded"
_SCHEME = re.compile(r"(postgres|postgresql)(\+psycopg2)?://")


def read_database_url(url: str) -> dict[str, str]:
    """Return libpq's connection parameters. Raises ValueError, which never quotes what may be a password."""
    if url[:1] in {'"', "'"} or url[-1:] in {'"', "'"}:
        raise ValueError("remove the quotes around it")
    if not _SCHEME.match(url):
        raise ValueError("it must start with postgresql://")
    try:
        parameters = parse_dsn(_SCHEME.sub("postgresql://", url, count=1))
    except psycopg2.ProgrammingError as error:
        raise ValueError(_explain(str(error))) from None
    hosts, ports = parameters.get("host", "").split(","), parameters.get("port", "").split(",")
    if not all(re.fullmatch(r"\d{0,5}", port, re.ASCII) for port in ports):
        raise ValueError(f"its port is not a number; {ENCODE}")
    if len(ports) not in {1, len(hosts)}:
        raise ValueError(f"it names {len(hosts)} hosts and {len(ports)} ports")
    return parameters


def _explain(error: str) -> str:
    # Only this message of libpq is passed on: all others quote the URL or a part of it.
    if unknown := re.search(r'invalid URI query parameter: "(\w+)"', error):
        hint = "; for TLS, set sslmode (sslmode=require)" if unknown[1] in {"ssl", "tls"} else ""
        return f"Postgres knows no parameter {unknown[1]}{hint}"
    return f"it is not a valid Postgres URL; {ENCODE}"
