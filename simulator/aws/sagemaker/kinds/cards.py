"""Kinds of model cards: a card, its versions, and the jobs that export it."""

from __future__ import annotations

from simulator.aws.sagemaker.kinds.kind import TIMES, Kind

_MISSING = ("ResourceNotFound", "Model card {name} does not exist.")

MODEL_CARD = Kind(
    "ModelCard", "model-card", "ModelCardSummaries",
    ("ModelCardName", "ModelCardArn", "ModelCardStatus", *TIMES), missing=_MISSING,
    taken=("ConflictException", "Modelcard {name} already exists"),
)  # fmt: skip
MODEL_CARD_EXPORT_JOB = Kind(
    "ModelCardExportJob", "model-card", "ModelCardExportJobSummaries",
    ("ModelCardExportJobName", "ModelCardExportJobArn", "Status", "ModelCardName", "ModelCardVersion", "CreatedAt",
     "LastModifiedAt"),
    missing=("ResourceNotFound", "Model card export job {name} does not exist."),
    taken=("ConflictException", "Model card export job {name} already exists."), nested=True,
)  # fmt: skip
