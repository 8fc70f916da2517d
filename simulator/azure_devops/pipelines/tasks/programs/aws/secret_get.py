"""SecretsManagerGetSecret@1: the value of a secret becomes a secret variable.

Source: SecretsManagerGetSecret of aws/aws-toolkit-azure-devops (order, texts).
"""

import base64
import re

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from task_library import fail, given, required, say, set_variable  # type: ignore[import-not-found]


def main() -> None:
    """Read the secret; a version id goes before a stage."""
    name, variable = required("secretIdOrName"), required("variableName")
    manager = sdk.client("secretsmanager")
    say(f"Reading value for secret '{name}'.")
    version = {}
    if given("versionId"):
        version = {"VersionId": given("versionId")}
    elif given("versionStage"):
        version = {"VersionStage": given("versionStage")}
    found = manager.get_secret_value(SecretId=name, **version)
    text = found.get("SecretString") or _decoded(found.get("SecretBinary", b""))
    set_variable(variable, text, hidden=True)
    say(f"Successfully read the secret into the build variable '{variable}'.")


def _decoded(value: bytes) -> str:
    """A binary secret as the toolkit reads it: its bytes must be base64 once more."""
    text = re.sub(r"[\t\n\f\r ]", "", value.decode("utf-8", "replace"))
    bare = re.sub(r"==?$", "", text) if len(text) % 4 == 0 else text
    if len(bare) % 4 == 1 or re.search(r"[^+a-zA-Z0-9/]", bare):
        what = "Invalid character: the string to be decoded is not correctly encoded."
        fail(f"InvalidCharacterError: {what}")
    return base64.b64decode(bare + "=" * (-len(bare) % 4)).decode("latin-1").strip()


if __name__ == "__main__":
    sdk.run(main)
