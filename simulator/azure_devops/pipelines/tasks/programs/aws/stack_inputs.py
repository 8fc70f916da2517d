"""The inputs of CloudFormationCreateOrUpdateStack@1 as CloudFormation takes them: template, parameters, tags.

Source: CloudFormationCreateOrUpdateStack and SdkUtils of aws/aws-toolkit-azure-devops (order, texts).
"""

import json
from pathlib import Path
from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
import yaml
from botocore.exceptions import ClientError
from task_library import existing_path, fail, flag, given, lines, required, say  # type: ignore[import-not-found]

_LONGEST_MINUTES, _MOST_TRIGGERS = 180, 5
_TEXTS = ("ParameterKey", "ParameterValue")


_SOURCES = ("file", "url", "s3", "usePrevious")
_INLINE = "inline"


def check_inputs(source: str) -> None:
    """End the task where an input is missing or wrong, before AWS is asked anything."""
    origin = required("templateParametersSource")
    if source not in _SOURCES:
        fail(f"Error: Unrecognized template source: {source}")
    if source == "file":
        existing_path("templateFile")
    for name in {"url": ("templateUrl",), "s3": ("s3BucketName", "s3ObjectKey")}.get(source, ()):
        required(name)
    if origin == _INLINE:
        required("templateParameters")
    elif origin == "file":
        existing_path("templateParametersFile")
    else:
        fail(f"Error: Unrecognized template parameters source: {origin}")
    if flag("useChangeSet"):
        required("changeSetName")
    if flag("monitorRollbackTriggers"):
        _check_triggers()


def _check_triggers() -> None:
    text, arns = given("monitoringTimeInMinutes"), lines("rollbackTriggerARNs")
    if text and not 0 <= int(text) <= _LONGEST_MINUTES:
        fail(
            f"Error: {text} is not a valid entry for rollback trigger monitoring time. The value must lie between 0"
            f" and {_LONGEST_MINUTES} minutes."
        )
    if len(arns) > _MOST_TRIGGERS:
        said = f"{len(arns)} rollback triggers were specified"
        fail(f"Error: {said}; the service allows a maximum of {_MOST_TRIGGERS}.")


def template_file() -> str:
    """The template's file as the log names it, whatever the source of the template."""
    return str(given("templateFile")) if required("templateSource") == "file" else ""


def template(s3: Any) -> dict[str, Any]:
    """The template by its source: a file (through S3 where a bucket is named), a URL, S3, or the previous one."""
    source = required("templateSource")
    if source == "usePrevious":
        return {"UsePreviousTemplate": True}
    if source == "url":
        return {"TemplateURL": required("templateUrl")}
    if source == "s3":
        return {"TemplateURL": _signed(s3, required("s3BucketName"), required("s3ObjectKey"))}
    file = str(existing_path("templateFile"))
    if bucket := given("s3BucketName"):
        return {"TemplateURL": _uploaded(s3, file, bucket)}
    say(f"Loading template file from '{file}'")
    try:
        return {"TemplateBody": Path(file).read_text()}
    except OSError as error:
        fail(f"Error: Error loading template file: {error}")
        raise


def _uploaded(s3: Any, file: str, bucket: str) -> str:
    key = Path(file).name
    say(f"Uploading template file {file} to object {key} in bucket {bucket}")
    try:
        s3.put_object(Bucket=bucket, Key=key, Body=Path(file).read_bytes())
    except ClientError as error:
        fail(f"Error: Error uploading template file: {sdk.told(error)}")
    return _signed(s3, bucket, key)


def _signed(s3: Any, bucket: str, key: str) -> str:
    names = {"Bucket": bucket, "Key": key}
    url = str(s3.generate_presigned_url("get_object", Params=names))
    say(f"Generated url to template: {url.partition('?')[0]}")
    return url


def parameters() -> Any:
    """Template parameters, JSON or YAML, as a list of ParameterKey and ParameterValue."""
    if required("templateParametersSource") == _INLINE:
        say("Loading template parameters from task definition")
        return parsed(required("templateParameters"))
    file = Path(existing_path("templateParametersFile"))
    if file.is_dir():
        say("No parameters file specified")
        return []
    say(f"Loading template parameters file '{file}'")
    return parsed(file.read_text())


def parsed(text: str) -> Any:
    """What the text says in JSON or else in YAML; none is an empty list."""
    try:
        found = json.loads(text)
    except ValueError:
        try:
            found = yaml.safe_load(text)
        except yaml.YAMLError:
            fail(
                "Error: Unable to process parameters as either JSON or YAML as required by AWS CloudFormation"
            )
    if found:
        say("Successfully loaded template parameters")
    return found or []


def wrong_parameters(found: Any) -> str:
    """Why CloudFormation cannot take the parameters, in the words of the SDK that the toolkit uses; "" if it can."""
    if not isinstance(found, list):
        return "Expected params.Parameters to be an Array"
    for number, item in enumerate(found):
        if not isinstance(item, dict):
            return f"Expected params.Parameters[{number}] to be a structure"
        for member, value in item.items():
            if member in _TEXTS and not isinstance(value, str):
                return f"Expected params.Parameters[{number}].{member} to be a string"
    return ""


def tags(name: str = "tags") -> list[dict[str, str]]:
    """Tags, one `key=value` a line; what is no such line is left out."""
    found = []
    for line in lines(name):
        key, equals, value = line.partition("=")
        if key and equals:
            say(f"Adding tag. Key '{key.strip()}', Value '{value.strip()}'")
            found.append({"Key": key.strip(), "Value": value.strip()})
    return found
