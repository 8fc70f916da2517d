"""Execution environments: a work of the engine serves one invocation at a time, is kept warm, and ends when idle."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from weakref import WeakKeyDictionary

from simulator.aws.behaviour import Cloud
from simulator.aws.lambda_ import code, mounts
from simulator.aws.lambda_.configuration import SERVICE
from simulator.aws.lambda_.names import LATEST, Named
from simulator.aws.lambda_.rows import Resolved
from simulator.aws.lambda_.runtimes import IMAGE
from simulator.aws.lambda_.tasks import spawn
from simulator.kernel.errors import CallerError
from simulator.kernel.facts import current_cause
from simulator.kernel.world import Kernel
from simulator.runtime.images import ImageUnavailable
from simulator.runtime.work import Work

PREFIX = "lambda-"
IDLE_SECONDS = 300.0
"""Real seconds for which an environment waits for its next event."""
OLDEST_SECONDS = 6 * 3600.0
"""An environment is not used for longer: its credentials would end."""


@dataclass(eq=False)
class Environment:
    """A running environment of one version; `revision` changes with the configuration and the code."""

    name: str
    function: Named
    version: str
    revision: str
    stream: str
    started: float
    retired: bool = False
    timer: asyncio.TimerHandle | None = None


@dataclass
class Pool:
    """All environments of one simulator by function."""

    idle: defaultdict[str, list[Environment]] = field(default_factory=lambda: defaultdict(list))
    busy: defaultdict[str, list[Environment]] = field(default_factory=lambda: defaultdict(list))


_pools: WeakKeyDictionary[Kernel, Pool] = WeakKeyDictionary()


def pool(kernel: Kernel) -> Pool:
    """The environments of this process."""
    return _pools.setdefault(kernel, Pool())


def under_way(kernel: Kernel, function: Named) -> int:
    """How many invocations of a function are under way."""
    return len(pool(kernel).busy[function.key])


async def acquire(cloud: Cloud, found: Resolved) -> Environment:
    """A warm environment of this version, or a new one; to be given back with `release`."""
    kernel, key = cloud.kernel, found.asked.key
    here, revision = pool(kernel), str(found.config["RevisionId"])
    while here.idle[key]:
        warm = here.idle[key].pop()
        if warm.timer:
            warm.timer.cancel()
        if warm.revision == revision and kernel.clock.wall() - warm.started < OLDEST_SECONDS:
            here.busy[key].append(warm)
            return warm
        _end(cloud, warm)
    fresh = _described(kernel, found)
    here.busy[key].append(fresh)
    try:
        await _start(cloud, found, fresh)
    except BaseException:
        here.busy[key].remove(fresh)
        raise
    return fresh


def release(cloud: Cloud, environment: Environment, *, over: bool) -> None:
    """The invocation has ended; an environment that is `over` or retired ends, another waits for a while."""
    here, key = pool(cloud.kernel), environment.function.key
    here.busy[key].remove(environment)
    if over or environment.retired:
        _end(cloud, environment)
        return
    here.idle[key].append(environment)
    loop = asyncio.get_running_loop()
    environment.timer = loop.call_later(IDLE_SECONDS, _expire, cloud, environment)


async def retire(cloud: Cloud, function: Named) -> None:
    """The function, or one version of it, has changed or is gone: idle ones end, busy ones after their event."""
    here, wanted = pool(cloud.kernel), function.qualifier
    for environment in here.busy[function.key]:
        environment.retired = environment.retired or wanted in ("", environment.version)
    for environment in list(here.idle[function.key]):
        if wanted in ("", environment.version):
            _expire(cloud, environment)


async def end_strangers(cloud: Cloud) -> None:
    """End the environments that an earlier process left: nobody knows any more what they work on."""
    here = pool(cloud.kernel)
    for name in await cloud.engine.known():
        ours = {each.name for some in (here.idle, here.busy) for those in some.values() for each in those}
        if name.startswith(PREFIX) and name not in ours:
            await cloud.engine.remove(name)


async def end_all(cloud: Cloud) -> None:
    """End every environment, before the engine is closed."""
    here = pool(cloud.kernel)
    for environment in (each for those in here.idle.values() for each in those):
        if environment.timer:
            environment.timer.cancel()
    here.idle.clear()
    here.busy.clear()
    await end_strangers(cloud)


def _expire(cloud: Cloud, environment: Environment) -> None:
    if environment.timer:
        environment.timer.cancel()
    waiting = pool(cloud.kernel).idle[environment.function.key]
    if environment in waiting:
        waiting.remove(environment)
        _end(cloud, environment)


def _end(cloud: Cloud, environment: Environment) -> None:
    spawn(cloud.kernel, f"end {environment.name}", cloud.engine.remove(environment.name), busy=False)


def _described(kernel: Kernel, found: Resolved) -> Environment:
    function, ids = found.asked, kernel.ids
    day = datetime.fromtimestamp(kernel.clock.now(), UTC).strftime("%Y/%m/%d")
    identity = ids.hex(32)
    return Environment(
        name=f"{PREFIX}{function.account}-{function.region}-{function.name}-{identity[:12]}",
        function=function,
        version=found.version,
        revision=str(found.config["RevisionId"]),
        stream=f"{day}/[{found.version}]{identity}",
        started=kernel.clock.wall(),
    )


async def _start(cloud: Cloud, found: Resolved, environment: Environment) -> None:
    kernel, function = cloud.kernel, found.asked
    files = await code.unpacked(kernel.store, str(found.row["code"]["digest"]))
    work = Work(
        name=environment.name,
        image=IMAGE,
        command=(),
        environment=_variables(cloud, found, environment),
        mounts=await mounts.of(kernel.store, files, found.config.get("Layers", ())),
        working_directory="/var/task",
        serves=True,
        cause=current_cause(),
        hostname="lambda",
    )
    runtime = str(found.config["Runtime"])
    detail: dict[str, object] = {"uri": f"Lambda runtime {runtime}", "image": IMAGE, "for": function.name}
    kernel.log.record("ImageSubstituted", runtime, detail, account=function.account, region=function.region)
    try:
        await cloud.engine.start(work)
    except ImageUnavailable as unavailable:
        raise CallerError(
            "ServiceException", f"The runtime cannot be started: {unavailable}", 500
        ) from unavailable


def _variables(cloud: Cloud, found: Resolved, environment: Environment) -> dict[str, str]:
    """What the function's process sees. Source: developer guide, "Defined runtime environment variables"."""
    config, function = found.config, found.asked
    session = cloud.session(config["Role"], function.name, SERVICE)
    logging = config["LoggingConfig"]
    level = (
        {"AWS_LAMBDA_LOG_LEVEL": logging["ApplicationLogLevel"]} if "ApplicationLogLevel" in logging else {}
    )
    return {
        "TZ": ":UTC",
        "LANG": "en_US.UTF-8",
        "PYTHONPATH": "/var/task:/opt/python",
        "LD_LIBRARY_PATH": "/var/task:/var/task/lib:/opt/lib",
        **config.get("Environment", {}).get("Variables", {}),
        **level,
        "_HANDLER": config["Handler"],
        "LAMBDA_TASK_ROOT": "/var/task",
        "LAMBDA_RUNTIME_DIR": "/var/runtime",
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        "AWS_EXECUTION_ENV": f"AWS_Lambda_{config['Runtime']}",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": environment.version or LATEST,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(config["MemorySize"]),
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_LOG_FORMAT": logging["LogFormat"],
        "AWS_LAMBDA_LOG_GROUP_NAME": logging["LogGroup"],
        "AWS_LAMBDA_LOG_STREAM_NAME": environment.stream,
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
    }
