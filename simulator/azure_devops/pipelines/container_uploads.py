"""Files that clients write into a container chunk by chunk, by ranges of their bytes, compressed or not.

Source: `FileContainerHttpClient.UploadFileAsync` of the agent's library (actions/runner, MIT): `Content-Range`, and for
compressed content `Content-Encoding: gzip` with the file's own length in `x-tfs-filelength`. Texts are ours.
"""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import re
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from simulator.azure_devops.errors import failure, invalid
from simulator.azure_devops.organization import Row
from simulator.azure_devops.pipelines.file_containers import FileContainer
from simulator.kernel.world import Kernel

_BLOCK = 1 << 20
_RANGE = re.compile(r"bytes (\d{1,15})-(\d{1,15})/(\d{1,15})")


@dataclass(frozen=True)
class Chunk:
    """Bytes of the file at `path` from `start` on; `total` is the length of what is sent, `length` of the file.

    `packed`: what is sent is compressed with gzip.
    """

    path: str
    content: bytes
    start: int
    total: int
    length: int
    packed: bool

    @property
    def last(self) -> bool:
        """Whether nothing comes after it."""
        return self.start + len(self.content) >= self.total


def chunk_of(path: str, content: bytes, headers: Mapping[str, str]) -> Chunk:
    """What a request sends; without a range it is all of the file. 400 for a range that is none."""
    size, start, total = len(content), 0, len(content)
    if given := headers.get("content-range", ""):
        found = _RANGE.fullmatch(given.strip())
        if found is None:
            raise invalid(f"The header Content-Range has a value that is no range of bytes: {given[:100]}")
        start, end, total = (int(number) for number in found.groups())
        if end - start + 1 != size or end >= total:
            raise invalid(f"The range {given} is not that of the {size} bytes that came.")
    packed = headers.get("content-encoding", "").lower() == "gzip"
    length = headers.get("x-tfs-filelength", "")
    if packed and not (length.isascii() and length.isdecimal() and len(length) < 16):
        raise invalid("Compressed content needs the header x-tfs-filelength.")
    return Chunk(path, content, start, total, int(length) if packed else total, packed)


async def write(kernel: Kernel, container: FileContainer, chunk: Chunk, by: str) -> Row:
    """Keep a chunk; with the last one the file is there. The item: its status says whether all of it has come."""
    refuse_other(container, chunk.path)
    pending = container.uploads / hashlib.sha256(chunk.path.encode()).hexdigest()
    await asyncio.to_thread(_append, pending, chunk)
    if not chunk.last:
        with kernel.store.transaction():
            return container.put("file", chunk.path, by, status="pendingUpload", length=chunk.length)
    await asyncio.to_thread(_finish, pending, container.files / chunk.path, chunk)
    with kernel.store.transaction():
        return container.put("file", chunk.path, by, status="created", length=chunk.length)


def refuse_other(container: FileContainer, path: str) -> None:
    """400 where a folder is at the path, or a file where one of its folders should be."""
    names = path.split("/")
    for depth in range(1, len(names) + 1):
        place = "/".join(names[:depth])
        known = container.find(place)
        if known is not None and known["type"] != ("file" if depth == len(names) else "folder"):
            raise failure("ContainerItemExistsException", type=known["type"], path=place)


def _append(pending: Path, chunk: Chunk) -> None:
    pending.parent.mkdir(parents=True, exist_ok=True)
    there = pending.stat().st_size if pending.exists() else 0
    if chunk.start > there:
        raise invalid(f"The bytes from {there} to {chunk.start - 1} have not come.")
    with pending.open("r+b" if there else "wb") as file:
        file.seek(chunk.start)
        file.write(chunk.content)
        file.truncate()


def _finish(pending: Path, target: Path, chunk: Chunk) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if chunk.packed:
        pending = _unpacked(pending, chunk.length)
    pending.replace(target)


def _unpacked(packed: Path, length: int) -> Path:
    """The compressed file without its compression; 400, and nothing left, where it is not `length` bytes."""
    plain, count = packed.with_suffix(".plain"), 0
    try:
        with gzip.open(packed) as source, plain.open("wb") as target:
            while block := source.read(min(_BLOCK, length + 1 - count)):
                count += len(block)
                target.write(block)
                if count > length:
                    break
    except (OSError, EOFError, zlib.error) as broken:
        plain.unlink(missing_ok=True)
        raise invalid(f"The content is not what gzip makes: {broken}") from broken
    finally:
        packed.unlink()
    if count != length:
        plain.unlink()
        raise invalid(f"The file has not the {length} bytes that x-tfs-filelength says.")
    return plain
