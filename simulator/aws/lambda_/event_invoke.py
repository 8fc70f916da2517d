"""The settings of asynchronous invocation: PutFunctionEventInvokeConfig and its kin."""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.lambda_ import states
from simulator.aws.lambda_.errors import missing
from simulator.aws.lambda_.names import LATEST, Named
from simulator.aws.lambda_.paging import page
from simulator.aws.lambda_.rows import EVENT_INVOKE, function_of, resolve

_MEMBERS = ("MaximumRetryAttempts", "MaximumEventAgeInSeconds", "DestinationConfig")


def _existing(call: Call) -> tuple[Named, str]:
    function = function_of(call)
    resolve(call.kernel.store, function)
    return function, f"{function.key}/{function.qualifier or LATEST}"


def _of(call: Call) -> tuple[Named, str, dict[str, Any]]:
    function, key = _existing(call)
    row = call.kernel.store.get(EVENT_INVOKE, key)
    if row is None:
        raise missing(
            f"The function {function.arn}:{function.qualifier or LATEST} doesn't have an EventInvokeConfig"
        )
    return function, key, row


def _write(call: Call, function: Named, key: str, before: dict[str, Any]) -> Answer:
    given = {name: call.params[name] for name in _MEMBERS if name in call.params}
    arn = f"{function.arn}:{function.qualifier or LATEST}"
    row = {"DestinationConfig": {"OnSuccess": {}, "OnFailure": {}}, **before, **given}
    row |= {"FunctionArn": arn, "LastModified": call.kernel.clock.now()}
    with call.kernel.store.transaction():
        call.kernel.store.put(EVENT_INVOKE, key, row)
        states.note(call.kernel, "FunctionEventInvokeConfigChanged", function)
    return row


@behaviour("lambda", "PutFunctionEventInvokeConfig")
async def put_function_event_invoke_config(call: Call) -> Answer:
    """Set all of it."""
    return _write(call, *_existing(call), {})


@behaviour("lambda", "UpdateFunctionEventInvokeConfig")
async def update_function_event_invoke_config(call: Call) -> Answer:
    """Set what is named."""
    return _write(call, *_of(call))


@behaviour("lambda", "GetFunctionEventInvokeConfig")
async def get_function_event_invoke_config(call: Call) -> Answer:
    """What was set."""
    return _of(call)[2]


@behaviour("lambda", "DeleteFunctionEventInvokeConfig")
async def delete_function_event_invoke_config(call: Call) -> Answer:
    """The defaults again."""
    function, key, _ = _of(call)
    with call.kernel.store.transaction():
        call.kernel.store.delete(EVENT_INVOKE, key)
        states.note(call.kernel, "FunctionEventInvokeConfigChanged", function)
    return {}


@behaviour("lambda", "ListFunctionEventInvokeConfigs")
async def list_function_event_invoke_configs(call: Call) -> Answer:
    """One page, of every qualifier that has one."""
    function, _ = _existing(call)
    return page(call, "FunctionEventInvokeConfigs", call.kernel.store.scan(EVENT_INVOKE, f"{function.key}/"))
