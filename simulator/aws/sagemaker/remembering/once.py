"""A request that says its ClientToken twice is done once: the second gets the first's answer."""

from __future__ import annotations

import hashlib
import json

from simulator.aws.behaviour import Answer, Behaviour, Call
from simulator.aws.sagemaker.paging import to_json
from simulator.aws.sagemaker.remembering.identity import declared
from simulator.kernel.errors import CallerError

TOKEN = "sagemaker.client_token"
_MEMBERS = ("ClientRequestToken", "ClientToken")


def once(function: Behaviour) -> Behaviour:
    """The behaviour, idempotent by ClientRequestToken or ClientToken.

    A token that comes again with other parameters is a ConflictException where the operation has one, else a
    ValidationException (the text is ours).
    """

    async def behave(call: Call) -> Answer:
        token = next((call.params[name] for name in _MEMBERS if call.params.get(name)), None)
        if token is None:
            return await function(call)
        key = f"{call.account}/{call.region}/{call.operation}/{token}"
        asked = _digest(call)
        if known := call.kernel.store.get(TOKEN, key):
            if known["asked"] != asked:
                code = declared(call, "ConflictException", "ValidationException")
                raise CallerError(code, f"The client token {token} was used with other parameters.")
            return dict(known["answer"])
        answer = await function(call)
        call.kernel.store.put(TOKEN, key, {"asked": asked, "answer": to_json(answer)})
        return answer

    return behave


def _digest(call: Call) -> str:
    return hashlib.sha256(json.dumps(to_json(call.params), sort_keys=True, default=repr).encode()).hexdigest()
