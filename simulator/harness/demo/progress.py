"""What the demonstration prints: a line that lives while a link works, and stays with its evidence when it is done."""

from __future__ import annotations

import sys
import threading
import time
from typing import TextIO

_FRAMES = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"


class Progress:
    """Prints one line a link. On a terminal the line moves; elsewhere it is printed once, when the link has ended."""

    def __init__(self, total: int, out: TextIO = sys.stdout) -> None:
        self._total, self._out, self._number = total, out, 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._name, self._began = "", 0.0

    def begin(self, name: str) -> None:
        """A link starts."""
        self._number += 1
        self._name, self._began = name, time.monotonic()
        if self._out.isatty():
            self._stop.clear()
            self._thread = threading.Thread(target=self._spin, daemon=True)
            self._thread.start()

    def end(self, passed: bool, evidence: str) -> float:
        """The link has ended; gives its seconds."""
        seconds = time.monotonic() - self._began
        if self._thread:
            self._stop.set()
            self._thread.join()
            self._thread = None
            self._out.write("\r\x1b[K")
        mark = "ok  " if passed else "FAIL"
        first = evidence.splitlines()[0] if evidence else ""
        print(f"{mark} {self._place()} {self._name:20} {seconds:5.1f} s  {first}", file=self._out, flush=True)
        return seconds

    def _place(self) -> str:
        bar = "█" * self._number + "░" * (self._total - self._number)
        return f"{bar} {self._number:>2}/{self._total}"

    def _spin(self) -> None:
        frame = 0
        while not self._stop.wait(0.1):
            frame += 1
            seconds = time.monotonic() - self._began
            self._out.write(
                f"\r\x1b[K{_FRAMES[frame % len(_FRAMES)]}    {self._place()} {self._name:20} {seconds:5.1f} s"
            )
            self._out.flush()
