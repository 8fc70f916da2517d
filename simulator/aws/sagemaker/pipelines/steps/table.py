"""The table of step types: what each does when it runs, and how it is asked to stop."""

from __future__ import annotations

from collections.abc import Mapping

from simulator.aws.sagemaker.pipelines.definition.step_types import STEP_TYPES
from simulator.aws.sagemaker.pipelines.steps import (
    callback,
    check,
    endpoint,
    jobs,
    lambda_function,
    lineage,
    model,
)
from simulator.aws.sagemaker.pipelines.steps.decisions import decide, fail
from simulator.aws.sagemaker.pipelines.steps.refused import refuse
from simulator.aws.sagemaker.pipelines.steps.step import Runner

RUNNERS: Mapping[str, Runner] = {
    **{name: Runner(refuse) for name in STEP_TYPES},
    "Training": Runner(jobs.run_training, jobs.halt_job),
    "Processing": Runner(jobs.run_processing, jobs.halt_job),
    "Transform": Runner(jobs.run_transform, jobs.halt_job),
    "Tuning": Runner(jobs.run_tuning, jobs.halt_job),
    "AutoML": Runner(jobs.run_automl, jobs.halt_job),
    "Model": Runner(model.create_model),
    "RegisterModel": Runner(model.register_model),
    "EndpointConfig": Runner(endpoint.create_endpoint_config),
    "Endpoint": Runner(endpoint.create_endpoint),
    "Condition": Runner(decide),
    "Fail": Runner(fail),
    "QualityCheck": Runner(check.check, jobs.halt_job),
    "ClarifyCheck": Runner(check.check, jobs.halt_job),
    "Lineage": Runner(lineage.record),
    "Lambda": Runner(lambda_function.invoke_function, lambda_function.halt),
    "Callback": Runner(callback.call_back, callback.halt),
}
