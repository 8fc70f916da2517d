"""Feeds named pipes: each epoch of a stream is one pipe, written when the work opens it."""

# pathlib would cost every start 8 ms.
# ruff: noqa: PTH101, PTH118, PTH123, PTH208
from __future__ import annotations

import os

CHUNK_BYTES = 1 << 20


def lay_pipes(streams: list[tuple[str, str, int | None, tuple[int, int]]]) -> None:
    """Make the pipe of every stream's first epoch: it must be there when the command begins."""
    for _, target, _, _ in streams:
        make_pipe(f"{target}_0")


def feed(source: str, target: str, seed: int | None, shard: tuple[int, int]) -> None:
    """Write epoch after epoch, for ever; the next pipe is there before this one is opened.

    Opening waits for the reader. A reader that closes early begins the next epoch, as on AWS.
    """
    epoch = 0
    while True:
        make_pipe(f"{target}_{epoch + 1}")
        pipe = os.open(f"{target}_{epoch}", os.O_WRONLY)
        try:
            for name in order(sorted(os.listdir(source)), seed, epoch, shard):
                pour(os.path.join(source, name), pipe)
        except BrokenPipeError:
            pass  # it has read enough of this epoch
        finally:
            os.close(pipe)
        epoch += 1


def order(names: list[str], seed: int | None, epoch: int, shard: tuple[int, int]) -> list[str]:
    """The files of one epoch on one host: shuffled anew for each epoch where there is a seed, then dealt out."""
    if seed is not None:
        import random

        names = list(names)
        random.Random(f"{seed}/{epoch}").shuffle(names)
    return names[shard[0] :: shard[1]]


def pour(path: str, pipe: int) -> None:
    """Write one file to the pipe."""
    with open(path, "rb", buffering=0) as file:
        while data := file.read(CHUNK_BYTES):
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(pipe, rest) :]


def make_pipe(path: str) -> None:
    """A named pipe that every user may open; one that is there is kept."""
    try:
        os.mkfifo(path)
    except FileExistsError:
        return
    os.chmod(path, 0o666)
