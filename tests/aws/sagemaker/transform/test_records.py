"""Cutting an object into records and payloads, and putting answers together."""

import struct

import pytest

from simulator.aws.sagemaker.transform.records import (
    NotFramed,
    TooLarge,
    assemble,
    batches,
    payload,
    records,
)


def payloads(body: bytes, split: str, strategy: str, limit_mb: int) -> list[bytes]:
    cut = batches(list(records(body, split)), split, strategy, limit_mb)
    return [payload(batch, split) for batch in cut]


def frame(data: bytes) -> bytes:
    return struct.pack("<II", 0xCED7230A, len(data)) + data + b"\0" * (-len(data) % 4)


def test_lines_are_batched_up_to_the_limit():
    line = b"x" * 600_000
    assert payloads(b"\n".join([line] * 3), "Line", "MultiRecord", 1) == [line] * 3
    assert payloads(b"a\n\nb\n", "Line", "MultiRecord", 6) == [b"a\nb"]
    assert payloads(b"a\nb\n", "Line", "SingleRecord", 6) == [b"a", b"b"]
    assert payloads(b"a\nb\n", "None", "MultiRecord", 0) == [b"a\nb\n"]


def test_a_record_over_the_limit_is_too_large():
    with pytest.raises(TooLarge):
        payloads(b"x" * 1_200_000, "Line", "MultiRecord", 1)
    assert payloads(b"x" * 1_200_000, "Line", "MultiRecord", 0)


def test_recordio_is_cut_at_its_frames_which_keep_their_heads():
    body = frame(b"abc") + frame(b"defgh")
    assert payloads(body, "RecordIO", "SingleRecord", 6) == [frame(b"abc"), frame(b"defgh")]
    assert payloads(body, "RecordIO", "MultiRecord", 6) == [body]
    with pytest.raises(NotFramed):
        payloads(b"a,b\n1,2\n", "RecordIO", "SingleRecord", 6)
    with pytest.raises(NotFramed):
        payloads(body[:-1], "RecordIO", "SingleRecord", 6)


def test_tfrecord_is_cut_at_its_frames_which_keep_their_heads_and_checksums():
    # Length, checksum, data, checksum; the data is opaque here, and so are the checksums.
    example = b"\x0a\x0d\x0a\x0b\x0a\x01x\x12\x06\x12\x04\x0a\x02\x80\x3f"
    one = struct.pack("<Q", len(example)) + b"\1\2\3\4" + example + b"\5\6\7\x08"
    assert payloads(one * 2, "TFRecord", "SingleRecord", 6) == [one, one]
    assert payloads(one * 2, "TFRecord", "MultiRecord", 6) == [one * 2]
    for body in (one[:-1], one + b"\0", b"a,b\n1,2\n3,4\n"):
        with pytest.raises(NotFramed):
            payloads(body, "TFRecord", "SingleRecord", 6)


def test_answers_are_put_one_after_the_other():
    assert assemble([b"1\n", b"2"], "Line") == b"1\n2\n"
    assert assemble([b"1", b"2"], "None") == b"12"
