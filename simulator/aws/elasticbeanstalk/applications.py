"""CreateApplication, DescribeApplications, UpdateApplication and DeleteApplication.

Source: Elastic Beanstalk API reference. A lifecycle rule that is enabled would delete versions: it is refused by name.
"""

from __future__ import annotations

from typing import Any

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.elasticbeanstalk.rows import (
    APPLICATION,
    VERSION,
    Row,
    application_of,
    invalid,
    record,
    versions_of,
)
from simulator.kernel.errors import NotSimulated


@behaviour("elasticbeanstalk", "CreateApplication")
async def create_application(call: Call) -> Answer:
    """A new application; raises InvalidParameterValue where there is one of that name."""
    name = call.params["ApplicationName"]
    if call.kernel.store.get(APPLICATION, call.key(name)) is not None:
        raise invalid(f"Application {name} already exists.")
    return {"Application": _shown(call, make(call, call.params))}


def make(call: Call, params: dict[str, Any]) -> Row:
    """Enter an application of the call's name."""
    _refuse_lifecycle(params.get("ResourceLifecycleConfig", {}))
    name, now = call.params["ApplicationName"], call.kernel.clock.now()
    row: Row = {
        "ApplicationArn": call.arn("application", name),
        "ApplicationName": name,
        "DateCreated": now,
        "DateUpdated": now,
        **{key: params[key] for key in ("Description", "ResourceLifecycleConfig") if key in params},
        "Tags": params.get("Tags", []),
    }
    with call.kernel.store.transaction():
        call.kernel.store.put(APPLICATION, call.key(name), row)
        record(call, "BeanstalkApplicationCreated", row["ApplicationArn"])
    return row


def _refuse_lifecycle(config: dict[str, Any]) -> None:
    rules = config.get("VersionLifecycleConfig", {})
    if any(rule.get("Enabled") for rule in rules.values()):
        raise NotSimulated("elasticbeanstalk lifecycle rules", "Leave the rule disabled.")


@behaviour("elasticbeanstalk", "DescribeApplications")
async def describe_applications(call: Call) -> Answer:
    """All applications, or those of the names that are there."""
    names = call.params.get("ApplicationNames")
    rows = [row for _, row in call.kernel.store.scan(APPLICATION, call.key(""))]
    return {
        "Applications": [_shown(call, row) for row in rows if not names or row["ApplicationName"] in names]
    }


@behaviour("elasticbeanstalk", "UpdateApplication")
async def update_application(call: Call) -> Answer:
    """Another description; without one, as it is."""
    row = application_of(call)
    if "Description" in call.params:
        row = {**row, "Description": call.params["Description"], "DateUpdated": call.kernel.clock.now()}
        with call.kernel.store.transaction():
            call.kernel.store.put(APPLICATION, call.key(row["ApplicationName"]), row)
            record(call, "BeanstalkApplicationChanged", row["ApplicationArn"])
    return {"Application": _shown(call, row)}


@behaviour("elasticbeanstalk", "DeleteApplication")
async def delete_application(call: Call) -> Answer:
    """Forget an application and its versions; their bundles stay in S3."""
    row, store = application_of(call), call.kernel.store
    name = row["ApplicationName"]
    with store.transaction():
        for version in versions_of(call, name):
            store.delete(VERSION, call.key(f"{name}/{version['VersionLabel']}"))
        store.delete(APPLICATION, call.key(name))
        record(call, "BeanstalkApplicationDeleted", row["ApplicationArn"])
    return {}


def _shown(call: Call, row: Row) -> Row:
    labels = [version["VersionLabel"] for version in versions_of(call, row["ApplicationName"])]
    told = {key: value for key, value in row.items() if key != "Tags"}
    return {**told, "Versions": labels, "ConfigurationTemplates": []}
