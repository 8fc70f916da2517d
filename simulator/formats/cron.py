"""Cron expressions in AWS's six fields and Azure Pipelines' five, and the next instant they name (UTC)."""

import calendar
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_AWS_DAYS = {
    name: number for number, name in enumerate(["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"], start=1)
}
_AZURE_DAYS = {name: number - 1 for name, number in _AWS_DAYS.items()}
_AZURE_DAYS |= {
    name: number
    for number, name in enumerate(
        ["SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY"], start=0
    )
}
_AZURE_MONTHS = _MONTHS | {name.upper(): number for number, name in enumerate(calendar.month_name) if name}
_LAST_YEAR = 2199


class CronError(ValueError):
    """The text is not a cron expression of the named dialect; the message says which field and why."""


@dataclass(frozen=True)
class DaysOfMonth:
    """Days of a month: plain numbers, `L` (last), `LW` (last weekday) and `nW` (weekday nearest to n)."""

    numbers: frozenset[int] = frozenset()
    last: bool = False
    last_weekday: bool = False
    nearest_weekdays: frozenset[int] = frozenset()

    def contains(self, year: int, month: int, day: int) -> bool:
        """True if this day of this month is named."""
        length = calendar.monthrange(year, month)[1]
        if day in self.numbers or (self.last and day == length):
            return True
        if self.last_weekday and day == _nearest_weekday(year, month, length):
            return True
        return any(n <= length and day == _nearest_weekday(year, month, n) for n in self.nearest_weekdays)


@dataclass(frozen=True)
class DaysOfWeek:
    """Days of a week, Sunday as 1: plain numbers, `nL` (last n of the month) and `n#k` (k-th n of the month)."""

    numbers: frozenset[int] = frozenset()
    last: frozenset[int] = frozenset()
    nth: frozenset[tuple[int, int]] = frozenset()

    def contains(self, year: int, month: int, day: int) -> bool:
        """True if this day of this month is named."""
        weekday = (calendar.weekday(year, month, day) + 1) % 7 + 1
        if weekday in self.numbers or (weekday, (day - 1) // 7 + 1) in self.nth:
            return True
        return weekday in self.last and day + 7 > calendar.monthrange(year, month)[1]


@dataclass(frozen=True)
class Cron:
    """A parsed cron expression; a day must satisfy both the days of month and the days of week."""

    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    days_of_month: DaysOfMonth
    months: tuple[int, ...]
    days_of_week: DaysOfWeek
    years: tuple[int, ...]

    def next_after(self, moment: float) -> float | None:
        """The first instant strictly after `moment` (both epoch seconds, UTC), None if there is none until 2199."""
        start = datetime.fromtimestamp(int(moment) // 60 * 60 + 60, UTC)
        for year in self.years:
            if year < start.year:
                continue
            for month in self.months:
                if (year, month) < (start.year, start.month):
                    continue
                found = self._next_in_month(year, month, start)
                if found is not None:
                    return found.timestamp()
        return None

    def _next_in_month(self, year: int, month: int, start: datetime) -> datetime | None:
        for day in range(1, calendar.monthrange(year, month)[1] + 1):
            if (year, month, day) < (start.year, start.month, start.day):
                continue
            if not self.days_of_month.contains(year, month, day) or not self.days_of_week.contains(
                year, month, day
            ):
                continue
            for hour in self.hours:
                for minute in self.minutes:
                    candidate = datetime(year, month, day, hour, minute, tzinfo=UTC)
                    if candidate >= start:
                        return candidate
        return None


def parse_aws_cron(text: str) -> Cron:
    """Parse the six fields of AWS (minutes hours day-of-month month day-of-week year), without `cron(...)`.

    Raises CronError. Source: EventBridge user guide, "Cron expressions reference": exactly one of the two day
    fields is `?`, Sunday is 1, `L`, `W` and `#` in the day fields.
    """
    fields = text.upper().split()
    if len(fields) != 6:
        raise CronError(f"a cron expression of AWS has six fields, this has {len(fields)}")
    minute, hour, day_of_month, month, day_of_week, year = fields
    if (day_of_month == "?") == (day_of_week == "?"):
        raise CronError("exactly one of day-of-month and day-of-week must be ?")
    return Cron(
        minutes=_numbers(minute, 0, 59, {}, "minutes"),
        hours=_numbers(hour, 0, 23, {}, "hours"),
        days_of_month=_days_of_month(day_of_month),
        months=_numbers(month, 1, 12, _MONTHS, "month"),
        days_of_week=_days_of_week(day_of_week),
        years=_numbers(year, 1970, _LAST_YEAR, {}, "year"),
    )


def parse_azure_cron(text: str) -> Cron:
    """Parse the five fields of Azure Pipelines' `schedules.cron` (minutes hours days months days-of-week).

    Raises CronError. Source: Azure Pipelines, "Configure schedules for pipelines": UTC, Sunday is 0, names of months
    and days allowed; when both day fields are restricted both must hold (NCrontab, which the service uses).
    """
    fields = text.upper().split()
    if len(fields) != 5:
        raise CronError(f"a cron expression of Azure Pipelines has five fields, this has {len(fields)}")
    minute, hour, day, month, weekday = fields
    return Cron(
        minutes=_numbers(minute, 0, 59, {}, "minutes"),
        hours=_numbers(hour, 0, 23, {}, "hours"),
        days_of_month=DaysOfMonth(frozenset(_numbers(day, 1, 31, {}, "days"))),
        months=_numbers(month, 1, 12, _AZURE_MONTHS, "months"),
        days_of_week=DaysOfWeek(
            frozenset(n + 1 for n in _numbers(weekday, 0, 6, _AZURE_DAYS, "days of week")),
        ),
        years=tuple(range(1970, _LAST_YEAR + 1)),
    )


def _nearest_weekday(year: int, month: int, day: int) -> int:
    """The Monday-to-Friday day nearest to `day`, never leaving the month."""
    weekday = calendar.weekday(year, month, day)
    if weekday == 5:
        return day - 1 if day > 1 else day + 2
    if weekday == 6:
        return day + 1 if day < calendar.monthrange(year, month)[1] else day - 2
    return day


def _days_of_month(field: str) -> DaysOfMonth:
    if field == "?":
        return DaysOfMonth(frozenset(range(1, 32)))
    plain, nearest, last, last_weekday = [], set(), False, False
    for part in field.split(","):
        if part == "L":
            last = True
        elif part in ("LW", "WL"):
            last_weekday = True
        elif match := re.fullmatch(r"(\d+)W", part):
            nearest.add(_number(match[1], 1, 31, {}, "day-of-month"))
        else:
            plain.append(part)
    numbers = _parts(plain, 1, 31, {}, "day-of-month")
    return DaysOfMonth(frozenset(numbers), last, last_weekday, frozenset(nearest))


def _days_of_week(field: str) -> DaysOfWeek:
    if field == "?":
        return DaysOfWeek(frozenset(range(1, 8)))
    plain, last, nth = [], set(), set()
    for part in field.split(","):
        if part == "L":
            plain.append("7")
        elif match := re.fullmatch(r"(\w+?)L", part):
            last.add(_number(match[1], 1, 7, _AWS_DAYS, "day-of-week"))
        elif match := re.fullmatch(r"(\w+)#([1-5])", part):
            nth.add((_number(match[1], 1, 7, _AWS_DAYS, "day-of-week"), int(match[2])))
        else:
            plain.append(part)
    numbers = _parts(plain, 1, 7, _AWS_DAYS, "day-of-week")
    return DaysOfWeek(frozenset(numbers), frozenset(last), frozenset(nth))


def _numbers(field: str, low: int, high: int, names: Mapping[str, int], what: str) -> tuple[int, ...]:
    return tuple(sorted(_parts(field.split(","), low, high, names, what)))


def _parts(parts: Iterable[str], low: int, high: int, names: Mapping[str, int], what: str) -> set[int]:
    found: set[int] = set()
    for part in parts:
        found.update(_range(part, low, high, names, what))
    return found


def _range(part: str, low: int, high: int, names: Mapping[str, int], what: str) -> range:
    """One element of a comma list: `*`, `n`, `a-b`, each perhaps with `/step`."""
    body, slash, step_text = part.partition("/")
    step = _number(step_text, 1, high, {}, what) if slash else 1
    if body == "*" or (slash and body == ""):
        return range(low, high + 1, step)
    first_text, dash, last_text = body.partition("-")
    first = _number(first_text, low, high, names, what)
    if dash:
        last = _number(last_text, low, high, names, what)
        if last < first:
            raise CronError(f"{what}: {part!r} counts backwards")
        return range(first, last + 1, step)
    return range(first, high + 1, step) if slash else range(first, first + 1)


def _number(text: str, low: int, high: int, names: Mapping[str, int], what: str) -> int:
    value = names[text] if text in names else int(text) if text.isascii() and text.isdigit() else None
    if value is None or not low <= value <= high:
        raise CronError(f"{what}: {text!r} is not within {low}-{high}")
    return value
