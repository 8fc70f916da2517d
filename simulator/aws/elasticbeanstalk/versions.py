"""CreateApplicationVersion, DescribeApplicationVersions, UpdateApplicationVersion and DeleteApplicationVersion.

Source: Elastic Beanstalk API reference; texts of what S3 does not give as clients published them.
"""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.elasticbeanstalk import applications
from simulator.aws.elasticbeanstalk.rows import (
    APPLICATION,
    VERSION,
    Row,
    application_of,
    invalid,
    record,
    version_key,
    version_of,
    versions_of,
)
from simulator.kernel.errors import CallerError, NotSimulated

_REASONS = {403: "Forbidden", 404: "Not Found"}


@behaviour("elasticbeanstalk", "CreateApplicationVersion")
async def create_application_version(call: Call) -> Answer:
    """A version of a bundle that the caller can read in S3, in the application's region; it is not processed."""
    params, store = call.params, call.kernel.store
    name, label = params["ApplicationName"], params["VersionLabel"]
    _refuse_builds(params)
    there = store.get(APPLICATION, call.key(name)) is not None
    if not there and not params.get("AutoCreateApplication"):
        application_of(call)
    if store.get(VERSION, version_key(call, label)) is not None:
        raise invalid(f"Application Version {label} already exists.")
    await _check_bundle(call, params["SourceBundle"])
    if not there:
        applications.make(call, {"Tags": []})
    now = call.kernel.clock.now()
    row: Row = {
        "ApplicationVersionArn": call.arn("applicationversion", f"{name}/{label}"),
        "ApplicationName": name,
        "VersionLabel": label,
        "SourceBundle": params["SourceBundle"],
        "DateCreated": now,
        "DateUpdated": now,
        "Status": "Unprocessed",
        **({"Description": params["Description"]} if "Description" in params else {}),
        "Tags": params.get("Tags", []),
    }
    with store.transaction():
        store.put(VERSION, version_key(call, label), row)
        record(call, "BeanstalkVersionCreated", row["ApplicationVersionArn"], bundle=params["SourceBundle"])
    return {"ApplicationVersion": _shown(row)}


def _refuse_builds(params: dict[str, Any]) -> None:
    for member in ("SourceBuildInformation", "BuildConfiguration"):
        if member in params:
            raise NotSimulated(
                f"elasticbeanstalk:CreateApplicationVersion with {member}", "Give SourceBundle."
            )
    if params.get("Process"):
        what = "elasticbeanstalk:CreateApplicationVersion with Process"
        raise NotSimulated(what, "Leave Process out: no environment would read the configuration files.")
    bundle = params.get("SourceBundle", {})
    if not bundle.get("S3Bucket") or not bundle.get("S3Key"):
        what = "elasticbeanstalk:CreateApplicationVersion of the sample application"
        raise NotSimulated(what, "Give SourceBundle with S3Bucket and S3Key.")


async def _check_bundle(call: Call, bundle: dict[str, str]) -> None:
    """Raises InvalidParameterCombination where the caller cannot read the bundle, or its bucket is elsewhere."""
    account, region, bucket = call.account, call.region, {"Bucket": bundle["S3Bucket"]}
    reason = ""
    try:
        asked = {**bucket, "Key": bundle["S3Key"]}
        await call.cloud.call(
            "s3", "HeadObject", asked, account=account, region=region, principal=call.principal
        )
        found = await call.cloud.call("s3", "GetBucketLocation", bucket, account=account, region=region)
        home = found.get("LocationConstraint") or "us-east-1"
        if home != region:
            reason = f"The bucket is in this region: {home}. Please use this region to retry the request"
    except CallerError as error:
        reason = _REASONS.get(error.status, error.message)
    if reason:
        where = f"(Bucket: {bundle['S3Bucket']}  Key: {bundle['S3Key']})"
        text = f"Unable to download from S3 location {where}. Reason: {reason}"
        raise CallerError("InvalidParameterCombination", text, 400)


@behaviour("elasticbeanstalk", "DescribeApplicationVersions")
async def describe_application_versions(call: Call) -> Answer:
    """The versions of an application or of all, newest first, one page of them."""
    params = call.params
    found = versions_of(call, params["ApplicationName"]) if "ApplicationName" in params else _all(call)
    labels = params.get("VersionLabels")
    rows = [row for row in found if not labels or row["VersionLabel"] in labels]
    start, size = int(params.get("NextToken", 0)), params.get("MaxRecords", 1000)
    answer: Answer = {"ApplicationVersions": [_shown(row) for row in rows[start : start + size]]}
    if start + size < len(rows):
        answer["NextToken"] = str(start + size)
    return answer


def _all(call: Call) -> list[Row]:
    rows = [row for _, row in call.kernel.store.scan(VERSION, call.key(""))]
    return sorted(rows, key=lambda row: -float(row["DateCreated"]))


@behaviour("elasticbeanstalk", "UpdateApplicationVersion")
async def update_application_version(call: Call) -> Answer:
    """Another description."""
    application_of(call)
    row = version_of(call)
    if "Description" in call.params:
        row = {**row, "Description": call.params["Description"], "DateUpdated": call.kernel.clock.now()}
        with call.kernel.store.transaction():
            call.kernel.store.put(VERSION, version_key(call, row["VersionLabel"]), row)
            record(call, "BeanstalkVersionChanged", row["ApplicationVersionArn"])
    return {"ApplicationVersion": _shown(row)}


@behaviour("elasticbeanstalk", "DeleteApplicationVersion")
async def delete_application_version(call: Call) -> Answer:
    """Forget a version, and with DeleteSourceBundle its object in S3, as the caller."""
    application_of(call)
    row = version_of(call)
    if call.params.get("DeleteSourceBundle"):
        bundle = {"Bucket": row["SourceBundle"]["S3Bucket"], "Key": row["SourceBundle"]["S3Key"]}
        await call.cloud.call(
            "s3", "DeleteObject", bundle, account=call.account, region=call.region, principal=call.principal
        )
    with call.kernel.store.transaction():
        call.kernel.store.delete(VERSION, version_key(call, row["VersionLabel"]))
        record(call, "BeanstalkVersionDeleted", row["ApplicationVersionArn"])
    return {}


def _shown(row: Row) -> Row:
    return {key: value for key, value in row.items() if key != "Tags"}
