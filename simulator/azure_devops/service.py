"""Azure DevOps as one value: the organization's rows, its repositories and its pipelines, with a start and an end."""

from __future__ import annotations

from simulator.azure_devops.git.pull_requests import PullRequests
from simulator.azure_devops.git.refs import RefWatch
from simulator.azure_devops.organization import Organization
from simulator.azure_devops.seeding import seed
from simulator.kernel.world import Kernel
from simulator.runtime.engine import Engine
from simulator.topology import Topology

DEFAULT_URL = "http://localhost:4567"


class AzureDevOps:
    """The service of one organization. `url` is where clients reach it; links in answers begin with it."""

    def __init__(self, kernel: Kernel, engine: Engine, topology: Topology, url: str = DEFAULT_URL) -> None:
        self.kernel = kernel
        self.engine = engine
        self.organization = Organization(kernel, topology, url)
        self.refs = RefWatch(self.organization)
        self.pull_requests = PullRequests(self.organization, self.refs)
        self.session = kernel.ids.uuid()

    async def start(self) -> None:
        """Write what the topology says, open the repositories, take up what was going on."""
        seed(self.organization)
        await self.refs.open_all()

    async def close(self) -> None:
        """Let go of what this process holds; runs go on at the next start."""
