"""Kinds that serve: models, endpoint configurations, endpoints."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import TIMES, Kind
from simulator.kernel.lifecycle import Lifecycle

MODEL = Kind(
    "Model", "model", "Models", ("ModelName", "ModelArn", "CreationTime"),
    missing=("ValidationException", 'Could not find model "{arn}".'), noun="model",
)  # fmt: skip
ENDPOINT_CONFIG = Kind(
    "EndpointConfig", "endpoint-config", "EndpointConfigs",
    ("EndpointConfigName", "EndpointConfigArn", "CreationTime"),
    missing=("ValidationException", 'Could not find endpoint configuration "{arn}".'),
    noun="endpoint configuration",
)  # fmt: skip
ENDPOINT = Kind(
    "Endpoint", "endpoint", "Endpoints", ("EndpointName", "EndpointArn", *TIMES, "EndpointStatus"),
    Lifecycle("Endpoint", "Creating", {
        "Creating": ("InService", "Failed", "Deleting"),
        "InService": ("Updating", "Deleting"),
        "Updating": ("InService", "RollingBack", "Failed", "Deleting"),
        "RollingBack": ("InService", "UpdateRollbackFailed", "Deleting"),
        "Failed": ("Deleting",),
        "UpdateRollbackFailed": ("Deleting",),
    }),
    frozenset({"Creating", "Updating", "RollingBack", "Deleting"}),
    missing=("ValidationException", 'Could not find endpoint "{arn}".'), noun="endpoint",
)  # fmt: skip
