"""Stacks as three tasks of the toolkit see them: there or not, waited for, their outputs as variables.

Source: cloudformationutils of aws/aws-toolkit-azure-devops (order, texts).
"""

import json
from collections.abc import Sequence
from typing import Any, NoReturn

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError, WaiterError
from stack_words import STACK, Words  # type: ignore[import-not-found]
from task_library import error as report  # type: ignore[import-not-found]
from task_library import fail, flag, given, say, set_variable

POLL_SECONDS = 5
USUAL_MINUTES = 60
_NO_WORK = ("No updates are to be performed.", "The submitted information didn't contain changes.")


def minutes() -> int:
    """The longest wait: the input, where it is a number above 0."""
    text = given("timeoutInMins")
    found = int(text) if text.isdecimal() and int(text) > 0 else USUAL_MINUTES
    if found != USUAL_MINUTES:
        say(f"Setting maximum wait period for stack creation/update to {found} minutes")
    return found


def no_work(code_or_status: str, message: str) -> bool:
    """Whether CloudFormation says that there is nothing to change."""
    failed = "ValidationError" in code_or_status or "FAILED" in code_or_status
    return failed and message.startswith(_NO_WORK)


def has_resources(client: Any, stack: str) -> bool:
    """Whether the stack is more than the shell that a change set makes."""
    try:
        return bool(client.describe_stack_resources(StackName=stack)["StackResources"])
    except ClientError:
        return False


def wait_for_creation(client: Any, stack: str, failed: Sequence[str], words: Words = STACK) -> None:
    """Wait until the stack is made; the task ends where it is not, after the lines of `failed` with the error."""
    say(f"Waiting for stack {stack} to reach create complete status")
    state = "Resource is not in the state stackCreateComplete"
    _wait(client, stack, "stack_create_complete", words.not_created.format(stack, state), failed)
    say(words.created.format(stack))


def wait_for_update(client: Any, stack: str, failed: Sequence[str], words: Words = STACK) -> None:
    """Wait until the stack is updated; the task ends where it is not, after the lines of `failed` with the error."""
    say(f"Waiting for stack {stack} to reach update complete status")
    state = "Resource is not in the state stackUpdateComplete"
    _wait(client, stack, "stack_update_complete", words.not_updated.format(stack, state), failed)
    say(words.updated.format(stack))


def _wait(client: Any, stack: str, waiter: str, text: str, failed: Sequence[str]) -> None:
    attempts = max(1, minutes() * 60 // POLL_SECONDS)
    try:
        client.get_waiter(waiter).wait(
            StackName=stack, WaiterConfig={"Delay": POLL_SECONDS, "MaxAttempts": attempts}
        )
    except WaiterError:
        # The toolkit tells nothing of why; the resources that failed are the stack's own events.
        for reason in reasons(client, stack):
            report(reason)
        for what in failed:
            say(f"{what.format(text)} Error: {text}")
        fail(f"Error: {text}")


def refused(failed: Sequence[str], error: ClientError) -> NoReturn:
    """End the task with what CloudFormation answered, after the lines of `failed` with it."""
    for what in failed:
        say(f"{what.format(sdk.message(error))} {sdk.told(error)}")
    raise error


def reasons(client: Any, stack: str) -> list[str]:
    """What the stack's own events say of failures, the newest first."""
    events = client.describe_stack_events(StackName=stack)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("FAILED")]
    return [
        f"{event['LogicalResourceId']} ({event['ResourceType']}): {event.get('ResourceStatusReason', '')}"
        for event in failed[:10]
    ]


def tell(client: Any, stack: str, identifier: str, words: Words = STACK) -> None:
    """The stack's id and outputs become variables of the steps that follow, as the inputs say."""
    if variable := given("outputVariable"):
        say(words.variable.format(variable))
        set_variable(variable, identifier)
    how = given("captureStackOutputs") or "ignore"
    if how == "ignore":
        if words is STACK:
            say(
                "Skipping processing of stack outputs to build variables as task option is set to 'ignore' mode"
            )
        return
    outputs, hidden = _outputs(client, stack), flag("captureAsSecuredVars")
    if how == "asJSON":
        say("Processing stack outputs to single JSON-formatted build variable")
        say(words.output.format(f"{stack}Outputs"))
        set_variable(f"{stack}Outputs", json.dumps(outputs, separators=(",", ":")), hidden=hidden)
        return
    say("Processing stack outputs to individual build variables")
    for output in outputs:
        say(words.output.format(output["OutputKey"]))
        set_variable(output["OutputKey"], output["OutputValue"], hidden=hidden)


def _outputs(client: Any, stack: str) -> list[dict[str, str]]:
    try:
        return list(client.describe_stacks(StackName=stack)["Stacks"][0].get("Outputs", []))
    except ClientError as error:
        say(f"Error retrieving outputs from stack {stack}: {sdk.told(error)}")
        return []
