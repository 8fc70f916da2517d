"""Virtual time: timers fire in order as time is moved, and outlive the process that set them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.kernel.clock import Clock
from simulator.kernel.world import Kernel

HOUR = 3600.0


def in_kernel(act: Callable[[Kernel], Awaitable[None]], directory: Path | None = None) -> None:
    async def run() -> None:
        kernel = Kernel.open(directory, seed=1)
        await act(kernel)
        await kernel.close()

    asyncio.run(run())


def test_a_jump_moves_virtual_time_and_leaves_real_time_alone() -> None:
    clock = Clock(wall=lambda: 1000.0)

    clock.jump_to(5000.0)
    clock.jump_to(2000.0)

    assert (clock.now(), clock.wall()) == (5000.0, 1000.0)


def test_a_scaled_clock_runs_faster_and_is_advanced_like_any_other() -> None:
    real = [1000.0]
    clock = Clock(wall=lambda: real[0], scale=60.0)
    real[0] += 60.0
    ahead = clock.now()
    clock.jump_to(ahead + HOUR)

    assert ahead == 1000.0 + HOUR
    assert clock.now() == ahead + HOUR
    assert clock.gained() == clock.now() - 1060.0


def test_advancing_fires_due_timers_in_order_at_their_own_times() -> None:
    async def act(kernel: Kernel) -> None:
        fired: list[tuple[str, float]] = []
        start = kernel.clock.now()

        async def note(payload: dict[str, Any]) -> None:
            fired.append((payload["name"], kernel.clock.now() - start))

        kernel.scheduler.on("note", note)
        for name, after in (("late", 3 * HOUR), ("early", HOUR), ("never", 25 * HOUR)):
            kernel.scheduler.at(start + after, "note", {"name": name})
        kernel.start()
        await kernel.scheduler.advance(24 * HOUR)

        assert [name for name, _ in fired] == ["early", "late"]
        assert fired[0][1] == pytest.approx(HOUR, abs=5)
        assert kernel.clock.now() - start == pytest.approx(24 * HOUR, abs=5)

    in_kernel(act)


def test_what_a_timer_starts_has_ended_before_time_goes_on() -> None:
    async def act(kernel: Kernel) -> None:
        seen: list[float] = []
        start = kernel.clock.now()

        async def work() -> None:
            with kernel.activity.busy("work"):
                for _ in range(5):
                    await asyncio.sleep(0)
                seen.append(kernel.clock.now() - start)

        async def begin(_: dict[str, Any]) -> None:
            tasks.append(asyncio.create_task(work()))
            await asyncio.sleep(0)

        tasks: list[asyncio.Task[None]] = []
        kernel.scheduler.on("begin", begin)
        kernel.scheduler.at(start + HOUR, "begin", {})
        kernel.scheduler.at(start + 2 * HOUR, "begin", {})
        kernel.start()
        await kernel.scheduler.advance(3 * HOUR)

        assert [round(at / HOUR) for at in seen] == [1, 2]

    in_kernel(act)


def test_a_timer_and_the_advanced_time_outlive_a_restart(tmp_path: Path) -> None:
    fired: list[str] = []

    async def set_it(kernel: Kernel) -> None:
        kernel.start()
        kernel.scheduler.on("note", keep)
        await kernel.scheduler.advance(10 * HOUR)
        kernel.scheduler.at(kernel.clock.now() + HOUR, "note", {"name": "kept"})
        moment.append(kernel.clock.now())

    async def find_it(kernel: Kernel) -> None:
        assert kernel.clock.now() >= moment[0]
        kernel.scheduler.on("note", keep)
        kernel.start()
        await kernel.scheduler.advance(2 * HOUR)

    async def keep(payload: dict[str, Any]) -> None:
        fired.append(payload["name"])

    moment: list[float] = []
    in_kernel(set_it, tmp_path)
    in_kernel(find_it, tmp_path)

    assert fired == ["kept"]


def test_a_timer_whose_action_raises_is_a_fact_and_the_next_one_still_fires() -> None:
    async def act(kernel: Kernel) -> None:
        fired: list[str] = []

        async def break_(_: dict[str, Any]) -> None:
            raise RuntimeError("no")

        async def note(_: dict[str, Any]) -> None:
            fired.append("yes")

        kernel.scheduler.on("break", break_)
        kernel.scheduler.on("note", note)
        kernel.scheduler.at(kernel.clock.now() + 1, "break", {})
        kernel.scheduler.at(kernel.clock.now() + 2, "note", {})
        kernel.start()
        await kernel.scheduler.advance(10)

        assert fired == ["yes"]
        assert [fact.kind for fact in kernel.log.read()] == ["TimerFailed"]

    in_kernel(act)


def test_an_action_may_set_its_own_timer_again_under_the_same_key() -> None:
    async def act(kernel: Kernel) -> None:
        fired: list[int] = []

        async def again(_: dict[str, Any]) -> None:
            fired.append(1)
            kernel.scheduler.at(kernel.clock.now() + HOUR, "again", {}, key="hourly")

        kernel.scheduler.on("again", again)
        kernel.scheduler.at(kernel.clock.now() + HOUR, "again", {}, key="hourly")
        kernel.start()
        await kernel.scheduler.advance(4.5 * HOUR)

        assert len(fired) == 4

    in_kernel(act)
