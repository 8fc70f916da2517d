"""A stack that a restart cut in the middle ends as it would have, and makes nothing twice."""

from __future__ import annotations

import asyncio

import pytest

from simulator.aws.cloudformation import running
from tests.aws.cloudformation.deploy_stack import create, update

pytestmark = pytest.mark.anyio


async def test_a_stack_that_a_restart_cut_is_taken_up_where_it_was(make_cloud):
    first = make_cloud(None)
    first.waits["DescribeEndpoint"] = asyncio.Event()
    await create(first)
    await first.arrived["DescribeEndpoint"].wait()
    await running.stop(first)
    second = make_cloud(first.kernel)
    second.things = first.things
    assert running.resume(second) == 1
    assert await second.status("deploy") == "CREATE_COMPLETE"
    assert second.operations("Create") == ["CreateEndpoint"]
    assert [len(second.names(noun)) for noun in ("Model", "EndpointConfig", "Endpoint")] == [1, 1, 1]


async def test_a_resource_whose_creation_was_never_answered_is_found_again_by_its_name(make_cloud):
    first = make_cloud(None)
    first.waits["CreateModel"] = asyncio.Event()
    first.after.add("CreateModel")
    await create(first)
    await first.arrived["CreateModel"].wait()
    await running.stop(first)
    second = make_cloud(first.kernel)
    second.things = first.things
    running.resume(second)
    assert await second.status("deploy") == "CREATE_COMPLETE"
    assert len(second.names("Model")) == 1


async def test_a_rollback_that_a_restart_cut_ends_as_it_would_have(make_cloud):
    first = make_cloud(None)
    await create(first)
    await first.status("deploy")
    before = dict(first.things)
    first.fails["UpdateEndpoint"] = "no capacity"
    first.waits["DeleteEndpointConfig"] = asyncio.Event()
    await update(first)
    await first.arrived["DeleteEndpointConfig"].wait()
    await running.stop(first)
    second = make_cloud(first.kernel)
    second.things = first.things
    running.resume(second)
    assert await second.status("deploy") == "UPDATE_ROLLBACK_COMPLETE"
    assert second.things == before


async def test_an_update_that_a_restart_cut_ends_as_it_would_have(make_cloud):
    first = make_cloud(None)
    await create(first)
    await first.status("deploy")
    first.waits["UpdateEndpoint"] = asyncio.Event()
    await update(first)
    await first.arrived["UpdateEndpoint"].wait()
    await running.stop(first)
    second = make_cloud(first.kernel)
    second.things = first.things
    running.resume(second)
    assert await second.status("deploy") == "UPDATE_COMPLETE"
    assert [len(second.names(noun)) for noun in ("Model", "EndpointConfig", "Endpoint")] == [1, 1, 1]
    assert second.things["Endpoint/abalone"]["EndpointConfigName"] == second.names("EndpointConfig")[0]
