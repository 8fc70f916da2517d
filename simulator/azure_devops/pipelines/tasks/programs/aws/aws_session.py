"""Signing in to AWS as the toolkit's tasks do: service connection, then task variables, then the environment.

Source: awsConnectionParameters of aws/aws-toolkit-azure-devops (order, defaults, texts); reference/azure-devops.md
section 5. There is no EC2 instance metadata here: what the toolkit would ask it fails by name.
"""

import os

from oidc_token import NoToken, oidc_token  # type: ignore[import-not-found]  # beside this file when it runs
from sts_session import (  # type: ignore[import-not-found]
    Keys,
    StsRefused,
    assume_role,
    assume_role_with_web_identity,
)
from task_library import fail, given, say, secret, variable  # type: ignore[import-not-found]

DEFAULT_SESSION = "aws-vsts-tools"
SHORTEST_SECONDS, LONGEST_SECONDS = 900, 43200
_OF_CONNECTION = (
    "username",
    "password",
    "sessionToken",
    "assumeRoleArn",
    "roleSessionName",
    "externalId",
    "useOIDC",
)
_OF_VARIABLES = {
    "username": "AWS.AccessKeyID",
    "password": "AWS.SecretAccessKey",
    "sessionToken": "AWS.SessionToken",
    "assumeRoleArn": "AWS.AssumeRoleArn",
    "roleSessionName": "AWS.RoleSessionName",
    "externalId": "AWS.ExternalId",
}


def region() -> str:
    """The input in lower case, the variable AWS.Region, or the environment; "" where nothing says it."""
    say("Configuring region for task")
    if found := str(given("regionName")).lower():
        say(f"...configured to use region {found}, defined in task.")
    elif found := str(variable("AWS.Region")):
        say(f"...configured to use region {found}, defined in task variable AWS.Region.")
    elif found := os.environ.get("AWS_REGION", ""):
        say(f"...configured to use region {found}, defined in environment variable.")
    else:
        say("Attempting to retrieve an IMDSv2 token.")
        say(
            "...error: failed to query EC2 instance metadata for region - the simulator's agent is no EC2 instance"
        )
        say("No region specified in the task configuration or environment")
    return found


def credentials() -> Keys | None:
    """The keys that the task works with, or None where they are those of the agent's environment, if any."""
    say("Configuring credentials for task")
    connection = given("awsCredentials")
    if connection:
        values = _connection(connection)
        found = _from_agent(connection, values) or _from_token(connection, values)
        if found is None:
            _announce(connection)
            found = _from_values(values)
    else:
        found = _from_variables()
    if found is None:
        say(
            "No credentials configured.The task will attempt to use credentials found in the build host environment."
        )
    return found


def _announce(connection: str) -> None:
    say(f"...configuring AWS credentials from service endpoint '{connection}'")


def _connection(identifier: str) -> dict[str, str]:
    prefix = f"ENDPOINT_AUTH_PARAMETER_{identifier}_"
    values = {name: os.environ.get(f"{prefix}{name.upper()}", "") for name in _OF_CONNECTION}
    if bool(values["username"]) != bool(values["password"]):
        _announce(identifier)
        fail('Error: Need to define or omit both "Access Key ID" and "Secret Access Key", not just one.')
    return values


def _from_agent(connection: str, values: dict[str, str]) -> Keys | None:
    """A role without keys and without OpenID Connect: what the agent itself has assumes it."""
    _announce(connection)
    if values["useOIDC"] == "true":
        say("Skipping Instance profile, we have OIDC enabled")
        return None
    if values["username"] or not values["assumeRoleArn"]:
        return None
    say("Assuming role without credentials (via instance profile)...")
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    keys = Keys(*(os.environ.get(name, "") for name in names))
    if not keys.access_key:
        fail(
            "CredentialsError: Missing credentials in config, if using AWS_CONFIG_FILE, set AWS_SDK_LOAD_CONFIG=1"
            " (the simulator's agent has no EC2 instance profile)"
        )
    wanted = {"RoleArn": values["assumeRoleArn"], "RoleSessionName": values["roleSessionName"]}
    return _assumed(keys, {**wanted, "RoleSessionName": wanted["RoleSessionName"] or DEFAULT_SESSION})


def _from_token(connection: str, values: dict[str, str]) -> Keys | None:
    """A session for the token that Azure DevOps issues; None, after saying why, where that does not work."""
    _announce(connection)
    if not values["useOIDC"]:
        say("Skipping OIDC: not enabled in service connections")
        return None
    if values["username"] or not values["assumeRoleArn"]:
        return None
    try:
        say("Getting OIDC Token...")
        token = _token(connection)
        where = region()
        say("Assuming role via OIDC Token...")
        wanted = {
            "RoleArn": values["assumeRoleArn"],
            "RoleSessionName": values["roleSessionName"] or DEFAULT_SESSION,
            "WebIdentityToken": token,
            "DurationSeconds": str(_duration()),
        }
        keys, arn = assume_role_with_web_identity(where, wanted)
    except (NoToken, StsRefused) as error:
        say(f"Failed to assume role with OIDC: {error}")
        return None
    say(f"...role assumed via OIDC Token: {arn}")
    _hide(keys)
    return keys


def _token(connection: str) -> str:
    try:
        return str(oidc_token(connection))
    except NoToken:
        say("Failed to generate OIDC token. May fall back to other (potentially invalid) credential sources.")
        raise


def _from_variables() -> Keys | None:
    values = {name: str(variable(own)) for name, own in _OF_VARIABLES.items()}
    if not values["username"]:
        return None
    if not values["password"]:
        fail(
            "Error: AWS access key ID present in task variables but secret key value is missing; cannot configure"
            " task credentials."
        )
    say("...configuring AWS credentials from task variables")
    return _from_values(values)


def _from_values(values: dict[str, str]) -> Keys:
    keys = Keys(values["username"], values["password"], values["sessionToken"])
    role = values["assumeRoleArn"]
    if not role:
        say("...endpoint defines standard access/secret key credentials")
        return keys
    say(f"...endpoint defines role-based credentials for role {role}.")
    wanted = {
        "RoleArn": role,
        "DurationSeconds": str(_duration()),
        "RoleSessionName": values["roleSessionName"] or DEFAULT_SESSION,
    }
    if values["externalId"]:
        wanted["ExternalId"] = values["externalId"]
    return _assumed(keys, wanted)


def _assumed(keys: Keys, wanted: dict[str, str]) -> Keys:
    """Keys of a role, from STS over the wire; the run's cause goes with the request."""
    try:
        found: Keys = assume_role(keys, wanted)
    except StsRefused as error:
        fail(str(error))
    _hide(found)
    return found


def _duration() -> int:
    """Seconds from the variable, where it is a number that STS may take; else the shortest."""
    text = str(variable("aws.rolecredential.maxduration"))
    if not text:
        return SHORTEST_SECONDS
    digits = text.strip()
    if digits.isdecimal() and SHORTEST_SECONDS <= int(digits) <= LONGEST_SECONDS:
        return int(digits)
    say(f"Invalid credential duration '{text}', minimum is {SHORTEST_SECONDS}, max {LONGEST_SECONDS}")
    return SHORTEST_SECONDS


def _hide(keys: Keys) -> None:
    for text in (keys.secret_key, keys.token):
        secret(text)


def _is_own(name: str, value: str) -> bool:
    """Whether the variable is for the task alone; azure-pipelines-task-lib takes away no input that is empty."""
    return name.startswith(("ENDPOINT_", "VARIABLE_")) or (name.startswith("INPUT_") and value != "")


def inherited() -> dict[str, str]:
    """The environment of the task without its own variables."""
    return {name: value for name, value in os.environ.items() if not _is_own(name, value)}


def environment(task: str, *, with_region: bool = True) -> dict[str, str]:
    """The environment of a program that `task` starts: credentials in, the task's own variables out.

    AWSCLI gives its program AWS_DEFAULT_REGION alone (`with_region` False), AWSShellScript AWS_REGION too.
    """
    kept = inherited()
    kept["AWS_EXECUTION_ENV"] = f"VSTS-{task}"
    keys = credentials()
    if keys is not None:
        kept.update(AWS_ACCESS_KEY_ID=keys.access_key, AWS_SECRET_ACCESS_KEY=keys.secret_key)
        if keys.token:
            kept["AWS_SESSION_TOKEN"] = keys.token
    if where := region():
        kept["AWS_DEFAULT_REGION"] = where
        if with_region:
            kept["AWS_REGION"] = where
    return kept
