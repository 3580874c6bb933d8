"""PgBouncer in front of a Postgres of dev/stack/servers.py, if it is installed."""

import os
import shutil
import signal
import socket
from pathlib import Path

from sqlalchemy import make_url

from dev.stack.ports import free_port
from dev.stack.processes import Process
from dev.stack.servers import ENVIRONMENT, Server

MISSING = "PgBouncer is not installed; on Debian: apt install pgbouncer"


def find_pgbouncer() -> Path | None:
    """Return the path of the program; None if it is not installed."""
    found = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    return Path(found) if found else None


def pgbouncer(program: Path, directory: Path, postgres_url: str, logs: Path, pool_mode: str) -> Server:
    """Return a PgBouncer with its files in `directory`, which it must be able to enter as another account."""
    query, port = make_url(postgres_url).query, free_port()
    users, configuration = directory / "users.txt", directory / "pgbouncer.ini"
    users.write_text('"postgres" ""\n')
    configuration.write_text(
        f"[databases]\n* = host={query['host']} port={query['port']}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\n"
        f"auth_type = trust\nauth_file = {users}\npool_mode = {pool_mode}\n"
        # Ask a Postgres that was down again after a second, not after 15.
        "server_login_retry = 1\n"
    )
    account = ["--user", "nobody"] if os.geteuid() == 0 else []  # it refuses to run as root
    process = Process(
        "pgbouncer",
        [program, *account, configuration],
        log=logs / "pgbouncer.log",
        environment=ENVIRONMENT,
        # At once: for the others it may wait until its clients are gone.
        stop_signal=signal.SIGQUIT,
        answers=lambda: _is_listening(port),
    )
    return Server(process, f"postgresql://postgres@127.0.0.1:{port}/postgres")


def _is_listening(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=5).close()
    except OSError:
        return False
    return True
