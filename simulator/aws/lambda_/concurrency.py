"""Reserved concurrency, and GetAccountSettings: how many invocations may be under way at once."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.lambda_ import states
from simulator.aws.lambda_.code import UNZIPPED_BYTES, ZIPPED_BYTES
from simulator.aws.lambda_.errors import invalid
from simulator.aws.lambda_.names import Named
from simulator.aws.lambda_.rows import FUNCTION, VERSION, fetch, function_of

ACCOUNT_CONCURRENCY = 1000
"""Source: developer guide, "Lambda quotas": concurrent executions, by default."""
_UNRESERVED_AT_LEAST = 100
_STORED_BYTES = 80_530_636_800


@behaviour("lambda", "PutFunctionConcurrency")
async def put_function_concurrency(call: Call) -> Answer:
    """Reserve a part of the account's concurrency; beyond it invocations are refused with 429."""
    function, wanted = function_of(call), int(call.params["ReservedConcurrentExecutions"])
    fetch(call.kernel.store, function)
    others = sum(n for key, n in _reserved(call).items() if key != function.key)
    if wanted and ACCOUNT_CONCURRENCY - others - wanted < _UNRESERVED_AT_LEAST:
        raise invalid(
            "Specified ReservedConcurrentExecutions for function decreases account's UnreservedConcurrentExecution "
            f"below its minimum value of [{_UNRESERVED_AT_LEAST}]."
        )
    _write(call, function, wanted)
    return {"ReservedConcurrentExecutions": wanted}


@behaviour("lambda", "GetFunctionConcurrency")
async def get_function_concurrency(call: Call) -> Answer:
    """What is reserved, if anything is."""
    reserved = fetch(call.kernel.store, function_of(call))["concurrency"]
    return {} if reserved is None else {"ReservedConcurrentExecutions": reserved}


@behaviour("lambda", "DeleteFunctionConcurrency")
async def delete_function_concurrency(call: Call) -> Answer:
    """The function shares the account's concurrency again."""
    _write(call, function_of(call), None)
    return {}


@behaviour("lambda", "GetAccountSettings")
async def get_account_settings(call: Call) -> Answer:
    """Limits and use of the account here."""
    store, prefix = call.kernel.store, f"{call.account}/{call.region}/"
    rows = [row for kind in (FUNCTION, VERSION) for _, row in store.scan(kind, prefix)]
    return {
        "AccountLimit": {
            "TotalCodeSize": _STORED_BYTES,
            "CodeSizeUnzipped": UNZIPPED_BYTES,
            "CodeSizeZipped": ZIPPED_BYTES,
            "ConcurrentExecutions": ACCOUNT_CONCURRENCY,
            "UnreservedConcurrentExecutions": ACCOUNT_CONCURRENCY - sum(_reserved(call).values()),
        },
        "AccountUsage": {
            "TotalCodeSize": sum(int(row["config"]["CodeSize"]) for row in rows),
            "FunctionCount": store.count(FUNCTION, prefix),
        },
    }


def _reserved(call: Call) -> dict[str, int]:
    rows = call.kernel.store.scan(FUNCTION, f"{call.account}/{call.region}/")
    return {key: int(row["concurrency"]) for key, row in rows if row["concurrency"] is not None}


def _write(call: Call, function: Named, reserved: int | None) -> None:
    store = call.kernel.store
    with store.transaction():
        store.put(FUNCTION, function.key, {**fetch(store, function), "concurrency": reserved})
        states.note(call.kernel, "FunctionConcurrencyChanged", function, reserved=reserved)
