"""CodeDeployDeployApplication@1: a revision in S3 goes to a deployment group, and the task waits for its end.

Source: CodeDeployDeployApplication of aws/aws-toolkit-azure-devops (order, defaults, texts).
"""

import time
from pathlib import Path, PurePosixPath
from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError, WaiterError
from task_library import (  # type: ignore[import-not-found]
    debug,
    existing_path,
    fail,
    flag,
    given,
    required,
    say,
    set_variable,
    temporary,
)
from zipped_folder import zip_folder  # type: ignore[import-not-found]

_WORKSPACE, _S3 = "workspace", "s3"
_DEFAULT_MINUTES = 30.0
_LOOK_SECONDS = 15


def main() -> None:
    """Check that all is there, send the bundle, deploy, wait."""
    names = {
        "applicationName": required("applicationName"),
        "deploymentGroupName": required("deploymentGroupName"),
    }
    origin, bucket = required("deploymentRevisionSource"), required("bucketName")
    minutes = _minutes(given("timeoutInMins"))
    bundle = existing_path("revisionBundle") if origin == _WORKSPACE else ""
    key = required("bundleKey") if origin == _S3 else ""
    deploy, s3 = sdk.client("codedeploy"), sdk.client("s3")
    _check(deploy, s3, names, bucket, key)
    if origin == _WORKSPACE:
        key = _upload(s3, bucket, bundle, names["applicationName"])
    elif origin != _S3:
        fail(f"Error: Unknown revision source {origin}")
    identifier = _deploy(deploy, names, bucket, key)
    if variable := given("outputVariable"):
        say(f"Setting output variable {variable} with the ID of the deployment")
        set_variable(variable, identifier)
    _wait(deploy, names["applicationName"], identifier, minutes)
    say(f"Deployment to application {names['applicationName']} completed")


def _minutes(text: str) -> float:
    try:
        return float(text) or _DEFAULT_MINUTES
    except ValueError:
        return _DEFAULT_MINUTES


def _check(deploy: Any, s3: Any, names: dict[str, str], bucket: str, key: str) -> None:
    application, group = names["applicationName"], names["deploymentGroupName"]
    try:
        deploy.get_application(applicationName=application)
    except ClientError as error:
        sdk.missing(error, f"Application {application} does not exist")
    try:
        deploy.get_deployment_group(**names)
    except ClientError as error:
        sdk.missing(error, f"Deployment group {group} does not exist for application {application}")
    if key:
        try:
            s3.head_object(Bucket=bucket, Key=key)
        except ClientError as error:
            text = f"Archive with key {key} does not exist in the Amazon S3 bucket {bucket}"
            sdk.missing(error, text)


def _upload(s3: Any, bucket: str, bundle: str, application: str) -> str:
    """The key of the bundle; a folder becomes an archive, which is deleted when it has been sent."""
    archive = _archive(bundle, application) if Path(bundle).is_dir() else bundle
    name, prefix = Path(archive).name, given("bundlePrefix")
    key = f"{prefix}/{name}" if prefix else name
    acl = given("filesAcl")
    more = {"ACL": acl} if acl and acl != "none" else {}
    say(f"Uploading revision bundle {archive} to object {key} in bucket {bucket}")
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=Path(archive).read_bytes(), **more)
        say("Bundle upload completed successfully")
    except ClientError as error:
        say(f"Upload of revision bundle failed with error: {sdk.message(error)} {sdk.told(error)}")
        raise
    finally:
        if archive != bundle:
            say(f"Deleting uploaded bundle {archive} created by task")
            Path(archive).unlink()
    return key


def _archive(folder: str, application: str) -> str:
    say(f"Creating deployment bundle archive from build output at {folder}")
    archive = f"{temporary()}/{application}.v{int(time.time() * 1000)}.zip"
    zip_folder(folder, archive)
    say(f"Created deployment bundle {archive}")
    return archive


def _deploy(deploy: Any, names: dict[str, str], bucket: str, key: str) -> str:
    say("Deploying the new revision")
    kind = PurePosixPath(key).suffix[1:].lower()
    if kind:
        debug(f"Setting archive type to {kind} based on bundle file extension")
    else:
        debug("Unable to determine archive type, assuming zip")
    place = {"bucket": bucket, "key": key, "bundleType": kind or "zip"}
    wanted: dict[str, Any] = {
        **names,
        "ignoreApplicationStopFailures": flag("ignoreApplicationStopFailures"),
        "updateOutdatedInstancesOnly": flag("updateOutdatedInstancesOnly"),
        "revision": {"revisionType": "S3", "s3Location": place},
    }
    wanted |= {member: given(member) for member in ("fileExistsBehavior", "description") if given(member)}
    try:
        identifier = str(deploy.create_deployment(**wanted)["deploymentId"])
    except ClientError as error:
        say(f"Request to deploy new revision returned error: {sdk.message(error)} {sdk.told(error)}")
        raise
    say(
        f"Started deployment of new revision to deployment group {names['deploymentGroupName']} for application"
        f" {names['applicationName']}, deployment ID {identifier}"
    )
    return identifier


def _wait(deploy: Any, application: str, identifier: str, minutes: float) -> None:
    say("Waiting for deployment to complete")
    if minutes != _DEFAULT_MINUTES:
        say(f"Setting the custom timeout to {minutes:g} minute(s)")
    attempts = {"Delay": _LOOK_SECONDS, "MaxAttempts": int(minutes * 60 / _LOOK_SECONDS + 0.5)}
    try:
        deploy.get_waiter("deployment_successful").wait(deploymentId=identifier, WaiterConfig=attempts)
    except (ClientError, WaiterError) as error:
        debug(str(error))
        state = "Resource is not in the state deploymentSuccessful"
        fail(f"Error: Deployment failed {application} {state}")
    say("Deployment transitioned to successful status")


if __name__ == "__main__":
    sdk.run(main)
