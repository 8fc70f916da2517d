"""How values look on a page: moments, spans, states and shortened names. Pure."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from typing import Any

from markupsafe import Markup, escape

_TONES = {
    "good": "succeeded completed inservice approved ok scheduled active passed create_complete update_complete",
    "bad": "failed rejected alarm timedout",
    "going": (
        "inprogress executing creating updating starting stopping running notstarted pending deleting cancelling"
    ),
    "waiting": (
        "pendingmanualapproval completedwithviolations succeededwithissues partiallysucceeded waiting"
        " insufficient_data rollingback"
    ),
}
_TONE_OF = {word: tone for tone, listed in _TONES.items() for word in listed.split()}
_ANSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
_STAMP = re.compile(r"^(\d{4}-\d\d-\d\dT[\d:]+)(?:\.\d+)?Z\s?")
_MARKS = {
    "error": "error",
    "warning": "warning",
    "section": "section",
    "command": "command",
    "debug": "debug",
    "group": "section",
    "endgroup": "debug",
}


def seconds(value: Any) -> float | None:
    """Epoch seconds of a datetime, an ISO text of Azure DevOps or a number; None for nothing, zero included."""
    if not value:
        return None
    if isinstance(value, datetime):
        return value.timestamp()
    if isinstance(value, str):
        return datetime.fromisoformat(value).timestamp()
    return float(value)


def moment(value: Any) -> Markup:
    """A moment of virtual time as a `time` element, UTC; a dash for nothing."""
    at = seconds(value)
    if at is None:
        return Markup("–")
    when = datetime.fromtimestamp(at, UTC)
    return Markup('<time datetime="{}" title="{} UTC">{}</time>').format(
        when.strftime("%Y-%m-%dT%H:%M:%SZ"),
        when.strftime("%Y-%m-%d %H:%M:%S"),
        when.strftime("%d %b %H:%M:%S"),
    )


def span(start: Any, end: Any) -> str:
    """How long something took or has taken: `1.2 s`, `3 m 04 s`, `2 h 10 m`; a dash when it has not begun."""
    first, last = seconds(start), seconds(end)
    if first is None or last is None or last < first:
        return "–"
    took = last - first
    if took < 60:
        return f"{took:.1f} s"
    if took < 3600:
        return f"{int(took // 60)} m {int(took % 60):02d} s"
    return f"{int(took // 3600)} h {int(took % 3600 // 60):02d} m"


def tone(state: Any) -> str:
    """`good`, `bad`, `going`, `waiting` or `quiet`: how a state of either cloud is meant."""
    word = str(state or "").lower().replace(" ", "")
    guess = "bad" if "fail" in word or "rollback" in word else "quiet"
    return _TONE_OF.get(word, guess)


def words(state: Any) -> str:
    """A state as words: `PendingManualApproval` is `pending manual approval`."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", str(state or "unknown")).replace("_", " ")
    return text if text.isupper() and len(text) <= 5 else text.lower()


def chip(state: Any) -> Markup:
    """A state as a coloured chip that also says it in words."""
    return Markup('<span class="chip {}">{}</span>').format(tone(state), words(state))


def short(value: Any, most: int = 8) -> str:
    """The beginning of an identifier such as a commit."""
    return str(value or "")[:most]


def cut(value: Any, most: int) -> str:
    """The beginning of a text, and a sign where there is more."""
    text = str(value or "")
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def tail(arn: Any) -> str:
    """What stands behind an ARN's account: `model-package/abalone/1`."""
    text = str(arn or "")
    return text.split(":", 5)[5] if text.startswith("arn:") and text.count(":") >= 5 else text


def pretty(value: Any) -> str:
    """A value as indented JSON."""
    return json.dumps(value, indent=1, default=str, ensure_ascii=False)


def number(value: Any) -> str:
    """A metric without needless digits."""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def log_lines(text: str) -> list[dict[str, str]]:
    """Lines of a log with their mark (`##[error]`) and time taken apart; colours of terminals are dropped."""
    found = []
    for raw in _ANSI.sub("", text).splitlines():
        stamp = _STAMP.match(raw)
        line = raw[stamp.end() :] if stamp else raw
        marked = re.match(r"(?:##)?\[(\w+)\]", line)
        mark = _MARKS.get(marked[1], "") if marked else ""
        found.append({"time": stamp[1][11:] if stamp else "", "mark": mark, "text": line})
    return found


def paragraphs(text: str) -> Markup:
    """Text of somebody else's, escaped, with its line breaks."""
    return Markup("<br>").join(escape(line) for line in text.splitlines())


FILTERS = {
    "chip": chip,
    "cut": cut,
    "moment": moment,
    "number": number,
    "paragraphs": paragraphs,
    "pretty": pretty,
    "short": short,
    "tail": tail,
    "tone": tone,
    "words": words,
}
