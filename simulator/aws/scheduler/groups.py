"""Schedule groups and their tags."""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.aws.scheduler import firing
from simulator.aws.scheduler.rows import DEFAULT, GROUP, SCHEDULE, Row, group_arn, group_of, invalid, page
from simulator.kernel.errors import CallerError


@behaviour("scheduler", "CreateScheduleGroup")
async def create_schedule_group(call: Call) -> Answer:
    """A new group."""
    name, now, store = call.params["Name"], call.kernel.clock.now(), call.kernel.store
    if name == DEFAULT or store.get(GROUP, call.key(name)) is not None:
        raise CallerError("ConflictException", f"Schedule group {name} already exists.", 409)
    row: Row = {
        "Arn": group_arn(call, name),
        "Name": name,
        "State": "ACTIVE",
        "CreationDate": now,
        "LastModificationDate": now,
        "Tags": {tag["Key"]: tag["Value"] for tag in call.params.get("Tags", ())},
    }
    _put(call, row, "ScheduleGroupCreated")
    return {"ScheduleGroupArn": row["Arn"]}


def _put(call: Call, row: Row, fact: str) -> None:
    with call.kernel.store.transaction():
        call.kernel.store.put(GROUP, call.key(row["Name"]), row)
        call.kernel.log.record(fact, row["Arn"], account=call.account, region=call.region)


@behaviour("scheduler", "GetScheduleGroup")
async def get_schedule_group(call: Call) -> Answer:
    """One group."""
    return _shown(group_of(call, call.params["Name"]))


@behaviour("scheduler", "DeleteScheduleGroup")
async def delete_schedule_group(call: Call) -> Answer:
    """Delete a group with its schedules."""
    name = call.params["Name"]
    if name == DEFAULT:
        raise invalid("The default schedule group cannot be deleted.")
    row = group_of(call, name)
    with call.kernel.store.transaction():
        for key, _ in call.kernel.store.scan(SCHEDULE, call.key(f"{name}/")):
            firing.forget(call.kernel, key)
        call.kernel.store.delete(GROUP, call.key(name))
        call.kernel.log.record("ScheduleGroupDeleted", row["Arn"], account=call.account, region=call.region)
    return {}


@behaviour("scheduler", "ListScheduleGroups")
async def list_schedule_groups(call: Call) -> Answer:
    """One page; the default group is one of them."""
    rows = {row["Name"]: row for _, row in call.kernel.store.scan(GROUP, call.key(""))}
    rows.setdefault(DEFAULT, group_of(call, DEFAULT))
    prefix = call.params.get("NamePrefix", "")
    return page(
        call, "ScheduleGroups", [_shown(rows[name]) for name in sorted(rows) if name.startswith(prefix)]
    )


def _shown(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "Tags"}


def _tagged(call: Call) -> Row:
    return group_of(call, call.params["ResourceArn"].rsplit("/", 1)[-1])


@behaviour("scheduler", "TagResource")
async def tag_resource(call: Call) -> Answer:
    """Set tags of a group."""
    row = _tagged(call)
    given = {tag["Key"]: tag["Value"] for tag in call.params["Tags"]}
    _put(call, {**row, "Tags": {**row["Tags"], **given}}, "TagsChanged")
    return {}


@behaviour("scheduler", "UntagResource")
async def untag_resource(call: Call) -> Answer:
    """Take tags away."""
    row = _tagged(call)
    kept = {key: value for key, value in row["Tags"].items() if key not in call.params["TagKeys"]}
    _put(call, {**row, "Tags": kept}, "TagsChanged")
    return {}


@behaviour("scheduler", "ListTagsForResource")
async def list_tags_for_resource(call: Call) -> Answer:
    """All tags of a group."""
    return {"Tags": [{"Key": key, "Value": value} for key, value in _tagged(call)["Tags"].items()]}
