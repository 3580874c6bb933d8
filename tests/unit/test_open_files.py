"""Limits of open files suffice for the connections."""

import re

import yaml

from api.server.open_connections import MAX_FILES
from dev.stack.processes import ROOT


def test_container_file_limit_covers_nginx() -> None:
    services = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    nginx = (ROOT / "frontend/nginx.conf").read_text()
    wanted = re.search(r"worker_rlimit_nofile (\d+);", nginx)
    connections = re.search(r"worker_connections (\d+);", nginx)
    assert wanted
    assert connections

    assert {service["ulimits"]["nofile"] for service in services.values()} == {MAX_FILES}
    assert int(wanted[1]) <= MAX_FILES
    assert int(wanted[1]) >= 2 * int(connections[1])
