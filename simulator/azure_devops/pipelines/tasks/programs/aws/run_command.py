"""SystemsManagerRunCommand@1: sends a command to instances.

Source: SystemsManagerRunCommand of aws/aws-toolkit-azure-devops (order, texts). The simulator has no instances: what
SSM answers is the task's end.
"""

import json
from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from task_library import fail, flag, given, lines, required, say, set_variable, variable  # type: ignore[import-not-found]

_TEXTS = {
    "OutputS3KeyPrefix": "outputS3KeyPrefix",
    "OutputS3BucketName": "outputS3BucketName",
    "MaxErrors": "maxErrors",
    "MaxConcurrency": "maxConcurrency",
    "ServiceRoleArn": "serviceRoleARN",
    "Comment": "comment",
}
_NEEDED = {
    "fromInstanceIds": "instanceIds",
    "fromTags": "instanceTags",
    "fromBuildVariable": "instanceBuildVariable",
}


def main() -> None:
    """Send it, and keep its id."""
    document, selector = required("documentName"), _selector()
    ssm = sdk.client("ssm")
    wanted: dict[str, Any] = {"DocumentName": document}
    wanted |= {member: given(name) for member, name in _TEXTS.items() if given(name)}
    if given("timeout"):
        wanted["TimeoutSeconds"] = int(given("timeout"))
    if given("documentParameters"):
        wanted["Parameters"] = _document_parameters()
    if flag("cloudWatchOutputEnabled"):
        group = given("cloudWatchLogGroupName")
        named = {"CloudWatchLogGroupName": group} if group else {}
        wanted["CloudWatchOutputConfig"] = {"CloudWatchOutputEnabled": True, **named}
    wanted |= _targets(selector)
    if given("notificationArn"):
        kind, events = given("notificationType"), given("notificationEvents")
        wanted["NotificationConfig"] = {
            "NotificationArn": given("notificationArn"),
            **({"NotificationType": kind} if kind else {}),
            **({"NotificationEvents": [events]} if events else {}),
        }
    identifier = ssm.send_command(**wanted)["Command"]["CommandId"]
    if name := given("commandIdOutputVariable"):
        say(f"Storing unique command ID for the invocation into variable {name}")
        set_variable(name, identifier)
    say(
        f"Successfully invoked command {document}, unique command ID returned by the service was {identifier}."
    )


def _selector() -> str:
    selector = str(required("instanceSelector"))
    needed = _NEEDED.get(selector) or fail(f"Error: Unknown value for instances selection: {selector}")
    required(needed)
    return selector


def _document_parameters() -> Any:
    text = given("documentParameters")
    try:
        return json.loads(text)
    except ValueError as error:
        fail(f"SyntaxError: {error}")


def _targets(selector: str) -> dict[str, Any]:
    if selector == "fromInstanceIds":
        return {"InstanceIds": lines("instanceIds")}
    if selector == "fromTags":
        pairs = (line.partition("=") for line in lines("instanceTags"))
        return {
            "Targets": [{"Key": f"tag:{key.strip()}", "Values": value.split(",")} for key, _, value in pairs]
        }
    name = required("instanceBuildVariable")
    found = variable(name).strip()
    if not found:
        fail(f"Error: Failed to retrieve list of instance IDs from build variable {name}")
    return {"InstanceIds": found.split(",")}


if __name__ == "__main__":
    sdk.run(main)
