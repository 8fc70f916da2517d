"""`simulator reset`, `snapshot` and `restore`: the state directory of a simulator that does not run."""

from __future__ import annotations

import argparse
import shutil
import tarfile
from pathlib import Path

from simulator import settings
from simulator.cli.commands import CommandFailed
from simulator.formats.tar_archives import extract
from simulator.locked import StateInUse, locked

_KEEP = ("lock",)


def reset(options: argparse.Namespace) -> None:
    """Forget everything."""
    directory = _directory(options)
    _alone(directory, lambda: _empty(directory))
    print(f"{directory} is empty")


def snapshot(options: argparse.Namespace) -> None:
    """Write the state to a file, readable by its owner only: it holds keys."""
    directory = _directory(options)

    def write() -> None:
        options.file.touch(mode=0o600)
        with tarfile.open(options.file, "w:gz") as archive:
            for entry in sorted(directory.iterdir()):
                if entry.name not in _KEEP:
                    archive.add(entry, entry.name)

    _alone(directory, write)
    print(f"kept {directory} in {options.file}")


def restore(options: argparse.Namespace) -> None:
    """Replace the state by a snapshot's."""
    directory = _directory(options)
    if not tarfile.is_tarfile(options.file):
        raise CommandFailed(f"{options.file} is no snapshot; make one: simulator snapshot FILE")

    def read() -> None:
        _empty(directory)
        with tarfile.open(options.file) as archive:
            extract(archive, directory)

    _alone(directory, read)
    print(f"{directory} is as it was in {options.file}")


def _directory(options: argparse.Namespace) -> Path:
    directory: Path = options.state or settings.default_state()
    return directory


def _alone(directory: Path, act: object) -> None:
    assert callable(act)
    try:
        with locked(directory):
            act()
    except StateInUse as error:
        raise CommandFailed(str(error)) from error


def _empty(directory: Path) -> None:
    for entry in directory.iterdir():
        if entry.name in _KEEP:
            continue
        shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
