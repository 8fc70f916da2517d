"""Programs in a work name the real hosts and get to the simulator, with the variables that they are given alone."""

import pytest

from simulator.runtime.proxy_rules import Rules
from simulator.runtime.reach import Reach
from tests.runtime.proxies import cloud, running_proxy
from tests.runtime.rooms import Program, Room

FETCH = (
    'python3 -c "import sys, urllib.request as r; print(r.urlopen(sys.argv[1], timeout=20).read().decode())" '
)


@pytest.fixture(params=["process", pytest.param("docker", marks=pytest.mark.docker)])
def proxied_room(request, tmp_path, image_cache):
    """A room whose works have the proxy, and the hosts that it refused."""
    if request.param == "docker":
        request.getfixturevalue("base_image")
    with (
        cloud(b"aws") as aws,
        cloud(b"azure devops") as azure_devops,
        running_proxy(tmp_path / "authority", Rules(aws.port, azure_devops.port)) as proxy,
    ):
        reach = Reach(aws.port, azure_devops.port, proxy.port, proxy.authority.bundle)
        room = Room(request.param, tmp_path / "works", image_cache, reach)
        yield room, proxy.refused
        room.close()


def test_a_work_reaches_both_clouds_by_their_real_names(proxied_room):
    room, refused = proxied_room
    program = Program(FETCH + "https://sts.us-east-1.amazonaws.com/; " + FETCH + "https://dev.azure.com/acme")
    assert room.complete(program) == (0, ["aws", "azure devops"])
    assert refused == []


def test_git_in_a_work_trusts_the_real_names_too(proxied_room):
    room, _ = proxied_room
    _, lines = room.complete(Program("git ls-remote https://dev.azure.com/acme/ml/_git/model_build 2>&1"))
    assert not any("certificate" in line for line in lines), lines


def test_a_work_that_names_another_host_is_refused_and_that_is_reported(proxied_room):
    room, refused = proxied_room
    _, lines = room.complete(Program(FETCH + "https://example.com/ 2>&1"))
    assert "example.com is outside the simulation" in lines[-1]
    assert refused == ["example.com"]
