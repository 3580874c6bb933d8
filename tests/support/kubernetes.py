"""Read the manifests in deploy/kubernetes/."""

from typing import Any

import yaml

from dev.stack.processes import ROOT

MANIFESTS = ROOT / "deploy/kubernetes"
KEDA = "keda.sh/v1alpha1"

Manifest = dict[str, Any]


def read_kustomization() -> Manifest:
    """Return kustomization.yaml."""
    return dict(yaml.safe_load((MANIFESTS / "kustomization.yaml").read_text()))


def read_manifests() -> list[Manifest]:
    """Return every resource."""
    files = read_kustomization()["resources"]
    return [manifest for file in files for manifest in yaml.safe_load_all((MANIFESTS / file).read_text())]


def read_deployments() -> list[Manifest]:
    """Return the resources that run containers."""
    return [manifest for manifest in read_manifests() if manifest["kind"] == "Deployment"]
