"""tar.gz archives of models and outputs, made and opened off the event loop."""

from __future__ import annotations

import asyncio
import io
import tarfile
from pathlib import Path

from simulator.formats.tar_archives import extract


class NotAnArchive(Exception):
    """The bytes are not a gzip-compressed tar archive."""


async def pack(directory: Path) -> bytes:
    """A tar.gz of everything in `directory`, with paths relative to it."""
    return await asyncio.to_thread(_pack, directory)


async def unpack(body: bytes, directory: Path) -> None:
    """Extract a tar.gz; raises NotAnArchive. Members that would leave the directory are refused too."""
    await asyncio.to_thread(_unpack, body, directory)


def _pack(directory: Path) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as archive:
        for path in sorted(directory.iterdir()):
            archive.add(path, arcname=path.name)
    return buffer.getvalue()


def _unpack(body: bytes, directory: Path) -> None:
    directory.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(fileobj=io.BytesIO(body), mode="r:gz") as archive:
            extract(archive, directory)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise NotAnArchive(str(error)) from error
