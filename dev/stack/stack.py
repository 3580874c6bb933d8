"""The whole system on this machine; each part is a child process."""

import logging
import os
import shlex
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Self

import httpx
from pydantic import SecretStr
from sqlalchemy.exc import DBAPIError

from dev.stack.data_directory import locked_directory
from dev.stack.errors import StackFailedError
from dev.stack.ports import claim_port
from dev.stack.processes import ROOT, Process
from dev.stack.servers import postgres, valkey
from shared.db.connection import connect
from shared.db.migrate import UnsuitableDatabaseError, migrate, wait_for_postgres
from shared.settings import Settings
from shared.shards import Shard, parse_shards

DATA = ROOT / ".data"
POSTGRES_SECONDS = 60

_logger = logging.getLogger(__name__)


class Stack:
    """Servers, migrations, workers, scheduler and gateway, running within a `with` block.

    With `DATABASE_URL` or `REDIS_URL` in `environment`, that server is used and none is started.
    `frames_app` is the Celery application that judges frames, in `workers` processes for each of `shards`
    Redis servers. The gateway has `gateway_processes`.

    Attributes, once entered:
        processes: by name: postgres, valkey, frames, evidence, scheduler, gateway; those of the second shard
            are valkey-2, frames-2, and so on.
        environment: of the processes.
    """

    def __init__(
        self,
        data: Path = DATA,
        *,
        port: int = 0,
        workers: int | None = None,
        shards: int = 1,
        gateway_processes: int = 1,
        frames_app: str = "worker.frames",
        environment: Mapping[str, str] = os.environ,
    ) -> None:
        self._data = data.resolve()
        self._port = port
        self._workers = workers or os.cpu_count() or 1
        self._gateway_processes = gateway_processes
        self._shards = shards
        self._frames_app = frames_app
        # An empty variable means unset, as for Settings.
        self.environment = {name: value for name, value in environment.items() if value}
        self._given = frozenset(self.environment)
        self.processes: dict[str, Process] = {}
        self._exit = ExitStack()

    @property
    def url(self) -> str:
        """Where the gateway answers."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def database_url(self) -> str:
        """The Postgres in use."""
        return self.environment["DATABASE_URL"]

    @property
    def redis_url(self) -> str:
        """The Redis in use; several are separated by commas."""
        return self.environment["REDIS_URL"]

    def __enter__(self) -> Self:
        """Start everything; return when the gateway is ready.

        Raises:
            CannotStartError: the port or the data directory cannot be used.
            StackFailedError: a process did not start.
        """
        with self._exit:
            self._start()
            self._exit = self._exit.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        """Stop everything: the gateway first, then the workers, then the servers."""
        _logger.info("stopping")
        self._exit.close()

    def check(self) -> None:
        """Raise `StackFailedError` if a process has ended."""
        for process in self.processes.values():
            process.check()

    def _start(self) -> None:
        self._port = claim_port(self._port)
        self._lock = self._exit.enter_context(locked_directory(self._data))
        self._logs = self._data / "logs"
        self._logs.mkdir(exist_ok=True)
        for log in self._logs.glob("*.log"):
            log.unlink()
        self._start_servers()
        self.environment.setdefault("PUBLIC_URL", self.url)
        self.environment.setdefault("EVIDENCE_PATH", str(self._data / "evidence"))
        self._migrate()
        self._start_workers()
        self._start_gateway()
        self._write_exports()
        self.check()  # a setting that only a worker rejects has ended it by now

    def _start_servers(self) -> None:
        if "DATABASE_URL" not in self.environment:
            sockets = Path(self._exit.enter_context(tempfile.TemporaryDirectory(prefix="proctor-")))
            server = postgres(self._data / "postgres", sockets, self._logs, self._lock)
            self._run(server.process)
            self.environment["DATABASE_URL"] = server.url
        if "REDIS_URL" not in self.environment:
            self.environment["REDIS_URL"] = ",".join(self._start_redis(n) for n in range(self._shards))

    def _start_redis(self, number: int) -> str:
        server = valkey(self._data / f"valkey{_suffix(number)}", self._logs, self._lock)
        self._run(server.process)
        return server.url if self._shards == 1 else f"{server.url}#shard{number + 1}"

    def _migrate(self) -> None:
        """Migrate in this process: another would take a second to start."""
        _logger.info("migrating the database")
        database = connect(Settings(database_url=SecretStr(self.database_url)), pool_size=1)
        try:
            wait_for_postgres(database, POSTGRES_SECONDS)
            migrate(database)
        except (DBAPIError, UnsuitableDatabaseError) as error:
            raise StackFailedError(f"The database could not be migrated: {error}") from error
        finally:
            database.dispose()

    def _start_workers(self) -> None:
        for number, shard in enumerate(parse_shards(self.redis_url)):
            self._start_workers_of(shard, _suffix(number))

    def _start_workers_of(self, shard: Shard, suffix: str) -> None:
        frames = ["celery", "-A", self._frames_app, "worker", "-Q", "frames", "-n", "frames@%h"]
        frames += ["--concurrency", str(self._workers)]
        evidence = ["celery", "-A", "worker.evidence", "worker", "-Q", "evidence", "-n", "evidence@%h"]
        evidence += ["--pool", "threads", "--concurrency", "8"]
        schedule = str(self._data / f"schedule{suffix}")
        scheduler = ["celery", "-A", "worker.evidence", "beat", "--schedule", schedule]
        for name, command in {"frames": frames, "evidence": evidence, "scheduler": scheduler}.items():
            self._run(self._part(f"{name}{suffix}", command, shard=shard.name))

    def _start_gateway(self) -> None:
        command = ["api.server", "--host", "127.0.0.1", "--port", str(self._port)]
        command += ["--workers", str(self._gateway_processes)]
        # One client: creating it takes longer than a request. The loopback interface needs no proxy.
        client = self._exit.enter_context(httpx.Client(base_url=self.url, trust_env=False))
        self._run(self._part("gateway", command, lambda: _is_ready(client)))

    def _write_exports(self) -> None:
        """Let commands in another terminal find this stack, whose servers have random addresses."""
        chosen = {name: value for name, value in self.environment.items() if name not in self._given}
        lines = (f"export {name}={shlex.quote(value)}\n" for name, value in chosen.items())
        file = self._data / "env.sh"
        file.write_text("".join(lines))
        self._exit.callback(file.unlink, missing_ok=True)

    def _part(
        self, name: str, module: Sequence[str], answers: Callable[[], bool] | None = None, shard: str = ""
    ) -> Process:
        return Process(
            name,
            [sys.executable, "-m", *module],
            log=self._logs / f"{name}.log",
            environment=self.environment | {"PYTHONUNBUFFERED": "1", "SHARD": shard},
            inherit=[self._lock],
            answers=answers,
        )

    def _run(self, process: Process) -> None:
        _logger.info("starting %s", process.name)
        self._exit.callback(process.stop)
        self.processes[process.name] = process
        process.start()


def _suffix(number: int) -> str:
    return f"-{number + 1}" if number else ""


def _is_ready(gateway: httpx.Client) -> bool:
    try:
        return gateway.get("/readyz").is_success
    except httpx.TransportError:
        return False
