"""Versions of Studio's images: numbered from one, found by number or alias."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, memory
from simulator.aws.sagemaker import resources
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.studio import IMAGE, IMAGE_VERSION
from simulator.aws.sagemaker.naming import arn_of
from simulator.aws.sagemaker.paging import cut
from simulator.aws.sagemaker.remembering.changing import changes
from simulator.aws.sagemaker.remembering.once import once
from simulator.aws.sagemaker.showing import answer
from simulator.kernel.errors import CallerError

_COUNTER = "sagemaker.image_version_counter"


def _image(call: Call) -> str:
    key = call.key(call.params["ImageName"])
    resources.fetch(call.kernel, IMAGE, key)
    return key


def _versions(call: Call, image: str) -> list[tuple[str, Row]]:
    found = call.kernel.store.scan(IMAGE_VERSION.row, f"{image}/")
    return sorted(found, key=lambda each: int(each[1]["Version"]))


def _version(call: Call) -> tuple[str, Row]:
    """The version by number or alias, or the latest; raises ResourceNotFound."""
    image, params = _image(call), call.params
    found = _versions(call, image)
    if "Version" in params:
        found = [each for each in found if each[1]["Version"] == params["Version"]]
    elif "Alias" in params:
        found = [each for each in found if params["Alias"] in each[1].get("Aliases", ())]
    if not found:
        raise resources.missing(IMAGE_VERSION, f"{image}/{params.get('Version', params.get('Alias', 1))}")
    return found[-1]


async def _create(call: Call) -> Answer:
    image = _image(call)
    with call.kernel.store.transaction():
        number = int((call.kernel.store.get(_COUNTER, image) or {"last": 0})["last"]) + 1
        call.kernel.store.put(_COUNTER, image, {"last": number})
        given = {name: value for name, value in call.params.items() if name != "ClientToken"}
        members = {**given, "Version": number, "ImageArn": arn_of(IMAGE, image), **IMAGE_VERSION.first(given)}
        row = resources.insert(call.kernel, IMAGE_VERSION, f"{image}/{number}", members)
    return {"ImageVersionArn": row["ImageVersionArn"]}


memory("sagemaker", "CreateImageVersion")(once(_create))


@memory("sagemaker", "DescribeImageVersion")
async def describe_image_version(call: Call) -> Answer:
    """One version; the latest where none is named."""
    return answer(call, IMAGE_VERSION, _version(call)[1])


@memory("sagemaker", "UpdateImageVersion")
async def update_image_version(call: Call) -> Answer:
    """Other aliases and properties of a version."""
    key, row = _version(call)
    given = {k: v for k, v in call.params.items() if not k.startswith("Aliases")}
    changed = changes(IMAGE_VERSION, row, given, ("ImageName", "Version", "Alias"), ())
    aliases = [a for a in row.get("Aliases", ()) if a not in call.params.get("AliasesToDelete", ())]
    changed["Aliases"] = [*aliases, *(a for a in call.params.get("AliasesToAdd", ()) if a not in aliases)]
    row = resources.change(call.kernel, IMAGE_VERSION, key, changed)
    return {"ImageVersionArn": row["ImageVersionArn"]}


@memory("sagemaker", "DeleteImageVersion")
async def delete_image_version(call: Call) -> Answer:
    """A version that is no more; its number is not used again."""
    if "Version" not in call.params and "Alias" not in call.params:
        raise CallerError("ValidationException", "Version or Alias must be given.")
    resources.remove(call.kernel, IMAGE_VERSION, _version(call)[0])
    return {}


@memory("sagemaker", "ListAliases")
async def list_aliases(call: Call) -> Answer:
    """The aliases of an image's versions."""
    params = call.params
    found = [
        alias
        for _, row in _versions(call, _image(call))
        if params.get("Version", row["Version"]) == row["Version"]
        for alias in row.get("Aliases", ())
        if params.get("Alias", alias) == alias
    ]
    return cut(call, "SageMakerImageVersionAliases", found)
