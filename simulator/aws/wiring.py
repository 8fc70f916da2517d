"""Ties the services that read facts or keep timers to the kernel: once, before it starts."""

from __future__ import annotations

from simulator.aws.behaviour import Cloud
from simulator.aws.cloudformation import custom_responses
from simulator.aws.cloudformation import running as cloudformation_running
from simulator.aws.cloudwatch import wiring as cloudwatch_wiring
from simulator.aws.eventbridge import wiring as eventbridge_wiring
from simulator.aws.eventbridge.targets.invocation import AuthorizingCloud
from simulator.aws.lambda_ import wiring as lambda_wiring
from simulator.aws.sagemaker import life as sagemaker_life
from simulator.aws.sagemaker.tracking import consumer as sagemaker_tracking
from simulator.aws.scheduler import wiring as scheduler_wiring
from simulator.aws.sns import wiring as sns_wiring


def attach(cloud: AuthorizingCloud) -> None:
    """Every service that lives without being called; behaviours load when their service is first called."""
    eventbridge_wiring.attach(cloud)
    cloudwatch_wiring.attach(cloud)
    sns_wiring.attach(cloud)
    lambda_wiring.attach(cloud)
    scheduler_wiring.attach(cloud)
    sagemaker_tracking.register(cloud)
    sagemaker_life.resume(cloud)
    custom_responses.serve(cloud.kernel)
    cloudformation_running.resume(cloud)


async def detach(cloud: Cloud) -> None:
    """Let go of what runs for the services, before engine and store are closed; it goes on in the next process."""
    await cloudformation_running.stop(cloud)
    await sagemaker_life.stop(cloud)
    await lambda_wiring.detach(cloud)
