"""The hosts of a training job and the groups that they are in: pure.

Source: developer guide, "Distributed training configuration" (resourceconfig.json); API reference, InstanceGroup.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

ONLY_GROUP = "homogeneousCluster"
INTERFACE = "eth0"


@dataclass(frozen=True)
class Group:
    """Hosts of one instance type."""

    name: str
    instance_type: str
    hosts: tuple[str, ...]


@dataclass(frozen=True)
class Share:
    """Which of `count` hosts, from 0, a host is for one channel."""

    number: int
    count: int


def groups(resources: Mapping[str, Any]) -> tuple[Group, ...]:
    """The groups of a ResourceConfig; hosts are `algo-1`, `algo-2` and so on through all of them."""
    given = resources.get("InstanceGroups") or [
        {
            "InstanceGroupName": ONLY_GROUP,
            "InstanceType": resources.get("InstanceType", "ml.m5.large"),
            "InstanceCount": resources.get("InstanceCount", 1),
        }
    ]
    made, first = [], 1
    for each in given:
        count = int(each["InstanceCount"])
        names = tuple(f"algo-{number}" for number in range(first, first + count))
        made.append(Group(each["InstanceGroupName"], each["InstanceType"], names))
        first += count
    return tuple(made)


def hosts(resources: Mapping[str, Any]) -> tuple[str, ...]:
    """All hosts in the order of their numbers."""
    return tuple(host for group in groups(resources) for host in group.hosts)


def resource_config(resources: Mapping[str, Any], host: str) -> dict[str, Any]:
    """resourceconfig.json as `host` sees it; AWS sorts the names as text."""
    made = groups(resources)
    own = next(group for group in made if host in group.hosts)
    return {
        "current_host": host,
        "current_instance_type": own.instance_type,
        "current_group_name": own.name,
        "hosts": sorted(hosts(resources)),
        "instance_groups": [
            {"instance_group_name": group.name, "instance_type": group.instance_type, "hosts": sorted(group.hosts)}
            for group in made
        ],
        "network_interface_name": INTERFACE,
    }  # fmt: skip


def share(resources: Mapping[str, Any], source: Mapping[str, Any], host: str) -> Share | None:
    """What a host is to a channel whose S3DataSource is `source`; None when it goes to other groups."""
    wanted = source.get("InstanceGroupNames")
    takers = [
        each for group in groups(resources) if not wanted or group.name in wanted for each in group.hosts
    ]
    return Share(takers.index(host), len(takers)) if host in takers else None
