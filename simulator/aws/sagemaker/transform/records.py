"""How a batch transform cuts an object into records and payloads, and puts the answers together: pure.

Source: developer guide, "Use batch transform" (SplitType, BatchStrategy, MaxPayloadInMB, AssembleWith); API reference,
TransformInput. RecordIO is MXNet's framing: magic number, length in 29 bits, data padded to four bytes. TFRecord is
TensorFlow's ("TFRecord and tf.train.Example"): length in 64 bits, its checksum, data, its checksum.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Sequence

MEBIBYTE = 1024 * 1024
_MAGIC = 0xCED7230A
_LENGTH = (1 << 29) - 1


class TooLarge(Exception):
    """A record does not fit into one payload."""


class NotFramed(Exception):
    """The object is not framed as RecordIO or TFRecord, whichever it is said to be."""


def records(body: bytes, split: str) -> Iterator[bytes]:
    """The records of an object: itself, its lines without their ends, or its frames with their heads."""
    if split == "None":
        yield body
    elif split == "Line":
        yield from (line for line in body.split(b"\n") if line.strip())
    else:
        yield from _frames(body, _END_OF_FRAME[split])


def _frames(body: bytes, end_of: Callable[[bytes, int], int]) -> Iterator[bytes]:
    position = 0
    while position < len(body):
        try:
            end = end_of(body, position)
        except struct.error as error:
            raise NotFramed from error
        if end > len(body):
            raise NotFramed
        yield body[position:end]
        position = end


def _end_of_record_io(body: bytes, position: int) -> int:
    magic, head = struct.unpack_from("<II", body, position)
    if magic != _MAGIC:
        raise NotFramed
    return int(position + 8 + (head & _LENGTH) + (-(head & _LENGTH) % 4))


def _end_of_tf_record(body: bytes, position: int) -> int:
    (length,) = struct.unpack_from("<Q", body, position)
    return int(position + 8 + 4 + length + 4)


_END_OF_FRAME = {"RecordIO": _end_of_record_io, "TFRecord": _end_of_tf_record}


def batches(records: Sequence[bytes], split: str, strategy: str, limit_mb: int) -> Iterator[list[bytes]]:
    """The records of each request, in order; a `limit_mb` of 0 is no limit. Raises TooLarge."""
    limit = limit_mb * MEBIBYTE or None
    end = 1 if split == "Line" else 0
    batch: list[bytes] = []
    size = 0
    for record in records:
        if limit is not None and len(record) > limit:
            raise TooLarge
        over = limit is not None and size + len(record) + end > limit
        if batch and (strategy == "SingleRecord" or over):
            yield batch
            batch, size = [], 0
        batch.append(record)
        size += len(record) + end
    if batch:
        yield batch


def payload(batch: Sequence[bytes], split: str) -> bytes:
    """The body of a request."""
    return (b"\n" if split == "Line" else b"").join(batch)


def assemble(answers: Sequence[bytes], how: str) -> bytes:
    """The content of the output object: answers one after the other, each ended by a line end for `Line`."""
    if how == "Line":
        return b"".join(answer.rstrip(b"\n") + b"\n" for answer in answers)
    return b"".join(answers)
