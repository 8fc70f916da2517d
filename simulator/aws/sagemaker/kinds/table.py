"""Every kind of resource that SageMaker has here, in one table."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds import jobs, monitoring, pipelines, registry, serving, tuning
from simulator.aws.sagemaker.kinds.kind import Kind

TABLE: tuple[Kind, ...] = (
    jobs.TRAINING_JOB, jobs.PROCESSING_JOB, jobs.TRANSFORM_JOB,
    serving.MODEL, serving.ENDPOINT_CONFIG, serving.ENDPOINT,
    pipelines.PIPELINE, pipelines.PIPELINE_EXECUTION,
    registry.MODEL_PACKAGE_GROUP, registry.MODEL_PACKAGE,
    monitoring.DATA_QUALITY_JOB_DEFINITION, monitoring.MONITORING_SCHEDULE, monitoring.MONITORING_EXECUTION,
    tuning.HYPER_PARAMETER_TUNING_JOB,
)  # fmt: skip
