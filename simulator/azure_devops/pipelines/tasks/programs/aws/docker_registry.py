"""The docker command line and ECR's login, as two tasks of the toolkit use them.

Source: dockerUtils and ecrUtils of aws/aws-toolkit-azure-devops (order, texts).
"""

import base64
import os
import shutil
from typing import Any
from urllib.parse import urlsplit

import child  # type: ignore[import-not-found]  # beside this file when it runs
import sdk  # type: ignore[import-not-found]
from botocore.exceptions import ClientError
from task_library import fail, say, secret  # type: ignore[import-not-found]


class Docker:
    """The executable, and the registry of the account that it is to sign in to."""

    def __init__(self) -> None:
        self._path = shutil.which("docker") or fail("Error: Cannot find docker command line executable")
        self._token, self._endpoint = "", ""

    def __call__(self, command: str, *arguments: str, silent: bool = False) -> None:
        """Run one command; the task ends where it fails."""
        say(f"Invoking '{self._path}' with command '{command}'")
        own = ("INPUT_", "ENDPOINT_", "VARIABLE_")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
        child.run([self._path, command, *arguments], "", environment, False, silent=silent)

    def registry(self, ecr: Any, repository: str) -> str:
        """The registry's host, after asking ECR for a token."""
        say("Obtaining authentication token for ECR login")
        try:
            found = ecr.get_authorization_token().get("authorizationData", [])
        except ClientError as error:
            fail(
                f"Error: Error: Failed to obtain authorization token to log in to ECR, error: {sdk.told(error)}"
            )
        if not found:
            fail("Error: Failed to obtain auth token!")
        self._token, self._endpoint = found[0]["authorizationToken"], found[0]["proxyEndpoint"]
        return urlsplit(self._endpoint).netloc or fail(
            f"Error: Failed to get endpoint of repository {repository}. Check your credentials and if the endpoint"
            " exists!"
        )

    def login(self) -> None:
        """Sign in; user and password are secrets from then on."""
        user, _, password = base64.b64decode(self._token).decode().strip().partition(":")
        secret(user)
        secret(password)
        self("login", "-u", user, "-p", password, self._endpoint, silent=True)
