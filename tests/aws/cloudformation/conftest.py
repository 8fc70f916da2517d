"""A cloud that answers as the test says, for stacks of models and endpoints without the services themselves."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from simulator.aws import behaviours
from simulator.aws.behaviour import Call, find
from simulator.aws.cloudformation import running
from simulator.aws.principal import Principal
from simulator.aws.settings import AwsSettings
from simulator.kernel.errors import CallerError
from simulator.kernel.world import Kernel

ACCOUNT, REGION = "333333333333", "us-east-1"


@dataclass
class ScriptedCloud:
    """Remembers SageMaker's models, configurations and endpoints; `fails` and `waits` are the test's hand on it.

    An operation waits before its effect, or, where it is in `after`, between its effect and its answer.
    """

    kernel: Kernel
    settings: AwsSettings = field(default_factory=lambda: AwsSettings(hold_seconds=30.0))
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    things: dict[str, dict[str, Any]] = field(default_factory=dict)
    fails: dict[str, str] = field(default_factory=dict)
    waits: dict[str, asyncio.Event] = field(default_factory=dict)
    arrived: defaultdict[str, asyncio.Event] = field(default_factory=lambda: defaultdict(asyncio.Event))
    after: set[str] = field(default_factory=set)
    engine: Any = None
    topology: Any = None

    async def call(self, service: str, operation: str, params: Any, **where: Any) -> dict[str, Any]:
        """What SageMaker would say."""
        self.calls.append((operation, dict(params)))
        self.arrived[operation].set()
        if operation in self.waits and operation not in self.after:
            await self.waits[operation].wait()
        if operation in self.fails:
            raise CallerError("ValidationException", self.fails[operation])
        answer = self._do(operation, params)
        if operation in self.waits:
            await self.waits[operation].wait()
        return answer

    def _do(self, operation: str, params: Any) -> dict[str, Any]:
        verb, noun = self._split(operation)
        name = f"{noun}/{params[f'{noun}Name']}"
        if verb == "Create":
            if name in self.things:
                raise CallerError("ValidationException", f"Cannot create already existing {noun}")
            arn = f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{noun.lower()}/{params[f'{noun}Name']}"
            self.things[name] = {**params, f"{noun}Arn": arn, "EndpointStatus": "InService"}
        elif name not in self.things:
            raise CallerError("ValidationException", f'Could not find {noun} "{params[f"{noun}Name"]}".')
        if verb == "Delete":
            return self.things.pop(name) and {}
        if verb == "Update":
            self.things[name].update(params)
        return dict(self.things[name])

    @staticmethod
    def _split(operation: str) -> tuple[str, str]:
        verb = next(v for v in ("Create", "Describe", "Update", "Delete") if operation.startswith(v))
        return verb, operation.removeprefix(verb)

    def session(self, role_arn: str, session_name: str, service: str) -> dict[str, str]:
        """Only the role `deployer` trusts CloudFormation."""
        if not role_arn.endswith("/deployer"):
            raise CallerError("ValidationException", "Could not assume role")
        return {}

    async def do(self, operation: str, **params: Any) -> dict[str, Any]:
        """One CloudFormation operation as a caller of the account."""
        behaviours.load("cloudformation")
        function = find("cloudformation", operation)
        assert function is not None, operation
        caller = Principal(f"arn:aws:iam::{ACCOUNT}:user/grace", ACCOUNT, "AIDA")
        call = Call("cloudformation", operation, params, caller, ACCOUNT, REGION, self)  # type: ignore[arg-type]
        return await function(call)

    async def status(self, name: str) -> str:
        """The stack's status once it is at rest."""
        return str((await self.do("DescribeStacks", StackName=name))["Stacks"][0]["StackStatus"])

    async def story(self, name: str) -> list[str]:
        """`LogicalId STATUS` for every event, oldest first."""
        events = (await self.do("DescribeStackEvents", StackName=name))["StackEvents"][::-1]
        return [f"{event['LogicalResourceId']} {event['ResourceStatus']}" for event in events]

    def names(self, noun: str) -> list[str]:
        """The names of what there is of a kind."""
        return [name.split("/")[1] for name in self.things if name.startswith(f"{noun}/")]

    def operations(self, *verbs: str) -> list[str]:
        """The operations called so far that begin with a verb, in order."""
        return [operation for operation, _ in self.calls if operation.startswith(verbs)]


@pytest.fixture
def anyio_backend() -> str:
    """Coroutine tests marked `anyio` run on asyncio."""
    return "asyncio"


@pytest.fixture
async def make_cloud() -> AsyncIterator[Callable[[Kernel | None], ScriptedCloud]]:
    """Clouds on a kernel of their own, or on one that another has left."""
    made: list[ScriptedCloud] = []

    def make(kernel: Kernel | None = None) -> ScriptedCloud:
        made.append(ScriptedCloud(kernel or Kernel.open(seed=1)))
        return made[-1]

    yield make
    for cloud in made:
        await running.stop(cloud)  # type: ignore[arg-type]
    for kernel in {id(cloud.kernel): cloud.kernel for cloud in made}.values():
        await kernel.close()


@pytest.fixture
def cloud(make_cloud: Callable[[Kernel | None], ScriptedCloud]) -> ScriptedCloud:
    """One scripted cloud."""
    return make_cloud(None)
