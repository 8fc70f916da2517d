"""What works need to run: the engine that was chosen, and the proxy through which they name the real hosts."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from simulator.kernel.world import Kernel
from simulator.runtime.authority import Authority
from simulator.runtime.engine import Engine
from simulator.runtime.job_containers.containers import JobContainers
from simulator.runtime.proxy import Proxy
from simulator.runtime.proxy_rules import Rules
from simulator.runtime.reach import Reach
from simulator.settings import Settings


@dataclass(frozen=True)
class Working:
    """An engine and the proxy that works, and `simulator run`, go through."""

    engine: Engine
    proxy: Proxy
    proxy_port: int
    certificates: Path
    containers: JobContainers

    @classmethod
    async def open(
        cls, settings: Settings, kernel: Kernel, aws_port: int, azure_devops_port: int, engine: Engine | None
    ) -> Working:
        """Start the proxy, then make the engine, unless the caller brings one."""
        authority = Authority(kernel.store.directory / "authority")
        rules = Rules(aws_port, azure_devops_port, settings.allowed_hosts)
        proxy = Proxy(authority, rules, lambda host: _refused(kernel, host))
        port = await proxy.start()
        reach = Reach(aws_port, azure_devops_port, port, authority.bundle)
        containers = JobContainers(kernel.store.directory / "job_containers", reach, rules)
        return cls(engine or _engine(settings, kernel, reach), proxy, port, authority.bundle, containers)

    async def close(self, *, end_works: bool) -> None:
        """Stop the proxy. Works go on, for the next start to find, unless there will be none: then they end here."""
        if end_works:
            for name in await self.engine.known():
                await self.engine.remove(name)
            for name in await self.containers.known():
                await self.containers.close(name, lambda _: None)
        await self.containers.let_go()
        await self.engine.close()
        await self.proxy.close()


def _refused(kernel: Kernel, host: str) -> None:
    kernel.log.record("HostRefused", host, {"remedy": f"SIMULATOR_ALLOWED_HOSTS={host}"})


def _engine(settings: Settings, kernel: Kernel, reach: Reach) -> Engine:
    directory = kernel.store.directory / "works"
    if settings.engine == "scripted":
        from simulator.runtime.engine_scripted import ScriptedEngine

        return ScriptedEngine()
    if settings.engine == "docker":
        from simulator.runtime.engine_docker import DockerEngine

        return DockerEngine(directory, reach)
    from simulator.runtime.engine_process import ProcessEngine

    return ProcessEngine(directory, reach)
