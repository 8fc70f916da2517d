"""The runs that go on: each a task that brings its run from where its rows stand to the end."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from simulator.azure_devops.errors import failure
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines import stage_retry, stage_starting
from simulator.azure_devops.pipelines.agent.attempt import work_run
from simulator.azure_devops.pipelines.attention import Attention
from simulator.azure_devops.pipelines.gates.passing import Gates
from simulator.azure_devops.pipelines.graph_run import run_graph
from simulator.azure_devops.pipelines.part_run import AGENT_OF
from simulator.azure_devops.pipelines.results import Result, stage_result
from simulator.azure_devops.pipelines.room import Room, RunContext
from simulator.azure_devops.pipelines.run_logs import RunLogs
from simulator.azure_devops.pipelines.runs import WIRE_RESULTS
from simulator.azure_devops.pipelines.stage_run import run_stage
from simulator.azure_devops.pipelines.timeline import Timeline, result_of
from simulator.kernel.errors import NotSimulated
from simulator.kernel.facts import cause

_logger = logging.getLogger("simulator.azure_devops")


class Coordinator:
    """Starts, continues and cancels runs."""

    def __init__(self, room: Room, gates: Gates) -> None:
        self._room, self._gates = room, gates
        self._contexts: dict[int, RunContext] = {}
        self._tasks: dict[int, asyncio.Task[None]] = {}

    def begin(self, run: int) -> None:
        """Bring a run to its end, from wherever it stands; returns at once."""
        timeline, logs = Timeline(self._room.kernel, run), RunLogs(self._room.kernel, run)
        attention = Attention(self._room.kernel.activity, f"pipeline run {run}")
        context = RunContext(self._room, run, self._room.runs.plan(run), timeline, logs, attention)
        if context.row["state"] == "canceling":
            context.cancel()
        self._contexts[run] = context
        with cause(context.row["cause"]):
            self._tasks[run] = asyncio.create_task(self._drive(context), name=f"run {run}")

    async def continue_all(self) -> None:
        """At start: take up the runs that were going on, and forget the works of those that were not."""
        going_on = [int(row["id"]) for row in self._room.runs.unfinished()]
        await self._forget(lambda run: run not in going_on)
        for run in going_on:
            for record in Timeline(self._room.kernel, run).records():
                if record["state"] == "inProgress" and (agent := record.get(AGENT_OF)):
                    self._room.agents.keep(*agent)
        for run in going_on:
            self.begin(run)

    async def _forget(self, unwanted: Callable[[int | None], bool]) -> None:
        """End what is left of works and containers of jobs that no run will come back to."""
        for name in await self._room.engine.known():
            run = work_run(name)
            if run is not None and unwanted(run):
                await self._room.engine.remove(name)
        containers = self._room.containers
        if containers is None:
            return
        for name in await containers.known():
            if unwanted(work_run(name)):
                try:
                    await containers.close(name, _logger.debug)
                except NotSimulated as refused:
                    _logger.warning("containers %s are left: %s", name, refused)

    def retry(self, row: Row, stage: str, all_jobs: bool = False) -> None:
        """Run a stage that failed, and those after it, once more: its jobs that failed, or all."""
        stage_retry.reset(self._room.kernel, self._room.runs, row, stage, all_jobs)
        self.begin(int(row["id"]))

    def retry_failed(self, row: Row) -> None:
        """Run every stage that failed once more, with those after them."""
        stage_retry.reset_failed(self._room.kernel, self._room.runs, row)
        self.begin(int(row["id"]))

    def start_stage(self, row: Row, name: str) -> None:
        """Start a stage whose trigger is manual; a run that has completed goes on with it."""
        stage_starting.start(self._room.kernel, self._room.runs, row, name)
        if context := self._contexts.get(row["id"]):
            context.changed.set()
        else:
            self.begin(int(row["id"]))

    def cancel_stage(self, row: Row, name: str) -> None:
        """Cancel one stage of a run that goes on."""
        with self._room.kernel.store.transaction():
            stage = stage_starting.cancel(self._room.kernel, self._room.runs, row, name)
            self._gates.cancel(row["id"], stage.name)
        if context := self._contexts.get(row["id"]):
            context.cancel(stage.name)

    def cancel(self, row: Row) -> None:
        """Cancel a run: what works is stopped, what waits is let go; refused when it has completed."""
        if row["state"] == "completed":
            raise failure(
                "InvalidArgumentValueException",
                message=f"The build {row['id']} has completed and cannot be cancelled.",
            )
        with self._room.kernel.store.transaction():
            if row["state"] != "canceling":
                self._room.runs.move(row["id"], "canceling")
                detail = {"run": row["id"], "pipelineId": row["definition"]}
                self._room.kernel.log.record("RunCanceling", f"run {row['name']}", detail)
            self._gates.cancel(row["id"])
        if context := self._contexts.get(row["id"]):
            context.cancel()

    async def close(self) -> None:
        """Let go of every run; the next start continues them."""
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _drive(self, context: RunContext) -> None:
        try:
            await self._stages(context)
        except Exception as error:
            # A defect of ours ends this run, in the open, and no other.
            _logger.exception("run %s failed inside the simulator", context.run)
            self._fail(context, f"The simulator failed: {error!r}")
            await self._forget(lambda run: run == context.run)
        finally:
            context.attention.end()
            self._contexts.pop(context.run, None)
            self._tasks.pop(context.run, None)

    async def _stages(self, context: RunContext) -> None:
        if context.row["state"] == "notStarted":
            with self._room.kernel.store.transaction():
                row = self._room.runs.move(context.run, "inProgress", started=self._room.kernel.clock.now())
                detail = {"run": context.run, "pipelineId": row["definition"]}
                self._room.kernel.log.record("RunStarted", f"run {row['name']}", detail)
        stages = {stage.name: stage for stage in context.plan.stages}

        def nodes() -> dict[str, tuple[str, ...]]:
            return stage_starting.due(context.plan, context.row)

        await run_graph(
            nodes,
            lambda name: run_stage(context, self._gates, stages[name]),
            context.attention,
            context.changed,
        )
        timeline = context.timeline
        ended = [timeline.get(timeline.record_id(name)) for name in nodes()]
        self._complete(context, stage_result([result_of(row) for row in ended]))

    def _complete(self, context: RunContext, result: Result, error: str = "") -> None:
        ended = Result.CANCELED if context.canceled.is_set() and result is not Result.SUCCEEDED else result
        with self._room.kernel.store.transaction():
            wire = WIRE_RESULTS[ended]
            now = self._room.kernel.clock.now()
            row = self._room.runs.move(context.run, "completed", result=wire, finished=now)
            detail = {
                "run": context.run,
                "result": wire,
                "pipelineId": row["definition"],
                "commit": row["sourceVersion"],
            }
            told = {**detail, "error": error} if error else detail
            self._room.kernel.log.record("RunCompleted", f"run {row['name']} {wire}", told)

    def _fail(self, context: RunContext, error: str) -> None:
        """End the run, and what of it was going on, as failed."""
        timeline = context.timeline
        with self._room.kernel.store.transaction():
            timeline.add_issue(timeline.record_id(context.plan.stages[0].name), "error", error)
            for row in timeline.records():
                if row["state"] != "completed":
                    ends = Result.FAILED if row["state"] == "inProgress" else Result.SKIPPED
                    timeline.finish(row["id"], ends)
            self._complete(context, Result.FAILED, error)
