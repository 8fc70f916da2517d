"""CodeDeployDeployApplication@1: looks for the application, as it begins.

The simulator has no CodeDeploy: its AWS refuses by name, and that is the task's end. Where something else answers,
the task refuses to go on: its deployment is not simulated either.
"""

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError
from task_library import fail, required  # type: ignore[import-not-found]


def main() -> None:
    """Ask for the application, and go no further."""
    name = required("applicationName")
    for each in ("deploymentGroupName", "deploymentRevisionSource", "bucketName"):
        required(each)
    try:
        sdk.client("codedeploy").get_application(applicationName=name)
    except ClientError as error:
        sdk.missing(error, f"Application {name} does not exist")
    fail("CodeDeploy deployments are not simulated: the task stops after it has found the application.")


if __name__ == "__main__":
    sdk.run(main)
