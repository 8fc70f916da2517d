"""The composition root: the only file that knows every room."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.routing import Route as HttpRoute
from starlette.types import ASGIApp

from simulator import control
from simulator.aws.cloud import AwsCloud, Backing
from simulator.aws.gateway import Gateway
from simulator.aws.settings import AwsSettings
from simulator.aws.wiring import attach, detach
from simulator.azure_devops.gateway import application as azure_devops_application
from simulator.azure_devops.service import AzureDevOps
from simulator.azure_devops.task_definitions.catalogue import BUILT_IN, Catalogue
from simulator.azure_devops.task_definitions.on_disk import TaskFolderInvalid, read_tasks
from simulator.client_files import SAGEMAKER_CONFIG, made_anew
from simulator.console.mount import Console
from simulator.kernel.garbage import collect_at_rest, short_collections
from simulator.kernel.outbound import Route
from simulator.kernel.world import Kernel
from simulator.runtime.engine import Engine
from simulator.serving import Serving, listen
from simulator.settings import Settings
from simulator.topology import Topology, TopologyInvalid, load
from simulator.working import Working

_METHODS = ["GET", "POST", "PUT", "DELETE", "HEAD", "PATCH", "OPTIONS"]
_AMAZON = r"(.+\.)?amazonaws\.com"
_AZURE_DEVOPS = r"(.+\.)?dev\.azure\.com|.+\.visualstudio\.com"


@dataclass(frozen=True)
class Listeners:
    """The sockets of the three ports, open before anything else exists, so that ports of 0 have their number."""

    aws: socket.socket
    azure_devops: socket.socket
    console: socket.socket

    @classmethod
    def open(cls, settings: Settings) -> Listeners:
        """Listen; raises PortTaken."""
        return cls(
            listen(settings.host, settings.aws_port),
            listen(settings.host, settings.azure_devops_port),
            listen(settings.host, settings.console_port),
        )

    def close(self) -> None:
        """Give the ports back."""
        for listener in (self.aws, self.azure_devops, self.console):
            listener.close()

    def port(self, name: str) -> int:
        """The port number of `aws`, `azure_devops` or `console`."""
        return int(getattr(self, name).getsockname()[1])


class Simulator:
    """Both clouds, the console and the kernel, started and stopped together."""

    def __init__(self, settings: Settings, listeners: Listeners, engine: Engine | None = None) -> None:
        self.settings, self.listeners = settings, listeners
        self.topology: Topology = load(settings.topology)
        self.tasks = _tasks(self.topology.tasks, settings.tasks)
        routes = (
            Route(_AMAZON, f"http://127.0.0.1:{listeners.port('aws')}"),
            Route(_AZURE_DEVOPS, f"http://127.0.0.1:{listeners.port('azure_devops')}"),
        )
        self.kernel = Kernel.open(
            settings.state,
            seed=settings.seed,
            routes=routes,
            allowed_hosts=settings.allowed_hosts,
            time_scale=settings.time_scale,
        )
        self.client_files = made_anew(self.kernel.store.directory / "client_files")
        self._given_engine = engine
        self._serving = Serving()

    async def start(self) -> None:
        """Serve the three ports; what was going on before a restart goes on."""
        aws_port, azure_port = self.listeners.port("aws"), self.listeners.port("azure_devops")
        self.working = await Working.open(
            self.settings, self.kernel, aws_port, azure_port, self._given_engine
        )
        aws_settings = AwsSettings(
            self.settings.backing_endpoint,
            self.settings.hold_seconds,
            self.settings.approval_notice_seconds,
            self.settings.check_answers,
        )
        self.cloud = AwsCloud(self.kernel, self.working.engine, self.topology, aws_settings, self._backing())
        self.azure_devops = AzureDevOps(
            self.kernel,
            self.working.engine,
            self.topology,
            f"http://localhost:{azure_port}",
            self.working.containers,
            self.tasks,
        )
        await self.azure_devops.start()
        attach(self.cloud)
        self.kernel.start()
        await self._serving.start(_everything(Gateway(self.cloud).respond), self.listeners.aws)
        await self._serving.start(azure_devops_application(self.azure_devops), self.listeners.azure_devops)
        self.console = Console(self.status)
        pages = Starlette(routes=[*control.routes(self.kernel, self.status), *self.console.routes()])
        await self._serving.start(pages, self.listeners.console)

    async def close(self) -> None:
        """Stop serving, let works run on, close the state."""
        await self._serving.stop()
        await self.console.close()
        self.listeners.close()
        await detach(self.cloud)
        await self.azure_devops.close()
        await self.working.close(end_works=self.kernel.store.ephemeral)
        await self.cloud.close()
        await self.kernel.close()

    def status(self) -> dict[str, Any]:
        """Where everything is, and who may do what: for `simulator status`."""
        return {
            "aws": f"http://localhost:{self.listeners.port('aws')}",
            "azure_devops": f"http://localhost:{self.listeners.port('azure_devops')}/{self.topology.organization}",
            "console": f"http://localhost:{self.listeners.port('console')}",
            "engine": self.settings.engine,
            "hold_seconds": self.settings.hold_seconds,
            "last_fact": self.kernel.log.last(),
            "proxy": f"http://127.0.0.1:{self.working.proxy_port}",
            "certificates": str(self.working.certificates),
            "client_files": str(self.client_files),
            "sagemaker_config": str(self.client_files / SAGEMAKER_CONFIG),
            "region": self.topology.region,
            "organization": self.topology.organization,
            "accounts": self.topology.accounts,
            "people": {
                person.name: {
                    "display": person.display,
                    "account": person.account,
                    "access_key_id": person.access_key_id,
                    "secret_access_key": person.secret_access_key,
                    "personal_access_token": person.personal_access_token,
                }
                for person in self.topology.people
            },
        }

    def _backing(self) -> Backing:
        if self.settings.backing_endpoint:
            from simulator.aws.endpoint_backing import EndpointBacking

            return EndpointBacking(self.settings.backing_endpoint)
        from simulator.aws.moto_backing import MotoBacking

        return MotoBacking(self.kernel)


def _everything(endpoint: Any) -> ASGIApp:
    return Starlette(routes=[HttpRoute("/{path:path}", endpoint, methods=_METHODS)])


async def run(settings: Settings, ready: Any = None) -> None:
    """Run until cancelled; `ready(simulator)` is called once all three ports answer."""
    simulator = Simulator(settings, Listeners.open(settings))
    await simulator.start()
    if ready:
        ready(simulator)
    with short_collections():
        thorough = asyncio.create_task(collect_at_rest(simulator.kernel.activity.rest), name="garbage")
        try:
            await asyncio.Event().wait()
        finally:
            thorough.cancel()
            await simulator.close()


def _tasks(*folders: str | Path | None) -> Catalogue:
    """The tasks of the service and those in the folders, later ones in the place of earlier ones."""
    tasks = BUILT_IN
    try:
        for folder in folders:
            if folder:
                tasks = tasks.with_own(read_tasks(Path(folder)))
    except TaskFolderInvalid as wrong:
        raise TopologyInvalid(f"tasks: {wrong}") from wrong
    return tasks
