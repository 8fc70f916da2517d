"""What the function prints, as lines, taken invocation by invocation."""

from __future__ import annotations

import os
import select
import threading


class Output:
    """A pipe into which the runtime writes. What it wrote before it answered is there when `take` is called."""

    def __init__(self) -> None:
        self._reading, self.writing = os.pipe()
        os.set_blocking(self._reading, False)
        self._lock = threading.Lock()
        self._text = b""
        threading.Thread(target=self._follow, daemon=True).start()

    def take(self) -> list[str]:
        """The lines since the last time; one that has no end yet is a line too."""
        with self._lock:
            self._drain()
            text, self._text = self._text, b""
        return text.decode(errors="replace").splitlines()

    def _follow(self) -> None:
        """Keep the pipe from filling up while the function works; `writing` stays open here, so it never ends."""
        while True:
            select.select([self._reading], [], [])
            with self._lock:
                self._drain()

    def _drain(self) -> None:
        while True:
            try:
                self._text += os.read(self._reading, 65536)
            except BlockingIOError:
                return
