"""EventBridge Scheduler's resource types."""

from __future__ import annotations

from simulator.aws.cloudformation.handlers.kind import ResourceKind, Tagging

KINDS = (
    ResourceKind(
        "AWS::Scheduler::Schedule", "scheduler",
        create="CreateSchedule", update="UpdateSchedule", delete="DeleteSchedule", name="Name", limit=64,
        keys={"Name": "Name", "GroupName": "GroupName"}, physical="Name", attributes={"Arn": "ScheduleArn"},
    ),
    ResourceKind(
        "AWS::Scheduler::ScheduleGroup", "scheduler",
        create="CreateScheduleGroup", describe="GetScheduleGroup", delete="DeleteScheduleGroup",
        name="Name", limit=64, keys={"Name": "Name"}, physical="Name",
        attributes={"Arn": "Arn", "State": "State", "CreationDate": "CreationDate",
                    "LastModificationDate": "LastModificationDate"},
        tagging=Tagging("TagResource", "UntagResource", "ResourceArn", "Arn"),
    ),
)  # fmt: skip
