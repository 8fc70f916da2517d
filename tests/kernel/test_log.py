"""Rows and facts commit at once, and whoever reads the log goes on where it stood."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from simulator.kernel.facts import Fact, cause
from simulator.kernel.lifecycle import IllegalTransition, Lifecycle
from simulator.kernel.world import Kernel


def test_a_transaction_that_fails_leaves_neither_row_nor_fact() -> None:
    kernel = Kernel.open()

    def half_way() -> None:
        with kernel.store.transaction():
            kernel.store.put("thing", "a", {"n": 1})
            kernel.log.record("ThingMade", "a")
            raise RuntimeError("half way")

    with pytest.raises(RuntimeError):
        half_way()

    assert kernel.store.get("thing", "a") is None
    assert kernel.log.read() == []
    kernel.store.close()


def test_a_fact_knows_what_caused_it() -> None:
    kernel = Kernel.open()
    first = kernel.log.record("Pushed", "main")
    with cause(first):
        second = kernel.log.record("RunQueued", "1")

    assert (first.cause, second.cause) == (None, first.sequence)
    kernel.store.close()


def test_a_consumer_goes_on_after_a_restart_where_it_stood(tmp_path: Path) -> None:
    seen: list[str] = []

    async def once(kinds: list[str]) -> None:
        kernel = Kernel.open(tmp_path)
        kernel.log.add_consumer("reader", lambda fact: seen.append(fact.kind))
        kernel.start()
        for kind in kinds:
            kernel.log.record(kind, "x")
        await kernel.scheduler.rest()
        await kernel.close()

    asyncio.run(once(["A", "B"]))
    asyncio.run(once(["C"]))

    assert seen == ["A", "B", "C"]


def test_a_fact_recorded_while_nobody_listened_is_delivered_at_the_next_start(tmp_path: Path) -> None:
    kernel = Kernel.open(tmp_path)
    kernel.log.record("Missed", "x")
    kernel.store.close()
    seen: list[Fact] = []

    async def later() -> None:
        again = Kernel.open(tmp_path)
        again.log.add_consumer("reader", seen.append)
        again.start()
        await again.scheduler.rest()
        await again.close()

    asyncio.run(later())

    assert [fact.kind for fact in seen] == ["Missed"]


def test_a_consumer_that_comes_after_the_start_sees_every_fact_too() -> None:
    async def story() -> None:
        kernel = Kernel.open()
        kernel.start()
        kernel.log.record("Pushed", "main")
        seen: list[str] = []
        kernel.log.add_consumer("late", lambda fact: seen.append(fact.kind))
        await kernel.scheduler.rest()
        assert seen == ["Pushed"]
        await kernel.close()

    asyncio.run(story())


def test_a_consumer_that_fails_on_a_fact_says_so_and_sees_the_next(tmp_path: Path) -> None:
    seen: list[str] = []

    def handle(fact: Fact) -> None:
        if fact.kind == "Bad":
            raise KeyError("what")
        seen.append(fact.kind)

    async def live() -> list[dict[str, object]]:
        kernel = Kernel.open(tmp_path)
        kernel.log.add_consumer("reader", handle)
        kernel.start()
        kernel.log.record("Bad", "x")
        kernel.log.record("Good", "x")
        await kernel.scheduler.rest()
        failed = [dict(fact.detail) for fact in kernel.log.read() if fact.kind == "ConsumerFailed"]
        await kernel.close()
        return failed

    assert asyncio.run(live()) == [{"fact": 1, "error": "KeyError('what')"}]
    assert seen == ["Good", "ConsumerFailed"]


def test_nobody_else_may_read_the_state_wherever_it_lies(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    kernel = Kernel.open(tmp_path)
    kernel.store.put("secret", "a", {"value": "x"})

    modes = {path.stat().st_mode & 0o777 for path in tmp_path.glob("state.sqlite*")}
    kernel.store.close()

    assert modes == {0o600}


def test_what_a_consumer_records_is_caused_by_the_fact_it_read() -> None:
    async def run() -> None:
        kernel = Kernel.open()

        def answer(fact: Fact) -> None:
            if fact.kind == "Asked":
                kernel.log.record("Answered", fact.subject)

        kernel.log.add_consumer("answers", answer)
        kernel.start()
        asked = kernel.log.record("Asked", "x")
        await kernel.scheduler.rest()

        assert kernel.log.read()[-1].cause == asked.sequence
        await kernel.close()

    asyncio.run(run())


def test_a_scan_gives_the_rows_of_a_prefix_in_order() -> None:
    kernel = Kernel.open()
    for key in ("1/b", "2/a", "1/a", "10/a"):
        kernel.store.put("thing", key, {})

    assert [key for key, _ in kernel.store.scan("thing", "1/")] == ["1/a", "1/b"]
    assert kernel.store.count("thing", "1") == 3
    kernel.store.close()


def test_an_ephemeral_state_is_gone_when_it_is_closed() -> None:
    kernel = Kernel.open()
    directory = kernel.store.directory
    kernel.store.close()

    assert not directory.exists()


def test_a_lifecycle_refuses_a_step_its_table_does_not_have() -> None:
    job = Lifecycle("Job", "InProgress", {"InProgress": ("Completed", "Failed"), "Completed": ()})

    assert job.step("InProgress", "Completed") == "Completed"
    assert job.final("Completed")
    with pytest.raises(IllegalTransition, match="Completed -> InProgress"):
        job.step("Completed", "InProgress")


def test_a_consumer_that_waits_for_nothing_lets_others_have_their_turn():
    async def story() -> None:
        kernel = Kernel.open()
        for number in range(100):
            kernel.log.record("Counted", str(number))
        seen: list[str] = []
        kernel.log.add_consumer("counting", lambda fact: seen.append(fact.subject))
        kernel.log.start()
        at_a_turn = []
        while len(seen) < 100:
            await asyncio.sleep(0)
            at_a_turn.append(len(seen))
        assert len(set(at_a_turn)) > 5, "it was done in one turn of the loop"
        assert seen == [str(number) for number in range(100)]
        await kernel.close()

    asyncio.run(story())
