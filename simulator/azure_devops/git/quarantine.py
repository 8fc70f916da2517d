"""A pack beside a repository, so that what a push brings can be looked at before any of it counts."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from simulator.azure_devops.git.program import environment

_CHUNK = 64 * 1024


class Quarantine:
    """Objects in a folder of their own that sees those of the repository; `close` takes the folder away."""

    def __init__(self, repository: Path) -> None:
        self._repository = repository
        self._folder = Path(tempfile.mkdtemp(prefix="incoming-", dir=repository))
        self.extra = {
            "GIT_OBJECT_DIRECTORY": str(self._folder),
            "GIT_ALTERNATE_OBJECT_DIRECTORIES": str(repository / "objects"),
        }

    async def take(self, pack: AsyncIterator[bytes]) -> bool:
        """Index the pack as it comes in; False where git cannot read it."""
        process = await asyncio.create_subprocess_exec(
            *("git", f"--git-dir={self._repository}", "index-pack", "--stdin", "--fix-thin"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=environment(self.extra),
        )
        assert process.stdin is not None
        readable = True
        async for chunk in pack:
            if not readable:
                continue  # the client sends on until it is answered
            try:
                process.stdin.write(chunk)
                await process.stdin.drain()
            except (BrokenPipeError, ConnectionResetError):
                readable = False
        process.stdin.close()
        return await process.wait() == 0 and readable

    async def pack(self) -> AsyncIterator[bytes]:
        """The pack again, chunk by chunk."""
        for file in sorted((self._folder / "pack").glob("*.pack")):
            with file.open("rb") as stream:
                while chunk := await asyncio.to_thread(stream.read, _CHUNK):
                    yield chunk

    def close(self) -> None:
        """Forget what came."""
        shutil.rmtree(self._folder, ignore_errors=True)
