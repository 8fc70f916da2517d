"""Tasks of steps in a container: which programs run inside, with what, and what the image must have for them."""

from __future__ import annotations

import pytest

from tests.azure_devops.containers.conftest import NODE

pytestmark = pytest.mark.docker
SECRET = "a secret key of ours"

YAML = """
container: {image: IMAGE, options: --hostname inside, env: {AWS_REGION: eu-north-1}}
steps:
  - checkout: none
  - task: UsePythonVersion@0
    name: used
    inputs: {versionSpec: '>=3.9'}
  - bash: |
      set -e
      test "$(command -v python)" = "$(used.pythonLocation)/bin/python"
      test "$(command -v pip)" = "$(used.pythonLocation)/bin/pip"
      python -c 'import pip, sys; print("prefix", sys.prefix, "pip of", pip.__file__)'
  - {task: UsePythonVersion@0, inputs: {versionSpec: '2.7'}, continueOnError: true}
  - {task: NodeTool@0, inputs: {versionSpec: 99.x}, continueOnError: true}
  - task: AWSShellScript@1
    inputs:
      awsCredentials: keys
      scriptType: inline
      arguments: one "two three"
      inlineScript: |
        echo "$1, $2 on $(hostname) as $AWS_ACCESS_KEY_ID in $AWS_REGION at $(pwd) for $AWS_EXECUTION_ENV"
        env | grep -c '^ENDPOINT_AUTH'; test "${#AWS_SECRET_ACCESS_KEY}" = 20 && test -e /etc/debian_version
        ls $(Agent.TempDirectory)
  - task: AWSShellScript@1
    inputs: {awsCredentials: keys, regionName: us-east-1, scriptType: inline, inlineScript: exit 3}
    continueOnError: true
  - task: AWSCLI@1
    inputs: {awsCredentials: keys, regionName: us-east-1, awsCommand: s3, awsSubCommand: ls}
    continueOnError: true
  - {bash: 'echo to the error stream >&2', failOnStderr: true, continueOnError: true}
  - task: CopyFiles@2
    inputs: {SourceFolder: /etc, Contents: debian_version, TargetFolder: $(Build.ArtifactStagingDirectory)}
  - script: cmp /etc/debian_version $(Build.ArtifactStagingDirectory)/debian_version
  - task: S3Upload@1
    inputs: {awsCredentials: keys, regionName: us-east-1, bucketName: any, sourceFolder: /etc}
    continueOnError: true
  - task: ECRPullImage@1
    inputs: {awsCredentials: keys, regionName: us-east-1, repository: any}
    continueOnError: true
"""
OWN = """
  - {task: Look@0, continueOnError: true}
  - bash: |
      echo "##vso[task.prependpath]/__w/_tasks/Look_6d2f3c0e-51a7-4f3d-9b54-0c5a1de2a9aa/0.1.0/bin"
      echo "##vso[task.setvariable variable=HIDDEN;issecret=true]hush"
  - {task: UseNode@1, inputs: {version: '>=20'}}
  - {task: Look@0, inputs: {folder: some/where}}
  - bash: echo "then $(looked)"
  - {task: Look@0, target: host, inputs: {folder: on/host}}
"""


@pytest.fixture
def keys(contained):
    """A connection with keys: nothing needs to be asked of AWS to sign in."""
    project = {"projectReference": {"name": "ml"}, "name": "keys"}
    body = {
        "name": "keys",
        "type": "AWS",
        "url": "https://aws.amazon.com/",
        "authorization": {
            "scheme": "UsernamePassword",
            "parameters": {"username": "AKIAKEYS", "password": SECRET},
        },
        "serviceEndpointProjectReferences": [project],
    }
    with contained.client() as client:
        made = client.post("_apis/serviceendpoint/endpoints", json=body)
        assert made.status_code == 200, made.text
        allow = {"allPipelines": {"authorized": True}}
        path = f"ml/_apis/pipelines/pipelinePermissions/endpoint/{made.json()['id']}"
        assert client.patch(path, json=allow).status_code == 200


def test_tasks_run_in_the_container_by_what_its_image_has(build, keys):
    found, log, _ = build(YAML + (OWN if NODE else ""))
    assert found["result"] == "partiallySucceeded", log
    for line in (
        "Found tool in cache: Python 3.",
        "prefix /__t/Python/3.",
        " pip of /__t/Python/3.",
        "Version spec 2.7 for architecture x64 did not match any version in Agent.ToolsDirectory.",
        "Versions in the container: 3.",
        "Unable to find Node version '99.x' for platform linux and architecture x64. The container has no node",
        "one, two three on inside as AKIAKEYS in eu-north-1 at /__w/1/s for VSTS-AWSShellScript",
        "...configured to use region eu-north-1, defined in task variable AWS.Region.",
        "##[error]Error: The process '/usr/bin/bash' failed with exit code 3",
        "Error: AWS CLI is not installed on this machine.",
        "##[error]Bash wrote one or more lines to the standard error stream.",
        "the task S3Upload@1 on /etc, which only its container has",
        "the task ECRPullImage@1 in a container",
    ):
        assert line in log, line
    assert SECRET not in log
    assert ".handed" not in log
    if NODE:
        for line in (
            "the container's image has no node on PATH",
            "/0.1.0/look.js in /__w/1/s on inside at /__w/1/s/some/where",
            "with 4 letters and OAuth",
            "refused EROFS",
            "then by node",
            "looked from /home/vsts/work/_tasks/Look_6d2f3c0e-51a7-4f3d-9b54-0c5a1de2a9aa/0.1.0/look.js",
            "on simulator at /home/vsts/work/1/s/on/host",
        ):
            assert line in log, line
