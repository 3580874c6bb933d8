"""Alerts and dashboard in deploy/: their queries match the exported metrics, and each alert has a runbook."""

import json
import re
import subprocess
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import httpx
import promql_parser
import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families
from redis import Redis

from dev.stack.processes import ROOT
from shared.queue import EVIDENCE
from shared.settings import Settings
from tests.support.exam import TWO_FACES, Exam
from tests.support.metrics_worker import MetricsWorker
from tests.support.programs import require_program

RULES = ROOT / "deploy/prometheus/rules.yml"
DASHBOARD = ROOT / "deploy/grafana/proctor.json"
GUIDE = ROOT / "docs/operations.md"


@dataclass(frozen=True)
class Alert:
    """One alerting rule."""

    name: str
    query: str
    runbook: str


def alerts() -> list[Alert]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    return [Alert(rule["alert"], rule["expr"], rule["annotations"]["runbook_url"]) for rule in rules]


def queries() -> list[str]:
    """Return the query of every alert and every panel."""
    panels = json.loads(DASHBOARD.read_text())["panels"]
    shown = [target["expr"] for panel in panels for target in panel["targets"]]
    return [alert.query for alert in alerts()] + [query.replace("$__rate_interval", "5m") for query in shown]


def selectors(query: str) -> Iterator[promql_parser.VectorSelector]:
    """Return the selectors of a query; raise ValueError if it is not PromQL."""
    found: list[promql_parser.VectorSelector] = []

    def visit(node: promql_parser.Expr) -> None:
        if isinstance(node, promql_parser.VectorSelector):
            found.append(node)
        if isinstance(node, promql_parser.MatrixSelector):
            found.append(node.vector_selector)

    promql_parser.walk(promql_parser.parse(query), visit)
    yield from found


Exported = Mapping[str, Mapping[str, set[str]]]
"""Maps the name of a series to the values of each of its labels."""


@pytest.fixture(scope="module")
def scraped(
    _gateway: httpx.Client, settings: Settings, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[str]]:
    """The metrics of a gateway that has refused a frame and of a worker that has judged one."""
    with Redis.from_url(settings.redis_url.get_secret_value()) as redis:
        redis.flushdb()
    worker = MetricsWorker(settings, tmp_path_factory.mktemp("worker"))
    worker.process.start()
    candidate = Exam.create(_gateway).join()
    candidate.judge_frame(TWO_FACES)
    assert candidate.post_frame(b"not a picture").status_code == 422
    urls = (str(_gateway.base_url.join("/metrics")), worker.url)
    yield [httpx.get(url, trust_env=False, timeout=60).text for url in urls]
    worker.process.kill()


@pytest.fixture
def exported(scraped: list[str]) -> Exported:
    series: dict[str, dict[str, set[str]]] = defaultdict(partial(defaultdict, set))
    for text in scraped:
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                labels = series[sample.name]
                for label, value in sample.labels.items():
                    labels[label].add(value)
    # The evidence worker differs only in this label.
    series["proctor_worker_heartbeat_timestamp_seconds"]["queue"].add(EVIDENCE)
    return series


# Labels whose values appear at run time; all others exist from the start.
OPEN_LABELS = {"engine", "le", ("proctor_frames_refused_total", "reason")}


def test_every_query_reads_an_exported_metric(exported: Exported) -> None:
    read = [selector for query in queries() for selector in selectors(query)]
    assert len(read) > len(alerts())

    for selector in read:
        name = str(selector.name)
        assert name in exported, selector
        labels = exported[name]
        for matcher in selector.matchers.matchers:
            assert matcher.name in labels, selector
            if not OPEN_LABELS & {matcher.name, (name, matcher.name)}:
                values = set(matcher.value.split("|"))
                assert values <= labels[matcher.name], selector


def test_every_metric_is_on_the_dashboard(exported: Exported) -> None:
    shown = {selector.name for query in queries() for selector in selectors(query)}
    ours = {re.sub("_(bucket|sum|count|created)$", "", name) for name in exported if "proctor_" in name}
    ours -= {f"{name.removesuffix('_total')}" for name in ours if name.endswith("_total")}

    assert ours <= {re.sub("_(bucket|sum|count)$", "", str(name)) for name in shown}


@pytest.mark.parametrize("alert", alerts(), ids=lambda alert: alert.name)
def test_every_alert_has_a_runbook(alert: Alert) -> None:
    page, anchor = alert.runbook.split("#")
    assert ROOT / page == GUIDE
    assert anchor == alert.name.lower()

    section = GUIDE.read_text().split(f"\n### {alert.name}\n")[1].split("\n#")[0]

    assert "**Means**" in section
    assert "**Do**" in section


def test_every_runbook_belongs_to_an_alert() -> None:
    chapter = GUIDE.read_text().split("\n## Alerts\n")[1].split("\n## ")[0]

    assert re.findall("^### (.+)$", chapter, re.MULTILINE) == [alert.name for alert in alerts()]


@pytest.fixture
def promtool() -> Path:
    return require_program("promtool", tested="the alerts", package="prometheus")


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "config", "prometheus.yml"],
        ["check", "rules", "rules.yml"],
        ["test", "rules", "rules.test.yml"],
    ],
    ids=" ".join,
)
def test_promtool_accepts_and_tests_the_rules(promtool: Path, arguments: list[str]) -> None:
    done = subprocess.run(
        [promtool, *arguments], cwd=RULES.parent, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_metric_names_pass_promtool(promtool: Path, scraped: list[str]) -> None:
    for text in scraped:
        done = subprocess.run(
            [promtool, "check", "metrics"], input=text, capture_output=True, text=True, check=False
        )

        assert [line for line in done.stderr.splitlines() if "proctor_" in line] == []
