"""ECRPullImage@1: pulls an image of ECR by tag or digest.

Source: ECRPullImage of aws/aws-toolkit-azure-devops (order, texts).
"""

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from docker_registry import Docker  # type: ignore[import-not-found]
from task_library import given, required, say, set_variable  # type: ignore[import-not-found]


def main() -> None:
    """Log in and pull."""
    source, repository = required("imageSource"), required("repository")
    ecr, docker = sdk.client("ecr"), Docker()
    registry = docker.registry(ecr, repository)
    if source == "imagetag":
        image = f"{repository}:{given('imageTag')}"
        say(f"Pulling image from {registry} with tag '{image}'")
    else:
        image = f"{repository}@{given('imageDigest')}"
        say(f"Pulling image from {registry} with digest '{image}'")
    target = f"{registry}/{image}"
    docker.login()
    say(f"Pulling image '{target}' from Elastic Container Registry")
    docker("pull", target)
    if variable := given("outputVariable"):
        say(f"Setting output variable {variable} with the pushed image tag {target}")
        set_variable(variable, target)
    say("Successfully completed sending the message")


if __name__ == "__main__":
    sdk.run(main)
