"""SystemsManagerSetParameter@1: a parameter of the Parameter Store is made or changed; what is secure stays secure.

Source: SystemsManagerSetParameter of aws/aws-toolkit-azure-devops (order, texts).
"""

from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError
from task_library import fail, given, required, say  # type: ignore[import-not-found]

_SECURE = "SecureString"


def main() -> None:
    """Look whether it is there, then write it."""
    name, kind, value = (required(each) for each in ("parameterName", "parameterType", "parameterValue"))
    ssm = sdk.client("ssm")
    # The default of the input is `string`, as the toolkit writes it: SSM takes `String`.
    wanted: dict[str, Any] = {
        "Name": name,
        "Type": _SECURE if _is_secure(ssm, name) else kind,
        "Value": value,
    }
    if kind == _SECURE and given("encryptionKeyId"):
        wanted["KeyId"] = given("encryptionKeyId")
    try:
        ssm.put_parameter(**wanted, Overwrite=True)
    except ClientError as error:
        fail(f"Error: Create or update of parameter failed with error {sdk.told(error)}")
    say("Successfully created or updated parameter value.")


def _is_secure(ssm: Any, name: str) -> bool:
    try:
        found = ssm.get_parameter(Name=name)["Parameter"]["Type"] == _SECURE
    except ClientError as error:
        if sdk.code(error) != "ParameterNotFound":
            fail(
                "Error: An error occurred while accessing the parameter to validate SecureString requirement, error"
                f" message: {sdk.told(error)}"
            )
        say(f"Parameter {name} does not exist; a new parameter will be created of the specified type.")
        return False
    if found:
        say(f"Parameter {name} exists and is secure string type, secure mode will be retained after update.")
    else:
        say(f"Parameter {name} exists and is not secure string type.")
    return bool(found)


if __name__ == "__main__":
    sdk.run(main)
