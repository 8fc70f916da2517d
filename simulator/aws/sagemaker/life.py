"""Start and stop of SageMaker's own work: what ran when the last process ended goes on in this one."""

from __future__ import annotations

from simulator.aws.behaviour import Cloud
from simulator.aws.sagemaker import behaviours, capture, running
from simulator.aws.sagemaker.automl import executor as automl
from simulator.aws.sagemaker.jobs import Job, launch
from simulator.aws.sagemaker.kinds.jobs import TRANSFORM_JOB
from simulator.aws.sagemaker.kinds.monitoring import MONITORING_EXECUTION
from simulator.aws.sagemaker.kinds.pipelines import PIPELINE_EXECUTION
from simulator.aws.sagemaker.kinds.serving import ENDPOINT
from simulator.aws.sagemaker.monitoring import executions, schedules
from simulator.aws.sagemaker.pipelines import executor, pauses
from simulator.aws.sagemaker.pipelines.execution import Execution
from simulator.aws.sagemaker.processing.job import Processing
from simulator.aws.sagemaker.registry import approval_notice, validation
from simulator.aws.sagemaker.rollout import Endpoint, pick_up
from simulator.aws.sagemaker.training import warm_pools
from simulator.aws.sagemaker.training.life import Training
from simulator.aws.sagemaker.transform import job as transform
from simulator.aws.sagemaker.tuning import executor as tuning

__all__ = ["behaviours", "resume", "stop"]


def resume(cloud: Cloud) -> None:
    """Register timers and pick up the work of rows that are in progress. Call once, on the loop."""
    approval_notice.register(cloud)
    schedules.register(cloud)
    pauses.register(cloud)
    warm_pools.register(cloud)
    for life in (Training, Processing):
        for key, row in cloud.kernel.store.scan(life.kind.row):
            if row[life.kind.status_member] in life.kind.in_progress:
                launch(Job(cloud, life.kind, key), life())
    for key, row in cloud.kernel.store.scan(PIPELINE_EXECUTION.row):
        if row["PipelineExecutionStatus"] in PIPELINE_EXECUTION.in_progress:
            executor.launch(Execution(cloud, key))
    tuning.resume(cloud)
    automl.resume(cloud)
    validation.resume(cloud)
    for key, row in cloud.kernel.store.scan(MONITORING_EXECUTION.row):
        if row["MonitoringExecutionStatus"] in MONITORING_EXECUTION.in_progress:
            executions.launch(cloud, key)
    for key, row in cloud.kernel.store.scan(TRANSFORM_JOB.row):
        if row["TransformJobStatus"] in TRANSFORM_JOB.in_progress:
            transform.launch(cloud, key)
    for key, _ in cloud.kernel.store.scan(ENDPOINT.row):
        running.spawn(cloud.kernel, f"endpoint {key}", pick_up(Endpoint(cloud, key)))
    capture.resume(cloud)


async def stop(cloud: Cloud) -> None:
    """Let go of tasks; works in the engine go on, and `resume` finds them."""
    await running.stop(cloud.kernel)
