"""A team's pipeline by the SageMaker Python SDK, 2 or 3: built, upserted, started, waited for, its steps listed."""

import json
import sys
from importlib.metadata import version
from pathlib import Path

if version("sagemaker").startswith("2."):
    from sagemaker.processing import ScriptProcessor
    from sagemaker.workflow.condition_step import ConditionStep
    from sagemaker.workflow.conditions import ConditionEquals
    from sagemaker.workflow.fail_step import FailStep
    from sagemaker.workflow.parameters import ParameterInteger
    from sagemaker.workflow.pipeline import Pipeline
    from sagemaker.workflow.pipeline_context import PipelineSession
    from sagemaker.workflow.steps import ProcessingStep
else:
    from sagemaker.core.processing import ScriptProcessor
    from sagemaker.core.workflow.conditions import ConditionEquals
    from sagemaker.core.workflow.parameters import ParameterInteger
    from sagemaker.core.workflow.pipeline_context import PipelineSession
    from sagemaker.mlops.workflow.condition_step import ConditionStep
    from sagemaker.mlops.workflow.fail_step import FailStep
    from sagemaker.mlops.workflow.pipeline import Pipeline
    from sagemaker.mlops.workflow.steps import ProcessingStep

ROLE = "arn:aws:iam::222222222222:role/SageMakerExecutionRole"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-scikit-learn:1.2-1-cpu-py3"

session = PipelineSession()
looks: list[object] = []
session.sagemaker_client.meta.events.register(
    "before-call.sagemaker.DescribePipelineExecution", lambda **_: looks.append(1)
)
script = Path(sys.argv[1]) / "work.py"
script.write_text("print('done')")
processor = ScriptProcessor(
    image_uri=IMAGE, command=["python3"], instance_type="ml.m5.large", instance_count=1, role=ROLE,
    sagemaker_session=session,
)  # fmt: skip
work = ProcessingStep(name="Work", step_args=processor.run(code=str(script)))
number = ParameterInteger(name="Number", default_value=2)
bad = FailStep(name="Bad", error_message="not two")
check = ConditionStep(
    name="Check", conditions=[ConditionEquals(left=number, right=2)], if_steps=[work], else_steps=[bad]
)
pipeline = Pipeline(name="by-the-sdk", parameters=[number], steps=[check], sagemaker_session=session)
pipeline.upsert(role_arn=ROLE)
execution = pipeline.start()
execution.wait()
print(
    json.dumps(
        {
            "steps": [[each["StepName"], each["StepStatus"]] for each in execution.list_steps()],
            "looks": len(looks),
            "status": execution.describe()["PipelineExecutionStatus"],
        }
    )
)
