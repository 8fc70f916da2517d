"""Every kind of resource that SageMaker has here, in one table: all rows of all families."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds import (
    cards,
    clusters,
    compute,
    edge,
    experiments,
    feature_store,
    hubs,
    inference,
    jobs,
    lineage,
    monitoring,
    notebooks,
    people,
    pipelines,
    registry,
    serving,
    studio,
    tuning,
)
from simulator.aws.sagemaker.kinds.kind import Kind

FAMILIES = (
    jobs, tuning, compute, serving, inference, pipelines, registry, lineage, experiments, cards, monitoring,
    studio, notebooks, clusters, edge, hubs, people, feature_store,
)  # fmt: skip
TABLE: tuple[Kind, ...] = tuple(
    kind for family in FAMILIES for kind in vars(family).values() if isinstance(kind, Kind)
)
BY_NAME = {kind.name: kind for kind in TABLE}
