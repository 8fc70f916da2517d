"""Business hours: the days and the hours in which a stage may begin. Pure.

Source: Learn "Approvals and checks", business hours; the inputs of the recorded examples in vsts-rest-api-specs
(approvalsAndChecks 7.2): days by name, `HH:mm`, a Windows or IANA time zone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# The Windows names that the service's own dialog writes most; others may be given as IANA names.
_WINDOWS = {
    "utc": "UTC",
    "gmt standard time": "Europe/London",
    "w. europe standard time": "Europe/Berlin",
    "romance standard time": "Europe/Paris",
    "central europe standard time": "Europe/Budapest",
    "fle standard time": "Europe/Helsinki",
    "russian standard time": "Europe/Moscow",
    "eastern standard time": "America/New_York",
    "central standard time": "America/Chicago",
    "mountain standard time": "America/Denver",
    "pacific standard time": "America/Los_Angeles",
    "india standard time": "Asia/Kolkata",
    "china standard time": "Asia/Shanghai",
    "singapore standard time": "Asia/Singapore",
    "tokyo standard time": "Asia/Tokyo",
    "aus eastern standard time": "Australia/Sydney",
}


class HoursInvalid(Exception):
    """The inputs of the check say no hours; the message names what is wrong."""


def zone(name: str) -> ZoneInfo:
    """The time zone of that Windows or IANA name."""
    try:
        return ZoneInfo(_WINDOWS.get(name.strip().lower(), name.strip() or "UTC"))
    except (ZoneInfoNotFoundError, ValueError) as unknown:
        raise HoursInvalid(f"The time zone {name} is not known.") from unknown


def clock_time(text: str) -> time:
    """A time of the day as `HH:mm` or `HH:mm:ss`."""
    try:
        return time.fromisoformat(text.strip())
    except ValueError as wrong:
        raise HoursInvalid(f"{text} is no time of the day; expected HH:mm.") from wrong


def days(text: str) -> tuple[int, ...]:
    """The numbers (Monday 0) of days by name."""
    names = [part.strip().lower() for part in text.split(",") if part.strip()]
    unknown = [name for name in names if name not in DAYS]
    if unknown or not names:
        raise HoursInvalid(f"{text or 'nothing'} names no days; expected Monday, Tuesday and so on.")
    return tuple(DAYS.index(name) for name in names)


def open_at(inputs: Mapping[str, str], now: datetime) -> bool:
    """Whether the hours are open; those that end before they begin last over midnight. Raises HoursInvalid."""
    local = now.astimezone(zone(str(inputs.get("timeZone", "UTC"))))
    begins, ends = clock_time(str(inputs.get("startTime", ""))), clock_time(str(inputs.get("endTime", "")))
    allowed = days(str(inputs.get("businessDays", "")))
    at = local.time().replace(tzinfo=None)
    if begins <= ends:
        return local.weekday() in allowed and begins <= at < ends
    yesterday = (local - timedelta(days=1)).weekday()
    return (local.weekday() in allowed and at >= begins) or (yesterday in allowed and at < ends)
