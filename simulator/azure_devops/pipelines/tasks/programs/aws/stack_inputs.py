"""The inputs of CloudFormationCreateOrUpdateStack@1 as CloudFormation takes them: template, parameters, tags.

Source: CloudFormationCreateOrUpdateStack and SdkUtils of aws/aws-toolkit-azure-devops (order, texts).
"""

import json
from pathlib import Path
from typing import Any

import yaml
from task_library import existing_path, fail, given, lines, required, say  # type: ignore[import-not-found]  # beside this


def template(session: Any) -> dict[str, Any]:
    """The template by its source: a file (through S3 where a bucket is named), a URL, S3, or the previous one."""
    source = given("templateSource") or "file"
    if source == "usePrevious":
        return {"UsePreviousTemplate": True}
    if source == "url":
        return {"TemplateURL": required("templateUrl")}
    if source == "s3":
        return {"TemplateURL": _signed(session, required("s3BucketName"), required("s3ObjectKey"))}
    file = str(existing_path("templateFile"))
    if bucket := given("s3BucketName"):
        key = Path(file).name
        say(f"Uploading template file {file} to object {key} in bucket {bucket}")
        session.client("s3").put_object(Bucket=bucket, Key=key, Body=Path(file).read_bytes())
        return {"TemplateURL": _signed(session, bucket, key)}
    say(f"Loading template file from '{file}'")
    if not Path(file).is_file():
        fail(f"Error: Error loading template file: {file} is no file")
    return {"TemplateBody": Path(file).read_text()}


def _signed(session: Any, bucket: str, key: str) -> str:
    names = {"Bucket": bucket, "Key": key}
    url = str(session.client("s3").generate_presigned_url("get_object", Params=names))
    say(f"Generated url to template: {url.partition('?')[0]}")
    return url


def parameters() -> list[dict[str, Any]]:
    """Template parameters: JSON or YAML, as a list of ParameterKey and ParameterValue or as one mapping."""
    if (given("templateParametersSource") or "file") == "inline":
        say("Loading template parameters from task definition")
        return parsed(required("templateParameters"))
    file = Path(given("templateParametersFile") or ".")
    if file.is_dir():
        say("No parameters file specified")
        return []
    if not file.is_file():
        fail(f"Error: Not found templateParametersFile: {file}")
    say(f"Loading template parameters file '{file}'")
    return parsed(file.read_text())


def parsed(text: str) -> list[dict[str, Any]]:
    """The list that CloudFormation takes. The toolkit passes on what it reads; a mapping is taken here besides."""
    wrong = "Error: Unable to process parameters as either JSON or YAML as required by AWS CloudFormation"
    try:
        found = json.loads(text) if text.lstrip()[:1] in ("[", "{") else yaml.safe_load(text)
    except (ValueError, yaml.YAMLError) as error:
        fail(f"{wrong}: {error}")
    if isinstance(found, dict):
        found = [{"ParameterKey": key, "ParameterValue": str(value)} for key, value in found.items()]
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        fail(f"{wrong}: expected a list of ParameterKey and ParameterValue")
    say("Successfully loaded template parameters")
    return list(found)


def tags(name: str = "tags") -> list[dict[str, str]]:
    """Tags, one `key=value` a line; what is no such line is left out."""
    found = []
    for line in lines(name):
        key, equals, value = line.partition("=")
        if key and equals:
            say(f"Adding tag. Key '{key.strip()}', Value '{value.strip()}'")
            found.append({"Key": key.strip(), "Value": value.strip()})
    return found
