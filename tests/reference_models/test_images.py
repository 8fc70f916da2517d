"""Every image says what it is in the same four files, and what images share exists once."""

import json
import re

import pytest

from tests.reference_models.container import MODELS

IMAGES = sorted(path.parent.name for path in MODELS.glob("*/image.json"))


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_has_its_four_parts(image):
    description = json.loads((MODELS / image / "image.json").read_text())
    docker = (MODELS / image / "Dockerfile").read_text()

    assert description["name"] == image
    assert "ARG BASE_IMAGE=" in docker
    both = description.get("environment", {}).items()
    assert [
        name for name, value in both if f"{name}={value}" not in docker and "/opt/image" not in value
    ] == []
    assert all(f"{name}={value} pip" in docker for name, value in described_build(description))
    if description["program"]:
        assert list((MODELS / image / description["program"]).glob("*.py"))
        assert json.dumps(description["entrypoint"]) in docker
    copied = {line.split()[1] for line in docker.splitlines() if line.startswith("COPY ")}
    context = MODELS if description.get("shares") else MODELS / image
    assert [each for each in copied if not (context / each).exists()] == []
    assert [each for each in description.get("shares", ()) if f"{each}/" not in copied] == []


def described_build(description):
    """The variables of the installation."""
    return description.get("build_environment", {}).items()


def test_no_file_stands_in_two_images():
    seen: dict[bytes, list[str]] = {}
    for path in sorted(MODELS.glob("*/program/**/*.py")):
        seen.setdefault(path.read_bytes(), []).append(path.relative_to(MODELS).as_posix())

    assert [paths for paths in seen.values() if len(paths) > 1] == []


@pytest.mark.parametrize("image", IMAGES)
def test_every_requirement_has_a_lower_bound(image):
    lines = (MODELS / image / "requirements.txt").read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith("#")]

    assert packages
    assert [line for line in packages if not re.fullmatch(r"[a-z0-9-]+>=[0-9.]+(,<[0-9.]+)?", line)] == []
