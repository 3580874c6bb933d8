"""The files of deploy/kubernetes/."""

from typing import Any

import yaml

from dev.stack.processes import ROOT

PLACE = ROOT / "deploy/kubernetes"
KEDA = "keda.sh/v1alpha1"

Manifest = dict[str, Any]


def kustomization() -> Manifest:
    """What the files are put together with."""
    return dict(yaml.safe_load((PLACE / "kustomization.yaml").read_text()))


def manifests() -> list[Manifest]:
    """Every resource."""
    files = kustomization()["resources"]
    return [manifest for file in files for manifest in yaml.safe_load_all((PLACE / file).read_text())]


def workloads() -> list[Manifest]:
    """What runs containers."""
    return [manifest for manifest in manifests() if manifest["kind"] == "Deployment"]
