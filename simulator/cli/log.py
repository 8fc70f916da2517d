"""`simulator log`: facts as lines."""

from __future__ import annotations

import argparse
import json
from datetime import UTC, datetime
from typing import Any

from simulator.cli.commands import control

# Where the details of facts say which state was reached, in the vendors' words.
_STATES = ("result", "status", "ResourceStatus", "to", "state")


def log(options: argparse.Namespace) -> None:
    """Print all facts; with --follow, go on until interrupted."""
    seen = 0
    while True:
        wait = 50 if options.follow else 0
        facts = control(options, "GET", "facts", 60, params={"after": seen, "limit": 1000, "wait": wait})
        for fact in facts:
            print(json.dumps(fact) if options.json else line(fact), flush=True)
            seen = fact["sequence"]
        if not facts and not options.follow:
            return


def line(fact: dict[str, Any]) -> str:
    """One fact for people: number, virtual time, cause, kind, subject, the state it brought and what went wrong."""
    moment = datetime.fromtimestamp(fact["time"], UTC).strftime("%Y-%m-%d %H:%M:%S")
    cause = f"<-{fact['cause']}" if fact["cause"] else ""
    found = f"{fact['sequence']:>6} {moment} {cause:>8}  {fact['kind']:32} {fact['subject']}"
    return " ".join(f"{found}  {_brought(fact['detail'])}".splitlines()).rstrip()


def _brought(detail: dict[str, Any]) -> str:
    state = next((str(detail[name]) for name in _STATES if detail.get(name)), "")
    error = str(detail.get("error") or "")
    return f"{state}  {error}" if state and error else state or error
