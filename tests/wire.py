"""A whole simulator on free ports in a thread of its own, for tests that speak to it over the wire."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import httpx
from botocore.config import Config
from botocore.loaders import create_loader
from botocore.session import Session as BotocoreSession

from simulator.app import Listeners, Simulator
from simulator.runtime.engine import Engine
from simulator.settings import Settings

_LOADER = create_loader()
# One for all, over plain HTTP: to read the machine's certificates for every request takes longer than the request.
_CONTROL = httpx.Client(
    verify=False, trust_env=False, timeout=120, limits=httpx.Limits(max_keepalive_connections=0)
)


def aws_session(key: str, secret: str, token: str | None = None, *, region: str = "us-east-1") -> Any:
    """A boto3 session; all of them share what is read of botocore's files, which is most of making a client."""
    core = BotocoreSession()
    core.register_component("data_loader", _LOADER)
    return boto3.Session(key, secret, token, region_name=region, botocore_session=core)


class RunningSimulator:
    """Ports, clients and credentials of a simulator that serves until `stop`."""

    def __init__(
        self,
        *,
        engine: Engine | None = None,
        state: Path | None = None,
        hold_seconds: float = 20.0,
        engine_name: str = "scripted",
        **settings: Any,
    ) -> None:
        chosen = Settings(
            aws_port=0, azure_devops_port=0, console_port=0, state=state, seed=1, engine=engine_name
        )
        self._settings = replace(chosen, hold_seconds=hold_seconds, check_answers=True, **settings)
        self._engine = engine
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True, name="simulator")
        self._thread.start()
        self._ready.wait()
        if self._failure:
            raise self._failure

    @property
    def aws_url(self) -> str:
        """Where AWS is."""
        return f"http://127.0.0.1:{self.simulator.listeners.port('aws')}"

    @property
    def azure_devops_url(self) -> str:
        """Where the organization of Azure DevOps is."""
        port = self.simulator.listeners.port("azure_devops")
        return f"http://127.0.0.1:{port}/{self.simulator.topology.organization}"

    @property
    def console_url(self) -> str:
        """Where the console and the control interface are."""
        return f"http://127.0.0.1:{self.simulator.listeners.port('console')}"

    def client(
        self, service: str, person: str = "operator", role: str = "", region: str = "us-east-1"
    ) -> Any:
        """A real boto3 client as a person, or as a role that the person assumes."""
        who = self.simulator.topology.person(person)
        session = aws_session(who.access_key_id, who.secret_access_key, region=region)
        if role:
            sts = session.client("sts", endpoint_url=self.aws_url)
            made = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
            session = aws_session(
                made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"], region=region
            )
        config = Config(retries={"max_attempts": 0}, read_timeout=70)
        return session.client(service, endpoint_url=self.aws_url, config=config)

    def token(self, person: str) -> str:
        """The personal access token of a person."""
        return self.simulator.topology.person(person).personal_access_token

    def facts(self, after: int = 0, wait_seconds: float = 0) -> list[dict[str, Any]]:
        """Facts newer than `after`, waiting for the first if asked to."""
        params = {"after": after, "wait": wait_seconds, "limit": 100_000}
        answer = _CONTROL.get(f"{self.console_url}/_simulator/facts", params=params)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found

    def until(self, wanted: Callable[[dict[str, Any]], bool], timeout_seconds: float = 60) -> dict[str, Any]:
        """The first fact that `wanted` accepts, waiting for it."""
        seen = 0
        deadline = self.simulator.kernel.clock.wall() + timeout_seconds
        while self.simulator.kernel.clock.wall() < deadline:
            for fact in self.facts(seen, wait_seconds=5):
                seen = fact["sequence"]
                if wanted(fact):
                    return fact
        raise AssertionError(f"no such fact; the last were {[f['kind'] for f in self.facts()][-20:]}")

    def advance(self, seconds: float) -> None:
        """Move virtual time forward, as `simulator advance` does."""
        _CONTROL.post(f"{self.console_url}/_simulator/advance", json={"seconds": seconds}).raise_for_status()

    def advance_into_the_hour(self) -> None:
        """Move to five minutes past the next full hour, whatever the time of day: what an hour brings has come."""
        self.advance(3900 - self.simulator.kernel.clock.now() % 3600)

    def rest(self) -> None:
        """Wait until nothing is going on."""
        _CONTROL.post(f"{self.console_url}/_simulator/rest").raise_for_status()

    def do(self, work: Callable[[Simulator], Any]) -> Any:
        """Run a coroutine function on the simulator's own loop and give back its result."""
        return asyncio.run_coroutine_threadsafe(work(self.simulator), self._loop).result(60)

    def stop(self) -> None:
        """Stop serving and wait for the end."""
        self._loop.call_soon_threadsafe(self._stopping.set)
        self._thread.join(20)

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            self._failure = error
            self._ready.set()
            raise

    async def _serve(self) -> None:
        self._loop, self._stopping = asyncio.get_running_loop(), asyncio.Event()
        self.simulator = Simulator(self._settings, Listeners.open(self._settings), self._engine)
        await self.simulator.start()
        self._ready.set()
        await self._stopping.wait()
        await self.simulator.close()
