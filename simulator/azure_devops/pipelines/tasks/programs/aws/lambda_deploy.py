"""LambdaDeployFunction@1: new code of a function, or a function with its whole configuration.

Source: LambdaDeployFunction of aws/aws-toolkit-azure-devops (order, texts).
"""

import re
import time
from pathlib import Path
from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError, WaiterError
from stack_inputs import tags  # type: ignore[import-not-found]
from task_library import existing_path, fail, flag, given, lines, required, say, set_variable, warning  # type: ignore[import-not-found]

_LOOK = "lambda:GetFunctionConfiguration"
_PATIENCE_SECONDS = 5


def main() -> None:
    """Create or update, wait until it is so, and tell the ARN."""
    mode, name = required("deploymentMode"), required("functionName")
    location = required("codeLocation")
    whole = _whole() if mode == "codeandconfiguration" else {}
    code = _code(location)
    iam, functions = sdk.client("iam"), sdk.client("lambda")
    exists = _exists(functions, name)
    if mode == "codeonly":
        if not exists:
            fail(f"Error: Function {name} does not exist, cannot update code only")
        arn = _update_code(functions, name, code)
    elif exists:
        arn = _update(functions, iam, name, whole, code)
    else:
        arn = _create(functions, iam, name, whole, code)
    if variable := given("outputVariable"):
        say(f"Setting output variable {variable} with the function output")
        set_variable(variable, arn)
    say(f"Completed create or update of Lambda function {name}, function ARN {arn}")


def _whole() -> dict[str, str]:
    """What a function needs beside its code."""
    found = {"Handler": required("functionHandler"), "Runtime": required("runtime")}
    return {**found, "Role": required("roleARN")}


def _code(location: str) -> dict[str, Any]:
    if location == "localfile":
        return {"ZipFile": Path(existing_path("localZipFile")).read_bytes()}
    place = {"S3Bucket": required("s3Bucket"), "S3Key": required("s3ObjectKey")}
    version = given("s3ObjectVersion")
    return {**place, "S3ObjectVersion": version} if version else place


def _configuration(new: bool) -> dict[str, Any]:
    """What the inputs set besides; an update sets what they leave out to nothing, as the toolkit does."""
    dead = given("deadLetterARN")
    wanted: dict[str, Any] = {
        "MemorySize": _number("memorySize", 128),
        "Timeout": _number("timeout", 3),
        "DeadLetterConfig": {"TargetArn": dead} if dead else {},
    }
    for member, name in (("KMSKeyArn", "kmsKeyARN"), ("Description", "description")):
        if given(name):
            wanted[member] = given(name)
    variables = _pairs("environment")
    wanted["Environment"] = {"Variables": variables} if lines("environment") else {}
    groups = lines("securityGroups")
    if groups or not new:
        wanted["VpcConfig"] = {"SecurityGroupIds": groups, "SubnetIds": lines("subnets")}
    if lines("layers"):
        wanted["Layers"] = lines("layers")
    if given("tracingConfig") not in ("", "XRay"):
        wanted["TracingConfig"] = {"Mode": given("tracingConfig")}
    return wanted


def _number(name: str, usual: int) -> int:
    """The whole number that the input begins with, as JavaScript reads it."""
    found = re.match(r"[+-]?\d+", given(name))
    return int(found[0]) if found else usual


def _pairs(name: str) -> dict[str, str]:
    return {item["Key"]: item["Value"] for item in tags(name)}


def _exists(functions: Any, name: str) -> bool:
    try:
        functions.get_function(FunctionName=name)
    except ClientError:
        return False
    return True


def _role(iam: Any, role: str, failed: str) -> str:
    if role.startswith("arn:"):
        return role
    say(f"Attempting to retrieve Amazon Resource Name (ARN) for role {role}")
    try:
        return str(iam.get_role(RoleName=role)["Role"]["Arn"])
    except ClientError as error:
        fail(f"Error: {failed}Error while obtaining ARN: {sdk.told(error)}")
        raise


def _create(functions: Any, iam: Any, name: str, whole: dict[str, str], code: dict[str, Any]) -> str:
    say(f"Creating new function {name}")
    role = _role(iam, whole["Role"], "")
    wanted = {**whole, "Role": role, **_configuration(new=True)}
    tagged = {"Tags": _pairs("tags")} if lines("tags") else {}
    try:
        made = functions.create_function(
            FunctionName=name, Code=code, Publish=flag("publish"), **wanted, **tagged
        )
        _wait(functions, name, "functionActive", "function_active")
    except (ClientError, WaiterError) as error:
        fail(f"Error: Failed to create function, error {_said(error)}")
    return str(made["FunctionArn"])


def _update(functions: Any, iam: Any, name: str, whole: dict[str, str], code: dict[str, Any]) -> str:
    say(f"Updating configuration for function {name}")
    failed = "Error while updating function configuration: "
    role = _role(iam, whole["Role"], f"{failed}Error: ")
    wanted = {**whole, "Role": role, **_configuration(new=False)}
    try:
        arn = functions.update_function_configuration(FunctionName=name, **wanted)["FunctionArn"]
        _wait(functions, name, "functionUpdated", "function_updated")
        if lines("tags"):
            _tag(functions, arn)
    except (ClientError, WaiterError) as error:
        fail(f"Error: {failed}{_said(error)}")
    return _update_code(functions, name, code, f"{failed}Error: ")


def _tag(functions: Any, arn: str) -> None:
    try:
        functions.tag_resource(Resource=arn, Tags=_pairs("tags"))
    except ClientError as error:
        warning(sdk.told(error))


def _update_code(functions: Any, name: str, code: dict[str, Any], failed: str = "") -> str:
    say(f"Updating code for function {name}")
    try:
        made = functions.update_function_code(FunctionName=name, Publish=flag("publish"), **code)
        _wait(functions, name, "functionUpdated", "function_updated")
    except (ClientError, WaiterError) as error:
        fail(f"Error: {failed}Error while updating function code: {_said(error)}")
    return str(made["FunctionArn"])


def _wait(functions: Any, name: str, state: str, waiter: str) -> None:
    """Wait for the state; who may not look waits for a moment and goes on."""
    say(f"Waiting for function {name} to reach {state} state...")
    try:
        functions.get_waiter(waiter).wait(FunctionName=name)
    except WaiterError as error:
        found = error.last_response.get("Error", {})
        if found.get("Code") != "AccessDeniedException" or _LOOK not in found.get("Message", ""):
            raise
        warning(
            f"Role doesn't have Lambda States waiting permissions; will wait {_PATIENCE_SECONDS} seconds and proceed."
            f" To avoid this in the future, grant {_LOOK} permissions to the task role!"
        )
        time.sleep(_PATIENCE_SECONDS)
        return
    say(f"Function {name} has reached {state} state")


def _said(error: ClientError | WaiterError) -> str:
    return str(sdk.told(error)) if isinstance(error, ClientError) else str(error)


if __name__ == "__main__":
    sdk.run(main)
