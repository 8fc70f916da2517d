"""BeanstalkCreateApplicationVersion@1 and BeanstalkDeployApplication@1: look for the application, as they begin.

The simulator has no Elastic Beanstalk: its AWS refuses by name, and that is the task's end. Where something else
answers, the task refuses to go on: its deployment is not simulated either.
"""

import sdk  # type: ignore[import-not-found]  # beside this file when it runs
from botocore.exceptions import ClientError
from task_library import fail, required  # type: ignore[import-not-found]


def main() -> None:
    """Ask for the application, and go no further."""
    name = required("applicationName")
    required("applicationType")
    try:
        found = sdk.client("elasticbeanstalk").describe_applications(ApplicationNames=[name])["Applications"]
    except ClientError as error:
        sdk.missing(error, f"Application {name} does not exist")
        return
    if len(found) != 1:
        fail(f"Error: Application {name} does not exist")
    fail(
        "Elastic Beanstalk deployments are not simulated: the task stops after it has found the application."
    )


if __name__ == "__main__":
    sdk.run(main)
