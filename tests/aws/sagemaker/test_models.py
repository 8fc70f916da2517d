"""Models as boto3 sees them: what AWS would serve is kept, and what nothing here serves says so later."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.aws.sagemaker.fake_cloud import XGBOOST
from tests.aws.sagemaker.test_endpoints import archive
from tests.wire import RunningSimulator

ROLE = "arn:aws:iam::222222222222:role/SageMakerExecutionRole"
PYTORCH = "763104351884.dkr.ecr.us-east-1.amazonaws.com/pytorch-inference:2.6.0-cpu-py312"


@pytest.fixture(name="data")
def _data(simulator: RunningSimulator) -> str:
    s3 = simulator.client("s3")
    s3.create_bucket(Bucket="models")
    s3.put_object(Bucket="models", Key="model.tar.gz", Body=archive("xgboost-model", b"trees"))
    return "s3://models/model.tar.gz"


def failure(simulator: RunningSimulator, name: str) -> str:
    """Why an endpoint with the model does not come into service."""
    sagemaker = simulator.client("sagemaker")
    variant = {
        "VariantName": "a",
        "ModelName": name,
        "InstanceType": "ml.m5.large",
        "InitialInstanceCount": 1,
    }
    sagemaker.create_endpoint_config(EndpointConfigName=name, ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName=name, EndpointConfigName=name)
    simulator.rest()
    described = sagemaker.describe_endpoint(EndpointName=name)
    assert described["EndpointStatus"] == "Failed"
    return str(described["FailureReason"])


def test_an_image_of_aws_that_nobody_can_run_offline_is_kept_and_its_endpoint_says_why(simulator, data):
    sagemaker = simulator.client("sagemaker")
    container = {"Image": PYTORCH, "ModelDataUrl": data}
    sagemaker.create_model(ModelName="deep", ExecutionRoleArn=ROLE, PrimaryContainer=container)

    assert sagemaker.describe_model(ModelName="deep")["PrimaryContainer"] == container
    assert "a deep-learning framework" in failure(simulator, "deep")


def test_an_image_that_aws_does_not_have_is_refused(simulator, data):
    image = "222222222222.dkr.ecr.us-east-1.amazonaws.com/nobodys:1"

    with pytest.raises(ClientError, match=r"Requested image .* not found"):
        simulator.client("sagemaker").create_model(
            ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": image, "ModelDataUrl": data}
        )


def test_an_inference_pipeline_is_kept_and_its_endpoint_says_that_nothing_serves_it(simulator, data):
    sagemaker = simulator.client("sagemaker")
    containers = [{"Image": XGBOOST, "ModelDataUrl": data}, {"Image": XGBOOST, "ModelDataUrl": data}]
    sagemaker.create_model(ModelName="two", ExecutionRoleArn=ROLE, Containers=containers)

    assert sagemaker.describe_model(ModelName="two")["Containers"] == containers
    assert "an inference pipeline" in failure(simulator, "two")


def test_the_archive_of_each_container_must_be_readable_by_the_role(simulator, data):
    containers = [
        {"Image": XGBOOST, "ModelDataUrl": data},
        {"Image": XGBOOST, "ModelDataUrl": f"{data}.gone"},
    ]

    with pytest.raises(ClientError, match=r"Could not access model data at s3://models/model\.tar\.gz\.gone"):
        simulator.client("sagemaker").create_model(
            ModelName="m", ExecutionRoleArn=ROLE, Containers=containers
        )


@pytest.mark.parametrize(
    ("members", "why"),
    [
        ({"AsyncInferenceConfig": {"OutputConfig": {"S3OutputPath": "s3://models/out"}}}, "asynchronous"),
        ({"ShadowProductionVariants": [{"VariantName": "b", "ModelName": "served"}]}, "shadow variants"),
    ],
)
def test_a_configuration_that_nothing_here_serves_is_kept_and_its_endpoint_says_why(
    simulator, data, members, why
):
    sagemaker = simulator.client("sagemaker")
    container = {"Image": XGBOOST, "ModelDataUrl": data}
    sagemaker.create_model(ModelName="served", ExecutionRoleArn=ROLE, PrimaryContainer=container)
    variant = {"VariantName": "a", "ModelName": "served", "InstanceType": "ml.m5.large"}
    sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant], **members)
    kept = sagemaker.describe_endpoint_config(EndpointConfigName="c")
    sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")

    assert set(members) <= set(kept)
    endpoint = sagemaker.describe_endpoint(EndpointName="e")
    assert (endpoint["EndpointStatus"], why in endpoint["FailureReason"]) == ("Failed", True)


def test_a_model_has_one_container_or_several_and_needs_a_role_for_its_data_only(simulator, data):
    sagemaker, container = simulator.client("sagemaker"), {"Image": XGBOOST}

    with pytest.raises(ClientError, match="Either PrimaryContainer or Containers"):
        sagemaker.create_model(
            ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=container, Containers=[container]
        )
    with pytest.raises(ClientError, match="ExecutionRoleArn must be given where there is model data"):
        sagemaker.create_model(ModelName="m", PrimaryContainer={**container, "ModelDataUrl": data})
    sagemaker.create_model(ModelName="nobodys", PrimaryContainer=container)
    assert "without ExecutionRoleArn" in failure(simulator, "nobodys")
    source = {"DataSource": {"S3DataSource": {"S3DataType": "S3Prefix", "S3Uri": data}}}
    sagemaker.create_transform_job(
        TransformJobName="t",
        ModelName="nobodys",
        TransformInput=source,
        TransformOutput={"S3OutputPath": "s3://models/out"},
        TransformResources={"InstanceType": "ml.m5.large", "InstanceCount": 1},
    )
    assert (
        "without ExecutionRoleArn" in sagemaker.describe_transform_job(TransformJobName="t")["FailureReason"]
    )
    with pytest.raises(ClientError, match=r"Endpoint none of account \d+ not found"):
        simulator.client("sagemaker-runtime").invoke_endpoint(EndpointName="none", Body=b"")
