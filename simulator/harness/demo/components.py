"""The pattern's nine components, and how far a run has proved each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

FEATURES = "tests/features/test_loop.py"


@dataclass(frozen=True)
class Component:
    """`proof` is the test that proves it for good; `lacks` says what of it is not simulated yet (empty: nothing)."""

    key: str
    title: str
    proof: str
    lacks: str = ""


@dataclass(frozen=True)
class Verdict:
    """`status` is `proved`, `partly`, `not yet` or `failed`."""

    component: Component
    status: str
    remark: str


COMPONENTS = (
    Component(
        "accounts",
        "Accounts, roles and data",
        f"{FEATURES}::test_accounts_are_separate_and_roles_open_only_to_those_they_trust",
        "Studio domains, Feature Store, Glue",
    ),
    Component(
        "source",
        "Experiment and source control",
        f"{FEATURES}::test_a_merge_into_main_starts_the_model_build_pipeline",
        "",
    ),
    Component("build", "Model Build pipeline", f"{FEATURES}::test_a_good_model_is_registered", ""),
    Component(
        "registry",
        "Model registry and approval",
        f"{FEATURES}::test_a_version_waits_with_all_that_a_reviewer_needs",
        "",
    ),
    Component(
        "events",
        "EventBridge to Azure DevOps",
        f"{FEATURES}::test_an_approval_starts_the_model_deploy_pipeline",
        "",
    ),
    Component(
        "deploy",
        "Model Deploy pipeline: quality first",
        f"{FEATURES}::test_the_model_is_tested_before_anything_is_deployed",
        "",
    ),
    Component(
        "staging",
        "Staging by CloudFormation, and its tests",
        f"{FEATURES}::test_staging_serves_the_approved_version",
        "",
    ),
    Component(
        "gate",
        "Manual gate and production",
        f"{FEATURES}::test_production_waits_for_a_person_who_has_the_right",
        "API Gateway and Lambda in front of the endpoint",
    ),
    Component(
        "monitoring",
        "Capture, monitoring and retraining",
        f"{FEATURES}::test_drift_raises_the_alarm_and_starts_the_retraining",
        "Clarify's monitors: bias, explainability",
    ),
)


def verdicts(passed: dict[str, bool], incomplete: Collection[str] = ()) -> list[Verdict]:
    """One verdict a component, from what became of its links (component key -> whether all that ran passed).

    `incomplete` holds the keys of components of which a link did not run.
    """
    return [
        _verdict(component, passed.get(component.key), component.key in incomplete)
        for component in COMPONENTS
    ]


def _verdict(component: Component, passed: bool | None, incomplete: bool) -> Verdict:
    if passed is None:
        return Verdict(component, "not yet", "no link of this run reached it")
    if not passed:
        return Verdict(component, "failed", "a link failed")
    if incomplete:
        return Verdict(component, "partly", "a link of it did not run")
    if component.lacks:
        return Verdict(component, "partly", f"not yet: {component.lacks}")
    return Verdict(component, "proved", component.proof)
