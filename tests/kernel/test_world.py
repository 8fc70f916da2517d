"""The world is opened again from its state."""

import asyncio

from simulator.kernel.world import Kernel


def ids(directory) -> list[str]:
    async def opened() -> list[str]:
        kernel = Kernel.open(directory, seed=1)
        made = [kernel.ids.hex(8) for _ in range(3)]
        await kernel.close()
        return made

    return asyncio.run(opened())


def test_the_same_seed_gives_other_ids_in_the_next_process(tmp_path):
    assert not set(ids(tmp_path)) & set(ids(tmp_path))


def test_the_same_seed_gives_the_same_ids_in_another_world(tmp_path):
    assert ids(tmp_path / "a") == ids(tmp_path / "b")
