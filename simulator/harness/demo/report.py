"""The report that a demonstration leaves: report.html, report.json and facts.jsonl."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jinja2

from simulator.harness.demo.causes import cloud, depth

_BARS = 24
_WIDTH, _HEIGHT = 640, 180


def write(
    folder: Path, document: dict[str, Any], facts: list[dict[str, Any]], metrics: dict[str, Any]
) -> None:
    """Write the three files; the page holds everything it shows and asks for nothing from outside."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "report.json").write_text(json.dumps(document, indent=2) + "\n")
    (folder / "facts.jsonl").write_text("".join(json.dumps(fact) + "\n" for fact in facts))
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = environment.get_template("report.html.jinja").render(
        document=document,
        timeline=_timeline(facts),
        plot=_plot(metrics),
        violations=metrics.get("violations", []),
    )
    (folder / "report.html").write_text(page)


def _timeline(facts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    depths = depth(facts)
    return [
        {
            "number": fact["sequence"],
            "time": datetime.fromtimestamp(fact["time"], UTC).strftime("%d %b %H:%M:%S"),
            "kind": fact["kind"],
            "subject": fact["subject"],
            "cause": fact["cause"],
            "cloud": cloud(fact),
            "depth": min(depths[fact["sequence"]], 12),
            "detail": json.dumps(fact["detail"], indent=1)[:2000],
        }
        for fact in facts
    ]


def _plot(metrics: dict[str, Any]) -> dict[str, Any] | None:
    """Two histograms of the first feature over one range, as bars in picture coordinates."""
    healthy, drifted = metrics.get("healthy"), metrics.get("drifted")
    if not healthy or not drifted:
        return None
    low, high = min(healthy + drifted), max(healthy + drifted)
    counts = {
        name: _counts(values, low, high) for name, values in (("healthy", healthy), ("drifted", drifted))
    }
    top = max(max(each) for each in counts.values())
    step = _WIDTH / _BARS
    bars = {
        name: [
            {
                "x": round(i * step, 1),
                "y": round(_HEIGHT * (1 - n / top), 1),
                "h": round(_HEIGHT * n / top, 1),
                "n": n,
            }
            for i, n in enumerate(each)
        ]
        for name, each in counts.items()
    }
    return {
        "width": _WIDTH,
        "height": _HEIGHT,
        "step": step - 1,
        "bars": bars,
        "low": f"{low:.2f}",
        "high": f"{high:.2f}",
    }


def _counts(values: list[float], low: float, high: float) -> list[int]:
    counts = [0] * _BARS
    for value in values:
        counts[min(_BARS - 1, int((value - low) / (high - low or 1.0) * _BARS))] += 1
    return counts
