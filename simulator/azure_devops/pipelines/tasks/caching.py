"""Cache@2: files of the job that are there again in the next run, under a key of texts and of files' contents.

Source: the agent's plugin `PipelineCache` (order, texts); Learn "Pipeline caching".
"""

from __future__ import annotations

import asyncio
import hashlib
import posixpath
from collections.abc import Iterable, Sequence
from pathlib import Path

from simulator.azure_devops.pipelines import cache_keys
from simulator.azure_devops.pipelines.agent import predefined
from simulator.azure_devops.pipelines.agent.attempt import Program
from simulator.azure_devops.pipelines.agent.job_files import OutsideOfJob
from simulator.azure_devops.pipelines.cache_keys import KeyFile, KeyInvalid
from simulator.azure_devops.pipelines.caches import Caches, scopes_of
from simulator.azure_devops.pipelines.file_trees import files_below
from simulator.azure_devops.pipelines.tasks.call import TaskCall, TaskEffect, TaskFailed
from simulator.azure_devops.pipelines.tasks.programs.minimatch import Options, fits
from simulator.azure_devops.task_definitions.definition import AFTER
from simulator.runtime.work import Mount

_RAN, _FINGERPRINT = "RESTORE_STEP_RAN", "RESTORE_STEP_RESOLVED_FINGERPRINT"
_ARCHIVE = "/opt/cache.tar"
_MATCHING = Options(dot=True, nocomment=True, nonegate=True)


async def restore(call: TaskCall) -> int | None:
    """Put the files of the key's cache where `path` says, or those of the first restore key that has any."""
    fingerprint = await _resolve(call, "Resolving key:", _segments(call))
    kept = call.job.state.task_variables.setdefault(call.attempt.instance, {})
    kept |= {_RAN: "true", _FINGERPRINT: "|".join(fingerprint)}
    wanted = [fingerprint]
    for segments in _restore_keys(call):
        found = await _resolve(call, "Resolving restore key:", segments, [cache_keys.WILDCARD])
        wanted.append(found)
    caches = _caches(call)
    row = caches.find(_scopes(call), wanted)
    hit = "false"
    code = None
    if row is None:
        call.attempt.say("There is a cache miss.")
    else:
        call.attempt.say(f"Entry found at fingerprint: `{'|'.join(row['fingerprint'])}`")
        code = await _extract(call, caches.use(row))
        call.attempt.say("Cache restored.")
        hit = "true" if row["fingerprint"] == fingerprint else "inexact"
    if name := call.input("cacheHitVar").strip():
        call.attempt.line(f"##vso[task.setvariable variable={name}]{hit}")
    return code


async def save(call: TaskCall) -> int | None:
    """Keep the files, after all steps of a job that succeeded, where the key has no cache yet."""
    kept = call.job.state.task_variables.get(call.attempt.instance, {})
    if call.value("Agent.JobStatus") != "Succeeded":
        call.attempt.say("Skipping because the job status was not 'Succeeded'.")
        return None
    if kept.get(_RAN) != "true":
        call.attempt.say("Skipping because restore step did not run.")
        return None
    fingerprint = await _resolve(call, "Resolving key:", _segments(call))
    text, before = "|".join(fingerprint), kept.get(_FINGERPRINT, "")
    if before and before != text:
        call.attempt.warning(
            "The given cache key has changed in its resolved value between restore and save steps;\n"
            f"original key: {before}\nmodified key: {text}\n"
        )
    caches, scopes = _caches(call), _scopes(call)
    if caches.find(scopes, [fingerprint]) is not None:
        call.attempt.say(f"Cache with fingerprint `{text}` already exists.")
        return None
    inside = f"{predefined.TEMPORARY}/{call.attempt.record}_archive.tar"
    if code := await _archive(call, inside):
        return code
    archive = _outside(call, inside)
    if archive.is_symlink() or not archive.is_file():
        raise TaskFailed("Failed to cache item.")
    await caches.keep(scopes[0], fingerprint, archive, call.job.context.run)
    call.attempt.say("Saved item.")
    return None


def _caches(call: TaskCall) -> Caches:
    context = call.job.context
    return Caches(context.room.organization, int(context.row["definition"]))


def _scopes(call: TaskCall) -> list[str]:
    context = call.job.context
    definition = context.room.organization.definition(context.row["project"], context.row["definition"])
    repository = context.room.organization.repository_of(definition) if definition else {}
    values = {name.lower(): value for name, value in call.values.items()}
    return scopes_of(values, str(repository.get("defaultBranch", "")))


def _segments(call: TaskCall) -> list[str]:
    try:
        return cache_keys.segments(call.input("key"), call.value("AZP_CACHING_SALT"))
    except KeyInvalid as wrong:
        raise TaskFailed(str(wrong)) from wrong


def _restore_keys(call: TaskCall) -> list[list[str]]:
    try:
        salt = call.value("AZP_CACHING_SALT")
        return cache_keys.restore_keys(call.input("key"), call.input("restoreKeys"), salt)
    except KeyInvalid as wrong:
        raise TaskFailed(str(wrong)) from wrong


async def _resolve(call: TaskCall, head: str, segments: Sequence[str], more: Sequence[str] = ()) -> list[str]:
    """The fingerprint of segments, told line by line. Raises TaskFailed where a file is not there."""
    call.attempt.say(head)
    made: list[str] = []
    missing: list[str] = []
    for segment in segments:
        if not cache_keys.names_files(segment):
            call.attempt.say(f" - {segment} [string]")
            made.append(segment)
            continue
        files = await asyncio.to_thread(_files, call, segment)
        pattern = cache_keys.is_pattern(segment) or len(files) > 1
        _tell(call, segment, files, pattern)
        if not files:
            missing.append(
                f"No matching files found for pattern: {segment}" if pattern else f"File not found: {segment}"
            )
        made.append(cache_keys.digest(files))
    if missing:
        raise TaskFailed(f"One or more errors occurred. {' '.join(f'({each})' for each in missing)}")
    call.attempt.say(f"Resolved to: {'|'.join((*made, *more))}")
    return [*made, *more]


def _tell(call: TaskCall, segment: str, files: Sequence[KeyFile], pattern: bool) -> None:
    if not pattern:
        call.attempt.say(
            f" - {segment} [file] {f'--> {files[0].sha256.upper()}' if files else '(not found)'}"
        )
        return
    call.attempt.say(f" - {segment} [file pattern; matches: {len(files)}]")
    for file in files:
        call.attempt.say(f"   - {file.shown} --> {file.sha256.upper()}")


def _files(call: TaskCall, segment: str) -> list[KeyFile]:
    """The files that a segment names, in the order of their paths. Blocks."""
    try:
        included, excluded = ([_absolute(call, rule) for rule in each] for each in cache_keys.rules(segment))
    except KeyInvalid as wrong:
        raise TaskFailed(str(wrong)) from wrong
    found: dict[str, Path] = {}
    for rule in included:
        folder, deep = cache_keys.start_of(rule)
        found |= {
            inside: path
            for inside, path in _listed(call, folder, deep)
            if fits(inside, rule, _MATCHING) and not any(fits(inside, no, _MATCHING) for no in excluded)
        }
    return [_read(inside, found[inside]) for inside in sorted(found)]


def _listed(call: TaskCall, folder: str, deep: bool) -> Iterable[tuple[str, Path]]:
    place = _outside(call, folder)
    if not place.is_dir():
        return []
    below = files_below(place, call.job.files.root)
    return [(f"{folder.rstrip('/')}/{name}", path) for name, path in below if deep or "/" not in name]


def _read(inside: str, path: Path) -> KeyFile:
    content = path.read_bytes()
    shown = posixpath.relpath(inside, predefined.WORKSPACE)
    return KeyFile(shown, len(content), hashlib.sha256(content).hexdigest())


def _absolute(call: TaskCall, path: str) -> str:
    return posixpath.normpath(posixpath.join(call.job.directory, path))


def _outside(call: TaskCall, inside: str) -> Path:
    try:
        return call.job.files.outside(inside)
    except OutsideOfJob as outside:
        raise TaskFailed(str(outside)) from outside


async def _archive(call: TaskCall, archive: str) -> int:
    """The step's own room makes the archive, as the agent's tar does: what a link leads to is what the job sees."""
    path = _absolute(call, call.input("path"))
    if _outside(call, path).is_file():
        raise TaskFailed(f"Please specify path to a directory, File path is not allowed. {path} is a file.")
    return await call.run(Program(("tar", "-cf", archive, "-C", path, "."), beside=True))


async def _extract(call: TaskCall, archive: Path) -> int:
    path = _absolute(call, call.input("path"))
    await asyncio.to_thread(_outside(call, path).mkdir, parents=True, exist_ok=True)
    mount = Mount(archive, _ARCHIVE, read_only=True)
    return await call.run(Program(("tar", "-xf", _ARCHIVE, "-C", path), mounts=(mount,), beside=True))


EFFECTS: dict[tuple[str, int], TaskEffect] = {("Cache", 2): restore}
PARTS: dict[tuple[str, int, str], TaskEffect] = {("Cache", 2, AFTER): save}
