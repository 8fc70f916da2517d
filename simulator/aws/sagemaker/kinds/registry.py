"""Kinds of the model registry: groups and the packages in them."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import Kind
from simulator.kernel.lifecycle import Lifecycle

MODEL_PACKAGE_GROUP = Kind(
    "ModelPackageGroup", "model-package-group", "ModelPackageGroupSummaryList",
    ("ModelPackageGroupName", "ModelPackageGroupArn", "ModelPackageGroupDescription", "CreationTime",
     "ModelPackageGroupStatus"),
    Lifecycle("ModelPackageGroup", "Completed", {"Completed": ("Deleting",)}),
    missing=("ValidationException", "ModelPackageGroup {arn} does not exist."),
    taken=("ValidationException", "Model Package Group already exists: {arn}"),
)  # fmt: skip
# The documentation says that ListModelPackages ascends; get_approved_package of AWS's own SageMaker project templates
# takes the first of a list sorted by CreationTime, without an order, as "the latest approved model package".
MODEL_PACKAGE = Kind(
    "ModelPackage", "model-package", "ModelPackageSummaryList",
    ("ModelPackageName", "ModelPackageGroupName", "ModelPackageVersion", "ModelPackageArn",
     "ModelPackageDescription", "CreationTime", "ModelPackageStatus", "ModelApprovalStatus",
     "ModelLifeCycle", "ModelPackageRegistrationType"),
    Lifecycle("ModelPackage", "Completed", {
        "Pending": ("InProgress",), "InProgress": ("Completed", "Failed"), "Completed": ("Deleting",),
        "Failed": ("Deleting",),
    }),
    frozenset({"Pending", "InProgress"}),
    missing=("ValidationException", "ModelPackage {arn} does not exist."),
    taken=("ValidationException", "Model Package already exists: {arn}"),
    nested=True, unfiltered=("ModelPackageGroupName", "ModelPackageType"), order="Descending",
)  # fmt: skip
