"""The deployment configurations that come with CodeDeploy, and ListDeploymentConfigs.

Source: CodeDeploy user guide, "Working with deployment configurations in CodeDeploy". Own ones are refused by name.
"""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.codedeploy.rows import ECS, LAMBDA, SERVER, page, wrong

_SHIFTS = (
    *("Canary10Percent5Minutes", "Canary10Percent10Minutes", "Canary10Percent15Minutes"),
    *("Canary10Percent30Minutes", "Linear10PercentEvery1Minute", "Linear10PercentEvery2Minutes"),
    *("Linear10PercentEvery3Minutes", "Linear10PercentEvery10Minutes", "AllAtOnce"),
)
_ECS = ("Linear10PercentEvery1Minutes", "Linear10PercentEvery3Minutes", "Canary10Percent5Minutes")
_NAMES = {
    SERVER: ("AllAtOnce", "HalfAtATime", "OneAtATime"),
    LAMBDA: tuple(f"Lambda{name}" for name in _SHIFTS),
    ECS: tuple(f"ECS{name}" for name in (*_ECS, "Canary10Percent15Minutes", "AllAtOnce")),
}
CONFIGURATIONS = {
    f"CodeDeployDefault.{name}": platform for platform, names in _NAMES.items() for name in names
}
"""A configuration and its compute platform."""
DEFAULTS = {
    SERVER: "CodeDeployDefault.OneAtATime",
    LAMBDA: "CodeDeployDefault.LambdaAllAtOnce",
    ECS: "CodeDeployDefault.ECSAllAtOnce",
}
"""What a group has where none is named."""


def configuration(name: str | None, platform: str) -> str:
    """The name, or the platform's default; raises for one that is not there or for another platform."""
    if name is None:
        return DEFAULTS[platform]
    if name not in CONFIGURATIONS:
        text = f"No Deployment Configuration found for name: {name}"
        raise wrong("DeploymentConfigDoesNotExistException", text)
    if CONFIGURATIONS[name] != platform:
        text = f"The compute platform {CONFIGURATIONS[name]} of {name} is not {platform}"
        raise wrong("InvalidComputePlatformException", text)
    return name


@behaviour("codedeploy", "ListDeploymentConfigs")
async def list_deployment_configs(call: Call) -> Answer:
    """Their names."""
    return page(call, "deploymentConfigsList", sorted(CONFIGURATIONS))
