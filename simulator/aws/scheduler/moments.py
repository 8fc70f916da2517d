"""When a schedule fires: `at(...)`, `rate(...)` and `cron(...)` with a time zone, a start and an end. Pure.

Source: EventBridge Scheduler user guide, "Schedule types on EventBridge Scheduler".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from simulator.formats.cron import Cron, CronError
from simulator.formats.schedule_expression import parse_schedule

_INSTANT = 0.001


class WrongExpression(ValueError):
    """The expression or its time zone is none; the text is AWS's."""


@dataclass(frozen=True)
class Moments:
    """A parsed schedule in epoch seconds. `begin` is when it was made, or its StartDate if that is later."""

    zone: ZoneInfo
    once: float | None = None
    every: float | None = None
    cron: Cron | None = None
    begin: float = 0.0
    end: float | None = None

    def next_after(self, moment: float) -> float | None:
        """The first firing strictly after `moment`, None when there is none any more."""
        found = self._next(moment if self.once is not None else max(moment, self.begin - _INSTANT))
        return None if found is None or (self.end is not None and found > self.end) else found

    def _next(self, moment: float) -> float | None:
        if self.once is not None:
            return self.once if self.once > moment else None
        if self.every is not None:
            # A rate begins at its start, and fires at once when that is now.
            steps = int((moment - self.begin) // self.every) + 1 if moment >= self.begin else 0
            return self.begin + steps * self.every
        assert self.cron is not None
        wall = datetime.fromtimestamp(moment, self.zone).replace(tzinfo=UTC).timestamp()
        found = self.cron.next_after(wall)
        if found is None:
            return None
        return datetime.fromtimestamp(found, UTC).replace(tzinfo=self.zone).timestamp()


def parse(expression: str, zone: str, made: float, start: float | None, end: float | None) -> Moments:
    """A schedule made or changed at `made`; raises WrongExpression."""
    try:
        place = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise WrongExpression("Invalid Schedule Expression Timezone.") from error
    begin = max(made, start or made)
    wrong = f"Invalid Schedule Expression {expression}."
    if match := re.fullmatch(r"at\((\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)\)", expression.strip()):
        try:
            once = datetime.fromisoformat(match[1]).replace(tzinfo=place).timestamp()
        except ValueError as error:
            raise WrongExpression(wrong) from error
        return Moments(place, once=once, begin=begin)
    try:
        schedule = parse_schedule(expression)
    except CronError as error:
        raise WrongExpression(wrong) from error
    every = float(schedule.rate.seconds) if schedule.rate else None
    return Moments(place, every=every, cron=schedule.cron, begin=begin, end=end)
