"""The manifests in deploy/kubernetes/ are valid and run the programs of docker-compose.yml."""

import shutil
import subprocess
from collections.abc import Iterator
from ipaddress import ip_network
from pathlib import Path

import kubernetes_validate
import pytest
import yaml

from dev.stack.processes import ROOT
from shared.metrics import MULTIPROCESS_DIRECTORY
from shared.settings import Settings
from tests.support.compose import Service, read_services
from tests.support.kubernetes import (
    KEDA,
    MANIFESTS,
    Manifest,
    read_deployments,
    read_kustomization,
    read_manifests,
)
from tests.support.programs import require_program

VERSION = "1.33"


def name_of(manifest: Manifest) -> str:
    return f"{manifest['kind']}/{manifest['metadata']['name']}"


def pod(workload: Manifest) -> Manifest:
    return dict(workload["spec"]["template"]["spec"])


def containers() -> list[Manifest]:
    """Return all containers but init containers."""
    return [container for workload in read_deployments() for container in pod(workload)["containers"]]


def test_kustomization_lists_every_file() -> None:
    listed = [*read_kustomization()["resources"], "kustomization.yaml"]
    for generator in read_kustomization()["configMapGenerator"]:
        listed += generator.get("files", [])

    assert sorted(listed) == sorted(file.name for file in MANIFESTS.iterdir())


@pytest.mark.parametrize(
    "manifest", [one for one in read_manifests() if one["apiVersion"] != KEDA], ids=name_of
)
def test_manifest_matches_the_kubernetes_schema(manifest: Manifest) -> None:
    kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_misspelt_field_is_invalid() -> None:
    manifest = next(manifest for manifest in read_manifests() if manifest["kind"] == "Deployment")
    manifest["spec"]["replica"] = 1

    with pytest.raises(kubernetes_validate.ValidationError):
        kubernetes_validate.validate(manifest, VERSION, strict=True)


def test_overlay_in_the_guide_builds(tmp_path: Path) -> None:
    # That of Debian 12, 1.20, is too old.
    kubectl = require_program("kubectl", tested="the overlay of docs/operations.md", package=None)
    shutil.copytree(ROOT / "deploy", tmp_path / "deploy")
    overlay = tmp_path / "overlay"
    overlay.mkdir()
    guide = (ROOT / "docs/operations.md").read_text()
    written = guide.split("# overlay/kustomization.yaml\n")[1].split("```")[0]
    (overlay / "kustomization.yaml").write_text(written)
    (overlay / "ingress.yaml").write_text(INGRESS)

    built = subprocess.run([kubectl, "kustomize", overlay], capture_output=True, text=True, check=True).stdout

    assert "PUBLIC_URL: https://exam.example.org" in built
    assert "image: proctor-" not in built
    for manifest in yaml.safe_load_all(built):
        if manifest["apiVersion"] != KEDA:
            kubernetes_validate.validate(manifest, VERSION, strict=True)


INGRESS = """
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: pages}
spec:
  defaultBackend: {service: {name: pages, port: {name: http}}}
"""


# -- containers


def services() -> dict[str, Service]:
    secrets = {"SECRET_KEY": "x", "OPERATOR_KEY": "x", "POSTGRES_PASSWORD": "x"}
    ours = read_services(secrets)
    return {name: service for name, service in ours.items() if service.build}


def long_running_services() -> dict[str, Service]:
    return {name: service for name, service in services().items() if name != "migrate"}


def test_containers_run_the_commands_of_compose() -> None:
    # Without a command the image's entrypoint runs the arguments, as in compose.
    commands = {one["name"]: one.get("command") or one["args"] for one in containers()}

    assert commands == {name: service.command for name, service in long_running_services().items()}


def test_containers_use_the_images_of_compose() -> None:
    images = {container["name"]: container["image"] for container in containers()}

    assert images == {name: _image(service) for name, service in long_running_services().items()}


@pytest.mark.parametrize("workload", read_deployments(), ids=name_of)
def test_database_users_migrate_first(workload: Manifest) -> None:
    [container] = pod(workload)["containers"]
    first = pod(workload).get("initContainers", [])

    if "envFrom" not in container:
        assert container["name"] == "pages"
        assert first == []
        return
    [migrate] = first
    assert migrate["command"] == services()["migrate"].command
    assert migrate["image"] == container["image"]
    assert migrate["envFrom"] == container["envFrom"]


def _image(service: Service) -> str:
    assert service.build
    side = service.build.dockerfile.split("/")[0]
    return f"proctor-{ {'frontend': 'pages'}.get(side, side) }"


def test_every_variable_is_a_setting() -> None:
    [settings] = [one for one in read_kustomization()["configMapGenerator"] if one["name"] == "proctor"]
    names = {literal.split("=")[0] for literal in settings["literals"]}
    ours = {name.upper() for name in Settings.model_fields} | {MULTIPROCESS_DIRECTORY}

    assert names <= ours
    assert {"ENVIRONMENT=production", "METRICS_PORT=9464", f"{MULTIPROCESS_DIRECTORY}=/tmp"} <= set(
        settings["literals"]
    )


@pytest.mark.parametrize("workload", read_deployments(), ids=name_of)
def test_kubernetes_containers_are_hardened(workload: Manifest) -> None:
    for container in [*pod(workload).get("initContainers", []), *pod(workload)["containers"]]:
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
        assert {"requests", "limits"} == container["resources"].keys()
        assert {"name": "tmp", "mountPath": "/tmp"} in container["volumeMounts"]
    assert pod(workload)["securityContext"] == {
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    assert pod(workload)["automountServiceAccountToken"] is False


def pod_specs(node: object) -> Iterator[Manifest]:
    """Yield every pod spec below this node, for any kind of workload."""
    if isinstance(node, dict):
        if "containers" in node:
            yield node
        node = list(node.values())
    for child in node if isinstance(node, list) else []:
        yield from pod_specs(child)


def test_no_service_sets_variables_in_a_pod() -> None:
    """They look like settings: a Service named `metrics` sets METRICS_PORT to "tcp://10.0.0.1:9464"."""
    specs = list(pod_specs(read_manifests()))

    assert len(specs) >= len(read_deployments())
    assert [spec["enableServiceLinks"] for spec in specs] == [False] * len(specs)


def test_services_and_policies_are_dual_stack() -> None:
    services_ = [one["spec"] for one in read_manifests() if one["kind"] == "Service"]
    networks = [block["cidr"] for block in _ip_blocks(read_manifests())]

    assert services_
    assert {spec["ipFamilyPolicy"] for spec in services_} == {"PreferDualStack"}
    assert {ip_network(network).version for network in networks} == {4, 6}


def _ip_blocks(node: object) -> Iterator[Manifest]:
    if isinstance(node, dict) and "ipBlock" in node:
        yield node["ipBlock"]
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from _ip_blocks(child)


def test_grace_period_is_at_least_that_of_compose() -> None:
    for workload in read_deployments():
        name = workload["metadata"]["name"]
        granted = float(services()[name].stop_grace_period.removesuffix("s"))
        assert pod(workload)["terminationGracePeriodSeconds"] >= granted


def test_every_replicated_app_has_a_disruption_budget() -> None:
    replicated = {one["metadata"]["name"] for one in read_deployments()} - {"scheduler"}
    budgets = {
        one["spec"]["selector"]["matchLabels"]["app"]
        for one in read_manifests()
        if one["kind"] == "PodDisruptionBudget"
    }

    assert budgets == replicated


def test_every_selector_matches_pods() -> None:
    apps = {workload["spec"]["template"]["metadata"]["labels"]["app"] for workload in read_deployments()}

    for manifest in read_manifests():
        named = set(_apps(manifest["spec"])) if "spec" in manifest else set()
        assert named <= apps, name_of(manifest)


def _apps(node: object) -> Iterator[str]:
    """Yield the values of the label `app` in selectors below this node."""
    match node:
        case {"matchLabels": {"app": str(app)}}:
            yield app
        case {"key": "app", "values": list(values)}:
            yield from values
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else []:
        yield from _apps(child)


def test_worker_may_reach_only_postgres_redis_and_dns() -> None:
    policies = [one["spec"] for one in read_manifests() if one["kind"] == "NetworkPolicy"]
    rules = [
        rule
        for policy in policies
        if "worker" in set(_apps(policy["podSelector"])) or policy["podSelector"] == {}
        for rule in policy.get("egress", [])
    ]

    assert {port["port"] for rule in rules for port in rule["ports"]} == {53, 5432, 6379, 26379}
    assert all(rule["to"] for rule in rules)  # without it, any address is allowed
