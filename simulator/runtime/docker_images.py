"""The Docker images of works: built from reference_models at first use, and named by what they were built from."""

import hashlib
import os
from pathlib import Path

import docker
import docker.errors

from simulator.runtime.images import Image, ImageUnavailable

DEFAULT_BASE_IMAGE = "python:3.11-slim-bookworm"


def base_image() -> str:
    """What images are built on: SIMULATOR_BASE_IMAGE, where no registry is reached, or Docker's Python image."""
    return os.environ.get("SIMULATOR_BASE_IMAGE") or DEFAULT_BASE_IMAGE


def tag_of(image: Image, base: str) -> str:
    """The tag of an image: another content of its folder, or of what it shares, or another base is another tag."""
    digest = hashlib.sha256(base.encode())
    for folder in (image.folder, *image.shares):
        for path in sorted(each for each in folder.rglob("*") if each.is_file() and _counts(each)):
            digest.update(f"\0{path.relative_to(folder)}\0".encode() + path.read_bytes())
    return f"simulator/{image.name}:{digest.hexdigest()[:12]}"


def _counts(path: Path) -> bool:
    return "__pycache__" not in path.parts


def context_of(image: Image) -> Path:
    """What the Docker engine is sent: the image's folder, or the one above where it shares another."""
    return image.folder.parent if image.shares else image.folder


def ensure(client: docker.DockerClient, image: Image) -> str:
    """The tag of the image in the Docker engine, built if it is not there; blocks. Raises ImageUnavailable."""
    base = base_image()
    tag = tag_of(image, base)
    try:
        client.images.get(tag)
    except docker.errors.ImageNotFound:
        _build(client, image, tag, base)
    return tag


def _build(client: docker.DockerClient, image: Image, tag: str, base: str) -> None:
    context = context_of(image)
    file = str((image.folder / "Dockerfile").relative_to(context))
    arguments = {"BASE_IMAGE": base}
    try:
        client.images.build(
            path=str(context), dockerfile=file, tag=tag, buildargs=arguments, network_mode="host", rm=True
        )
    except docker.errors.BuildError as failure:
        said = "".join(str(line.get("stream", line.get("error", ""))) for line in failure.build_log)
        raise ImageUnavailable(f"image {tag} could not be built: {said[-2000:].strip()}") from failure
    except docker.errors.APIError as failure:
        raise ImageUnavailable(f"image {tag} could not be built: {failure.explanation}") from failure
