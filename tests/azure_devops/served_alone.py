"""A program: Azure DevOps with the process engine in a process of its own, so that a test can kill it.

Arguments: port, state directory, directory of works, folder of images, cache of images. Where OUTSIDE_ORIGIN is
set, it serves the host outside.example.
"""

import asyncio
import os
import sys
from pathlib import Path

import uvicorn

from simulator.azure_devops.gateway import application
from simulator.azure_devops.service import AzureDevOps
from simulator.kernel.outbound import Route
from simulator.kernel.world import Kernel
from simulator.runtime.engine_process import ProcessEngine
from simulator.runtime.images import Images
from simulator.runtime.job_containers.containers import JobContainers
from simulator.runtime.proxy_rules import Rules
from simulator.runtime.reach import Reach
from simulator.topology import load


async def main() -> None:
    """Serve until killed."""
    port, state, works, images, cache = int(sys.argv[1]), *map(Path, sys.argv[2:])
    outside = os.environ.get("OUTSIDE_ORIGIN")
    routes = (Route("outside.example", outside),) if outside else ()
    kernel = Kernel.open(state, routes=routes)
    reach = Reach(1, port)
    engine = ProcessEngine(works, reach, Images(images, cache))
    containers = JobContainers(works.parent / "containers", reach, Rules(1, port))
    azure = AzureDevOps(kernel, engine, load(), f"http://localhost:{port}", containers)
    await azure.start()
    kernel.start()
    config = uvicorn.Config(
        application(azure), host="127.0.0.1", port=port, log_level="error", lifespan="off"
    )
    await uvicorn.Server(config).serve()


if __name__ == "__main__":
    asyncio.run(main())
