"""The ExperimentConfig of a job: what it names must exist when the job is made.

Source: botocore's model, ExperimentConfig ("the name of an existing experiment", "of an existing trial").
"""

from __future__ import annotations

from simulator.aws.behaviour import Call
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.experiments.naming import key_in
from simulator.aws.sagemaker.kinds.experiments import EXPERIMENT, TRIAL


def check(call: Call) -> None:
    """Raise ResourceNotFound where the request's ExperimentConfig names what is not there."""
    config = call.params.get("ExperimentConfig", {})
    for kind in (EXPERIMENT, TRIAL):
        if name := config.get(kind.name_member):
            resources.fetch(call.kernel, kind, key_in(call, name))
