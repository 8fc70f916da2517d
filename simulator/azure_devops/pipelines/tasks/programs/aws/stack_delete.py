"""CloudFormationDeleteStack@1: deletes a stack and waits until it is gone.

Source: CloudFormationDeleteStack of aws/aws-toolkit-azure-devops (order, texts).
"""

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError, WaiterError
from stack_life import POLL_SECONDS  # type: ignore[import-not-found]
from task_library import fail, required, say  # type: ignore[import-not-found]


def main() -> None:
    """Delete it by its name; it must be there."""
    name = required("stackName")
    client = sdk.client("cloudformation")
    try:
        client.describe_stacks(StackName=name)
    except ClientError as error:
        sdk.missing(error, f"Stack {name} does not exist")
    say(f"Requesting deletion for stack {name}")
    client.delete_stack(StackName=name)
    say("Waiting for deletion of stack to complete")
    try:
        client.get_waiter("stack_delete_complete").wait(
            StackName=name, WaiterConfig={"Delay": POLL_SECONDS, "MaxAttempts": 720}
        )
    except WaiterError:
        state = "Resource is not in the state stackDeleteComplete"
        fail(f"Error: Stack {name} failed to reach delete completion status, error: {state}")
    say("Stack deleted")
    say("Stack successfully deleted")


if __name__ == "__main__":
    sdk.run(main)
