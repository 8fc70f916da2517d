"""Definitions of model quality, bias and explainability jobs are remembered."""

from typing import Any

import pytest

from tests.aws.sagemaker.fake_cloud import ROLE
from tests.wire import RunningSimulator

URI = "156813124566.dkr.ecr.us-east-1.amazonaws.com/sagemaker-model-monitor-analyzer"
KINDS: dict[str, dict[str, Any]] = {
    "ModelQuality": {"ImageUri": URI, "ProblemType": "Regression"},
    "ModelBias": {"ImageUri": URI, "ConfigUri": "s3://b/analysis_config.json"},
    "ModelExplainability": {"ImageUri": URI, "ConfigUri": "s3://b/analysis_config.json"},
}


def definition(kind: str) -> dict[str, Any]:
    truth = {} if kind == "ModelExplainability" else {"GroundTruthS3Input": {"S3Uri": "s3://b/truth"}}
    output = {"S3Uri": "s3://b/out", "LocalPath": "/opt/ml/processing/output", "S3UploadMode": "EndOfJob"}
    cluster = {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}
    endpoint = {"EndpointName": "abalone", "LocalPath": "/opt/ml/processing/input"}
    return {
        "JobDefinitionName": "watch",
        f"{kind}AppSpecification": KINDS[kind],
        f"{kind}JobInput": {"EndpointInput": endpoint, **truth},
        f"{kind}JobOutputConfig": {"MonitoringOutputs": [{"S3Output": output}]},
        "JobResources": {"ClusterConfig": cluster},
        "RoleArn": ROLE,
    }


@pytest.mark.parametrize("kind", KINDS)
def test_a_definition_is_made_described_listed_and_deleted(simulator: RunningSimulator, kind: str):
    client = simulator.client("sagemaker")
    snake = {"ModelQuality": "model_quality", "ModelBias": "model_bias"}.get(kind, "model_explainability")
    made = getattr(client, f"create_{snake}_job_definition")(**definition(kind))
    assert made["JobDefinitionArn"].endswith(f":{snake.replace('_', '-')}-job-definition/watch")
    described = getattr(client, f"describe_{snake}_job_definition")(JobDefinitionName="watch")
    assert described[f"{kind}JobInput"]["EndpointInput"]["EndpointName"] == "abalone"
    (listed,) = getattr(client, f"list_{snake}_job_definitions")(EndpointName="abalone")[
        "JobDefinitionSummaries"
    ]
    assert listed["MonitoringJobDefinitionName"] == "watch"
    getattr(client, f"delete_{snake}_job_definition")(JobDefinitionName="watch")
    assert not getattr(client, f"list_{snake}_job_definitions")()["JobDefinitionSummaries"]
