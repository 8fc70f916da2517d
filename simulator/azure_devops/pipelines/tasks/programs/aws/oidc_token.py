"""Asking Azure DevOps for the token that proves which service connection the job uses.

Source: getOIDCToken of aws/aws-toolkit-azure-devops (addresses, texts). A refusal is final here at once: the toolkit
asks five times over ten minutes, and the simulator's answer would not change.
"""

import base64
import json
import os
import urllib.error
import urllib.request


class NoToken(Exception):
    """Azure DevOps issued none; the text says why."""


def oidc_token(connection: str) -> str:
    """The token for the connection (its id). Raises NoToken."""
    access_token = os.environ.get("VARIABLE_SYSTEM_ACCESSTOKEN", "")
    if not access_token:
        raise NoToken(
            "System.AccessToken is undefined. Ensure that you have enabled OAuth token access for your pipeline/agent"
            " job: https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables?view=azure-devops"
            "&tabs=classic#systemaccesstoken"
        )
    token = str(_post(f"{_address()}?serviceConnectionId={connection}", access_token).get("oidcToken", ""))
    if not token:
        raise NoToken("Invalid response when requesting OIDC token.")
    claims = _claims(token)
    shown = (claims.get(name, "") for name in ("iss", "sub", "aud"))
    print("OIDC Token generated: issuer: {{{}}} sub: {{{}}}, aud: {{{}}}".format(*shown), flush=True)
    return token


def _address() -> str:
    names = ("COLLECTIONURI", "TEAMPROJECTID", "HOSTTYPE", "PLANID", "JOBID")
    collection, project, hub, plan, job = (os.environ.get(f"SYSTEM_{name}", "") for name in names)
    area = f"{collection.rstrip('/')}/{project}/_apis/distributedtask"
    return f"{area}/hubs/{hub}/plans/{plan}/jobs/{job}/oidctoken"


def _post(url: str, access_token: str) -> dict[str, object]:
    headers = {
        "accept": "application/json;api-version=7.2-preview.1",
        "content-type": "application/json",
        "authorization": f"Bearer {access_token}",
    }
    request = urllib.request.Request(url, data=b"{}", headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            found = json.loads(answer.read())
    except urllib.error.HTTPError as error:
        raise NoToken(_refusal(error.read(), error.code)) from error
    except OSError as error:
        raise NoToken(f"{url} does not answer: {error}") from error
    return dict(found)


def _refusal(body: bytes, status: int) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return f"Failed request: ({status})"


def _claims(token: str) -> dict[str, object]:
    body = token.split(".")[1]
    return dict(json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))))
