"""What tests of Lambda share: archives, a role, and a scripted engine whose functions are Python callables."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

from simulator.runtime.engine_scripted import Request, Script, ScriptedEngine
from simulator.runtime.work import Answer
from tests.wire import RunningSimulator

ACCOUNT = "222222222222"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
    ],
}
EVERYTHING = "arn:aws:iam::aws:policy/AdministratorAccess"
SOURCE = "def handler(event, context):\n    return event\n"


def zipped(files: dict[str, str] | None = None) -> bytes:
    """A deployment package."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in (files or {"app.py": SOURCE}).items():
            archive.writestr(zipfile.ZipInfo(name), text)  # of 1980, so that equal files are equal archives
    return buffer.getvalue()


def role(simulator: RunningSimulator, name: str = "functions", policy: str = EVERYTHING) -> str:
    """The ARN of a new role that Lambda may assume."""
    iam = simulator.client("iam")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    if policy:
        iam.attach_role_policy(RoleName=name, PolicyArn=policy)
    arn: str = made["Role"]["Arn"]
    return arn


def create(simulator: RunningSimulator, name: str = "f", **settings: Any) -> dict[str, Any]:
    """A function of `app.handler`, with a role of its own unless one is given."""
    settings.setdefault("Code", {"ZipFile": zipped()})
    settings.setdefault("Runtime", "python3.12")
    settings.setdefault("Handler", "app.handler")
    if "Role" not in settings:
        settings["Role"] = role(simulator, f"role-of-{name}")
    made: dict[str, Any] = simulator.client("lambda").create_function(FunctionName=name, **settings)
    return made


def ended(payload: Any, **changes: Any) -> Answer:
    """An environment's report of an invocation, as the program of reference_models/lambda_python makes it."""
    told = {
        "payload": json.dumps(payload),
        "failed": False,
        "timed_out": False,
        "over": False,
        "milliseconds": 12.0,
        "init_milliseconds": 0.0,
        "peak_megabytes": 40,
        "lines": [],
        **changes,
    }
    return Answer(200, {}, json.dumps(told).encode())


def failed(message: str) -> Answer:
    """The report of a handler that raised."""
    return ended({"errorMessage": message, "errorType": "ValueError", "stackTrace": []}, failed=True)


def scripted(answer: Callable[[Any], Answer]) -> ScriptedEngine:
    """An engine in which every function answers its event by `answer(event)`."""
    engine = ScriptedEngine()

    def reply(request: Request) -> Answer:
        return answer(json.loads(request.body))

    engine.script("lambda_python", Script(answer=reply))
    return engine
