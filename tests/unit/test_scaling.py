"""deploy/kubernetes/scaling.yaml: KEDA scales workers by the age of the oldest frame.

No package contains KEDA's schema, so these models list the fields that it documents.
"""

from typing import Any, Literal

import kubernetes_validate
import promql_parser
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from tests.support.kubernetes import KEDA, read_deployments, read_manifests


class _Exact(BaseModel):
    model_config = ConfigDict(extra="forbid", alias_generator=to_camel)


class Autoscaler(_Exact):
    """Passed on to the HorizontalPodAutoscaler."""

    behavior: dict[str, Any]


class Advanced(_Exact):
    """Advanced options."""

    horizontal_pod_autoscaler_config: Autoscaler


class Query(_Exact):
    """Metadata of the `prometheus` scaler; KEDA accepts only strings."""

    model_config = ConfigDict(strict=True)

    server_address: str
    query: str
    threshold: str


class Trigger(_Exact):
    """The metric that drives scaling."""

    type: Literal["prometheus"]
    metric_type: Literal["AverageValue", "Value"]
    metadata: Query


class Target(_Exact):
    """The workload to scale."""

    name: str


class Spec(_Exact):
    """The scaling parameters."""

    scale_target_ref: Target
    min_replica_count: int
    max_replica_count: int
    polling_interval: int
    advanced: Advanced
    triggers: list[Trigger]


class Named(_Exact):
    """Metadata."""

    name: str


class ScaledObject(_Exact):
    """KEDA's resource, with the fields used here."""

    api_version: Literal["keda.sh/v1alpha1"]
    kind: Literal["ScaledObject"]
    metadata: Named
    spec: Spec


def scaled_object() -> ScaledObject:
    [manifest] = [one for one in read_manifests() if one["apiVersion"] == KEDA]
    return ScaledObject.model_validate(manifest)


def test_workers_are_scaled_by_the_age_of_the_oldest_frame() -> None:
    spec = scaled_object().spec

    assert spec.scale_target_ref.name == "worker"
    assert 1 <= spec.min_replica_count < spec.max_replica_count
    assert "proctor_oldest_frame_seconds" in spec.triggers[0].metadata.query
    for trigger in spec.triggers:
        promql_parser.parse(trigger.metadata.query)
        assert float(trigger.metadata.threshold) > 0
    # Otherwise both Kubernetes and KEDA would set it.
    [worker] = [one for one in read_deployments() if one["metadata"]["name"] == "worker"]
    assert "replicas" not in worker["spec"]


def test_scaling_behaviour_matches_the_kubernetes_schema() -> None:
    behaviour = scaled_object().spec.advanced.horizontal_pod_autoscaler_config.behavior
    target = {"apiVersion": "apps/v1", "kind": "Deployment", "name": "worker"}
    autoscaler = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": "worker"},
        "spec": {"scaleTargetRef": target, "maxReplicas": 1, "behavior": behaviour},
    }

    kubernetes_validate.validate(autoscaler, "1.33", strict=True)
