"""BeanstalkCreateApplicationVersion@1: a bundle in S3 becomes a version of an application.

Source: BeanstalkCreateApplicationVersion of aws/aws-toolkit-azure-devops (order, texts).
"""

import beanstalk_bundle as bundle  # type: ignore[import-not-found]  # beside this file when it runs
import sdk  # type: ignore[import-not-found]
from task_library import given, required, say, set_variable  # type: ignore[import-not-found]


def main() -> None:
    """Find the application, send the bundle, register it."""
    application, kind = required("applicationName"), required("applicationType")
    wanted = bundle.source(kind)
    beanstalk, s3 = sdk.client("elasticbeanstalk"), sdk.client("s3")
    bundle.check_application(beanstalk, application)
    version = bundle.label()
    place = bundle.sent(beanstalk, s3, kind, wanted, application, version)
    bundle.create_version(beanstalk, application, version, place)
    if variable := given("outputVariable"):
        say(f"Setting output variable {variable} with the version label {version}")
        set_variable(variable, version)
    say("Creation of new revision completed successfully")


if __name__ == "__main__":
    sdk.run(main)
