"""The model registry: groups, versions with metrics and lineage, and the decision of a person on a version."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from simulator.console.aws import Account
from simulator.console.metrics import Metric, metrics
from simulator.console.objects import read_object
from simulator.console.pages.endpoints import read_endpoints
from simulator.console.pages.runs import read_runs
from simulator.console.refusals import NotThere
from simulator.console.visit import Gone, Hidden, Page, Visit, optional

Row = dict[str, Any]
_DECISIONS = {"approve": ("Approved", "approved"), "reject": ("Rejected", "rejected")}
_SHOWN = 30
_LONGEST_COMMENT = 1024


async def read_groups(visit: Visit) -> tuple[list[Row], list[Hidden]]:
    """The groups of every account that the person sees, each with its versions, the newest first."""

    async def of(account: Account) -> list[Row]:
        found = await account.listed("sagemaker", "list_model_package_groups", "ModelPackageGroupSummaryList")
        groups = [{**group, "account": account.name, "way": account.way} for group in found]
        listed = await asyncio.gather(*(_versions(account, str(g["ModelPackageGroupName"])) for g in groups))
        return [{**group, "versions": versions} for group, versions in zip(groups, listed, strict=True)]

    return await visit.across(of)


async def _versions(account: Account, group: str) -> list[Row]:
    found = await account.listed(
        "sagemaker",
        "list_model_packages",
        "ModelPackageSummaryList",
        ModelPackageGroupName=group,
        SortBy="CreationTime",
        SortOrder="Descending",
    )
    return [{**version, "account": account.name} for version in found]


def pending(groups: list[Row]) -> list[Row]:
    """The versions that wait for a decision, the newest first. Pure."""
    waiting = [
        version
        for group in groups
        for version in group["versions"]
        if version.get("ModelApprovalStatus") == "PendingManualApproval"
    ]
    return sorted(waiting, key=lambda version: version["CreationTime"], reverse=True)


async def groups(visit: Visit) -> Page:
    """All groups, and what waits in them."""
    found, hidden = await read_groups(visit)
    values = {"groups": found, "hidden": hidden, "pending": pending(found)}
    return Page("registry.html.jinja", values, "Model registry")


async def versions(visit: Visit) -> Page:
    """The versions of one group, with the metrics that they were registered with."""
    account, group = await visit.account(visit.route["account"]), visit.route["group"]
    listed = (await _versions(account, group))[:_SHOWN]
    described = await asyncio.gather(*(_described(account, row["ModelPackageArn"]) for row in listed))
    measured = await asyncio.gather(*(_measured(account, row) for row in described))
    rows = [{**row, "metrics": found} for row, found in zip(described, measured, strict=True)]
    names = list(dict.fromkeys(metric.name for row in rows for metric in row["metrics"]))[:4]
    values = {"account": account, "group": group, "rows": rows, "names": names}
    return Page("group.html.jinja", values, f"{group} in {account.name}")


async def version(visit: Visit) -> Page:
    """One version: what it is, where it comes from, where it serves, and the form to decide."""
    account, package = await _package(visit)
    measured, runs, (serving, _) = await asyncio.gather(
        _measured(account, package), _runs(visit), read_endpoints(visit)
    )
    commit, arn = _commit(package), package["ModelPackageArn"]
    values = {
        "account": account,
        "package": package,
        "metrics": measured,
        "built": [run for run in runs if commit and run.get("sourceVersion") == commit],
        "deployed": [run for run in runs if arn in run.get("templateParameters", {}).values()],
        "serving": [each for each in serving if any(v["arn"] == arn for v in each["variants"])],
        "commit": commit,
        "execution": _execution(package, visit.clouds.accounts),
    }
    title = f"{package['ModelPackageGroupName']} version {package['ModelPackageVersion']}"
    return Page("version.html.jinja", values, title)


async def decide(visit: Visit) -> Gone:
    """Approve or reject as the person; raises Refused in AWS's words where the person may not."""
    account, package = await _package(visit)
    if visit.form.get("decision") not in _DECISIONS:
        raise NotThere("a decision is to approve or to reject")
    status, said = _DECISIONS[visit.form["decision"]]
    comment = visit.form.get("comment", "").strip()[:_LONGEST_COMMENT]
    given: dict[str, str] = {"ApprovalDescription": comment} if comment else {}
    await account.call(
        "sagemaker",
        "update_model_package",
        ModelPackageArn=package["ModelPackageArn"],
        ModelApprovalStatus=status,
        **given,
    )
    return Gone(f"/registry/{account.name}/{visit.route['group']}/{visit.route['version']}", said)


async def _package(visit: Visit) -> tuple[Account, Row]:
    account, route = await visit.account(visit.route["account"]), visit.route
    if account.refusal:
        raise account.refusal
    named = await account.call(
        "sagemaker", "describe_model_package_group", ModelPackageGroupName=route["group"]
    )
    arn = named["ModelPackageGroupArn"].replace(":model-package-group/", ":model-package/")
    return account, await _described(account, f"{arn}/{route['version']}")


async def _described(account: Account, arn: str) -> Row:
    found: Row = await account.call("sagemaker", "describe_model_package", ModelPackageName=arn)
    return found


async def _measured(account: Account, package: Row) -> list[Metric]:
    source = package.get("ModelMetrics", {}).get("ModelQuality", {}).get("Statistics", {}).get("S3Uri")
    text = await optional(read_object(account, source)) if source else None
    try:
        return metrics(json.loads(text)) if text else []
    except ValueError:
        return []


async def _runs(visit: Visit) -> list[Row]:
    """The runs of Azure DevOps, as far as the person sees them."""
    found = await optional(read_runs(visit))
    return found[0] if found else []


def _commit(package: Row) -> str:
    told = package.get("MetadataProperties", {}), package.get("CustomerMetadataProperties", {})
    return next((str(each["CommitId"]) for each in told if each.get("CommitId")), "")


def _execution(package: Row, accounts: Any) -> dict[str, str]:
    """Where the console shows the execution that registered the version; empty when it was no pipeline."""
    arn = str(package.get("MetadataProperties", {}).get("GeneratedBy", ""))
    if ":pipeline/" not in arn or "/execution/" not in arn:
        return {}
    number, path = arn.split(":")[4], arn.split(":pipeline/")[1]
    account = next((name for name, each in accounts.items() if each == number), number)
    pipeline, _, execution = path.partition("/execution/")
    return {"account": account, "pipeline": pipeline, "execution": execution}
