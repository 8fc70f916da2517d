"""Archives of what a bare repository holds."""

from __future__ import annotations

import asyncio
import io
import zipfile
from pathlib import Path

from simulator.azure_devops.git.objects import Entry
from simulator.azure_devops.git.program import git

_EARLIEST = (1980, 1, 1, 0, 0, 0)


async def zipped_files(repository: Path, entry: Entry, name: str) -> bytes:
    """A folder with all below it under `name/`, or one file, as a zip."""
    if entry.kind == "tree":
        return await git(repository, "archive", "--format=zip", f"--prefix={name}/", entry.id)
    content = await git(repository, "cat-file", "blob", entry.id)
    return await zipped({name: content})


async def zipped(files: dict[str, bytes]) -> bytes:
    """These files as a zip; the same files are the same bytes."""
    return await asyncio.to_thread(_zipped, files)


def _zipped(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, _EARLIEST), content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()
