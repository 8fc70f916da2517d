"""SecretsManagerCreateOrUpdateSecret@1: a new value of a secret, which is made where it is not there and that is asked.

Source: SecretsManagerCreateOrUpdateSecret of aws/aws-toolkit-azure-devops (order, texts).
"""

from pathlib import Path
from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError
from stack_inputs import tags  # type: ignore[import-not-found]
from task_library import existing_path, fail, flag, given, lines, required, say, set_variable  # type: ignore[import-not-found]

_MOST_TAGS = 50


def main() -> None:
    """Update it, or else make it."""
    name, value = required("secretNameOrId"), _value()
    if flag("autoCreateSecret") and len(lines("tags")) > _MOST_TAGS:
        fail(
            f"Error: {len(lines('tags'))} tags were specified for the task. The service permits a maximum of"
            f" {_MOST_TAGS}."
        )
    manager = sdk.client("secretsmanager")
    try:
        _update(manager, name, value)
    except ClientError as error:
        if sdk.code(error) != "ResourceNotFoundException":
            fail(f"Error: Error updating secret: {sdk.told(error)}")
        if not flag("autoCreateSecret"):
            fail("Error: Specified secret does not exist, cannot proceed with update.")
        _create(manager, name, value)
        say("Successfully created the new secret.")
        return
    say("Successfully updated the secret.")


def _value() -> dict[str, Any]:
    kind = required("secretValueType")
    if required("secretValueSource") == "inline":
        return {"SecretString": required("secretValue")}
    file = Path(existing_path("secretValueFile"))
    return {"SecretBinary": file.read_bytes()} if kind == "binary" else {"SecretString": file.read_text()}


def _update(manager: Any, name: str, value: dict[str, Any]) -> None:
    say(f"Updating secret {name}.")
    more = {"Description": given("description"), "KmsKeyId": given("kmsKeyId")}
    changed = {key: text for key, text in more.items() if text}
    if changed:
        manager.update_secret(SecretId=name, **changed)
    _tell(manager.put_secret_value(SecretId=name, **value))


def _create(manager: Any, name: str, value: dict[str, Any]) -> None:
    say(
        "Specified secret does not exist. 'Create secret if it does not exist' was set true for task - attempting to"
        " create a new secret."
    )
    more: dict[str, Any] = {
        "Description": given("description"),
        "KmsKeyId": given("kmsKeyId"),
        "Tags": tags(),
    }
    _tell(manager.create_secret(Name=name, **value, **{key: each for key, each in more.items() if each}))


def _tell(answer: dict[str, Any]) -> None:
    if name := given("arnOutputVariable"):
        say(f"Setting ARN for new secret into task output variable {name}")
        set_variable(name, answer["ARN"])
    if name := given("versionIdOutputVariable"):
        say(f"Setting version ID for secret into task output variable {name}")
        set_variable(name, answer["VersionId"])


if __name__ == "__main__":
    sdk.run(main)
