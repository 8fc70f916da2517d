"""LambdaDeployFunction@1: new code of a function, or a function with its whole configuration.

Source: LambdaDeployFunction of aws/aws-toolkit-azure-devops (order, texts).
"""

from pathlib import Path
from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError, WaiterError
from stack_inputs import tags  # type: ignore[import-not-found]
from task_library import existing_path, fail, flag, given, lines, required, say, set_variable, warning  # type: ignore[import-not-found]


def main() -> None:
    """Create or update, wait until it is so, and tell the ARN."""
    mode, name = required("deploymentMode"), required("functionName")
    code, configuration = _code(), _configuration(mode)
    made = sdk.session()
    functions = made.client("lambda")
    exists = _exists(functions, name)
    if mode == "codeonly":
        if not exists:
            fail(f"Error: Function {name} does not exist, cannot update code only")
        arn = _update_code(functions, name, code)
    else:
        role = _role(made, required("roleARN"))
        if exists:
            arn = _update(functions, name, {**configuration, "Role": role}, code)
        else:
            arn = _create(functions, name, {**configuration, "Role": role}, code)
    if variable := given("outputVariable"):
        say(f"Setting output variable {variable} with the function output")
        set_variable(variable, arn)
    say(f"Completed create or update of Lambda function {name}, function ARN {arn}")


def _code() -> dict[str, Any]:
    if required("codeLocation") == "localfile":
        return {"ZipFile": Path(existing_path("localZipFile")).read_bytes()}
    place = {"S3Bucket": required("s3Bucket"), "S3Key": required("s3ObjectKey")}
    version = given("s3ObjectVersion")
    return {**place, "S3ObjectVersion": version} if version else place


def _configuration(mode: str) -> dict[str, Any]:
    if mode != "codeandconfiguration":
        return {}
    wanted: dict[str, Any] = {"Handler": required("functionHandler"), "Runtime": required("runtime")}
    for member, name in (("MemorySize", "memorySize"), ("Timeout", "timeout")):
        if given(name).isdecimal():
            wanted[member] = int(given(name))
    for member, name in (("KMSKeyArn", "kmsKeyARN"), ("Description", "description")):
        if given(name):
            wanted[member] = given(name)
    if given("deadLetterARN"):
        wanted["DeadLetterConfig"] = {"TargetArn": given("deadLetterARN")}
    if lines("environment"):
        wanted["Environment"] = {"Variables": _pairs("environment")}
    if lines("securityGroups"):
        wanted["VpcConfig"] = {"SecurityGroupIds": lines("securityGroups"), "SubnetIds": lines("subnets")}
    if lines("layers"):
        wanted["Layers"] = lines("layers")
    if given("tracingConfig") not in ("", "XRay"):
        wanted["TracingConfig"] = {"Mode": given("tracingConfig")}
    return wanted


def _pairs(name: str) -> dict[str, str]:
    return {item["Key"]: item["Value"] for item in tags(name)}


def _exists(functions: Any, name: str) -> bool:
    try:
        functions.get_function(FunctionName=name)
    except ClientError:
        return False
    return True


def _role(made: Any, role: str) -> str:
    if role.startswith("arn:"):
        return role
    say(f"Attempting to retrieve Amazon Resource Name (ARN) for role {role}")
    try:
        return str(made.client("iam").get_role(RoleName=role)["Role"]["Arn"])
    except ClientError as error:
        fail(f"Error: Error while obtaining ARN: {sdk.told(error)}")
        raise


def _create(functions: Any, name: str, wanted: dict[str, Any], code: dict[str, Any]) -> str:
    say(f"Creating new function {name}")
    tagged = {"Tags": _pairs("tags")} if lines("tags") else {}
    try:
        made = functions.create_function(
            FunctionName=name, Code=code, Publish=flag("publish"), **wanted, **tagged
        )
        _wait(functions, name, "functionActive", "function_active")
    except (ClientError, WaiterError) as error:
        fail(f"Error: Failed to create function, error {_said(error)}")
    return str(made["FunctionArn"])


def _update(functions: Any, name: str, wanted: dict[str, Any], code: dict[str, Any]) -> str:
    say(f"Updating configuration for function {name}")
    try:
        arn = functions.update_function_configuration(FunctionName=name, **wanted)["FunctionArn"]
        _wait(functions, name, "functionUpdated", "function_updated")
        if lines("tags"):
            _tag(functions, arn)
    except (ClientError, WaiterError) as error:
        fail(f"Error: Error while updating function configuration: {_said(error)}")
    return _update_code(functions, name, code)


def _tag(functions: Any, arn: str) -> None:
    try:
        functions.tag_resource(Resource=arn, Tags=_pairs("tags"))
    except ClientError as error:
        warning(sdk.told(error))


def _update_code(functions: Any, name: str, code: dict[str, Any]) -> str:
    say(f"Updating code for function {name}")
    try:
        made = functions.update_function_code(FunctionName=name, Publish=flag("publish"), **code)
        _wait(functions, name, "functionUpdated", "function_updated")
    except (ClientError, WaiterError) as error:
        fail(f"Error: Error while updating function code: {_said(error)}")
    return str(made["FunctionArn"])


def _wait(functions: Any, name: str, state: str, waiter: str) -> None:
    say(f"Waiting for function {name} to reach {state} state...")
    functions.get_waiter(waiter).wait(FunctionName=name)
    say(f"Function {name} has reached {state} state")


def _said(error: ClientError | WaiterError) -> str:
    return str(sdk.told(error)) if isinstance(error, ClientError) else str(error)


if __name__ == "__main__":
    sdk.run(main)
