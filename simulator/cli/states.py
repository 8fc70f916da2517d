"""`simulator reset`, `snapshot` and `restore`: the state directory of a simulator that does not run."""

from __future__ import annotations

import argparse
import shutil
import tarfile
import zlib
from pathlib import Path

from simulator import settings
from simulator.cli.commands import CommandFailed
from simulator.formats.tar_archives import extract
from simulator.locked import LOCK, STATE, StateInUse, locked

_COMING = ".restored"
_KEEP = (LOCK, _COMING)


def reset(options: argparse.Namespace) -> None:
    """Forget everything."""
    directory = _directory(options)
    _alone(directory, lambda: _empty(directory))
    print(f"{directory} is empty")


def snapshot(options: argparse.Namespace) -> None:
    """Write the state to a file, readable by its owner only: it holds keys."""
    directory = _directory(options)
    if not (directory / STATE).is_file():
        raise CommandFailed(f"there is no state in {directory}; say where it is: --state DIR")

    def write() -> None:
        options.file.touch(mode=0o600)
        with tarfile.open(options.file, "w:gz") as archive:
            for entry in sorted(directory.iterdir()):
                if entry.name not in _KEEP:
                    archive.add(entry, entry.name)

    _alone(directory, write)
    print(f"kept {directory} in {options.file}")


def restore(options: argparse.Namespace) -> None:
    """Replace the state by a snapshot's; a snapshot that does not come out whole leaves the state as it was."""
    directory = _directory(options)
    _alone(directory, lambda: _replace(directory, options.file))
    print(f"{directory} is as it was in {options.file}")


def _directory(options: argparse.Namespace) -> Path:
    directory: Path = options.state or settings.default_state()
    return directory


def _replace(directory: Path, snapshot: Path) -> None:
    coming = directory / _COMING
    shutil.rmtree(coming, ignore_errors=True)  # of a restore that was killed
    try:
        with tarfile.open(snapshot) as archive:
            extract(archive, coming)
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise _no_snapshot(coming, snapshot) from error
    if not (coming / STATE).is_file():
        raise _no_snapshot(coming, snapshot)
    _empty(directory)
    for entry in coming.iterdir():
        entry.rename(directory / entry.name)
    coming.rmdir()


def _no_snapshot(coming: Path, snapshot: Path) -> CommandFailed:
    shutil.rmtree(coming, ignore_errors=True)
    return CommandFailed(f"{snapshot} is no whole snapshot; make one: simulator snapshot FILE")


def _alone(directory: Path, act: object) -> None:
    assert callable(act)
    try:
        with locked(directory):
            act()
    except (StateInUse, OSError) as error:
        raise CommandFailed(str(error)) from error


def _empty(directory: Path) -> None:
    for entry in directory.iterdir():
        if entry.name in _KEEP:
            continue
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
