"""What both tasks of Elastic Beanstalk share: the application, its bundle made and sent to S3, its version.

Source: beanstalkUtils and the two tasks of aws/aws-toolkit-azure-devops (order, names, texts).
"""

import time
from pathlib import Path
from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError
from task_library import error as report  # type: ignore[import-not-found]
from task_library import fail, given, required, say, temporary
from zipped_folder import zip_folder  # type: ignore[import-not-found]

WINDOWS, LINUX, ASP_NET, S3 = "aspnetCoreWindows", "aspnetCoreLinux", "aspnet", "s3"
_MANIFEST = """{
"manifestVersion": 1,
"deployments": {

"aspNetCoreWeb": [
  {
    "name": "app",
    "parameters": {
      "appBundle": "%s",

      "iisPath": "/",
      "iisWebSite": "Default Web Site"
    }
  }
]
}
}"""


def source(kind: str) -> dict[str, str]:
    """The inputs that the type of the application asks for."""
    names = {
        ASP_NET: ("webDeploymentArchive",),
        WINDOWS: ("dotnetPublishPath",),
        LINUX: ("dotnetPublishPath",),
        S3: ("deploymentBundleBucket", "deploymentBundleKey"),
    }
    return {name: required(name) for name in names.get(kind, ())}


def check_application(beanstalk: Any, name: str) -> None:
    """End the task where the application is not there."""
    try:
        found = beanstalk.describe_applications(ApplicationNames=[name])["Applications"]
    except ClientError as error:
        say(
            f"DescribeApplications: error {sdk.told(error)} returned querying for existence of application {name}"
        )
        sdk.missing(error, f"Application {name} does not exist")
        return
    if len(found) != 1:
        fail(f"Error: Application {name} does not exist")


def label() -> str:
    """The version's label, or one of the time."""
    return given("versionLabel") or f"v{int(time.time() * 1000)}"


def sent(
    beanstalk: Any, s3: Any, kind: str, wanted: dict[str, str], folder: str, version: str
) -> tuple[str, str]:
    """The bundle's bucket and key in S3: of the inputs, or of the archive that is made and uploaded now."""
    if kind == S3:
        return wanted["deploymentBundleBucket"], wanted["deploymentBundleKey"]
    bucket = beanstalk.create_storage_location()["S3Bucket"]
    say(f"Determine S3 bucket {bucket} to store application bundle")
    bundle = _bundle(kind, wanted)
    key = f"{folder}/{Path(bundle).name.removesuffix('.zip')}-{version}.zip"
    say(f"Uploading application bundle {bundle} to object {key} in bucket {bucket}")
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=Path(bundle).read_bytes())
    except ClientError as error:
        say(f"Upload of application bundle failed with error: {sdk.told(error)}")
        raise
    except FileNotFoundError as error:
        report(f"Unhandled: {sdk.no_file(error)}")
        raise
    say("Application upload completed successfully")
    return bucket, key


def _bundle(kind: str, wanted: dict[str, str]) -> str:
    if kind == ASP_NET:
        return wanted["webDeploymentArchive"]
    published = wanted["dotnetPublishPath"]
    archive = f"{temporary()}/ebDeploymentBundle.zip"
    return _for_windows(published, archive) if kind == WINDOWS else _for_linux(published, archive)


def _for_windows(published: str, archive: str) -> str:
    say(f"Creating Elastic Beanstalk deployment bundle at {archive}")
    say(f"Publish Path: {published}")
    file = Path(published)
    if file.is_file():
        say(f"Adding ASP.NET Core web app to beanstalk bundle, {published}")
        manifest = _MANIFEST % f"./{file.name}"
    else:
        say("Adding files from dotnet publish output folder.")
        manifest = _MANIFEST % "/app/"
    say("Adding Elastic Beanstalk manifest to bundle")
    more = {"aws-windows-deployment-manifest.json": manifest}
    zip_folder(published, archive, "" if file.is_file() else "app/", more)
    say("ASP.NET Core Beanstalk bundle complete")
    return archive


def _for_linux(published: str, archive: str) -> str:
    say(f"Publish Path: {published}")
    if Path(published).is_file():
        say(f"Using Beanstalk deployment bundle at {published}")
        return published
    say(f"Creating Elastic Beanstalk deployment bundle at {archive}")
    zip_folder(published, archive)
    say("ASP.NET Core Beanstalk bundle complete")
    return archive


def create_version(beanstalk: Any, application: str, version: str, place: tuple[str, str]) -> None:
    """Register the bundle as a version of the application."""
    told = given("description")
    more = {"Description": told} if told else {}
    bundle = {"S3Bucket": place[0], "S3Key": place[1]}
    beanstalk.create_application_version(
        ApplicationName=application, VersionLabel=version, SourceBundle=bundle, **more
    )
    described = f", '{told}'," if told else ""
    say(f"Created version {version}{described} for application {application}")
