"""The requests of the jobs that an AutoML job starts, and where in S3 they leave what: pure."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker.automl.candidates import Candidate
from simulator.aws.sagemaker.automl.request import METRICS, Channel, Request
from simulator.aws.sagemaker.storage import join

ENTRY = ("python3", "/opt/program/entry.py")
_INSTANCE = {"InstanceCount": 1, "InstanceType": "ml.m5.2xlarge", "VolumeSizeInGB": 50}
_LOCAL = "/opt/ml/processing"
_NUMBER = r"([-+]?[0-9.]+(?:e[-+]?[0-9]+)?)"


def image(region: str) -> str:
    """Autopilot's own image in a region; here it stands for the reference image `automl`."""
    return f"683313688378.dkr.ecr.{region}.amazonaws.com/sagemaker-sklearn-automl:2.5-1-cpu-py3"


def place(request: Request, name: str, *path: str) -> str:
    """Something below the job's own prefix."""
    return join(request.output, name, *path)


def analysis(request: Request, name: str, job: str, region: str) -> dict[str, Any]:
    """CreateProcessingJob that says what the table is and splits it."""
    inputs = [_input("train", request.train)]
    environment = {
        "AUTOML_TARGET": request.target,
        "AUTOML_PROBLEM_TYPE": request.problem,
        "AUTOML_VALIDATION_FRACTION": str(request.fraction),
        "AUTOML_VALIDATION_CHANNEL": "1" if request.validation else "",
    }
    if request.validation:
        inputs.append(_input("validation", request.validation))
    outputs = {
        "train": place(request, name, "preprocessed-data", "train"),
        "validation": place(request, name, "preprocessed-data", "validation"),
        "analysis": place(request, name, "preprocessed-data", "analysis"),
    }
    return _processing(request, job, region, "analyze", inputs, outputs, environment)


def report(request: Request, name: str, job: str, region: str, candidate: str, model: str) -> dict[str, Any]:
    """CreateProcessingJob that measures the best candidate."""
    inputs = [
        _input("model", Channel(model, "S3Prefix")),
        _input("validation", Channel(place(request, name, "preprocessed-data", "validation"), "S3Prefix")),
    ]
    outputs = {
        "insights": place(request, name, "documentation", "model_monitor", "output", candidate),
        "explainability": place(request, name, "documentation", "explainability", "output", candidate),
    }
    return _processing(request, job, region, "report", inputs, outputs, {})


def training(
    request: Request, name: str, job: str, region: str, problem: str, candidate: Candidate
) -> dict[str, Any]:
    """CreateTrainingJob of one candidate."""
    names = [f"{part}:{metric}" for part in ("Train", "Validation") for metric in METRICS[problem]]
    return {
        "TrainingJobName": job,
        "AlgorithmSpecification": {
            "TrainingImage": image(region),
            "TrainingInputMode": "File",
            "MetricDefinitions": [
                {"Name": each, "Regex": f"^{each.replace(':', '-')}={_NUMBER}"} for each in names
            ],
        },
        "RoleArn": request.role,
        "HyperParameters": {
            "algorithm": candidate.algorithm,
            "settings": json.dumps(dict(candidate.settings)),
            "target": request.target,
            "problem_type": problem,
        },
        "InputDataConfig": [
            {
                "ChannelName": channel,
                "ContentType": "text/csv",
                "DataSource": {
                    "S3DataSource": {
                        "S3DataType": "S3Prefix",
                        "S3Uri": place(request, name, "preprocessed-data", channel),
                        "S3DataDistributionType": "FullyReplicated",
                    }
                },
            }
            for channel in ("train", "validation")
        ],
        "OutputDataConfig": {"S3OutputPath": place(request, name, "tuning")},
        "ResourceConfig": _INSTANCE,
        "StoppingCondition": {"MaxRuntimeInSeconds": request.seconds_each or 86400},
    }


def containers(region: str, name: str, model: str, problem: str) -> list[dict[str, Any]]:
    """InferenceContainers of a candidate: one, as in the mode ENSEMBLING, whose variables these are.

    Source of the variables: SageMaker Python SDK, AutoMLStep.get_best_auto_ml_model, which reads each of them.
    """
    outputs = "predicted_label" + ("" if problem == "Regression" else ",probability,probabilities,labels")
    environment = {
        "MODEL_NAME": name,
        "SAGEMAKER_DEFAULT_INVOCATIONS_ACCEPT": "text/csv",
        "SAGEMAKER_INFERENCE_OUTPUT": "predicted_label",
        "SAGEMAKER_INFERENCE_SUPPORTED": outputs,
        "SAGEMAKER_PROGRAM": "sagemaker_serve",
        "SAGEMAKER_SUBMIT_DIRECTORY": "/opt/ml/model/sagemaker_serve.py",
    }
    return [{"Image": image(region), "ModelDataUrl": model, "Environment": environment}]


def _input(name: str, channel: Channel) -> dict[str, Any]:
    return {
        "InputName": name,
        "S3Input": {
            "S3Uri": channel.uri,
            "LocalPath": f"{_LOCAL}/input/{name}",
            "S3DataType": channel.data_type,
            "S3InputMode": "File",
        },
    }


def _processing(
    request: Request,
    job: str,
    region: str,
    action: str,
    inputs: list[dict[str, Any]],
    outputs: Mapping[str, str],
    environment: Mapping[str, str],
) -> dict[str, Any]:
    return {
        "ProcessingJobName": job,
        "AppSpecification": {
            "ImageUri": image(region),
            "ContainerEntrypoint": [*ENTRY],
            "ContainerArguments": [action],
        },
        "RoleArn": request.role,
        "ProcessingInputs": inputs,
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": name,
                    "S3Output": {
                        "S3Uri": uri,
                        "LocalPath": f"{_LOCAL}/output/{name}",
                        "S3UploadMode": "EndOfJob",
                    },
                }
                for name, uri in outputs.items()
            ]
        },
        "ProcessingResources": {"ClusterConfig": _INSTANCE},
        "Environment": {name: value for name, value in environment.items() if value},
    }
