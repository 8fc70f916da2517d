"""What a data scientist writes with the SageMaker SDK v2; one line of JSON for each thing that came of it."""

import json
import pathlib
import sys
import traceback

import boto3
import sagemaker
from sagemaker.inputs import TrainingInput
from sagemaker.processing import FrameworkProcessor, ProcessingInput, ProcessingOutput, ScriptProcessor
from sagemaker.serializers import CSVSerializer
from sagemaker.sklearn import SKLearn
from sagemaker.sklearn.processing import SKLearnProcessor

CODE, DATA, BUCKET = pathlib.Path(sys.argv[1]), sys.argv[2], "data-of-the-team"
ROLE = "arn:aws:iam::222222222222:role/SageMakerExecutionRole"
HARDWARE = {"instance_type": "ml.m5.large", "instance_count": 1, "role": ROLE}
SESSION = sagemaker.Session()
S3 = boto3.client("s3")


def tell(name, value):
    """One line for the test."""
    print("\nTOLD", json.dumps([name, value]), flush=True)


def body(uri):
    """An object's text."""
    bucket, key = uri.removeprefix("s3://").split("/", 1)
    return S3.get_object(Bucket=bucket, Key=key)["Body"].read().decode()


def seed():
    """Preprocess, train with the 1.0-1 image, evaluate, as the project template's pipeline does."""
    image = sagemaker.image_uris.retrieve(
        "xgboost", "us-east-1", "1.0-1", py_version="py3", instance_type="ml.m5.large"
    )
    parts = {name: f"s3://{BUCKET}/{name}" for name in ("train", "validation", "test")}
    outputs = [
        ProcessingOutput(output_name=name, source=f"/opt/ml/processing/{name}", destination=uri)
        for name, uri in parts.items()
    ]
    SKLearnProcessor("0.23-1", **HARDWARE).run(
        str(CODE / "preprocess.py"), outputs=outputs, arguments=["--input-data", DATA], logs=False
    )
    estimator = sagemaker.estimator.Estimator(image, output_path=f"s3://{BUCKET}/model", **HARDWARE)
    estimator.set_hyperparameters(
        objective="reg:linear",
        num_round=50,
        max_depth=5,
        eta=0.2,
        gamma=4,
        min_child_weight=6,
        subsample=0.7,
        silent=0,
    )
    channels = {name: TrainingInput(parts[name], content_type="text/csv") for name in ("train", "validation")}
    estimator.fit(channels, logs=False)
    metrics = estimator.latest_training_job.describe()["FinalMetricDataList"]
    tell("metrics", sorted(each["MetricName"] for each in metrics))
    evaluation = f"s3://{BUCKET}/evaluation"
    ScriptProcessor(image_uri=image, command=["python3"], **HARDWARE).run(
        str(CODE / "evaluate.py"),
        inputs=[
            ProcessingInput(source=estimator.model_data, destination="/opt/ml/processing/model"),
            ProcessingInput(source=parts["test"], destination="/opt/ml/processing/test"),
        ],
        outputs=[ProcessingOutput(source="/opt/ml/processing/evaluation", destination=evaluation)],
        logs=False,
    )
    tell("mse", json.loads(body(f"{evaluation}/evaluation.json"))["regression_metrics"]["mse"]["value"])


def churn():
    """The customer-churn template's first steps: preprocess, train with the 1.0-1 image, evaluate."""
    image = sagemaker.image_uris.retrieve(
        "xgboost", "us-east-1", "1.0-1", py_version="py3", instance_type="ml.m5.large"
    )
    parts = {name: f"s3://{BUCKET}/churn/{name}" for name in ("train", "validation", "test")}
    SKLearnProcessor("0.20.0", **HARDWARE).run(
        str(CODE / "preprocess.py"),
        inputs=[ProcessingInput(source=DATA, destination="/opt/ml/processing/input")],
        outputs=[
            ProcessingOutput(output_name=name, source=f"/opt/ml/processing/{name}", destination=uri)
            for name, uri in parts.items()
        ],
        logs=False,
    )
    tell("churn row", body(f"{parts['test']}/test.csv").splitlines()[0].split(","))
    estimator = sagemaker.estimator.Estimator(image, output_path=f"s3://{BUCKET}/churn/model", **HARDWARE)
    estimator.set_hyperparameters(eval_metric="auc", objective="binary:logistic", num_round=20, rate_drop=0.3)
    channels = {name: TrainingInput(parts[name], content_type="csv") for name in ("train", "validation")}
    estimator.fit(channels, logs=False)
    evaluation = f"s3://{BUCKET}/churn/evaluation"
    ScriptProcessor(image_uri=image, command=["python3"], **HARDWARE).run(
        str(CODE / "evaluate.py"),
        inputs=[
            ProcessingInput(source=estimator.model_data, destination="/opt/ml/processing/model"),
            ProcessingInput(source=parts["test"], destination="/opt/ml/processing/test"),
        ],
        outputs=[ProcessingOutput(source="/opt/ml/processing/evaluation", destination=evaluation)],
        logs=False,
    )
    metrics = json.loads(body(f"{evaluation}/evaluation.json"))["classification_metrics"]
    tell("auc", metrics["auc_score"]["value"])


def framework():
    """A folder of code with requirements.txt through runproc.sh."""
    processor = FrameworkProcessor(estimator_cls=SKLearn, framework_version="1.2-1", **HARDWARE)
    output = ProcessingOutput(source="/opt/ml/processing/output", destination=f"s3://{BUCKET}/said")
    processor.run(
        "main.py", source_dir=str(CODE / "framework"), outputs=[output], arguments=["to", "all"], logs=False
    )
    tell("framework", body(f"s3://{BUCKET}/said/said.txt"))


def line():
    """Script mode with scikit-learn; the same file serves."""
    estimator = SKLearn(
        "train.py", source_dir=str(CODE / "line"), framework_version="1.2-1", py_version="py3",
        hyperparameters={"alpha": 0.1, "fit-intercept": True},
        metric_definitions=[{"Name": "s", "Regex": "score=(.*?);"}],
        **HARDWARE,
    )  # fmt: skip
    estimator.fit({"train": f"s3://{BUCKET}/line"}, logs=False)
    described = estimator.latest_training_job.describe()
    tell("score", described["FinalMetricDataList"][0]["Value"])
    predictor = estimator.deploy(1, "ml.m5.large", endpoint_name="line")
    answer = boto3.client("sagemaker-runtime").invoke_endpoint(
        EndpointName="line", Body=b"1;2\n3;4\n", ContentType="text/semicolons", Accept="application/json"
    )
    tell("line", json.loads(answer["Body"].read()))
    predictor.delete_endpoint()
    estimator.set_hyperparameters(alpha=-1)
    try:
        estimator.fit({"train": f"s3://{BUCKET}/line"}, logs=False)
    except sagemaker.exceptions.UnexpectedStatusException as failure:
        tell("failure", str(failure))


def own():
    """An image of the team's, by the URI of its repository."""
    estimator = sagemaker.estimator.Estimator(
        "222222222222.dkr.ecr.us-east-1.amazonaws.com/bring-your-own:1", hyperparameters={"penalty": "0.1"},
        metric_definitions=[{"Name": "rmse", "Regex": "train_rmse=(.*?);"}], **HARDWARE,
    )  # fmt: skip
    estimator.fit({"train": f"s3://{BUCKET}/line"}, logs=False)
    tell("own rmse", estimator.latest_training_job.describe()["FinalMetricDataList"][0]["MetricName"])
    predictor = estimator.deploy(1, "ml.m5.large", endpoint_name="own", serializer=CSVSerializer())
    tell("own", predictor.predict([[1, 2]]).decode())
    predictor.delete_endpoint()


if __name__ == "__main__":
    for name in sys.argv[3:]:
        try:
            globals()[name]()
        except Exception:  # noqa: BLE001 - told to the test, which fails
            tell(f"{name} broke", traceback.format_exc()[-3000:])
