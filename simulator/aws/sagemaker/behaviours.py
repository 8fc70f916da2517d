"""Loads every module of SageMaker that enters behaviours in the table."""

from simulator.aws.sagemaker import (
    endpoint_configs,
    endpoints,
    invoke,
    models,
    tags,
)
from simulator.aws.sagemaker.automl import operations as automl_operations
from simulator.aws.sagemaker.cards import exports as card_exports
from simulator.aws.sagemaker.cards import operations as card_operations
from simulator.aws.sagemaker.experiments import components, experiments
from simulator.aws.sagemaker.experiments import metrics as run_metrics
from simulator.aws.sagemaker.lineage import associations, entities, query
from simulator.aws.sagemaker.lineage import groups as lineage_groups
from simulator.aws.sagemaker.monitoring import definitions, schedules
from simulator.aws.sagemaker.pipelines.operations import control, executions, pipelines
from simulator.aws.sagemaker.processing import operations as processing
from simulator.aws.sagemaker.registry import group_policy, groups, packages, reading, updating
from simulator.aws.sagemaker.remembering import operations as remembering
from simulator.aws.sagemaker.remembering import records, refusals
from simulator.aws.sagemaker.search import operations as search_operations
from simulator.aws.sagemaker.training import operations as training
from simulator.aws.sagemaker.transform import operations as transform
from simulator.aws.sagemaker.tuning import operations as tuning_operations

__all__ = [
    "associations",
    "automl_operations",
    "card_exports",
    "card_operations",
    "components",
    "control",
    "definitions",
    "endpoint_configs",
    "endpoints",
    "entities",
    "executions",
    "experiments",
    "group_policy",
    "groups",
    "invoke",
    "lineage_groups",
    "models",
    "packages",
    "pipelines",
    "processing",
    "query",
    "reading",
    "records",
    "refusals",
    "remembering",
    "run_metrics",
    "schedules",
    "search_operations",
    "tags",
    "training",
    "transform",
    "tuning_operations",
    "updating",
]
