"""The compose file opens nothing beyond this machine, and the image it builds gets all that it needs."""

import re
from typing import Any

import yaml

from tests.architecture.sources import ROOT

PORTS = {"4566", "4567", "4568"}


def services() -> dict[str, Any]:
    """The services of docker-compose.yml by name."""
    return dict(yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))["services"])


def test_the_three_ports_are_published_on_loopback_only():
    published = [port for service in services().values() for port in service.get("ports", ())]
    assert {port.rpartition(":")[2] for port in published} == PORTS
    assert [port for port in published if not port.startswith("127.0.0.1:")] == []


def test_localstack_starts_only_with_its_profile_and_is_the_last_open_release():
    """4.14.0 of February 2026; later images end without an account's token (localstack.cloud/2026-updates)."""
    localstack = services()["localstack"]
    assert localstack["profiles"] == ["localstack"]
    assert localstack["image"] == "localstack/localstack:4.14.0"
    assert "profiles" not in services()["simulator"]


def test_what_the_image_copies_is_there_and_reaches_the_build():
    copied = re.findall(r"^COPY (.+) \S+$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    names = {name.rstrip("/") for line in copied for name in line.split()}
    sent = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert names
    assert sorted(name for name in names if f"!{name}" not in sent or not (ROOT / name).exists()) == []


def test_the_images_of_the_models_are_built_on_a_base_of_the_builders_choice():
    dockerfiles = [ROOT / "Dockerfile", *sorted((ROOT / "reference_models").glob("*/Dockerfile"))]
    texts = {file.parent.name: file.read_text(encoding="utf-8") for file in dockerfiles}
    assert [
        name for name, text in texts.items() if not re.search(r"^ARG BASE_IMAGE=\S+$", text, re.MULTILINE)
    ] == []
    assert [name for name, text in texts.items() if "FROM ${BASE_IMAGE}" not in text] == []
