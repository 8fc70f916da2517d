"""InvokeEndpoint: a variant is chosen, its container asked, the answer given back, captured and counted.

Source: botocore's sagemaker-runtime model; developer guide, "Use your own inference code with hosting services".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.sagemaker.capture import Exchange, capture
from simulator.aws.sagemaker.endpoint_metrics import count
from simulator.aws.sagemaker.inflight import asking
from simulator.aws.sagemaker.jobs import refuse
from simulator.aws.sagemaker.kinds.kind import Row
from simulator.aws.sagemaker.kinds.serving import ENDPOINT
from simulator.kernel.errors import CallerError
from simulator.runtime.engine import WorkUnreachable
from simulator.runtime.work import Answer as Reply

LIMIT_BYTES = 6_291_456
RESPONSE_SECONDS = 60.0
_REFUSED = (
    "TargetModel",
    "TargetContainerHostname",
    "EnableExplanations",
    "InferenceComponentName",
    "SessionId",
)
_SERVES = ("InService", "Updating", "RollingBack")
_HEADERS = {
    "Accept": "accept",
    "CustomAttributes": "x-amzn-sagemaker-custom-attributes",
    "TargetVariant": "x-amzn-sagemaker-target-variant",
    "InferenceId": "x-amzn-sagemaker-inference-id",
}


def choose(variants: Sequence[Mapping[str, Any]], fraction: float) -> str:
    """The variant on which a number in [0, 1) falls, each as wide as its share of the weights."""
    total = sum(float(variant["CurrentWeight"]) for variant in variants)
    if total <= 0:
        return str(variants[0]["VariantName"])
    left = fraction * total
    for variant in variants:
        left -= float(variant["CurrentWeight"])
        if left < 0:
            return str(variant["VariantName"])
    return str(variants[-1]["VariantName"])


def _serving(call: Call) -> Row:
    row = call.kernel.store.get(ENDPOINT.row, call.key(call.params["EndpointName"]))
    if row is None or row["EndpointStatus"] not in _SERVES or not row.get("_serving"):
        text = f"Endpoint {call.params['EndpointName']} of account {call.account} not found."
        raise CallerError("ValidationError", text)
    return row


def _variant(call: Call, row: Row) -> str:
    wanted = call.params.get("TargetVariant")
    if wanted is None:
        return choose(row["ProductionVariants"], call.kernel.ids.fraction())
    if wanted not in row["_serving"]["variants"]:
        raise CallerError("ValidationError", f"Variant {wanted} of endpoint {row['EndpointName']} not found.")
    return str(wanted)


def _body(params: Mapping[str, Any]) -> bytes:
    body = params.get("Body", b"")
    if hasattr(body, "read"):
        body = body.read()
    body = body.encode() if isinstance(body, str) else bytes(body)
    if len(body) > LIMIT_BYTES:
        raise CallerError("ValidationError", f"Body must be at most {LIMIT_BYTES} bytes.", 413)
    return body


@behaviour("sagemaker-runtime", "InvokeEndpoint")
async def invoke_endpoint(call: Call) -> Answer:
    """One real-time inference; raises ValidationError or ModelError (424) as AWS does."""
    params, kernel = call.params, call.kernel
    refuse("InvokeEndpoint", params, _REFUSED)
    row, body = _serving(call), _body(call.params)
    variant = _variant(call, row)
    entry = row["_serving"]["variants"][variant]
    content_type = params.get("ContentType", "application/json")
    headers = {"content-type": content_type}
    headers |= {header: str(params[member]) for member, header in _HEADERS.items() if member in params}
    began = kernel.clock.wall()
    with asking(kernel, entry["work"]):
        reply = await _ask(call, entry["work"], headers, body)
    count(call, row["EndpointName"], variant, reply.status if reply else 0, kernel.clock.wall() - began)
    if reply is None or not 200 <= reply.status < 300:
        raise _model_error(call, variant, entry["work"], reply)
    sent = (content_type, body)
    got = (reply.headers.get("content-type", "application/octet-stream"), reply.body)
    exchange = Exchange(sent, got, params.get("InferenceId"), params.get("CustomAttributes"))
    capture(call, row, variant, entry["container"]["role"], exchange)
    answer: Answer = {"Body": reply.body, "ContentType": got[0], "InvokedProductionVariant": variant}
    if attributes := reply.headers.get("x-amzn-sagemaker-custom-attributes"):
        answer["CustomAttributes"] = attributes
    return answer


async def _ask(call: Call, work: str, headers: Mapping[str, str], body: bytes) -> Reply | None:
    """The container's reply, None when there is none in time."""
    try:
        return await call.cloud.engine.request(work, "POST", "/invocations", headers, body, RESPONSE_SECONDS)
    except (WorkUnreachable, KeyError):
        return None


def _model_error(call: Call, variant: str, work: str, reply: Reply | None) -> CallerError:
    status = reply.status if reply else 0
    message = reply.body.decode(errors="replace")[:4096] if reply else (
        "Your invocation timed out while waiting for a response from container primary. Review the latency metrics for "
        "each container in Amazon CloudWatch, resolve the issue, and try again."
    )  # fmt: skip
    side = "client" if 400 <= status < 500 else "server"
    group = f"/aws/sagemaker/Endpoints/{call.params['EndpointName']}"
    text = (
        f'Received {side} error ({status}) from primary with message "{message}". See '
        f"https://{call.region}.console.aws.amazon.com/cloudwatch/home?region={call.region}"
        f"#logEventViewer:group={group} in account {call.account} for more information."
    )
    stream = f"{variant}/i-{work.rsplit('-', 1)[-1]}"
    arn = f"arn:aws:logs:{call.region}:{call.account}:log-group:{group}:log-stream:{stream}"
    extra: dict[str, Any] = {"OriginalStatusCode": status, "OriginalMessage": message, "LogStreamArn": arn}
    return CallerError("ModelError", text, 424, **extra)
