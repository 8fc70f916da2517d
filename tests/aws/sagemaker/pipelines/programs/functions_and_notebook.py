"""What a data scientist writes: two functions as steps, of which one is given the other's result, and a notebook."""

import json
import sys
from pathlib import Path

from sagemaker.s3 import S3Downloader
from sagemaker.workflow.function_step import step
from sagemaker.workflow.notebook_job_step import NotebookJobStep
from sagemaker.workflow.parameters import ParameterInteger
from sagemaker.workflow.pipeline import Pipeline
from sagemaker.workflow.pipeline_context import PipelineSession

ROLE = "arn:aws:iam::222222222222:role/SageMakerExecutionRole"
IMAGE = "236514542706.dkr.ecr.us-east-1.amazonaws.com/sagemaker-base-python-310:1.0"
DISTRIBUTION = "885854791233.dkr.ecr.us-east-1.amazonaws.com/sagemaker-distribution-prod:1-cpu"
FOLDER = Path(sys.argv[1])

cell: dict[str, object] = {"cell_type": "code", "execution_count": None, "id": "one", "metadata": {}, "outputs": [],
        "source": "print('the notebook says', 6 * 7)"}  # fmt: skip
kernel = {"kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"}}
notebook = FOLDER / "answer.ipynb"
notebook.write_text(json.dumps({"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}))

session = PipelineSession()
HOW = {"role": ROLE, "instance_type": "ml.m5.large", "image_uri": IMAGE}
start = ParameterInteger(name="Start", default_value=20)


@step(name="Double", **HOW)
def double(number):
    """Twice as much."""
    return 2 * number


@step(name="Add", **HOW)
def add(left, right):
    """The sum."""
    return left + right


notebook_step = NotebookJobStep(
    name="Notebook", input_notebook=str(notebook), image_uri=DISTRIBUTION, kernel_name="python3", role=ROLE,
)  # fmt: skip
pipeline = Pipeline(
    name="functions",
    parameters=[start],
    steps=[add(double(start), 2), notebook_step],
    sagemaker_session=session,
)
pipeline.upsert(role_arn=ROLE)
execution = pipeline.start()
execution.wait()
steps = {each["StepName"]: each for each in execution.list_steps()}
job = steps["Notebook"]["Metadata"]["TrainingJob"]["Arn"].rsplit("/", 1)[-1]
described = session.sagemaker_client.describe_training_job(TrainingJobName=job)
outputs = S3Downloader.list(f"{described['OutputDataConfig']['S3OutputPath']}/{job}/output", session)
print(
    "\nTOLD",
    json.dumps(
        {
            "steps": {name: [each["StepStatus"], each.get("FailureReason")] for name, each in steps.items()},
            "sum": execution.result("Add"),
            "outputs": outputs,
        }
    ),
)
