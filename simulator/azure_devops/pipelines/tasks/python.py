"""UsePythonVersion@0: the versions of the agent's image, or of the step's container, and no others."""

from __future__ import annotations

from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.container_paths import TOOLS
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskFailed
from simulator.azure_devops.pipelines.tasks.found_tools import choose, find_tools, versions_of


async def use_version(call: TaskCall) -> int:
    """The image's Python goes first on PATH when it fits `versionSpec`; another version fails, naming what is there."""
    if call.attempt.container:
        return await _inside(call)
    inputs = {"INPUT_VERSIONSPEC": call.input("versionSpec"), "INPUT_ADDTOPATH": call.input("addToPath")}
    inputs["INPUT_ARCHITECTURE"] = call.input("architecture")
    return await call.run(Program(("python3", f"{PROGRAMS}/use_python_version.py"), inputs))


async def _inside(call: TaskCall) -> int:
    """A Python of the container, as an environment in the tool cache that steps may install packages into.

    The real agent shares its own tool cache with the container: there the versions are those of the agent's machine,
    and the image's Python is never used. Here it is the image's that is found, without the packages that the image
    has beside it, as a Python of the tool cache has none. The texts are the task's.
    """
    wanted, architecture = call.input("versionSpec").strip(), call.input("architecture")
    tools = await find_tools(call, "python")
    found = choose(tools, wanted) if architecture == "x64" else None
    if found is None:
        there = f"{versions_of(tools)} (x64)" if tools else "none"
        raise TaskFailed(
            f"Version spec {wanted} for architecture {architecture} did not match any version in"
            f" Agent.ToolsDirectory. Versions in the container: {there}. Use an image with that Python, or"
            " versionSpec '3.x'."
        )
    folder = f"Python/{found.version}/x64"
    code = await call.run(
        Program(("bash", f"{PROGRAMS}/make_python.sh", f"{TOOLS}/{folder}", found.path), portable=True)
    )
    if code:
        raise TaskFailed(f"The Python {found.version} of the container ({found.path}) has no module venv.")
    call.attempt.say(f"Found tool in cache: Python {found.version} x64")
    call.attempt.line(f"##vso[task.setvariable variable=pythonLocation]{predefined.TOOLS}/{folder}")
    if call.flag("addToPath"):
        call.attempt.line(f"##vso[task.prependpath]{TOOLS}/{folder}/bin")
    return 0
