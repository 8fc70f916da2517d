"""Ties the services that read facts or keep timers to the kernel: once, before it starts."""

from __future__ import annotations

from typing import Protocol

from simulator.aws.behaviour import Cloud
from simulator.aws.cloudformation import custom_responses
from simulator.aws.cloudformation import running as cloudformation_running
from simulator.aws.cloudwatch import wiring as cloudwatch_wiring
from simulator.aws.codedeploy import beginning as codedeploy_beginning
from simulator.aws.eventbridge import wiring as eventbridge_wiring
from simulator.aws.eventbridge.targets.invocation import AuthorizingCloud
from simulator.aws.lambda_ import wiring as lambda_wiring
from simulator.aws.sagemaker import running as sagemaker_running
from simulator.aws.sagemaker import waking as sagemaker_waking
from simulator.aws.sagemaker.tracking import consumer as sagemaker_tracking
from simulator.aws.scheduler import wiring as scheduler_wiring
from simulator.aws.sns import wiring as sns_wiring


class WiredCloud(AuthorizingCloud, sagemaker_waking.WaitingCloud, Protocol):
    """What the services need of the cloud that they live in."""


def attach(cloud: WiredCloud) -> None:
    """Every service that lives without being called; behaviours load when their service is first called."""
    eventbridge_wiring.attach(cloud)
    cloudwatch_wiring.attach(cloud)
    sns_wiring.attach(cloud)
    lambda_wiring.attach(cloud)
    scheduler_wiring.attach(cloud)
    codedeploy_beginning.attach(cloud)
    sagemaker_tracking.register(cloud)
    sagemaker_waking.attach(cloud)
    custom_responses.serve(cloud.kernel)
    cloudformation_running.resume(cloud)


async def detach(cloud: Cloud) -> None:
    """Let go of what runs for the services, before engine and store are closed; it goes on in the next process."""
    await cloudformation_running.stop(cloud)
    await sagemaker_running.stop(cloud.kernel)
    await lambda_wiring.detach(cloud)
