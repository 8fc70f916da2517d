"""AWS schedule expressions, `cron(...)` and `rate(...)`, and the instants at which they fire."""

import re
from dataclasses import dataclass

from simulator.formats.cron import Cron, CronError, parse_aws_cron

_UNIT_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True)
class Rate:
    """A fixed interval counted from the moment the schedule was set."""

    seconds: int

    def next_after(self, moment: float, anchor: float) -> float:
        """The first instant strictly after `moment` that is a whole number of intervals from `anchor`."""
        if moment < anchor:
            return anchor + self.seconds
        return anchor + (int((moment - anchor) // self.seconds) + 1) * self.seconds


@dataclass(frozen=True)
class Schedule:
    """A parsed schedule expression: one of a cron and a rate."""

    text: str
    cron: Cron | None = None
    rate: Rate | None = None

    def next_after(self, moment: float, anchor: float) -> float | None:
        """The next firing strictly after `moment`, epoch seconds; `anchor` is when a rate began; None: never again."""
        if self.cron is not None:
            return self.cron.next_after(moment)
        return self.rate.next_after(moment, anchor) if self.rate is not None else None


def parse_schedule(text: str) -> Schedule:
    """Parse `cron(f1 ... f6)` or `rate(value unit)`; raises CronError.

    Source: EventBridge user guide, "Creating a rule that runs on a schedule": the unit is singular for 1 and plural
    otherwise, and nothing is finer than a minute.
    """
    if match := re.fullmatch(r"cron\((.+)\)", text.strip()):
        return Schedule(text, cron=parse_aws_cron(match[1]))
    if match := re.fullmatch(r"rate\((\d+) (minute|hour|day)(s?)\)", text.strip()):
        value = int(match[1])
        if value < 1 or (value == 1) == bool(match[3]):
            raise CronError(
                f"{text!r}: the value is at least 1, its unit singular for 1 and plural otherwise"
            )
        return Schedule(text, rate=Rate(value * _UNIT_SECONDS[match[2]]))
    raise CronError(f"{text!r} is neither cron(...) nor rate(...)")
