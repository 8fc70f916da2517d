"""Layers: PublishLayerVersion, GetLayerVersion, DeleteLayerVersion and their lists."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.lambda_ import code, layer_list, links
from simulator.aws.lambda_.errors import invalid, missing
from simulator.aws.lambda_.names import Named
from simulator.aws.lambda_.paging import page
from simulator.aws.lambda_.rows import LAYER

_LAST = "lambda.layer_last"
"""Key account/region/name: the number of a layer's last version; numbers are never used again."""


@behaviour("lambda", "PublishLayerVersion")
async def publish_layer_version(call: Call) -> Answer:
    """A new version of a layer."""
    name, store = str(call.params["LayerName"]).rsplit(":", 1)[-1], call.kernel.store
    archive = await code.keep(store, await code.read(call, call.params["Content"]))
    arn = f"arn:aws:lambda:{call.region}:{call.account}:layer:{name}"
    created = datetime.fromtimestamp(call.kernel.clock.now(), UTC)
    kept = ("Description", "LicenseInfo", "CompatibleRuntimes", "CompatibleArchitectures")
    with store.transaction():
        version = int((store.get(_LAST, call.key(name)) or {"version": 0})["version"]) + 1
        row: dict[str, Any] = {
            "LayerArn": arn,
            "LayerVersionArn": f"{arn}:{version}",
            "Version": version,
            "CreatedDate": created.strftime("%Y-%m-%dT%H:%M:%S.000+0000"),
            "Description": "",
            **{member: call.params[member] for member in kept if member in call.params},
            "Content": {"CodeSize": archive.size, "CodeSha256": archive.sha256},
            "digest": archive.digest,
        }
        store.put(LAYER, f"{call.key(name)}/{version:08d}", row)
        store.put(_LAST, call.key(name), {"version": version})
        call.kernel.log.record(
            "LayerPublished", row["LayerVersionArn"], account=call.account, region=call.region
        )
    return _shown(call, row)


def _shown(call: Call, row: dict[str, Any]) -> Answer:
    found = {name: value for name, value in row.items() if name != "digest"}
    function = Named(call.account, call.region, row["LayerArn"].rsplit(":", 1)[-1])
    origin = f"http://{call.headers.get('host', 'localhost:4566')}"
    return {
        **found,
        "Content": {
            **row["Content"],
            "Location": links.of_code(call.kernel, function, row["digest"], origin),
        },
    }


def _found(call: Call, arn: str) -> dict[str, Any]:
    row = call.kernel.store.get(LAYER, layer_list.key_of(arn))
    if row is None:
        raise missing(f"Layer version {arn} does not exist.")
    return row


def _asked(call: Call) -> str:
    name, version = str(call.params["LayerName"]), int(call.params["VersionNumber"])
    if version < 1:
        raise invalid("Layer Version Cannot be less than 1.")
    layer = name if name.startswith("arn:") else f"arn:aws:lambda:{call.region}:{call.account}:layer:{name}"
    return f"{layer}:{version}"


@behaviour("lambda", "GetLayerVersion")
async def get_layer_version(call: Call) -> Answer:
    """A version by name and number."""
    return _shown(call, _found(call, _asked(call)))


@behaviour("lambda", "GetLayerVersionByArn")
async def get_layer_version_by_arn(call: Call) -> Answer:
    """A version by its ARN."""
    return _shown(call, _found(call, call.params["Arn"]))


@behaviour("lambda", "DeleteLayerVersion")
async def delete_layer_version(call: Call) -> Answer:
    """Forget a version; the archive stays for the functions that have it."""
    call.kernel.store.delete(LAYER, layer_list.key_of(_asked(call)))
    return {}


@behaviour("lambda", "ListLayerVersions")
async def list_layer_versions(call: Call) -> Answer:
    """One page of a layer's versions, newest first."""
    name = str(call.params["LayerName"]).rsplit(":", 1)[-1]
    rows = [_listed(row) for _, row in call.kernel.store.scan(LAYER, f"{call.key(name)}/")]
    newest = [(f"{index:08d}", row) for index, row in enumerate(reversed(rows))]
    return page(call, "LayerVersions", newest)


@behaviour("lambda", "ListLayers")
async def list_layers(call: Call) -> Answer:
    """One page of layers with their latest version."""
    latest: dict[str, dict[str, Any]] = {}
    for key, row in call.kernel.store.scan(LAYER, f"{call.account}/{call.region}/"):
        latest[key.rsplit("/", 1)[0]] = row
    shown = [
        (
            key,
            {
                "LayerName": key.rsplit("/", 1)[1],
                "LayerArn": row["LayerArn"],
                "LatestMatchingVersion": _listed(row),
            },
        )
        for key, row in sorted(latest.items())
    ]
    return page(call, "Layers", shown)


def _listed(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in ("digest", "Content", "LayerArn")}
