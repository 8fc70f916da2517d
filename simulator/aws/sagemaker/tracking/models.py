"""Lineage of what follows a job: packages in their groups with their approvals, endpoints with their deployments.

Source: SageMaker developer guide, "Tracking Entities for Model Packages" and "Tracking Entities for Endpoints".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.registry import MODEL_PACKAGE
from simulator.aws.sagemaker.kinds.serving import ENDPOINT, ENDPOINT_CONFIG, MODEL
from simulator.aws.sagemaker.tracking import writing
from simulator.kernel.world import Kernel


def tell_package(kernel: Kernel, key: str) -> None:
    """A version is an artifact in its group's context; image and model data contributed, so did each approval."""
    row = kernel.store.get(MODEL_PACKAGE.row, key)
    if row is None or "ModelPackageVersion" not in row:
        return
    account, region, name = resources.place(key)
    scope, arn, group = f"{account}/{region}", row["ModelPackageArn"], row["ModelPackageGroupName"]
    package = writing.artifact(kernel, scope, arn, "Model")
    group_arn = f"arn:aws:sagemaker:{region}:{account}:model-package-group/{group}"
    context = writing.context(kernel, scope, f"{group}-aws-model-group", group_arn, "ModelGroup")
    writing.associate(kernel, package, context, "AssociatedWith")
    for container in row.get("InferenceSpecification", {}).get("Containers", ()):
        for source in _sources(kernel, scope, container):
            writing.associate(kernel, source, package, "ContributedTo")
    status = row["ModelApprovalStatus"]
    approval = writing.action(
        kernel, scope, f"{name.replace('/', '-')}-{status}-aws-approval", arn, "Approval",
        Properties={"ModelApprovalStatus": status},
    )  # fmt: skip
    writing.associate(kernel, approval, package, "ContributedTo")


def tell_endpoint(kernel: Kernel, key: str) -> None:
    """An endpoint in service is a context; the deployment of its configuration is the action that led to it."""
    row = kernel.store.get(ENDPOINT.row, key)
    if row is None or row["EndpointStatus"] != "InService":
        return
    account, region, name = resources.place(key)
    scope, arn, config = f"{account}/{region}", row["EndpointArn"], row["EndpointConfigName"]
    context = writing.context(kernel, scope, f"{name}-aws-endpoint", arn, "Endpoint")
    deployment = f"{name[:50]}-{config[:50]}".rstrip("-") + "-aws-deployment"
    action = writing.action(kernel, scope, deployment, arn, "ModelDeployment")
    writing.associate(kernel, action, context, "AssociatedWith")
    for container in _served(kernel, scope, config):
        for source in _sources(kernel, scope, container):
            writing.associate(kernel, source, action, "ContributedTo")


def _served(kernel: Kernel, scope: str, config: str) -> list[Mapping[str, Any]]:
    """The containers of the models of an endpoint configuration."""
    found: Row = kernel.store.get(ENDPOINT_CONFIG.row, f"{scope}/{config}") or {}
    containers: list[Mapping[str, Any]] = []
    for variant in found.get("ProductionVariants", ()):
        model = kernel.store.get(MODEL.row, f"{scope}/{variant.get('ModelName', '')}") or {}
        containers += model.get("Containers") or [model.get("PrimaryContainer", {})]
    return containers


def _sources(kernel: Kernel, scope: str, container: Mapping[str, Any]) -> list[str]:
    """The artifacts of a container: its package, or its image and model data."""
    if package := container.get("ModelPackageName"):
        return [writing.artifact(kernel, scope, str(package), "Model")]
    data = container.get("ModelDataUrl") or container.get("ModelDataSource", {}).get("S3DataSource", {}).get(
        "S3Uri"
    )
    found = [(container.get("Image"), "Image"), (data, "Model")]
    return [writing.artifact(kernel, scope, str(uri), kind) for uri, kind in found if uri]
