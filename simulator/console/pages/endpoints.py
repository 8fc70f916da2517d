"""Endpoints of every account: configuration, variants, the version behind them, what they were asked last."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from simulator.console.aws import Account
from simulator.console.objects import place
from simulator.console.pages.jobs import log
from simulator.console.refusals import Refused
from simulator.console.visit import Hidden, Page, Visit, optional, refusable

Row = dict[str, Any]
_CAPTURES = 12
_LOG_LINES = 200
_MOST_OBJECTS = 5000


async def read_endpoints(visit: Visit) -> tuple[list[Row], list[Hidden]]:
    """Every endpoint that the person sees, with its variants and the versions behind them."""

    async def of(account: Account) -> list[Row]:
        found = await account.listed("sagemaker", "list_endpoints", "Endpoints")
        return list(
            await asyncio.gather(*(described(visit, account, str(row["EndpointName"])) for row in found))
        )

    return await visit.across(of)


async def described(visit: Visit, account: Account, name: str) -> Row:
    """One endpoint; raises Refused when it is not there."""
    found: Row = await account.call("sagemaker", "describe_endpoint", EndpointName=name)
    found.pop("ResponseMetadata", None)
    config: Row = (
        await optional(
            account.call(
                "sagemaker", "describe_endpoint_config", EndpointConfigName=found["EndpointConfigName"]
            )
        )
        or {}
    )
    serving = {row["VariantName"]: row for row in found.get("ProductionVariants", [])}
    variants = await asyncio.gather(
        *(
            _variant(visit, account, {**row, **serving.get(row["VariantName"], {})})
            for row in config.get("ProductionVariants", [])
        )
    )
    return {
        **found,
        "account": account.name,
        "way": account.way,
        "config": config,
        "variants": list(variants),
    }


async def _variant(visit: Visit, account: Account, variant: Row) -> Row:
    model = await optional(account.call("sagemaker", "describe_model", ModelName=variant["ModelName"])) or {}
    containers = [model["PrimaryContainer"]] if "PrimaryContainer" in model else model.get("Containers", [])
    arn = next((str(c["ModelPackageName"]) for c in containers if c.get("ModelPackageName")), "")
    data = next((str(c["ModelDataUrl"]) for c in containers if c.get("ModelDataUrl")), "")
    return {**variant, "arn": arn, "package": package_link(arn, visit.clouds.accounts), "data": data}


def package_link(arn: str, accounts: Any) -> Row:
    """Where the registry shows a version; empty for anything that is none. Pure."""
    if ":model-package/" not in arn:
        return {}
    group, _, version = arn.split(":model-package/")[1].rpartition("/")
    number = arn.split(":")[4]
    account = next((name for name, each in accounts.items() if each == number), number)
    return {"account": account, "group": group, "version": version}


async def endpoints(visit: Visit) -> Page:
    """All endpoints, staging and production side by side."""
    found, hidden = await read_endpoints(visit)
    return Page("endpoints.html.jinja", {"rows": found, "hidden": hidden}, "Endpoints")


async def endpoint(visit: Visit) -> Page:
    """One endpoint with the last requests that it captured and its container's log."""
    account, name = await visit.account(visit.route["account"]), visit.route["name"]
    found = await described(visit, account, name)
    taken, lines = await asyncio.gather(
        refusable(_captures(account, found)),
        log(account, f"/aws/sagemaker/Endpoints/{name}", most=_LOG_LINES),
    )
    values = {
        "account": account,
        "endpoint": found,
        "captures": [] if isinstance(taken, Refused) else taken,
        "capture_refused": taken if isinstance(taken, Refused) else None,
        "lines": lines,
    }
    return Page("endpoint.html.jinja", values, f"{name} in {account.name}")


async def _captures(account: Account, found: Row) -> list[Row]:
    """The last captured exchanges, the newest first."""
    settings = found.get("DataCaptureConfig") or {}
    if not settings.get("DestinationS3Uri"):
        return []
    bucket, prefix = place(settings["DestinationS3Uri"])
    objects = await account.listed(
        "s3",
        "list_objects_v2",
        "Contents",
        most=_MOST_OBJECTS,
        Bucket=bucket,
        Prefix=f"{prefix}/{found['EndpointName']}/".lstrip("/"),
    )
    newest = sorted(objects, key=lambda each: str(each["Key"]), reverse=True)[:3]
    exchanges: list[Row] = []
    for each in newest:
        text = await account.text(bucket, each["Key"])
        exchanges += [exchange(json.loads(line)) for line in reversed(text.splitlines()) if line.strip()]
        if len(exchanges) >= _CAPTURES:
            break
    return exchanges[:_CAPTURES]


def exchange(line: Row) -> Row:
    """Moment, request and answer of one captured line. Pure."""
    data = line.get("captureData", {})
    return {
        "moment": line.get("eventMetadata", {}).get("inferenceTime"),
        "sent": _shown(data.get("endpointInput", {})),
        "got": _shown(data.get("endpointOutput", {})),
    }


def _shown(half: Row) -> str:
    text = str(half.get("data", ""))
    return f"{text[:60]}… (base64)" if half.get("encoding") == "BASE64" else text[:500]
