"""Kinds of other jobs: compilation, optimization, recommendations, labeling, training plans and sessions."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import ABSENT, IN_USE, NOT_FOUND, Kind, constant

_LABELS = ("TotalLabeled", "HumanLabeled", "MachineLabeled", "FailedNonRetryableError", "Unlabeled")
COMPILATION_JOB = Kind(
    "CompilationJob", "compilation-job", begins="STARTING", missing=NOT_FOUND, taken=IN_USE,
    first=lambda request: {
        "FailureReason": "", "ModelArtifacts": {"S3ModelArtifacts": request["OutputConfig"]["S3OutputLocation"]},
    },
)  # fmt: skip
OPTIMIZATION_JOB = Kind(
    "OptimizationJob", "optimization-job", begins="STARTING", missing=NOT_FOUND, taken=IN_USE,
    first=constant(OptimizationTypes=[]), unfiltered=("OptimizationContains",),
)  # fmt: skip
INFERENCE_RECOMMENDATIONS_JOB = Kind(
    "InferenceRecommendationsJob", "inference-recommendations-job", begins="PENDING", missing=NOT_FOUND, taken=IN_USE,
    stem="Job", status_named="Status", first=lambda request: {"JobDescription": request.get("JobDescription", "")},
)  # fmt: skip
LABELING_JOB = Kind(
    "LabelingJob", "labeling-job", begins="Initializing", missing=NOT_FOUND, taken=IN_USE,
    first=constant(LabelCounters=dict.fromkeys(_LABELS, 0), JobReferenceCode="0"),
)  # fmt: skip
JOB = Kind(
    "Job", "job", "JobSummaries", begins="InProgress", missing=NOT_FOUND, taken=IN_USE,
    identity="{JobCategory}/{JobName}",
    shows=(("JobSecondaryStatus", "SecondaryStatus"),),
    first=constant(SecondaryStatus="Starting", SecondaryStatusTransitions=[]),
)  # fmt: skip
TRAINING_PLAN = Kind(
    "TrainingPlan", "training-plan", begins="Pending", missing=NOT_FOUND, taken=IN_USE, status_named="Status",
    unfiltered=("Filters",),
)  # fmt: skip
TRAINING_SESSION = Kind(
    "TrainingSession", "training-session", begins="Created", missing=NOT_FOUND, taken=IN_USE,
)  # fmt: skip
AI_BENCHMARK_JOB = Kind(
    "AIBenchmarkJob", "ai-benchmark-job", begins="InProgress", missing=NOT_FOUND, taken=IN_USE,
    refers=(("AIWorkloadConfigIdentifier", "AIWorkloadConfig"),),
)  # fmt: skip
AI_RECOMMENDATION_JOB = Kind(
    "AIRecommendationJob", "ai-recommendation-job", begins="InProgress", missing=NOT_FOUND, taken=IN_USE,
    refers=(("AIWorkloadConfigIdentifier", "AIWorkloadConfig"),),
)  # fmt: skip
AI_WORKLOAD_CONFIG = Kind("AIWorkloadConfig", "ai-workload-config", missing=NOT_FOUND, taken=IN_USE)
ALGORITHM = Kind(
    "Algorithm", "algorithm", begins="Pending", missing=ABSENT, noun="algorithm",
    first=constant(AlgorithmStatusDetails={}),
)  # fmt: skip
