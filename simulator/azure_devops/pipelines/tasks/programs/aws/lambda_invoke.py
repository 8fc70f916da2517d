"""LambdaInvokeFunction@1: invokes a function; its answer becomes a variable where asked.

Source: LambdaInvokeFunction of aws/aws-toolkit-azure-devops (order, texts).
"""

import json
from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError
from task_library import debug, given, required, say, set_variable  # type: ignore[import-not-found]


def main() -> None:
    """Check that the function is there, and invoke it."""
    name = required("functionName")
    functions = sdk.client("lambda")
    try:
        functions.get_function_configuration(FunctionName=name)
    except ClientError as error:
        sdk.missing(error, f"Function {name} does not exist")
    say(f"Invoking function {name}")
    wanted: dict[str, Any] = {"FunctionName": name}
    if payload := given("payload"):
        wanted["Payload"] = (payload if _looks_like_json(payload) else json.dumps(payload)).encode()
    wanted["InvocationType"] = given("invocationType") or "RequestResponse"
    wanted["LogType"] = given("logType") or "None"
    try:
        found = functions.invoke(**wanted)["Payload"].read().decode()
    except ClientError as error:
        say(f"Error invoking function {sdk.told(error)}")
        raise
    debug(f"Received output {found} from function")
    if variable := given("outputVariable"):
        say(f"Setting output variable {variable} with the function output")
        set_variable(variable, found)
    say(f"Completed invocation of Lambda function {name}")


def _looks_like_json(text: str) -> bool:
    return text[0] in '"{[' and text[-1] in '"]}'


if __name__ == "__main__":
    sdk.run(main)
