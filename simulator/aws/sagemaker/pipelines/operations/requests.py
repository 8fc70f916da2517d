"""What the operations of pipelines share: who asks, which definition, which version, which execution."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Call
from simulator.aws.sagemaker import resources, storage
from simulator.aws.sagemaker.acting import Actor
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.pipelines import PIPELINE, PIPELINE_EXECUTION
from simulator.aws.sagemaker.pipelines.definition.model import InvalidDefinition
from simulator.aws.sagemaker.pipelines.definition.parse import parse
from simulator.aws.sagemaker.pipelines.execution import Execution
from simulator.kernel.errors import CallerError
from simulator.kernel.world import Kernel

VERSION = "sagemaker.pipeline_version"


def who(call: Call) -> dict[str, Any]:
    """A UserContext for the caller."""
    return {"IamIdentity": {"Arn": call.principal.arn, "PrincipalId": call.principal.user_id}}


async def given_definition(call: Call) -> str | None:
    """The definition given, or the one in S3, checked; raises ValidationException in the words of the definition."""
    text, location = call.params.get("PipelineDefinition"), call.params.get("PipelineDefinitionS3Location")
    if text is not None and location is not None:
        said = "Both Pipeline Definition and Pipeline Definition S3 Location shouldn't be present"
        raise CallerError("ValidationException", said)
    if location is not None:
        try:
            text = await _from_s3(call, location)
        except (
            CallerError
        ) as error:  # which policy refused, or that it is not there, is S3's to say; the rest is ours
            place = f"s3://{location['Bucket']}/{location['ObjectKey']}"
            said = f"Unable to read the pipeline definition at {place}: {error.message}"
            raise CallerError("ValidationException", said) from error
    if text is not None:
        try:
            parse(str(text))
        except InvalidDefinition as error:
            raise CallerError(
                "ValidationException", f"Unable to parse pipeline definition. {error}"
            ) from error
    return text


async def _from_s3(call: Call, location: dict[str, str]) -> str:
    actor = Actor(call.cloud, call.account, call.region, call.principal)
    params = {"Bucket": location["Bucket"], "Key": location["ObjectKey"]}
    if "VersionId" in location:
        params["VersionId"] = location["VersionId"]
        body = (await actor.call("s3", "GetObject", params))["Body"]
        content = body if isinstance(body, bytes) else body.read()
    else:
        content = await storage.get(actor, f"s3://{location['Bucket']}/{location['ObjectKey']}")
    return str(content.decode())


def pipeline_of(call: Call, member: str = "PipelineName") -> tuple[str, Row]:
    """Row key and row of the pipeline that the request names, by name or ARN; raises ResourceNotFound."""
    key = resources.key_of(call, call.params[member])
    return key, resources.fetch(call.kernel, PIPELINE, key)


def version_of(call: Call, key: str) -> Row | None:
    """The version that the request names by id or alias; None where it names none. Raises ResourceNotFound."""
    number, alias = call.params.get("PipelineVersionId"), call.params.get("PipelineVersionAlias")
    if number is not None:
        return version(call.kernel, key, int(number))
    if alias is None:
        return None
    for row in versions(call.kernel, key):
        if alias in row.get("PipelineVersionAliases", ()):
            return row
    arn = resources.arn_of(PIPELINE, key)
    raise CallerError("ResourceNotFound", f"Pipeline '{arn}' has no version with the alias {alias}.")


def version(kernel: Kernel, key: str, number: int) -> Row:
    """One version of a pipeline; raises ResourceNotFound."""
    row = kernel.store.get(VERSION, f"{key}/version/{number:08d}")
    if row is None:
        arn = resources.arn_of(PIPELINE, key)
        raise CallerError("ResourceNotFound", f"Pipeline '{arn}' has no version {number}.")
    return row


def versions(kernel: Kernel, key: str) -> list[Row]:
    """The versions of a pipeline, the first first."""
    return [row for _, row in kernel.store.scan(VERSION, f"{key}/version/")]


def execution_of(call: Call) -> Execution:
    """The execution that the request names by its ARN; raises ResourceNotFound."""
    arn = call.params.get("PipelineExecutionArn", "")  # the model does not require it everywhere
    if ":pipeline/" not in arn or "/execution/" not in arn:
        raise CallerError("ValidationException", f"Invalid pipeline execution ARN: {arn}")
    execution = Execution(call.cloud, resources.key_of(call, arn))
    resources.fetch(call.kernel, PIPELINE_EXECUTION, execution.key)
    return execution
