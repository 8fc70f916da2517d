"""How a batch transform cuts an object into payloads and puts the answers together: pure.

Source: developer guide, "Use batch transform" (SplitType, BatchStrategy, MaxPayloadInMB, AssembleWith).
"""

from __future__ import annotations

from collections.abc import Iterator

MEBIBYTE = 1024 * 1024


class TooLarge(Exception):
    """A record does not fit into one payload."""


def payloads(body: bytes, split: str, strategy: str, limit_mb: int) -> Iterator[bytes]:
    """The request bodies for an object; `limit_mb` of 0 is no limit. Raises TooLarge."""
    limit = limit_mb * MEBIBYTE or None
    if split == "None":
        yield _fitting(body, limit)
        return
    batch: list[bytes] = []
    size = 0
    for line in body.splitlines():
        if not line.strip():
            continue
        _fitting(line, limit)
        over = limit is not None and size + len(line) + 1 > limit
        if batch and (strategy == "SingleRecord" or over):
            yield b"\n".join(batch)
            batch, size = [], 0
        batch.append(line)
        size += len(line) + 1
    if batch:
        yield b"\n".join(batch)


def _fitting(record: bytes, limit: int | None) -> bytes:
    if limit is not None and len(record) > limit:
        raise TooLarge
    return record


def assemble(answers: list[bytes], how: str) -> bytes:
    """The content of the output object: answers one after the other, each ended by a line end for `Line`."""
    if how == "Line":
        return b"".join(answer.rstrip(b"\n") + b"\n" for answer in answers)
    return b"".join(answers)
