"""What a model package may say of its containers, and what the registry notes about them.

Source: botocore's model; the texts of CreateModelPackage as seen in public reports (getmoto/moto#7165,
aws/aws-cdk#33699, boto/boto3#4510); where no report shows a text it is ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from simulator.aws.sagemaker import storage
from simulator.aws.sagemaker.acting import Actor
from simulator.aws.sagemaker.transform.request import check as check_transform
from simulator.kernel.errors import CallerError, NotSimulated

MOST_SPECIFICATIONS = 15
_SOURCES = ("InferenceSpecification", "SourceAlgorithmSpecification", "SourceUri")


def check(params: Mapping[str, Any]) -> None:
    """Refuse a request of CreateModelPackage that AWS refuses; raises CallerError."""
    group, name = params.get("ModelPackageGroupName"), params.get("ModelPackageName")
    if group and name:
        text = (
            "Both ModelPackageName and ModelPackageGroupName are provided in the input. "
            "Cannot determine which one to use."
        )
        raise CallerError("ValidationException", text)
    if not group and not name:
        raise CallerError("ValidationException", "Missing ARN.")
    if group and params.get("Tags"):
        text = "Tags are not supported in Model Package versions. Please add them to the Model Package Group."
        raise CallerError("ValidationException", text)
    given = [member for member in _SOURCES if params.get(member)]
    if len(given) > 1:
        text = f"{' and '.join(given)} cannot be specified together."
        raise CallerError("ValidationException", text)
    if params.get("ValidationSpecification") and not given:
        raise CallerError("ValidationException", "ValidationSpecification needs containers to validate.")
    _check_profiles(params.get("ValidationSpecification", {}))
    check_containers(params.get("InferenceSpecification", {}))
    check_additional((), params.get("AdditionalInferenceSpecifications", ()))


def _check_profiles(validation: Mapping[str, Any]) -> None:
    """Each profile is a transform job that could be asked for."""
    for profile in validation.get("ValidationProfiles", ()):
        check_transform(profile["TransformJobDefinition"])


def check_containers(specification: Mapping[str, Any]) -> None:
    """Each container has an image or model data; raises CallerError."""
    for container in specification.get("Containers", []):
        if not {"Image", "ModelDataUrl", "ModelDataSource"} & set(container):
            text = "Each container of InferenceSpecification must have an Image or model data."
            raise CallerError("ValidationException", text)
        if container.get("AdditionalS3DataSource"):
            text = "AdditionalS3DataSource is not allowed in InferenceSpecification"
            raise CallerError("ValidationException", text)
        if container.get("ModelDataUrl") and container.get("ModelDataSource"):
            text = "ModelDataUrl and ModelDataSource cannot be specified together."
            raise CallerError("ValidationException", text)


def check_additional(held: tuple[Any, ...] | list[Any], added: list[Any] | tuple[Any, ...]) -> None:
    """Additional specifications have names of their own, and are at most fifteen; raises CallerError."""
    names = [each["Name"] for each in (*held, *added)]
    if len(set(names)) != len(names):
        text = "The names of additional inference specifications must be unique."
        raise CallerError("ValidationException", text)
    if len(names) > MOST_SPECIFICATIONS:
        text = f"Total number of additional Inference Specifications can not exceed {MOST_SPECIFICATIONS}."
        raise CallerError("ValidationException", text)


async def noted(actor: Actor, specification: Mapping[str, Any]) -> dict[str, Any]:
    """The specification with the ETag of model data and the digest of an image, where they can be read."""
    return {
        **specification,
        "Containers": [await _container(actor, each) for each in specification.get("Containers", [])],
    }


async def _container(actor: Actor, container: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(container)
    image = str(container.get("Image", ""))
    if "@sha256:" in image:
        found.setdefault("ImageDigest", image.partition("@")[2])
    elif ".dkr.ecr." in image and (digest := await _digest(actor, image)):
        found.setdefault("ImageDigest", digest)
    if (url := str(container.get("ModelDataUrl", ""))).startswith("s3://") and (
        etag := await _etag(actor, url)
    ):
        found["ModelDataETag"] = etag
    return found


async def _etag(actor: Actor, url: str) -> str:
    bucket, key = storage.split(url)
    try:
        head = await actor.call("s3", "HeadObject", {"Bucket": bucket, "Key": key})
    except CallerError:
        return ""  # who may not read the model, or registers before it is there, gets no ETag noted
    return str(head.get("ETag", "")).strip('"')


async def _digest(actor: Actor, image: str) -> str:
    """The digest of an image in the account's own repository; AWS's own images are not in any ECR here."""
    registry, _, name = image.partition("/")
    if registry.split(".")[0] != actor.account:
        return ""
    repository, _, tag = name.partition(":")
    asked = {"repositoryName": repository, "imageIds": [{"imageTag": tag or "latest"}]}
    try:
        found = await actor.call("ecr", "DescribeImages", asked)
    except (CallerError, NotSimulated):
        return ""  # the repository may be another account's, or not kept here at all
    return str(found["imageDetails"][0]["imageDigest"]) if found.get("imageDetails") else ""
