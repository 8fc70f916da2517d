"""UsePythonVersion@0: the versions of the agent's image, and no others."""

from __future__ import annotations

from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.job_files import PROGRAMS
from simulator.azure_devops.pipelines.tasks.call import TaskCall


async def use_version(call: TaskCall) -> int:
    """The image's Python goes first on PATH when it fits `versionSpec`; another version fails, naming what is there."""
    inputs = {"INPUT_VERSIONSPEC": call.input("versionSpec"), "INPUT_ADDTOPATH": call.input("addToPath")}
    inputs["INPUT_ARCHITECTURE"] = call.input("architecture")
    return await call.run(Program(("python3", f"{PROGRAMS}/use_python_version.py"), inputs))
