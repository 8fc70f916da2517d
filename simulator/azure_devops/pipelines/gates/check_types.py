"""The kinds of checks by the ids that the service gives them: a table of facts.

Source: reference/azure-devops.md 4.5; terraform-provider-azuredevops for the three kinds of approval; Learn "Approvals
and checks" for the order of the categories.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

APPROVAL = "8c6f20a7-a545-4486-9777-f762fafe0d4d"
TASK_CHECK = "fe1de3ee-a436-41b4-bb20-f6eb4cb879a7"
EXTENDS = "4020e66e-b0f3-47e1-bc88-48f3cc59b5f3"
EXCLUSIVE_LOCK = "2ef31ad6-baa0-403a-8b45-2cbc9b4e5563"
AUTHORIZATION = "e1a1fc6c-c278-4492-ae1c-c42f8697612c"

NAMES = {
    APPROVAL: "Approval",
    TASK_CHECK: "Task Check",
    EXTENDS: "ExtendsCheck",
    EXCLUSIVE_LOCK: "ExclusiveLock",
    AUTHORIZATION: "Authorization",
}

BUSINESS_HOURS = "445fde2f-6c39-441c-807f-8a59ff2e075f"
BRANCH_CONTROL = "86b05a0c-73e6-4f7d-b3cf-e38f3b39a75b"
INVOKE_REST = "9c3e8943-130d-4c78-ac63-8af81df62dfb"
AZURE_FUNCTION = "537fdb7a-a601-4537-aa70-92645a2b5ce4"

TASK_NAMES = {
    BUSINESS_HOURS: "evaluateBusinessHours",
    BRANCH_CONTROL: "evaluatebranchProtection",
    INVOKE_REST: "InvokeRESTAPI",
    AZURE_FUNCTION: "AzureFunction",
}

PRE_CHECK_APPROVAL = "0f52a19b-c67e-468f-b8eb-0ae83b532c99"
POST_CHECK_APPROVAL = "06441319-13fb-4756-b198-c2da116894a4"

# Static checks, approvals before the others, the others, approvals after them, the lock at the end.
AUTHORIZATION_PHASE, STATIC, BEFORE, MAIN, AFTER, LOCK = range(6)

RECORD_TYPES = {
    APPROVAL: "Checkpoint.Approval",
    TASK_CHECK: "Checkpoint.TaskCheck",
    EXTENDS: "Checkpoint.ExtendsCheck",
    EXCLUSIVE_LOCK: "Checkpoint.ExclusiveLock",
    AUTHORIZATION: "Checkpoint.Authorization",
}


def task_of(check: Mapping[str, Any]) -> str:
    """The id of the task behind a task check, else the empty text."""
    return str((check["settings"].get("definitionRef") or {}).get("id", "")).lower()


def phase(check: Mapping[str, Any]) -> int:
    """When a check has its turn: all of one phase pass before the next begins."""
    kind = check["type"]["id"]
    if kind == APPROVAL:
        return {PRE_CHECK_APPROVAL: BEFORE, POST_CHECK_APPROVAL: AFTER}.get(task_of(check), MAIN)
    if kind == EXTENDS or task_of(check) == BRANCH_CONTROL:
        return STATIC
    return LOCK if kind == EXCLUSIVE_LOCK else MAIN


def display_name(check: Mapping[str, Any]) -> str:
    """What people call a check: its own display name, or that of its kind."""
    return str(check["settings"].get("displayName") or NAMES[check["type"]["id"]])
