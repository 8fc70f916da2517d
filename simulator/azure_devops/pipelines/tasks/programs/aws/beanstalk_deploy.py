"""BeanstalkDeployApplication@1: a version goes to an environment, whose events are told until it is there.

Source: BeanstalkDeployApplication of aws/aws-toolkit-azure-devops (order, texts). The simulator's Elastic Beanstalk has
no environments: there the task ends at the environment that does not exist.
"""

import random
import time
from datetime import UTC, datetime
from typing import Any

import beanstalk_bundle as bundle  # type: ignore[import-not-found]  # beside this file when it runs
import sdk  # type: ignore[import-not-found]
from botocore.exceptions import ClientError
from task_library import debug, fail, given, required, say, set_variable  # type: ignore[import-not-found]

_EXISTING = "version"
_SHORTEST_SECONDS, _LONGEST_SECONDS = 5, 300
_JITTER_SECONDS = 5
_FAILED = "Failed to deploy application."


def main() -> None:
    """Find application and environment, make the version unless it is there, update, and watch."""
    application, environment = required("applicationName"), required("environmentName")
    kind = required("applicationType")
    say(f"Deployment type set to {kind}")
    wanted = bundle.source(kind)
    version = required("versionLabel") if kind == _EXISTING else ""
    poll_seconds = _poll_seconds()
    beanstalk, s3 = sdk.client("elasticbeanstalk"), sdk.client("s3")
    bundle.check_application(beanstalk, application)
    _check_environment(beanstalk, application, environment)
    version = version or bundle.label()
    place = ("", "")
    if kind != _EXISTING:
        place = bundle.sent(beanstalk, s3, kind, wanted, f"{application}/{environment}", version)
    named = {"ApplicationName": application, "EnvironmentName": environment}
    latest = _latest_event(beanstalk, named)
    if kind == _EXISTING:
        say(f"Deploying existing application version: {version}")
    else:
        bundle.create_version(beanstalk, application, version, place)
    beanstalk.update_environment(**named, VersionLabel=version)
    say(f"Started updating environment to version: {version}")
    _watch(beanstalk, named, latest, poll_seconds)
    if variable := given("outputVariable"):
        say(f"Setting output variable {variable} with the version label {version}")
        set_variable(variable, version)
    say(f"Deployment to application {application} completed")


def _poll_seconds() -> int:
    asked = given("eventPollingDelay")
    if not asked:
        return _SHORTEST_SECONDS
    if asked.isdecimal() and _SHORTEST_SECONDS <= int(asked) <= _LONGEST_SECONDS:
        return int(asked)
    say(
        f"Event polling delay setting of {asked} is invalid (minimum {_SHORTEST_SECONDS} seconds, maximum"
        f" {_LONGEST_SECONDS} seconds) - task will use minimum poll delay by default"
    )
    return _SHORTEST_SECONDS


def _check_environment(beanstalk: Any, application: str, environment: str) -> None:
    text = f"Environment {environment} does not exist for the application {application}"
    try:
        found = beanstalk.describe_environments(
            ApplicationName=application, EnvironmentNames=[environment], IncludeDeleted=False
        )["Environments"]
    except ClientError as error:
        say(
            f"DescribeEnvironments: error {application} thrown querying for existence of environment {environment}"
            f" for application {sdk.told(error)}"
        )
        sdk.missing(error, text)
        return
    if len(found) != 1:
        fail(f"Error: {text}")


def _latest_event(beanstalk: Any, named: dict[str, str]) -> datetime:
    events = beanstalk.describe_events(**named).get("Events", [])
    return events[0]["EventDate"] if events else datetime.now(UTC)


def _watch(beanstalk: Any, named: dict[str, str], printed: datetime, poll_seconds: int) -> None:
    """Tell each event once, until the environment is neither launched nor updated any more."""
    say("Waiting for deployment to complete")
    say(f"Task configured to wait {poll_seconds} seconds between queries for deployment events")
    say("Events from Elastic Beanstalk:")
    time.sleep(random.randint(1, _JITTER_SECONDS))
    good, status = True, "Updating"
    asked = {"ApplicationName": named["ApplicationName"], "EnvironmentNames": [named["EnvironmentName"]]}
    while status in ("Launching", "Updating"):
        debug(f"...event poll sleep for {poll_seconds}s")
        time.sleep(poll_seconds)
        try:
            found = beanstalk.describe_environments(**asked).get("Environments", [])
            if not found:
                fail("Error: Failed to find environment when waiting for deployment completion")
            status = found[0]["Status"]
            events = beanstalk.describe_events(**named, StartTime=printed).get("Events", [])
        except ClientError as error:
            if sdk.code(error) != "Throttling":
                raise
            poll_seconds += random.randint(1, _JITTER_SECONDS)
            say(f"Throttling detected, extending event polling delay to {poll_seconds} seconds")
            continue
        for event in reversed(events):
            if event["EventDate"] > printed:
                say(f"{event['EventDate']}   {event['Severity']}   {event['Message']}")
                good = good and event["Message"] != _FAILED
        printed = events[0]["EventDate"] if events else printed
    if not good:
        fail("Error: Error deploy application version to Elastic Beanstalk")


if __name__ == "__main__":
    sdk.run(main)
