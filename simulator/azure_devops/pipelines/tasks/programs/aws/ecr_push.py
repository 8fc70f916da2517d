"""ECRPushImage@1: tags an image of the agent's docker and pushes it to a repository of ECR.

Source: ECRPushImage of aws/aws-toolkit-azure-devops (order, texts).
"""

import re
from typing import Any

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError
from docker_registry import Docker  # type: ignore[import-not-found]
from task_library import fail, flag, given, required, say, set_variable  # type: ignore[import-not-found]


def main() -> None:
    """Find the image, make the repository where asked, tag, log in, push."""
    source, repository = required("imageSource"), required("repositoryName")
    image = _image(source)
    ecr, docker = sdk.client("ecr"), Docker()
    if flag("forceDockerNamingConventions"):
        repository = re.sub(r"[^a-z0-9\-_.]", "", repository.lower())
    say(f"Pushing image '{image}'" if source == "imagename" else f"Pushing image with ID '{image}'")
    registry = docker.registry(ecr, repository)
    if flag("autoCreateRepository"):
        _make_repository(ecr, repository)
    target = f"{registry}/{_tagged(repository, given('pushTag'))}"
    say(f"Adding tag '{target}' to image '{image}'")
    docker("tag", image, target)
    docker.login()
    say(f"Pushing image '{target}' to Elastic Container Registry")
    docker("push", target)
    if variable := given("outputVariable"):
        say(f"Setting output variable {variable} with the pushed image tag {target}")
        set_variable(variable, target)
    if flag("removeDockerImage"):
        say(f"Removing image '{image}' and untagging any references to the image")
        docker("rmi", image)
    say("Successfully completed sending the message")


def _image(source: str) -> str:
    if source == "imagename":
        return _tagged(required("sourceImageName"), given("sourceImageTag") or "latest")
    return str(required("sourceImageId"))


def _tagged(name: str, tag: str) -> str:
    return f"{name}:{tag}" if tag else name


def _make_repository(ecr: Any, repository: str) -> None:
    say(f"Testing existence of repository '{repository}'")
    try:
        ecr.describe_repositories(repositoryNames=[repository])
    except ClientError as error:
        if sdk.code(error) != "RepositoryNotFoundException":
            fail(f"Error: Error testing for repository existence: {sdk.told(error)}")
        say("Repository not found, attempting to create")
        ecr.create_repository(repositoryName=repository)


if __name__ == "__main__":
    sdk.run(main)
