"""What an environment sees of files: the function's code as /var/task, and its layers' folders in /opt."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from simulator.aws.lambda_ import code, layer_list
from simulator.aws.lambda_.errors import invalid
from simulator.aws.lambda_.rows import LAYER
from simulator.kernel.errors import NotSimulated
from simulator.kernel.store import Store
from simulator.runtime.work import Mount

_TAKEN = frozenset({"image", "program", "venv", "simulator"})  # what the engine itself shows in /opt


async def of(store: Store, task: Path, layers: Sequence[Mapping[str, Any]]) -> tuple[Mount, ...]:
    """The mounts of a function's code and layers; raises NotSimulated for a layer that needs a name we have taken."""
    mounts = [Mount(task, "/var/task", read_only=True)]
    if layers:
        merged = await _merged(store, [str(layer["Arn"]) for layer in layers])
        for entry in sorted(merged.iterdir()):
            if entry.name in _TAKEN:
                raise NotSimulated(f"a Lambda layer with /opt/{entry.name}", "Name its folder otherwise.")
            mounts.append(Mount(entry, f"/opt/{entry.name}", read_only=True))
    return tuple(mounts)


async def _merged(store: Store, arns: Sequence[str]) -> Path:
    """One folder of all layers, a later one over an earlier one, kept for the next environment."""
    sources = []
    for arn in arns:
        row = store.get(LAYER, layer_list.key_of(arn))
        if row is None:
            raise invalid(f"Layer version {arn} does not exist.")
        sources.append(await code.unpacked(store, row["digest"]))
    if len(sources) == 1:
        return sources[0]
    digest = sha256("".join(source.name for source in sources).encode()).hexdigest()
    target = store.directory / "lambda" / "layers" / digest
    if not target.is_dir():
        await asyncio.to_thread(_merge, sources, target)
    return target


def _merge(sources: Sequence[Path], target: Path) -> None:
    fresh = target.with_name(f"{target.name}.new")
    shutil.rmtree(fresh, ignore_errors=True)
    for source in sources:
        shutil.copytree(source, fresh, dirs_exist_ok=True, symlinks=True)
    if target.is_dir():
        shutil.rmtree(fresh)
    else:
        fresh.rename(target)
