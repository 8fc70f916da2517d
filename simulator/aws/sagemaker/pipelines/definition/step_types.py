"""The step types of the definition schema: which operation their Arguments are for, and what may stand beside them.

Source: SageMaker developer guide, "SageMaker Pipelines definition JSON schema", version 2020-12-01, and "Caching
pipeline steps", "Retry policy for pipeline steps" for which types may be cached and retried.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class StepShape:
    """`operation` is the one whose request the Arguments are; `required` and `optional` stand beside Arguments.

    `without` are members of that request that the schema leaves out.
    """

    operation: str = ""
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    cached: tuple[str, ...] = ()
    retried: bool = False


_CHECK = ("CheckType",)
_BASELINE = ("ModelPackageGroupName", "SkipCheck", "FailOnViolation", "RegisterNewBaseline",
             "SuppliedBaselineStatistics", "SuppliedBaselineConstraints", "ModelName", "PropertyFiles")  # fmt: skip
_CHECK_KEYS = ("AppSpecification", "Environment", "ProcessingInputs", "ProcessingResources", "CheckType",
               "SkipCheck", "RegisterNewBaseline", "ModelPackageGroupName", "SuppliedBaselineStatistics",
               "SuppliedBaselineConstraints", "ModelName")  # fmt: skip

STEP_TYPES: Mapping[str, StepShape] = {
    "Training": StepShape(
        "CreateTrainingJob", cached=("AlgorithmSpecification", "CheckpointConfig", "DebugHookConfig",
        "DebugRuleConfigurations", "Environment", "HyperParameters", "InputDataConfig"), retried=True),
    "Processing": StepShape(
        "CreateProcessingJob", optional=("PropertyFiles",),
        cached=("AppSpecification", "Environment", "ProcessingInputs"), retried=True),
    "Transform": StepShape(
        "CreateTransformJob", cached=("DataProcessing", "Environment", "ModelName", "TransformInput"), retried=True),
    "Tuning": StepShape(
        "CreateHyperParameterTuningJob", cached=("HyperParameterTuningJobConfig", "TrainingJobDefinition",
        "TrainingJobDefinitions"), retried=True),
    "AutoML": StepShape(
        "CreateAutoMLJob", without=("ModelDeployConfig", "GenerateCandidateDefinitionsOnly"),
        cached=("AutoMLJobConfig", "AutoMLJobObjective", "InputDataConfig", "ProblemType"), retried=True),
    "Model": StepShape("CreateModel", retried=True),
    "RegisterModel": StepShape("CreateModelPackage", without=("ModelPackageName",), retried=True),
    "EndpointConfig": StepShape("CreateEndpointConfig"),
    "Endpoint": StepShape("CreateEndpoint"),
    "Condition": StepShape(),
    "Fail": StepShape(),
    "Lambda": StepShape(required=("FunctionArn",), optional=("OutputParameters",)),
    "Callback": StepShape(required=("SqsQueueUrl",), optional=("OutputParameters",)),
    "QualityCheck": StepShape("CreateProcessingJob", _CHECK, _BASELINE, cached=_CHECK_KEYS),
    "ClarifyCheck": StepShape("CreateProcessingJob", _CHECK, _BASELINE, cached=_CHECK_KEYS),
    "EMR": StepShape(optional=("ClusterId", "ClusterConfig", "StepConfig", "ExecutionRoleArn"),
                     cached=("ClusterId", "StepConfig"), retried=True),
    "EMRServerless": StepShape(optional=("ApplicationId", "ExecutionRoleArn")),
    **{name: StepShape() for name in (
        "InferenceComponent", "Lineage", "ForEach", "Cleanup", "Job", "Athena", "HubContent", "BedrockCustomModel",
        "BedrockCustomModelDeployment", "BedrockModelImport", "BedrockProvisionedModelThroughput")},
}  # fmt: skip

CHECK_TYPES: Mapping[str, tuple[str, ...]] = {
    "QualityCheck": ("DATA_QUALITY", "MODEL_QUALITY"),
    "ClarifyCheck": ("DATA_BIAS", "MODEL_BIAS", "MODEL_EXPLAINABILITY"),
}
