"""RecordIO, the framing in which a channel's records reach an algorithm that asks for it: pure.

Source: Apache MXNet, "Data loading API", RecordIO format: magic number, length, data, and zeros up to four bytes.
"""

from __future__ import annotations

MAGIC = 0xCED7230A
LONGEST = (1 << 29) - 1


def wrap(data: bytes) -> bytes:
    """One record, in one part; raises ValueError for data longer than a part can be."""
    if len(data) > LONGEST:
        raise ValueError(f"{len(data)} bytes do not fit into one RecordIO record of at most {LONGEST}")
    head = MAGIC.to_bytes(4, "little") + len(data).to_bytes(4, "little")
    return head + data + bytes(-len(data) % 4)
