"""What jobs, packages and endpoints leave in experiments and lineage, by themselves, over the wire."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from simulator.runtime.engine_scripted import Request, Script, ScriptedEngine
from simulator.runtime.work import Answer
from tests.aws.sagemaker.fake_cloud import XGBOOST, training_request
from tests.aws.sagemaker.test_over_the_wire import OPERATOR_ROLE, ours, train
from tests.wire import RunningSimulator


def answer(_request: Request) -> Answer:
    return Answer(200, {"content-type": "text/csv"}, b"9.5")


@pytest.fixture(name="running", scope="module")
def _running() -> Iterator[RunningSimulator]:
    """A job in a trial, its model registered and approved, the package served."""
    engine = ScriptedEngine()
    engine.script("xgboost", Script(effect=train, answer=answer))
    running = RunningSimulator(engine=engine)
    s3, sagemaker = running.client("s3"), running.client("sagemaker")
    for bucket in ("data", "models"):
        s3.create_bucket(Bucket=f"{bucket}-of-the-team")
    s3.put_object(Bucket="data-of-the-team", Key="train/a.csv", Body=b"1,2")
    sagemaker.create_experiment(ExperimentName="rings")
    sagemaker.create_trial(TrialName="first", ExperimentName="rings")
    sagemaker.create_trial_component(TrialComponentName="rings-one")
    config = {"ExperimentName": "rings", "TrialName": "first", "RunName": "one"}
    sagemaker.create_training_job(**ours(training_request()), ExperimentConfig=config)
    sagemaker.get_waiter("training_job_completed_or_stopped").wait(TrainingJobName="train-1")
    job = sagemaker.describe_training_job(TrainingJobName="train-1")
    sagemaker.create_model_package_group(ModelPackageGroupName="abalone")
    model = {"Image": XGBOOST, "ModelDataUrl": job["ModelArtifacts"]["S3ModelArtifacts"]}
    package = sagemaker.create_model_package(
        ModelPackageGroupName="abalone", InferenceSpecification={"Containers": [model]}
    )["ModelPackageArn"]
    running.rest()
    sagemaker.update_model_package(ModelPackageArn=package, ModelApprovalStatus="Approved")
    container = {"ModelPackageName": package}
    sagemaker.create_model(ModelName="m", ExecutionRoleArn=OPERATOR_ROLE, PrimaryContainer=container)
    variant = {"VariantName": "v", "ModelName": "m", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
    sagemaker.create_endpoint_config(EndpointConfigName="c", ProductionVariants=[variant])
    sagemaker.create_endpoint(EndpointName="e", EndpointConfigName="c")
    sagemaker.get_waiter("endpoint_in_service").wait(EndpointName="e")
    running.rest()
    yield running
    running.stop()


@pytest.fixture
def sagemaker(running: RunningSimulator) -> Any:
    """A client of that world."""
    return running.client("sagemaker")


def test_a_job_has_a_component_with_all_that_it_told(sagemaker):
    job = sagemaker.describe_training_job(TrainingJobName="train-1")
    found = sagemaker.describe_trial_component(TrialComponentName="train-1-aws-training-job")
    assert found["Source"] == {"SourceArn": job["TrainingJobArn"], "SourceType": "SageMakerTrainingJob"}
    assert found["Status"] == {
        "PrimaryStatus": "Completed",
        "Message": "Status: Completed, secondary status: Completed, failure reason: .",
    }
    assert found["Parameters"]["SageMaker.InstanceCount"] == {"NumberValue": 1.0}
    for name, value in job["HyperParameters"].items():
        assert str(next(iter(found["Parameters"][name].values()))).startswith(value)
    assert found["InputArtifacts"]["SageMaker.ImageUri"]["Value"] == XGBOOST
    assert (
        found["OutputArtifacts"]["SageMaker.ModelArtifact"]["Value"]
        == job["ModelArtifacts"]["S3ModelArtifacts"]
    )
    assert [(m["MetricName"], m["Last"]) for m in found["Metrics"]] == [("train:rmse", 2.5)]
    assert found["EndTime"] == job["TrainingEndTime"]


def test_the_component_is_in_the_trial_and_its_run_knows_the_job(sagemaker):
    arn = sagemaker.describe_training_job(TrainingJobName="train-1")["TrainingJobArn"]
    in_trial = sagemaker.list_trial_components(TrialName="first")["TrialComponentSummaries"]
    assert [each["TrialComponentName"] for each in in_trial] == ["train-1-aws-training-job"]
    telling = sagemaker.list_trial_components(SourceArn=arn)["TrialComponentSummaries"]
    assert {each["TrialComponentName"] for each in telling} == {"train-1-aws-training-job", "rings-one"}
    run = sagemaker.describe_trial_component(TrialComponentName="rings-one")
    assert [each["SourceArn"] for each in run["Sources"]] == [arn]


def test_a_job_of_an_experiment_that_is_not_there_is_refused(sagemaker):
    for config in ({"ExperimentName": "absent"}, {"ExperimentName": "rings", "TrialName": "absent"}):
        request = {**ours(training_request()), "TrainingJobName": "other", "ExperimentConfig": config}
        with pytest.raises(sagemaker.exceptions.ResourceNotFound):
            sagemaker.create_training_job(**request)


def test_an_endpoint_leads_back_to_the_data_it_was_trained_on(sagemaker):
    endpoint = sagemaker.describe_endpoint(EndpointName="e")["EndpointArn"]
    (context,) = sagemaker.list_contexts(SourceUri=endpoint)["ContextSummaries"]
    assert context["ContextType"] == "Endpoint"

    def above(**filters: Any) -> list[str]:
        found = sagemaker.query_lineage(
            StartArns=[context["ContextArn"]], Direction="Ascendants", Filters=filters
        )
        return [each["Arn"] for each in found["Vertices"]]

    (deployment,) = above(Types=["ModelDeployment"])
    assert ":action/" in deployment
    (component,) = above(Types=["TrainingJob"], LineageTypes=["TrialComponent"])
    assert component.endswith("/train-1-aws-training-job")
    sources = [
        sagemaker.describe_artifact(ArtifactArn=arn)["Source"]["SourceUri"]
        for arn in above(Types=["DataSet"])
    ]
    job = sagemaker.describe_training_job(TrainingJobName="train-1")
    assert sources == [each["DataSource"]["S3DataSource"]["S3Uri"] for each in job["InputDataConfig"]]
    approvals = above(Types=["Approval"])
    statuses = {
        sagemaker.describe_action(ActionName=arn.split("/")[1])["Properties"]["ModelApprovalStatus"]
        for arn in approvals
    }
    assert statuses == {"PendingManualApproval", "Approved"}


def test_a_package_is_an_artifact_of_its_groups_context(sagemaker):
    group = sagemaker.describe_model_package_group(ModelPackageGroupName="abalone")["ModelPackageGroupArn"]
    (context,) = sagemaker.list_contexts(SourceUri=group)["ContextSummaries"]
    (found,) = sagemaker.list_associations(DestinationArn=context["ContextArn"])["AssociationSummaries"]
    package = sagemaker.describe_artifact(ArtifactArn=found["SourceArn"])
    assert package["Source"]["SourceUri"].endswith("model-package/abalone/1")
    models = sagemaker.list_associations(DestinationArn=found["SourceArn"], SourceType="Model")
    (model,) = models["AssociationSummaries"]
    jobs = sagemaker.list_associations(DestinationArn=model["SourceArn"], SourceType="SageMakerTrainingJob")
    assert [each["AssociationType"] for each in jobs["AssociationSummaries"]] == ["Produced"]
    used = sagemaker.list_associations(
        DestinationArn=jobs["AssociationSummaries"][0]["SourceArn"], SourceType="DataSet"
    )
    assert [each["AssociationType"] for each in used["AssociationSummaries"]] == ["ContributedTo"]


def test_search_finds_the_component_with_its_job(sagemaker):
    filters = [{"Name": "Metrics.train:rmse", "Operator": "LessThan", "Value": "3"}]
    (found,) = sagemaker.search(Resource="ExperimentTrialComponent", SearchExpression={"Filters": filters})[
        "Results"
    ]
    component = found["TrialComponent"]
    assert component["Parents"] == [{"TrialName": "first", "ExperimentName": "rings"}]
    assert component["SourceDetail"]["TrainingJob"]["TrainingJobName"] == "train-1"


def test_what_is_told_again_is_written_once(running, sagemaker):
    before = sagemaker.list_associations(MaxResults=100)["AssociationSummaries"]
    package = sagemaker.list_model_packages(ModelPackageGroupName="abalone")["ModelPackageSummaryList"][0]
    sagemaker.update_model_package(
        ModelPackageArn=package["ModelPackageArn"], CustomerMetadataProperties={"a": "1"}
    )
    running.rest()
    assert sagemaker.list_associations(MaxResults=100)["AssociationSummaries"] == before
