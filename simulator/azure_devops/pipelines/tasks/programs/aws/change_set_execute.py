"""CloudFormationExecuteChangeSet@1: executes a change set that is there, and waits for the stack.

Source: CloudFormationExecuteChangeSet of aws/aws-toolkit-azure-devops (order, texts).
"""

from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError
from stack_life import (  # type: ignore[import-not-found]
    has_resources,
    no_work,
    refused,
    tell,
    wait_for_creation,
    wait_for_update,
)
from stack_words import CHANGE_SET  # type: ignore[import-not-found]
from task_library import flag, required, say  # type: ignore[import-not-found]


def main() -> None:
    """Execute it; an empty one is left alone, or deleted, where the inputs say so."""
    name, stack = required("changeSetName"), required("stackName")
    client = sdk.client("cloudformation")
    failed = ("Request to execute change set failed with message: {}",)
    names = {"ChangeSetName": name, "StackName": stack}
    try:
        found: dict[str, Any] = client.describe_change_set(**names)
    except ClientError as error:
        sdk.missing(error, f"Change set {name} does not exist")
        return
    update = has_resources(client, stack)
    if flag("noFailOnEmptyChangeSet") and no_work(found["Status"], found.get("StatusReason", "")):
        _skip(client, names)
    else:
        say(f"Executing change set {name}, associated with stack {stack}")
        try:
            client.execute_change_set(**names)
        except ClientError as error:
            refused(failed, error)
        (wait_for_update if update else wait_for_creation)(client, stack, failed, CHANGE_SET)
    tell(client, stack, found["StackId"], CHANGE_SET)
    say(f"Executed change set {name}")


def _skip(client: Any, names: dict[str, str]) -> None:
    name = names["ChangeSetName"]
    say(f"Skipping execution of change set {name} since it has no pending changes")
    if flag("deleteEmptyChangeSet"):
        client.delete_change_set(**names)
        say(f"Deleting change set {name} since it has no pending changes")


if __name__ == "__main__":
    sdk.run(main)
