"""Collections of garbage are short while the server works, and thorough when it rests."""

import asyncio
import gc
import weakref

import pytest

from simulator.kernel import garbage


class Ring:
    """Something that only a collection frees."""

    def __init__(self) -> None:
        self.itself = self


def test_survivors_of_a_full_collection_are_not_looked_through_again():
    with garbage.short_collections():
        kept = [Ring() for _ in range(1000)]
        gc.collect()
        assert gc.get_freeze_count() > len(kept)
        assert not any(each is kept[0] for each in gc.get_objects())
        fresh = weakref.ref(Ring())
        gc.collect()
        assert fresh() is None, "what has become garbage since is freed"
    assert gc.get_freeze_count() == 0


def test_a_ring_that_survived_is_freed_when_the_world_rests(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(garbage, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(garbage, "GROWTH", 0)

    async def story() -> None:
        resting = asyncio.Event()
        task = asyncio.create_task(garbage.collect_at_rest(resting.wait))
        await asyncio.sleep(0)
        ring = Ring()
        freed = asyncio.Event()
        gone = weakref.ref(ring, lambda _: freed.set())
        gc.collect()
        del ring
        gc.collect()
        assert gone() is not None, "it has survived and is frozen"
        resting.set()
        await freed.wait()
        task.cancel()

    with garbage.short_collections():
        asyncio.run(asyncio.wait_for(story(), 20))
