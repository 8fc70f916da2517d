"""An hour of traffic stays in one hour of the monitor, whatever the time of day."""

from types import SimpleNamespace
from typing import Any, cast

import pytest

from simulator.harness.story import watch
from simulator.harness.world import World

NOON = 1_800_014_400.0


class Clock:
    """A control interface that only tells and moves the time."""

    def __init__(self, moment: float) -> None:
        self.moment = moment

    def now(self) -> float:
        return self.moment

    def advance(self, seconds: float) -> None:
        self.moment += seconds


def world(clock: Clock) -> World:
    return cast("World", cast("Any", SimpleNamespace(control=clock)))


@pytest.mark.parametrize(
    ("minute", "begins"), [(0, 5), (4.99, 5), (5, 5), (30, 30), (49.9, 49.9), (50, 65), (59.99, 65)]
)
def test_traffic_begins_where_an_hour_has_room_for_it(minute, begins):
    clock = Clock(NOON + minute * 60)
    watch.wait_for_room(world(clock))
    assert clock.moment == pytest.approx(NOON + begins * 60)
