"""The hosts of a running job: their logs, the first that fails, and how all of them are stopped."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from simulator.aws.sagemaker.job import Job, Life
from simulator.aws.sagemaker.logs import LogShipper
from simulator.aws.sagemaker.running import spawn
from simulator.runtime.work import Exit

STOP_GRACE_SECONDS = 120.0


async def follow(job: Job, life: Life) -> tuple[str, Exit]:
    """Follow every host to its end; the host that says how the job ended, and its exit."""
    read = life.reads(job)
    beside = [asyncio.create_task(_ship(job, life, host, read)) for host in job.hosts]
    over = asyncio.Event()
    accompanying = asyncio.create_task(life.accompany(job, over))
    try:
        if job.row[job.kind.status_member] == "Stopping":
            halt(job)
        ended = await _watch(job)
        await asyncio.gather(*beside)
        over.set()
        await accompanying
    finally:
        for task in (*beside, accompanying):
            task.cancel()
    return ended


async def _ship(job: Job, life: Life, host: str, read: Callable[[str], None]) -> None:
    """The lines of one host to its own log stream."""
    row = job.row
    shipped = int(row.get("_lines", {}).get(host, 0))
    stream = f"{job.place[2]}/{host}-{row['_since']}"

    def note(count: int) -> None:
        job.change({"_lines": {**job.row.get("_lines", {}), host: count}}, quiet=True)

    shipper = LogShipper(job.actor, life.log_group, stream, shipped, note)
    await shipper.ship(job.cloud.engine.lines(job.work_of(host)), read)


async def _watch(job: Job) -> tuple[str, Exit]:
    """Wait for the hosts, within MaxRuntimeInSeconds; the first to fail has the others stopped."""
    row = job.row
    limit = row.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", 86400)
    left = max(0.0, row["_started"] + limit - job.kernel.clock.wall())
    try:
        async with asyncio.timeout(left):
            return await _until_over(job)
    except TimeoutError:
        job.change({"_why": "MaxRuntimeExceeded"}, quiet=True)
        await _stop_all(job)
        return await _until_over(job)


async def _until_over(job: Job) -> tuple[str, Exit]:
    engine = job.cloud.engine
    waits = {asyncio.create_task(engine.wait(job.work_of(host))): host for host in job.hosts}
    failed: tuple[str, Exit] | None = None
    try:
        waiting = set(waits)
        while waiting:
            done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(done, key=lambda each: (each.result().ended, waits[each])):
                if task.result().code != 0 and failed is None:
                    failed = waits[task], task.result()
                    if waiting:
                        await _stop_all(job)
    finally:
        for task in waits:
            task.cancel()
    first = next(iter(waits))
    return failed or (waits[first], first.result())


async def _stop_all(job: Job) -> None:
    """SIGTERM, grace and SIGKILL to all hosts at once."""
    stops = (job.cloud.engine.stop(job.work_of(host), STOP_GRACE_SECONDS) for host in job.hosts)
    await asyncio.gather(*stops)


def halt(job: Job) -> None:
    """Stop all hosts, in a task of its own."""
    spawn(job.kernel, f"stop {job.work_name}", _stop_all(job))
