"""CloudWatch Logs groups as targets."""

from __future__ import annotations

from simulator.aws.eventbridge.rows import SERVICE
from simulator.aws.eventbridge.targets.invocation import Invocation, TargetFailed, failure_of
from simulator.aws.principal import Principal
from simulator.kernel.errors import CallerError


async def send_to_log_group(invocation: Invocation) -> None:
    """A stream of its own for each event, as EventBridge makes, with one line."""
    group = invocation.place[2].removeprefix("log-group:").removesuffix(":*")
    if not await _exists(invocation, group):
        raise TargetFailed("NO_RESOURCE", f"The log group {group} does not exist.", retryable=False)
    stream = f"{invocation.delivery.replace('-', '')}_1"
    names = {"logGroupName": group, "logStreamName": stream}
    await invocation.call("logs", "CreateLogStream", names)
    now = int(invocation.cloud.kernel.clock.now() * 1000)
    events = [{"timestamp": now, "message": invocation.body}]
    await invocation.call("logs", "PutLogEvents", {**names, "logEvents": events})


async def _exists(invocation: Invocation, group: str) -> bool:
    region, account, _ = invocation.place
    asker = Principal.of_service(SERVICE, account)
    asked = {"logGroupNamePrefix": group}
    try:
        answer = await invocation.cloud.call(
            "logs", "DescribeLogGroups", asked, account=account, region=region, principal=asker
        )
    except CallerError as error:
        raise failure_of(error) from error
    return any(found["logGroupName"] == group for found in answer["logGroups"])
