"""NodeTool@0 and UseNode@1: the node on PATH, of the agent or of the step's container, and no other."""

from __future__ import annotations

from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS, OutsideOfJob
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed
from simulator.azure_devops.pipelines.tasks.found_tools import choose, find_tools, versions_of


async def use_node(call: TaskCall) -> int:
    """The node goes first on PATH when it fits; another version fails, naming what is there.

    The real tasks download a version that the tool cache does not have; here there is no way out to nodejs.org.
    """
    if not call.attempt.container:
        inputs = {f"INPUT_{key.upper()}": text for key, text in call.inputs.items()}
        return await call.run(Program(("python3", f"{PROGRAMS}/use_node.py"), inputs))
    wanted, tools = _wanted(call), await find_tools(call, "node")
    found = choose(tools, wanted.replace(" - ", " ").lower())
    if found is None:
        there = f"The container has {versions_of(tools)}" if tools else "The container has no node"
        raise TaskFailed(
            f"Unable to find Node version '{wanted}' for platform linux and architecture x64. {there}; no other is"
            " simulated: use an image with that node."
        )
    call.attempt.say(f"Found tool in cache: node {found.version} x64")
    call.attempt.line(f"##vso[task.prependpath]{found.path.rpartition('/')[0]}")
    return 0


def _wanted(call: TaskCall) -> str:
    if call.input("versionSource").lower() != "fromfile":
        return call.input("versionSpec") or call.input("version") or "x"
    path = call.input("versionFilePath")
    try:
        return call.job.files.outside(path).read_text().strip().lstrip("v")
    except (OutsideOfJob, OSError) as missing:
        raise TaskFailed(f"Not found versionFilePath: {path}") from missing


EFFECTS: dict[tuple[str, int], TaskEffect] = {
    ("NodeTool", 0): use_node,
    ("UseNode", 1): use_node,
}
