"""The baselines of check steps: which one is compared with, which one is left; a table, pure.

Source: SageMaker developer guide, "Baseline calculation, drift detection and lifecycle with ClarifyCheck and
QualityCheck steps". A new baseline is always calculated; SkipCheck and RegisterNewBaseline decide the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

NOTHING: Mapping[str, str] = {}


@dataclass(frozen=True)
class Flags:
    """What the step says; absent is false, but for FailOnViolation."""

    skip: bool
    register: bool
    fail: bool


def flags_of(members: Mapping[str, Any]) -> Flags:
    """The flags of a step, booleans or their texts."""

    def said(name: str, otherwise: bool) -> bool:
        value = members.get(name)
        return otherwise if value is None else str(value).lower() == "true"

    return Flags(said("SkipCheck", False), said("RegisterNewBaseline", False), said("FailOnViolation", True))


_PACKAGE: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "DATA_QUALITY": (
        ("Statistics", "ModelDataQuality", "Statistics"), ("Constraints", "ModelDataQuality", "Constraints")),
    "MODEL_QUALITY": (("Statistics", "ModelQuality", "Statistics"), ("Constraints", "ModelQuality", "Constraints")),
    "DATA_BIAS": (("Constraints", "Bias", "PreTrainingConstraints"),),
    "MODEL_BIAS": (("Constraints", "Bias", "PostTrainingConstraints"),),
    "MODEL_EXPLAINABILITY": (("Constraints", "Explainability", "Constraints"),),
}  # fmt: skip
"""Where DriftCheckBaselines of a model package keep the baseline of each check: (file, section, member)."""


def supplied(members: Mapping[str, Any]) -> dict[str, str]:
    """The baseline that the step was given: S3 URIs of Statistics and Constraints, those that are not empty."""
    found = {name: members.get(f"SuppliedBaseline{name}") for name in ("Statistics", "Constraints")}
    return {name: str(uri) for name, uri in found.items() if uri}


def registered(check: str, package: Mapping[str, Any]) -> dict[str, str]:
    """The baseline that a model package was registered with for this check."""
    baselines = package.get("DriftCheckBaselines", {})
    found = {
        file: baselines.get(part, {}).get(member, {}).get("S3Uri") for file, part, member in _PACKAGE[check]
    }
    return {name: uri for name, uri in found.items() if uri}


def used(flags: Flags, before: Mapping[str, str], calculated: Mapping[str, str]) -> Mapping[str, str]:
    """BaselineUsedForDriftCheck*: what a model registered after this step is to be checked against."""
    return calculated if flags.register else before
