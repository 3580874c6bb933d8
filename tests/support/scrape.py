"""Read `/metrics` as Prometheus does."""

import httpx
from prometheus_client.parser import text_string_to_metric_families

# Each request on a new connection, as the processes of a gateway take turns; to create a client takes 25 ms.
_client = httpx.Client(timeout=60, trust_env=False, limits=httpx.Limits(max_keepalive_connections=0))


def scrape(url: str) -> dict[str, float]:
    """Return the samples at `url` by name and labels: `name{label="value"}`."""
    text = _client.get(url).raise_for_status().text
    return {
        _series(sample.name, sample.labels): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def _series(name: str, labels: dict[str, str]) -> str:
    inside = ",".join(f'{label}="{value}"' for label, value in sorted(labels.items()))
    return f"{name}{{{inside}}}" if inside else name
