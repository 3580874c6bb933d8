"""deploy/kubernetes-shards/: the second Redis and its workers match the first ones."""

from copy import deepcopy

import kubernetes_validate
import promql_parser
import pytest
import yaml

from dev.stack.processes import ROOT
from tests.support.compose import read_services
from tests.support.kubernetes import KEDA, Manifest, read_manifests

FOLDER = ROOT / "deploy/kubernetes-shards"
COMPONENT = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())
SHARD: list[Manifest] = list(yaml.safe_load_all((FOLDER / "two.yaml").read_text()))


def find(kind: str, name: str, manifests: list[Manifest]) -> Manifest:
    [found] = [one for one in manifests if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def pod(workload: Manifest) -> Manifest:
    return deepcopy(dict(workload["spec"]["template"]["spec"]))


@pytest.mark.parametrize(
    "manifest", [one for one in SHARD if one["apiVersion"] != KEDA], ids=lambda one: one["kind"]
)
def test_shard_manifest_matches_the_kubernetes_schema(manifest: Manifest) -> None:
    kubernetes_validate.validate(manifest, "1.33", strict=True)


def test_component_lists_every_file() -> None:
    assert sorted([*COMPONENT["resources"], "kustomization.yaml"]) == sorted(f.name for f in FOLDER.iterdir())


def test_workers_of_the_second_shard_differ_only_in_shard() -> None:
    first, second = (
        pod(find("Deployment", name, manifests))
        for name, manifests in (("worker", read_manifests()), ("worker-two", SHARD))
    )

    assert second["containers"][0].pop("env") == [{"name": "SHARD", "value": "two"}]
    for one in (first, second):
        [spread] = one.pop("topologySpreadConstraints")
        assert spread["labelSelector"]["matchLabels"].keys() == {"app"}
    assert second == first


def test_second_redis_runs_the_command_of_compose() -> None:
    secrets = {"SECRET_KEY": "x", "OPERATOR_KEY": "x", "POSTGRES_PASSWORD": "x"}
    redis = pod(find("StatefulSet", "redis-two", SHARD))
    [container] = redis["containers"]

    assert container["command"] == read_services(secrets)["redis"].command
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert redis["automountServiceAccountToken"] is redis["enableServiceLinks"] is False


def test_each_shard_is_scaled_by_its_own_frames() -> None:
    [patch] = COMPONENT["patches"]
    [replaced, removed] = yaml.safe_load(patch["patch"])
    base = find("ScaledObject", "worker", read_manifests())
    second = find("ScaledObject", "worker-two", SHARD)

    assert patch["target"] == {"kind": "ScaledObject", "name": "worker"}
    assert (replaced["path"], removed["path"]) == ("/spec/triggers/0/metadata/query", "/spec/triggers/1")
    assert len(base["spec"]["triggers"]) == 2
    for query, shard in (
        (replaced["value"], "one"),
        (second["spec"]["triggers"][0]["metadata"]["query"], "two"),
    ):
        promql_parser.parse(query)
        assert f'{{shard="{shard}"}}' in query
    assert second["spec"]["scaleTargetRef"] == {"name": "worker-two"}
    assert second["spec"]["advanced"] == base["spec"]["advanced"]


def test_worker_of_the_second_shard_reaches_servers_only() -> None:
    policies = [one["spec"] for one in SHARD if one["kind"] == "NetworkPolicy"]
    rules = [rule for policy in policies for rule in policy.get("egress", [])]

    assert {port["port"] for rule in rules for port in rule["ports"]} == {5432, 6379}
    assert all(rule["to"] for rule in rules)
