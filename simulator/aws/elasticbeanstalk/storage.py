"""CreateStorageLocation: the bucket of an account and region for the bundles of its applications.

Source: Elastic Beanstalk developer guide, "Using Elastic Beanstalk with Amazon S3" (name); the bucket is made as the
caller, without the policy that guards it in AWS.
"""

from __future__ import annotations

from simulator.aws.behaviour import Answer, Call, behaviour
from simulator.kernel.errors import CallerError


@behaviour("elasticbeanstalk", "CreateStorageLocation")
async def create_storage_location(call: Call) -> Answer:
    """Its name; it is made where it is not there."""
    bucket = f"elasticbeanstalk-{call.region}-{call.account}"
    account, region = call.account, call.region
    try:
        await call.cloud.call("s3", "HeadBucket", {"Bucket": bucket}, account=account, region=region)
    except CallerError as error:
        if error.status != 404:
            raise
        params: dict[str, object] = {"Bucket": bucket}
        if call.region != "us-east-1":
            params["CreateBucketConfiguration"] = {"LocationConstraint": call.region}
        await call.cloud.call(
            "s3", "CreateBucket", params, account=account, region=region, principal=call.principal
        )
    return {"S3Bucket": bucket}
