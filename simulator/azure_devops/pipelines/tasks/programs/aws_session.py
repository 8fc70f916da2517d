"""Signing in to AWS as the toolkit's tasks do: service connection, then task variables, then the environment.

Source: awsConnectionParameters of aws/aws-toolkit-azure-devops (order, defaults); reference/azure-devops.md section 5.
"""

import os
import sys
from typing import NoReturn

from assume_role import AssumeRoleFailed, Keys, assume_role  # type: ignore[import-not-found]  # beside this file

DEFAULT_SESSION = "aws-vsts-tools"


def fail(message: str) -> NoReturn:
    """End the task with an error of the step."""
    told = message.replace("%", "%AZP25").replace("\r", "%0D").replace("\n", "%0A")
    print(f"##vso[task.complete result=Failed;]{told}", flush=True)
    sys.exit(1)


def given(name: str) -> str:
    """An input of the step."""
    return os.environ.get(f"INPUT_{name.upper()}", "").strip()


def variable(name: str) -> str:
    """A variable of the job that the toolkit reads."""
    return os.environ.get(f"VARIABLE_{name}", "")


def region() -> str:
    """The input in lower case, the variable AWS.Region, or the environment."""
    found = given("regionName").lower() or variable("AWS_REGION") or os.environ.get("AWS_REGION", "")
    if not found:
        fail("No AWS region was given: set the task's region, the variable AWS.Region or AWS_REGION.")
    return found


def credentials() -> Keys:
    """The keys that the step gets: of a session where the connection names a role."""
    endpoint = given("awsCredentials")
    values = _of_endpoint(endpoint) if endpoint else _of_variables()
    if not values.get("username"):
        if values.get("assumeRoleArn"):
            fail(
                "Assuming a role from an EC2 instance profile is not simulated: give the service connection keys."
            )
        names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
        keys = Keys(*(os.environ.get(name, "") for name in names))
        if not keys.access_key:
            fail("Unable to locate credentials: the step has no service connection and no AWS variables.")
        return keys
    keys = Keys(values["username"], values.get("password", ""), values.get("sessionToken", ""))
    return _assumed(values, keys) if values.get("assumeRoleArn") else keys


def _of_endpoint(identifier: str) -> dict[str, str]:
    names = (
        "username",
        "password",
        "sessionToken",
        "assumeRoleArn",
        "roleSessionName",
        "externalId",
        "useOIDC",
    )
    found = {
        name: os.environ.get(f"ENDPOINT_AUTH_PARAMETER_{identifier}_{name.upper()}", "") for name in names
    }
    if found["useOIDC"].lower() == "true":
        fail("A service connection with OIDC is not simulated: give it keys.")
    return found


def _of_variables() -> dict[str, str]:
    names = {
        "username": "AWS_ACCESSKEYID",
        "password": "AWS_SECRETACCESSKEY",
        "sessionToken": "AWS_SESSIONTOKEN",
        "assumeRoleArn": "AWS_ASSUMEROLEARN",
        "roleSessionName": "AWS_ROLESESSIONNAME",
        "externalId": "AWS_EXTERNALID",
    }
    return {name: variable(own) for name, own in names.items()}


def _assumed(values: dict[str, str], keys: Keys) -> Keys:
    """Keys of the connection's role, from STS over the wire; the run's cause goes with the request."""
    wanted = {
        "RoleArn": values["assumeRoleArn"],
        "RoleSessionName": values.get("roleSessionName") or DEFAULT_SESSION,
        "DurationSeconds": variable("AWS_ROLECREDENTIAL_MAXDURATION") or "900",
    }
    if values.get("externalId"):
        wanted["ExternalId"] = values["externalId"]
    try:
        found = assume_role(keys, region(), wanted)
    except AssumeRoleFailed as error:
        fail(f"Failed to assume the role {values['assumeRoleArn']}: {error}")
    for text in (found.secret_key, found.token):
        print(f"##vso[task.setsecret]{text}", flush=True)
    return found


def environment() -> dict[str, str]:
    """The environment of a program that the task starts: credentials in, the task's own variables out."""
    own = ("INPUT_", "ENDPOINT_", "VARIABLE_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    keys, where = credentials(), region()
    kept.update(
        AWS_ACCESS_KEY_ID=keys.access_key,
        AWS_SECRET_ACCESS_KEY=keys.secret_key,
        AWS_REGION=where,
        AWS_DEFAULT_REGION=where,
    )
    kept.pop("AWS_SESSION_TOKEN", None)
    if keys.token:
        kept["AWS_SESSION_TOKEN"] = keys.token
    return kept
