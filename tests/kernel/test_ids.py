"""Ids repeat with a seed, and what is drawn apart changes nothing else."""

from __future__ import annotations

from simulator.kernel.ids import Ids


def test_the_same_seed_gives_the_same_ids() -> None:
    assert [Ids(1).uuid(), Ids(1).hex(8)] == [Ids(1).uuid(), Ids(1).hex(8)]
    assert Ids(1).uuid() != Ids(2).uuid()
    assert Ids().uuid() != Ids().uuid()


def test_ids_drawn_apart_change_no_others() -> None:
    busy, quiet = Ids(1), Ids(1)
    requests = busy.apart("requests")
    drawn = [requests.uuid() for _ in range(100)]
    assert busy.uuid() == quiet.uuid()
    assert drawn[0] == quiet.apart("requests").uuid()
    assert drawn[0] != quiet.apart("others").uuid()


def test_without_a_seed_ids_apart_come_from_the_system_too() -> None:
    assert Ids().apart("requests").uuid() != Ids().apart("requests").uuid()
