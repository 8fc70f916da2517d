"""SecretsManagerGetSecret@1: the value of a secret becomes a secret variable.

Source: SecretsManagerGetSecret of aws/aws-toolkit-azure-devops (order, texts).
"""

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from task_library import given, required, say, set_variable  # type: ignore[import-not-found]


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
    text = found.get("SecretString") or found.get("SecretBinary", b"").decode("utf-8", "replace").strip()
    set_variable(variable, text, hidden=True)
    say(f"Successfully read the secret into the build variable '{variable}'.")


if __name__ == "__main__":
    sdk.run(main)
