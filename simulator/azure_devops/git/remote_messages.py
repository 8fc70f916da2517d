"""What Azure Repos says on a fetch and a push (`remote: Azure Repos`), in the place of git's own progress.

Source: recorded output of clients (reference 2.3). The milliseconds are measured.
"""

from __future__ import annotations

import time

from simulator.azure_devops.git.pkt_line import NotPktLines, packet, size

_BANDS = (1, 2, 3)


class FetchMessages:
    """Passes the answer of upload-pack on as it comes, with the service's messages before the pack."""

    def __init__(self, quiet: bool) -> None:
        self._quiet, self._begun = quiet, time.monotonic()
        self._rest = bytearray()
        self._raw = self._told = False

    def feed(self, chunk: bytes) -> bytes:
        """What goes out for what came in; at most one packet is held back."""
        if self._raw:
            return chunk
        self._rest += chunk
        out, position = bytearray(), 0
        while len(self._rest) >= position + 4:
            try:
                length = size(bytes(self._rest[position : position + 4]))
            except NotPktLines:
                self._raw = True  # a pack without bands
                out += self._rest[position:]
                self._rest.clear()
                return bytes(out)
            ends = position + max(length, 4)
            if len(self._rest) < ends:
                break
            out += self._passed(bytes(self._rest[position:ends]))
            position = ends
        del self._rest[:position]
        return bytes(out)

    def _passed(self, line: bytes) -> bytes:
        band = line[4] if len(line) > 4 else 0
        if band not in _BANDS:
            return line
        if band == 2:
            return line if line[5:].startswith((b"fatal", b"error", b"warning")) else b""
        if band == 1 and not self._told and line[5:9] == b"PACK" and len(line) >= 17:
            self._told = True
            return self._greeting(int.from_bytes(line[13:17], "big")) + line
        return line

    def _greeting(self, objects: int) -> bytes:
        if self._quiet:
            return b""
        spent = milliseconds(self._begun)
        found = f"Found {objects} objects to send. ({spent} ms)\n"
        return packet(b"\x02Azure Repos\n") + packet(b"\x02" + found.encode())


class PushMessages:
    """Measures a push and says it in the service's words."""

    def __init__(self) -> None:
        self._begun = time.monotonic()
        self._marks: list[int] = []

    def mark(self) -> None:
        """One more of the three steps has ended: the pack has come, it is stored, the refs are recorded."""
        self._marks.append(milliseconds(self._begun))
        self._begun = time.monotonic()

    def said(self, objects: int) -> str:
        """The lines; nothing where no pack came."""
        if not objects or len(self._marks) < 3:
            return ""
        analyzed, packed, indexed = self._marks
        return (
            f"Analyzing objects... ({objects}/{objects}) ({analyzed} ms)\n"
            f"Storing packfile... done ({packed} ms)\n"
            f"Storing index... done ({indexed} ms)"
        )


def milliseconds(since: float) -> int:
    """How long ago that was (of time.monotonic)."""
    return round((time.monotonic() - since) * 1000)
