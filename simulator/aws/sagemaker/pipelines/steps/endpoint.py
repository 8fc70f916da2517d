"""EndpointConfig and Endpoint steps: what serves the model, waited for until it is in service."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.serving import ENDPOINT, ENDPOINT_CONFIG
from simulator.aws.sagemaker.pipelines.steps.step import Attempt, Done, StepFailed, invoke
from simulator.aws.sagemaker.resources import shown
from simulator.aws.sagemaker.running import at_rest


async def create_endpoint_config(attempt: Attempt) -> Done:
    """An EndpointConfig step: the name that the definition gives, or one of the execution."""
    actor = attempt.actor
    name = str(attempt.arguments.get("EndpointConfigName") or attempt.name)
    key, resumed = f"{actor.account}/{actor.region}/{name}", attempt.row["StepStatus"] == "Executing"
    if not (resumed and actor.cloud.kernel.store.get(ENDPOINT_CONFIG.row, key)):
        attempt.executing({})
        await invoke(actor, "CreateEndpointConfig", {**attempt.arguments, "EndpointConfigName": name})
    properties = await invoke(actor, "DescribeEndpointConfig", {"EndpointConfigName": name})
    return Done(properties, {"EndpointConfig": {"Arn": properties["EndpointConfigArn"]}})


async def create_endpoint(attempt: Attempt) -> Done:
    """An Endpoint step: created, and waited for until it is InService."""
    actor = attempt.actor
    name = str(attempt.arguments.get("EndpointName") or attempt.name)
    key, resumed = f"{actor.account}/{actor.region}/{name}", attempt.row["StepStatus"] == "Executing"
    if not (resumed and actor.cloud.kernel.store.get(ENDPOINT.row, key)):
        attempt.executing({})  # before it is made: who goes on after a crash knows that it is this step's own
        answer = await invoke(actor, "CreateEndpoint", {**attempt.arguments, "EndpointName": name})
        attempt.executing({"Endpoint": {"Arn": answer["EndpointArn"]}})
    row = await at_rest(actor.cloud.kernel, ENDPOINT, key)
    if row["EndpointStatus"] != "InService":
        raise StepFailed(f"ClientError: {row.get('FailureReason') or 'Endpoint ' + name + ' failed'}")
    return Done(shown(row), {"Endpoint": {"Arn": row["EndpointArn"]}})
