"""The SageMaker SDK's own HyperparameterTuner, unmodified, over the wire; the scripted engine trains."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.aws.sagemaker.fake_cloud import ROLE, XGBOOST
from tests.aws.sagemaker.tuning.test_tuning_over_the_wire import BUCKET, World


@pytest.fixture(name="world", scope="module")
def _world() -> Iterator[World]:
    world = World()
    world.lay_data()
    yield world
    world.running.stop()


def session(world: World) -> Any:
    import sagemaker

    person = world.running.simulator.topology.person("operator")
    keys = (person.access_key_id, person.secret_access_key)
    return sagemaker.Session(
        boto3.Session(*keys, region_name="us-east-1"),
        sagemaker_client=world.running.client("sagemaker"),
        default_bucket=BUCKET,
    )


@pytest.mark.filterwarnings("ignore")  # the SDK's own: escapes, deprecations
def test_the_tuner_fits_finds_its_best_job_and_is_attached_again(world):
    from sagemaker.estimator import Estimator
    from sagemaker.inputs import TrainingInput
    from sagemaker.tuner import ContinuousParameter, HyperparameterTuner, IntegerParameter

    ours = session(world)
    estimator = Estimator(
        XGBOOST, ROLE, 1, "ml.m5.large", output_path=f"s3://{BUCKET}/out", sagemaker_session=ours
    )
    estimator.set_hyperparameters(num_round=5)
    tuner = HyperparameterTuner(
        estimator,
        "validation:rmse",
        {"eta": ContinuousParameter(0.1, 0.9), "max_depth": IntegerParameter(1, 9)},
        objective_type="Minimize",
        strategy="Random",
        max_jobs=3,
        max_parallel_jobs=3,
    )
    data = {
        each: TrainingInput(f"s3://{BUCKET}/{each}", content_type="text/csv")
        for each in ("train", "validation")
    }
    tuner.fit(data, job_name="by-the-sdk", wait=False)
    described = tuner.describe()
    assert described["HyperParameterTuningJobStatus"] == "Completed"
    assert tuner.best_training_job() == described["BestTrainingJob"]["TrainingJobName"]
    again = HyperparameterTuner.attach("by-the-sdk", sagemaker_session=ours)
    assert again.best_estimator().hyperparameters()["num_round"] == "5"
    assert set(again.hyperparameter_ranges()) >= {"ContinuousParameterRanges", "IntegerParameterRanges"}
    table = again.analytics().dataframe()
    assert len(table) == 3
    assert sorted(table["TrainingJobStatus"].unique()) == ["Completed"]
