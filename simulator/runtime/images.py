"""The images that works run in: their description, and the cached virtual environment of each.

An image is a folder `reference_models/<name>/` with `image.json`, `requirements.txt` and the image's program:

    {"name": "xgboost",
     "entrypoint": ["python3", "/opt/program/entry.py"],   what runs when a work gives no command of its own
     "train": ["train"], "serve": ["serve"],               arguments after the entrypoint (these are the defaults)
     "environment": {"SOME": "variable"},                  defaults that a work may override
     "build_environment": {"SOME": "variable"},            for the installation of the requirements only
     "program": "program",                                 folder that works see, read-only, as /opt/program
     "shares": ["contract"]}                               folders beside this one that works see as /opt/contract

A name may also be the path of such a folder elsewhere: an image of the user's own.

Inside a work the environment is /opt/image, whatever its place in the cache. Its scripts name their interpreter by
place, so the folder `inside` holds them once more for that place, and covers `bin` there.
"""

import fcntl
import hashlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from shutil import rmtree

from uv import find_uv_bin

from simulator.kernel.errors import NotSimulated
from simulator.runtime.reach import IMAGE_VENV, WRITABLE_VENV
from simulator.shipped_folders import shipped

BUILD = 4
"""Part of every key: raise it when the way of building changes."""

PYTHON = Path(os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable))
"""The interpreter of all images: the one below the simulator's own virtual environment."""

Progress = Callable[[str], None]


class ImageUnavailable(Exception):
    """The environment of an image could not be built; the text is what the installer said."""


@dataclass(frozen=True)
class Image:
    """One image as its folder describes it; see the head of this file."""

    name: str
    folder: Path
    requirements: str
    entrypoint: tuple[str, ...] = ()
    train: tuple[str, ...] = ("train",)
    serve: tuple[str, ...] = ("serve",)
    environment: dict[str, str] = field(default_factory=dict)
    program: Path | None = None
    build_environment: dict[str, str] = field(default_factory=dict)
    shares: tuple[Path, ...] = ()

    @property
    def key(self) -> str:
        """Names the cached environment: the same requirements on the same Python are the same environment."""
        built = (self.requirements, *(f"{k}={v}" for k, v in sorted(self.build_environment.items())))
        parts = (str(BUILD), platform.python_version(), platform.machine(), str(PYTHON), *built)
        return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:24]


def shipped_images() -> Path:
    """The folder of images: beside the package in a checkout, inside it in a wheel."""
    return shipped("reference_models")


def default_cache() -> Path:
    """Where environments are kept: SIMULATOR_IMAGES, or simulator-images in the user's cache directory."""
    if chosen := os.environ.get("SIMULATOR_IMAGES"):
        return Path(chosen)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "simulator-images"


class Images:
    """Describes images and builds their environments; an environment that is there is never touched again."""

    def __init__(self, folder: Path | None = None, cache: Path | None = None) -> None:
        self._folder = folder or shipped_images()
        self._cache = cache or default_cache()

    def describe(self, name: str) -> Image:
        """The image of that name, without building it. Raises NotSimulated when there is no such folder."""
        folder = self._folder / name
        if not (folder / "image.json").is_file():
            there = ", ".join(self.names()) or "none"
            remedy = f"Add reference_models/{name}/image.json and requirements.txt; there are: {there}."
            raise NotSimulated(f"image {name!r}", remedy)
        described = json.loads((folder / "image.json").read_text())
        program = folder / described["program"] if described.get("program") else None
        return Image(
            name=folder.name,
            folder=folder,
            requirements=(folder / "requirements.txt").read_text(),
            entrypoint=tuple(described.get("entrypoint", ())),
            train=tuple(described.get("train", ("train",))),
            serve=tuple(described.get("serve", ("serve",))),
            environment=dict(described.get("environment", {})),
            program=program,
            build_environment=dict(described.get("build_environment", {})),
            shares=tuple(folder.parent / each for each in described.get("shares", ())),
        )

    def names(self) -> list[str]:
        """Every image that has a description."""
        return sorted(path.parent.name for path in self._folder.glob("*/image.json"))

    def environment(self, image: Image, progress: Progress | None = None) -> Path:
        """The image's virtual environment, built on first use (network); blocks. Raises ImageUnavailable."""
        target = self._cache / image.key
        complete = target / "complete"
        if complete.exists():
            return target
        self._cache.mkdir(parents=True, exist_ok=True)
        with _locked(self._cache / f"{image.key}.lock"):
            if not complete.exists():
                if progress is not None:
                    progress(f"image {image.name}: installing its libraries")
                _build(image, target)
                complete.write_text(image.requirements)
        return target

    def prepare(self, names: Iterable[str] | None = None, progress: Progress | None = None) -> None:
        """Build the environments of `names` (all images when None), so that later nothing needs the network."""
        for name in self.names() if names is None else names:
            self.environment(self.describe(name), progress)


def prepare(names: Iterable[str] | None = None, progress: Progress | None = None) -> None:
    """Build the environments of the shipped images in the default cache; see `Images.prepare`."""
    Images().prepare(names, progress)


def lay_thin_venv(directory: Path, image_venv: Path) -> None:
    """Turn `directory` into a virtual environment over the image's: its packages are seen, new ones land here.

    Inside a work it is /opt/venv. The image's scripts are repeated for it, so that e.g. `pytest` sees what a step
    installed. A directory that already is one stays as it is.
    """
    marker = directory / "pyvenv.cfg"
    if marker.exists():
        return
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    packages, scripts = directory / "lib" / version / "site-packages", directory / "bin"
    packages.mkdir(parents=True, exist_ok=True)
    below = f"{IMAGE_VENV}/lib/{version}/site-packages"
    (packages / "_image.pth").write_text(f"import site; site.addsitedir({below!r})\n")
    _lay_scripts(image_venv / "inside", scripts, IMAGE_VENV, WRITABLE_VENV)
    marker.write_text(f"home = {PYTHON.parent}\ninclude-system-site-packages = false\n")


def _build(image: Image, target: Path) -> None:
    rmtree(target, ignore_errors=True)  # what an interrupted build left
    _uv(image, "venv", "--quiet", "--no-project", "--python", str(PYTHON), str(target))
    if any(line.strip() and not line.startswith("#") for line in image.requirements.splitlines()):
        requirements = image.folder / "requirements.txt"
        install = ("--quiet", "--compile-bytecode", "--python", str(target / "bin" / "python"))
        _uv(image, "pip", "install", *install, "pip", "--requirements", str(requirements))
    _lay_scripts(target / "bin", target / "inside", str(target), IMAGE_VENV)


def _uv(image: Image, *arguments: str) -> None:
    variables = {**os.environ, **image.build_environment}
    done = subprocess.run(
        [find_uv_bin(), *arguments], env=variables, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise ImageUnavailable(f"image {image.name!r} could not be built: {done.stderr.strip()}")


def _lay_scripts(source: Path, target: Path, old: str, new: str) -> None:
    """The interpreter, and the Python scripts of `source` with the place `old` of theirs made `new`, in `target`."""
    target.mkdir(exist_ok=True)
    for name in ("python", "python3", f"python{sys.version_info.major}.{sys.version_info.minor}"):
        (target / name).unlink(missing_ok=True)
        (target / name).symlink_to(PYTHON)
    for script in source.iterdir():
        if script.is_symlink() or not script.is_file():
            continue
        head, separator, rest = script.read_bytes().partition(b"\n")
        if head.startswith(b"#!"):
            (target / script.name).write_bytes(head.replace(old.encode(), new.encode()) + separator + rest)
            (target / script.name).chmod(0o755)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    prepare(sys.argv[1:] or None, lambda line: print(line, flush=True))
