"""What can be said of environments where there can be none: an empty list, AWS's error, or a refusal by name."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, behaviour, refuse
from simulator.aws.elasticbeanstalk.rows import invalid

_WHY = "An environment is machines that run the application, which the simulator has not."
for _operation in ("CreateEnvironment", "ComposeEnvironments"):
    refuse("elasticbeanstalk", _operation, _WHY)


@behaviour("elasticbeanstalk", "DescribeEnvironments")
async def describe_environments(call: Call) -> Answer:
    """None: nothing can have made one."""
    return {"Environments": []}


@behaviour("elasticbeanstalk", "UpdateEnvironment")
async def update_environment(call: Call) -> Answer:
    """Raises InvalidParameterValue: the environment is not there."""
    return _absent(call)


@behaviour("elasticbeanstalk", "TerminateEnvironment")
async def terminate_environment(call: Call) -> Answer:
    """Raises InvalidParameterValue: the environment is not there."""
    return _absent(call)


def _absent(call: Call) -> Answer:
    member = "EnvironmentId" if "EnvironmentId" in call.params else "EnvironmentName"
    raise invalid(f"No Environment found for {member} = '{call.params.get(member, '')}'.")
