"""Reads the log and lets experiments and lineage know what jobs, packages and endpoints have become."""

from __future__ import annotations

from collections.abc import Callable

from simulator.aws.behaviour import Cloud
from simulator.aws.sagemaker.kinds.jobs import PROCESSING_JOB, TRAINING_JOB, TRANSFORM_JOB
from simulator.aws.sagemaker.kinds.kind import Kind
from simulator.aws.sagemaker.kinds.registry import MODEL_PACKAGE
from simulator.aws.sagemaker.kinds.serving import ENDPOINT
from simulator.aws.sagemaker.tracking import components, models
from simulator.kernel.facts import Fact
from simulator.kernel.world import Kernel

Teller = Callable[[Kernel, str], None]


def _job(kind: Kind) -> Teller:
    return lambda kernel, key: components.tell(kernel, kind, key)


_TELLERS: dict[str, Teller] = {
    **{kind.fact: _job(kind) for kind in (TRAINING_JOB, PROCESSING_JOB, TRANSFORM_JOB)},
    MODEL_PACKAGE.fact: models.tell_package,
    ENDPOINT.fact: models.tell_endpoint,
}


def register(cloud: Cloud) -> None:
    """Follow the log. Rows and cursor commit together, so nothing is told twice or forgotten."""
    kernel = cloud.kernel

    def follow(fact: Fact) -> None:
        if teller := _TELLERS.get(fact.kind):
            teller(kernel, _key(fact.subject))

    kernel.log.add_consumer("sagemaker.tracking", follow)


def _key(arn: str) -> str:
    _, _, _, region, account, resource = arn.split(":", 5)
    return f"{account}/{region}/{resource.split('/', 1)[1]}"
