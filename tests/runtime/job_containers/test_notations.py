"""Options of containers and builds, Dockerfiles and image names, as the Docker engine is given them."""

from __future__ import annotations

import pytest

from simulator.kernel.errors import NotSimulated
from simulator.runtime.job_containers.dockerfiles import base_images, read_build_options
from simulator.runtime.job_containers.options import nanoseconds, read_options
from simulator.runtime.job_containers.registries import may_reach, registry_of, split_tag
from simulator.runtime.proxy_rules import Rules


@pytest.mark.parametrize(
    ("text", "create", "network"),
    [
        ("--cpus 1.5 -m 1g --init", {"nano_cpus": 1500000000, "mem_limit": "1g", "init": True}, {}),
        (
            "--hostname=inside --add-host db:10.0.0.1",
            {},
            {"hostname": "inside", "extra_hosts": {"db": "10.0.0.1"}},
        ),
        ("-e A=b -e 'C=d e' -u1000", {"environment": {"A": "b", "C": "d e"}, "user": "1000"}, {}),
        (
            "--tmpfs /run:size=1m --rm -it",
            {"tmpfs": {"/run": "size=1m"}, "stdin_open": True, "tty": True},
            {},
        ),
    ],
)
def test_options_become_arguments(text, create, network):
    found = read_options(text)
    assert found.create == create
    assert found.network == network


def test_volumes_and_ports_are_left_to_who_asks_for_the_container():
    found = read_options("-v kept:/kept --volume=/a:/b:ro -p 8080:80 --entrypoint '' --name mine")
    assert (found.volumes, found.ports) == (["kept:/kept", "/a:/b:ro"], ["8080:80"])
    assert found.create == {"entrypoint": [""], "name": "mine"}


def test_a_health_check_is_read_with_its_times():
    health = read_options("--health-cmd 'test -e /up' --health-interval 1m30s --health-retries 3").create[
        "healthcheck"
    ]
    assert health["Test"] == ["CMD-SHELL", "test -e /up"]
    assert health["Interval"] == 90 * 10**9
    assert health["Retries"] == 3
    assert nanoseconds("500ms") == 5 * 10**8


@pytest.mark.parametrize(
    "text",
    [
        *(
            "--privileged",
            "--network host",
            "--pid=host",
            "--cap-add SYS_ADMIN",
            "--device /dev/kvm",
        ),
        *(
            "--security-opt seccomp=unconfined",
            "--mount type=bind,source=/,target=/x",
            "--userns host",
            "--gpus all",
        ),
    ],
)
def test_what_would_open_the_jobs_room_is_refused_by_name(text):
    with pytest.raises(NotSimulated, match="option -"):
        read_options(text)


def test_the_last_stage_has_the_last_base_image():
    text = "ARG V=3\nFROM --platform=linux/amd64 node:${V} AS tools\nFROM python:$P\nFROM tools AS last\nFROM scratch\n"
    assert base_images(text, {}) == ["node:3", "python:", "node:3"]
    assert base_images(text, {"V": "4"})[0] == "node:4"
    assert base_images("FROM a:1 \\\n  AS one\nFROM one\n", {}) == ["a:1", "a:1"]


def test_build_options_take_arguments_from_the_steps_environment():
    found = read_build_options(
        "--build-arg A=1 --build-arg B --build-arg C\n--no-cache --target last", {"B": "2"}
    )
    assert found.arguments == {"A": "1", "B": "2"}
    assert found.api == {"nocache": True, "target": "last"}
    with pytest.raises(NotSimulated, match="--network"):
        read_build_options("--network host", {})


@pytest.mark.parametrize(
    ("image", "registry", "tag"),
    [
        ("ubuntu:22.04", "docker.io", "22.04"),
        ("acme/app", "docker.io", ""),
        ("localhost:5000/app", "localhost:5000", ""),
        ("ghcr.io/acme/app:1", "ghcr.io", "1"),
        ("registry.example:5000/app@sha256:12", "registry.example:5000", "sha256:12"),
    ],
)
def test_an_images_name_says_its_registry(image, registry, tag):
    assert registry_of(image) == registry
    assert split_tag(image)[1] == tag


def test_only_allowed_registries_are_reached():
    rules = Rules(1, 2, ("ghcr.io", "registry-1.docker.io"), tuple)
    assert may_reach("ghcr.io", rules)
    assert may_reach("docker.io", rules)
    assert not may_reach("quay.io", rules)
    assert not may_reach("localhost:5000", rules)
    assert not may_reach("1.dkr.ecr.eu-west-1.amazonaws.com", rules)
