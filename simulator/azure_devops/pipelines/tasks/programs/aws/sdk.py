"""The AWS SDK as the toolkit's tasks use it: clients that are signed in, request ids in the debug log, errors told.

Source: SdkUtils.createAndConfigureSdkClient of aws/aws-toolkit-azure-devops (order, texts).
"""

from collections.abc import Callable
from typing import Any

import aws_session  # type: ignore[import-not-found]  # beside this file when it runs
import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from task_library import debug, fail, flag  # type: ignore[import-not-found]

NOT_SIMULATED = "NotSimulated"


def session() -> Any:
    """A session with the task's credentials and region; without any, the environment's."""
    keys, where = aws_session.credentials(), aws_session.region() or None
    if keys is None:
        made = boto3.Session(region_name=where)
    else:
        made = boto3.Session(keys.access_key, keys.secret_key, keys.token or None, where)
    made.events.register("after-call.*.*", _tell)
    return made


def client(service: str) -> Any:
    """A client of one service, which says itself what of a request is too short or too long, as in the toolkit."""
    return session().client(service, config=Config(parameter_validation=False))


def run(work: Callable[[], None]) -> None:
    """Carry out a task; an error of AWS ends it in the words of the SDK that the toolkit uses."""
    try:
        work()
    except ClientError as error:
        fail(told(error))
    except BotoCoreError as error:
        fail(str(error))
    except FileNotFoundError as error:
        fail(f"Error: {no_file(error)}")


def no_file(error: FileNotFoundError) -> str:
    """A file that is not there, as Node says it."""
    return f"ENOENT: no such file or directory, open '{error.filename}'"


def code(error: ClientError) -> str:
    """AWS's error code."""
    return str(error.response.get("Error", {}).get("Code", ""))


def message(error: ClientError) -> str:
    """AWS's message."""
    return str(error.response.get("Error", {}).get("Message", ""))


def told(error: ClientError) -> str:
    """`Code: message`."""
    return f"{code(error)}: {message(error)}"


def missing(error: ClientError, text: str) -> None:
    """End the task: what it needs is not there; what the simulator does not have is named as such."""
    fail(told(error) if code(error) == NOT_SIMULATED else f"Error: {text}")


def _tell(http_response: Any, parsed: dict[str, Any], model: Any, **_: Any) -> None:
    identifier = parsed.get("ResponseMetadata", {}).get("RequestId", "")
    debug(f"AWS {model.name[:1].lower()}{model.name[1:]} request ID: {identifier}")
    if flag("logRequest"):
        debug(f"---Request data for {identifier}---")
        debug(f"  Path: {model.http.get('requestUri', '/')}")
    if flag("logResponse"):
        debug(f"---Response data for request {identifier}---")
        debug(f"  Status code: {http_response.status_code}")
        debug("  Headers:")
        for name, value in http_response.headers.items():
            debug(f"    {name}={value}")
