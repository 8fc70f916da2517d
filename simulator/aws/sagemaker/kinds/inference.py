"""Kinds of inference besides endpoints: components, experiments, routers."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import ABSENT, IN_USE, NOT_FOUND, Kind, Row


def inference_experiment(request: Row) -> Row:
    """What Describe shows of an experiment that has not begun."""
    variants = [{**variant, "Status": "Creating"} for variant in request.get("ModelVariants", ())]
    endpoint = {"EndpointName": request["EndpointName"]} if "EndpointName" in request else {}
    return {"EndpointMetadata": endpoint, "ModelVariants": variants}


INFERENCE_COMPONENT = Kind(
    "InferenceComponent", "inference-component", begins="Creating", missing=ABSENT, noun="inference component",
    refers=(("EndpointName", "Endpoint"),), list_member="InferenceComponents",
    first=lambda request: {
        "VariantName": request.get("VariantName", "AllTraffic"), "EndpointArn": request["_refers"]["EndpointName"],
    },
)  # fmt: skip
INFERENCE_EXPERIMENT = Kind(
    "InferenceExperiment", "inference-experiment", begins="Creating", missing=NOT_FOUND, taken=IN_USE,
    named="Name", arn_named="Arn", status_named="Status", shows=(("InferenceExperimentArn", "Arn"),),
    refers=(("EndpointName", "Endpoint"),), first=inference_experiment,
)  # fmt: skip
INFERENCE_ROUTER = Kind(
    "InferenceRouter", "inference-router", begins="Creating", missing=NOT_FOUND, status_named="Status",
    taken=("ResourceAlreadyExists", "Inference router {name} already exists."),
)  # fmt: skip
