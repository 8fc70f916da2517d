"""tar.gz archives of models and outputs, made and opened off the event loop."""

from __future__ import annotations

import asyncio
import io
import tarfile
from collections.abc import Sequence
from pathlib import Path

from simulator.formats.tar_archives import extract


class NotAnArchive(Exception):
    """The bytes are not a gzip-compressed tar archive."""


async def pack(*directories: Path) -> bytes:
    """A tar.gz of everything in `directories`, with paths relative to them; of equal paths, the first has its way."""
    return await asyncio.to_thread(_pack, directories)


async def unpack(body: bytes, directory: Path) -> None:
    """Extract a tar.gz; raises NotAnArchive. Members that would leave the directory are refused too."""
    await asyncio.to_thread(_unpack, body, directory)


def _pack(directories: Sequence[Path]) -> bytes:
    buffer, packed = io.BytesIO(), set[str]()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for directory in directories:
            for path in sorted(directory.rglob("*")):
                name = path.relative_to(directory).as_posix()
                if name not in packed:
                    archive.add(path, arcname=name, recursive=False)
                    packed.add(name)
    return buffer.getvalue()


def _unpack(body: bytes, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(fileobj=io.BytesIO(body), mode="r:gz") as archive:
            extract(archive, directory)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise NotAnArchive(str(error)) from error
