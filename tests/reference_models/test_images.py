"""Every image says what it is in the same four files, and shared programs are the same bytes everywhere."""

import json
import re

import pytest

from tests.reference_models.container import MODELS

IMAGES = sorted(path.parent.name for path in MODELS.glob("*/image.json"))
SHARED = ("layout.py", "script_mode.py", "user_module.py", "web.py")


@pytest.mark.parametrize("image", IMAGES)
def test_an_image_has_its_four_parts(image):
    description = json.loads((MODELS / image / "image.json").read_text())
    docker = (MODELS / image / "Dockerfile").read_text()

    assert description["name"] == image
    assert "ARG BASE_IMAGE=" in docker
    assert all(f"{name}={value}" in docker for name, value in description.get("environment", {}).items())
    if description["program"]:
        assert (MODELS / image / description["program"] / "entry.py").is_file()
        assert json.dumps(description["entrypoint"]) in docker


@pytest.mark.parametrize("image", IMAGES)
def test_every_requirement_has_a_lower_bound(image):
    lines = (MODELS / image / "requirements.txt").read_text().splitlines()
    packages = [line for line in lines if line and not line.startswith("#")]

    assert packages
    assert [line for line in packages if not re.fullmatch(r"[a-z0-9-]+>=[0-9.]+(,<[0-9.]+)?", line)] == []


@pytest.mark.parametrize("name", SHARED)
def test_the_contracts_common_part_is_the_same_in_both_framework_images(name):
    """An image is built from its own folder alone, so what two share is kept twice, and kept equal here."""
    one, other = (MODELS / image / "program" / name for image in ("xgboost", "scikit_learn"))

    assert one.read_bytes() == other.read_bytes()
