"""Nodes of HyperPod clusters: as many as were asked for, pending for ever, since no machine is behind them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

from simulator.aws.behaviour import Answer, Call, memory
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.clusters import CLUSTER
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.naming import arn_of, key_of
from simulator.aws.sagemaker.order import descends
from simulator.aws.sagemaker.paging import cut
from simulator.aws.sagemaker.remembering.identity import by_name
from simulator.kernel.errors import CallerError

_ATTACHED = "sagemaker.cluster_node_volume"


def _key(call: Call) -> str:
    """The cluster that the request names; raises ResourceNotFound."""
    value = str(call.params.get("ClusterName") or call.params["ClusterArn"])
    key = key_of(call, value) if value.startswith("arn:") else by_name(call, CLUSTER, value)
    resources.fetch(call.kernel, CLUSTER, key)
    return key


def nodes(key: str, row: Row) -> Iterator[Row]:
    """The nodes of a cluster, from its groups' target counts; ids follow from the cluster's."""
    gone = set(row.get("_deleted_nodes", ()))
    for group in row.get("InstanceGroups", ()):
        for number in range(int(group["TargetCount"])):
            digest = hashlib.sha256(f"{key}/{group['InstanceGroupName']}/{number}".encode()).hexdigest()
            if f"i-{digest[:17]}" not in gone:
                choice = group.get("InstanceRequirements", {}).get("CurrentInstanceTypes", ())
                yield {
                    "InstanceGroupName": group["InstanceGroupName"],
                    "InstanceId": f"i-{digest[:17]}",
                    "NodeLogicalId": f"{group['InstanceGroupName']}-{number}",
                    "InstanceType": group.get("InstanceType") or next(iter(choice), None),
                    "LaunchTime": row["CreationTime"],
                    "InstanceStatus": {"Status": "Pending"},
                }


def _node(call: Call, key: str, ident: str) -> Row:
    row = resources.fetch(call.kernel, CLUSTER, key)
    for node in nodes(key, row):
        if ident in (node["InstanceId"], node["NodeLogicalId"]):
            return node
    raise CallerError("ResourceNotFound", f"Node {ident} does not exist in cluster {row['ClusterName']}.")


@memory("sagemaker", "ListClusterNodes")
async def list_cluster_nodes(call: Call) -> Answer:
    """One page of a cluster's nodes, by group and number."""
    key, params = _key(call), call.params
    found = [
        node
        for node in nodes(key, resources.fetch(call.kernel, CLUSTER, key))
        if params.get("InstanceGroupNameContains", "").lower() in node["InstanceGroupName"].lower()
    ]
    if descends(params, falling=False):
        found.reverse()
    return cut(call, "ClusterNodeSummaries", found, usual=100)


@memory("sagemaker", "DescribeClusterNode")
async def describe_cluster_node(call: Call) -> Answer:
    """One node by its id or logical id."""
    ident = call.params.get("NodeId") or call.params.get("NodeLogicalId")
    if not ident:
        raise CallerError("ValidationException", "NodeId or NodeLogicalId must be given.")
    return {"NodeDetails": _node(call, _key(call), ident)}


@memory("sagemaker", "BatchAddClusterNodes")
async def batch_add_cluster_nodes(call: Call) -> Answer:
    """Raise the target counts of groups."""
    key = _key(call)
    row = resources.fetch(call.kernel, CLUSTER, key)
    groups = {group["InstanceGroupName"]: dict(group) for group in row.get("InstanceGroups", ())}
    answer: Answer = {"Successful": [], "Failed": []}
    for wanted in call.params["NodesToAdd"]:
        name, count = wanted["InstanceGroupName"], int(wanted["IncrementTargetCountBy"])
        if name not in groups:
            failure = {"InstanceGroupName": name, "ErrorCode": "InstanceGroupNotFound", "FailedCount": count}
            answer["Failed"].append({**failure, "Message": f"Instance group {name} does not exist."})
            continue
        before = groups[name]["TargetCount"]
        groups[name]["TargetCount"] = before + count
        answer["Successful"] += [
            {"NodeLogicalId": f"{name}-{number}", "InstanceGroupName": name, "Status": "Pending"}
            for number in range(before, before + count)
        ]
    resources.change(call.kernel, CLUSTER, key, {"InstanceGroups": list(groups.values())})
    return answer


def _batch(call: Call, code_member: str, code: str) -> tuple[str, list[str], Answer]:
    """The nodes that a batch names: the cluster's key, the ids of those that are there, and the answer."""
    key = _key(call)
    there: list[str] = []
    answer: dict[str, Any] = {}
    for member, ident, good, bad in (
        ("NodeIds", "NodeId", "Successful", "Failed"),
        ("NodeLogicalIds", "NodeLogicalId", "SuccessfulNodeLogicalIds", "FailedNodeLogicalIds"),
    ):
        answer[good], answer[bad] = [], []
        for each in call.params.get(member, ()):
            try:
                there.append(_node(call, key, each)["InstanceId"])
                answer[good].append(each)
            except CallerError as error:
                answer[bad].append({ident: each, code_member: code, "Message": error.message})
    return key, there, answer


@memory("sagemaker", "BatchDeleteClusterNodes")
async def batch_delete_cluster_nodes(call: Call) -> Answer:
    """Nodes that are no more."""
    key, gone, answer = _batch(call, "Code", "NodeIdNotFound")
    row = resources.fetch(call.kernel, CLUSTER, key)
    resources.change(call.kernel, CLUSTER, key, {"_deleted_nodes": [*row.get("_deleted_nodes", ()), *gone]})
    return answer


@memory("sagemaker", "BatchRebootClusterNodes")
async def batch_reboot_cluster_nodes(call: Call) -> Answer:
    """Which of the nodes are there to be rebooted."""
    return _batch(call, "ErrorCode", "InstanceIdNotFound")[2]


@memory("sagemaker", "BatchReplaceClusterNodes")
async def batch_replace_cluster_nodes(call: Call) -> Answer:
    """Which of the nodes are there to be replaced."""
    return _batch(call, "ErrorCode", "InstanceIdNotFound")[2]


@memory("sagemaker", "AttachClusterNodeVolume")
async def attach_cluster_node_volume(call: Call) -> Answer:
    """A volume that begins to be attached to a node."""
    key = _key(call)
    node, volume = _node(call, key, call.params["NodeId"])["InstanceId"], call.params["VolumeId"]
    row = {"AttachTime": call.kernel.clock.now(), "Status": "attaching", "DeviceName": "/dev/sdf"}
    call.kernel.store.put(_ATTACHED, f"{key}/{node}/{volume}", row)
    return {"ClusterArn": arn_of(CLUSTER, key), "NodeId": node, "VolumeId": volume, **row}


@memory("sagemaker", "DetachClusterNodeVolume")
async def detach_cluster_node_volume(call: Call) -> Answer:
    """A volume that begins to be detached."""
    key = _key(call)
    node, volume = _node(call, key, call.params["NodeId"])["InstanceId"], call.params["VolumeId"]
    row = call.kernel.store.get(_ATTACHED, f"{key}/{node}/{volume}")
    if row is None:
        raise CallerError("ResourceNotFound", f"Volume {volume} is not attached to node {node}.")
    call.kernel.store.delete(_ATTACHED, f"{key}/{node}/{volume}")
    return {
        "ClusterArn": arn_of(CLUSTER, key),
        "NodeId": node,
        "VolumeId": volume,
        **row,
        "Status": "detaching",
    }


@memory("sagemaker", "AttachClusterNodeNetworkInterface")
async def attach_cluster_node_network_interface(call: Call) -> Answer:
    """A network interface that is noted for a node."""
    key, params = _key(call), call.params
    node = _node(call, key, params["NodeId"])["InstanceId"]
    attachment = f"eni-attach-{call.kernel.ids.hex(17)}"
    ids = {"NodeId": node, "NetworkInterfaceId": params["NetworkInterfaceId"], "AttachmentId": attachment}
    return {"ClusterArn": arn_of(CLUSTER, key), **ids}


@memory("sagemaker", "UpdateClusterSoftware")
async def update_cluster_software(call: Call) -> Answer:
    """The cluster, whose software nobody runs."""
    return {"ClusterArn": arn_of(CLUSTER, _key(call))}


@memory("sagemaker", "StartClusterHealthCheck")
async def start_cluster_health_check(call: Call) -> Answer:
    """The cluster, of which nothing runs that could be checked."""
    return {"ClusterArn": arn_of(CLUSTER, _key(call))}


@memory("sagemaker", "ListClusterEvents")
async def list_cluster_events(call: Call) -> Answer:
    """None: nothing happens to a cluster that is only remembered."""
    _key(call)
    return {"Events": []}


@memory("sagemaker", "ListClusterOperations")
async def list_cluster_operations(call: Call) -> Answer:
    """None: nothing is done to a cluster that is only remembered."""
    _key(call)
    return {"ClusterOperationSummaries": []}


@memory("sagemaker", "DescribeClusterEvent")
async def describe_cluster_event(call: Call) -> Answer:
    """No event is ever there."""
    _key(call)
    raise CallerError("ResourceNotFound", f"Event {call.params['EventId']} does not exist.")


@memory("sagemaker", "DescribeClusterOperation")
async def describe_cluster_operation(call: Call) -> Answer:
    """No operation is ever there."""
    _key(call)
    raise CallerError("ResourceNotFound", f"Operation {call.params['OperationId']} does not exist.")
