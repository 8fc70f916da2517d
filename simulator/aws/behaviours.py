"""The one list of every module that holds behaviours, by service, loaded when the service is first called."""

from __future__ import annotations

import importlib
from functools import cache

MODULES: dict[str, tuple[str, ...]] = {
    "sts": ("simulator.aws.sts.roles", "simulator.aws.sts.web_identity"),
    "sagemaker": ("simulator.aws.sagemaker.behaviours",),
    "sagemaker-metrics": ("simulator.aws.sagemaker.behaviours",),
    "sagemaker-runtime": ("simulator.aws.sagemaker.behaviours",),
    "sagemaker-featurestore-runtime": ("simulator.aws.sagemaker.behaviours",),
    "cloudformation": (
        "simulator.aws.cloudformation.change_set_operations",
        "simulator.aws.cloudformation.description_operations",
        "simulator.aws.cloudformation.stack_operations",
        "simulator.aws.cloudformation.template_operations",
    ),
    "organizations": ("simulator.aws.organizations",),
    "ram": ("simulator.aws.ram",),
    "service-quotas": ("simulator.aws.service_quotas",),
    "cloudwatch": (
        "simulator.aws.cloudwatch.alarms",
        "simulator.aws.cloudwatch.put_metric_data",
        "simulator.aws.cloudwatch.read_metrics",
        "simulator.aws.cloudwatch.tags",
    ),
    "codedeploy": (
        "simulator.aws.codedeploy.applications",
        "simulator.aws.codedeploy.configurations",
        "simulator.aws.codedeploy.deployments",
        "simulator.aws.codedeploy.groups",
        "simulator.aws.codedeploy.tags",
    ),
    "elasticbeanstalk": (
        "simulator.aws.elasticbeanstalk.applications",
        "simulator.aws.elasticbeanstalk.environments",
        "simulator.aws.elasticbeanstalk.storage",
        "simulator.aws.elasticbeanstalk.tags",
        "simulator.aws.elasticbeanstalk.versions",
    ),
    "events": (
        "simulator.aws.eventbridge.api_destinations",
        "simulator.aws.eventbridge.buses",
        "simulator.aws.eventbridge.connections",
        "simulator.aws.eventbridge.permissions",
        "simulator.aws.eventbridge.put_events",
        "simulator.aws.eventbridge.rules",
        "simulator.aws.eventbridge.tags",
        "simulator.aws.eventbridge.target_operations",
    ),
    "lambda": (
        "simulator.aws.lambda_.aliases",
        "simulator.aws.lambda_.concurrency",
        "simulator.aws.lambda_.event_invoke",
        "simulator.aws.lambda_.function_tags",
        "simulator.aws.lambda_.functions",
        "simulator.aws.lambda_.invoke",
        "simulator.aws.lambda_.layers",
        "simulator.aws.lambda_.permissions",
        "simulator.aws.lambda_.updates",
        "simulator.aws.lambda_.versions",
    ),
    "scheduler": ("simulator.aws.scheduler.groups", "simulator.aws.scheduler.schedules"),
    "sns": ("simulator.aws.sns.publish",),
}


@cache
def load(service: str) -> None:
    """Import the behaviour modules of a botocore service, once."""
    for module in MODULES.get(service, ()):
        importlib.import_module(module)
