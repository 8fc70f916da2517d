"""QualityCheck and ClarifyCheck steps: the lifecycle table of baselines, violations, the newest approved version."""

import json

import pytest

from simulator.aws.sagemaker.pipelines.steps.baselines import Flags, flags_of, registered, used
from simulator.runtime.engine_scripted import Script
from simulator.runtime.work import Work
from tests.aws.sagemaker.fake_cloud import MONITOR, ROLE, FakeCloud, play
from tests.aws.sagemaker.pipelines.small import create, run, step

OLD, NEW = {"Constraints": "s3://old/c.json"}, {"Constraints": "s3://new/c.json"}


@pytest.mark.parametrize(
    ("register", "expected"), [(False, OLD), (True, NEW)], ids=["kept", "a new one is registered"]
)
def test_the_baseline_for_later_checks_is_the_old_one_unless_a_new_one_is_registered(register, expected):
    for skip in (False, True):
        assert used(Flags(skip, register, True), OLD, NEW) == expected


def test_flags_are_booleans_or_texts_and_a_violation_fails_unless_said_otherwise():
    assert flags_of({}) == Flags(False, False, True)
    assert flags_of({"SkipCheck": "true", "FailOnViolation": False}) == Flags(True, False, False)


def test_a_version_in_the_registry_keeps_a_baseline_for_each_check():
    package = {"DriftCheckBaselines": {"Bias": {"PreTrainingConstraints": {"S3Uri": "s3://b/a.json"}}}}
    assert registered("DATA_BIAS", package) == {"Constraints": "s3://b/a.json"}
    assert registered("MODEL_BIAS", package) == {}


def quality(**more):
    arguments = {
        "RoleArn": ROLE,
        "AppSpecification": {"ImageUri": MONITOR},
        "Environment": {"output_path": "/opt/ml/processing/output"},
        "ProcessingOutputConfig": {
            "Outputs": [
                {
                    "OutputName": "quality_check_output",
                    "S3Output": {
                        "S3Uri": "s3://data/quality",
                        "LocalPath": "/opt/ml/processing/output",
                        "S3UploadMode": "EndOfJob",
                    },
                }
            ]
        },
        "ProcessingResources": {
            "ClusterConfig": {"InstanceCount": 1, "InstanceType": "ml.m5.large", "VolumeSizeInGB": 10}
        },
    }
    return step("Check", "QualityCheck", CheckType="DATA_QUALITY", Arguments=arguments, **more)


def analyse(violations: list[str]):
    def effect(work: Work) -> None:
        output = work.mounts[0].source / "processing/output"
        (output / "statistics.json").write_text("{}")
        (output / "constraints.json").write_text("{}")
        if "baseline_constraints" in work.environment:
            (output / "constraint_violations.json").write_text(json.dumps({"violations": violations}))

    return Script(effect=effect)


SUPPLIED = {"SuppliedBaselineConstraints": "s3://data/old/constraints.json"}


async def prepare(cloud: FakeCloud, violations: list[str], **more) -> None:
    cloud.objects["s3://data/old/constraints.json"] = b"{}"
    cloud.engine.script("model_monitor", analyse(violations))
    await create(cloud, quality(**more))


def test_a_check_without_violations_says_which_baselines_count():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, [], **SUPPLIED)
        status, found = await run(cloud)
        assert status == "Succeeded", found
        metadata = found["Check"]["Metadata"]["QualityCheck"]
        arn = metadata.pop("CheckJobArn")
        assert ":processing-job/pipelines-" in arn
        assert metadata == {
            "CheckType": "DATA_QUALITY",
            "CalculatedBaselineStatistics": "s3://data/quality/statistics.json",
            "CalculatedBaselineConstraints": "s3://data/quality/constraints.json",
            "BaselineUsedForDriftCheckConstraints": "s3://data/old/constraints.json",
            "SkipCheck": False,
            "RegisterNewBaseline": False,
        }

    play(story)


@pytest.mark.parametrize(("fails", "status"), [(None, "Failed"), (True, "Failed"), (False, "Succeeded")])
def test_a_violation_fails_the_step_unless_it_may_go_on(fails, status):
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, ["one"], FailOnViolation=fails, **SUPPLIED)
        ended, found = await run(cloud)
        report = "s3://data/quality/constraint_violations.json"
        assert ended == status
        assert found["Check"]["Metadata"]["QualityCheck"]["ViolationReport"] == report
        if status == "Failed":
            reason = f"ClientError: Quality check failed. See violation report {report}"
            assert found["Check"]["FailureReason"] == reason

    play(story)


def test_without_a_baseline_only_a_skipped_check_succeeds():
    async def story(cloud: FakeCloud) -> None:
        await prepare(cloud, ["never looked at"])
        status, found = await run(cloud)
        assert status == "Failed"
        assert "No baseline to check against" in found["Check"]["FailureReason"]
        await create(cloud, quality(SkipCheck=True, RegisterNewBaseline=True), name="first")
        status, found = await run(cloud, "first")
        metadata = found["Check"]["Metadata"]["QualityCheck"]
        assert status == "Succeeded"
        assert metadata["BaselineUsedForDriftCheckConstraints"] == metadata["CalculatedBaselineConstraints"]

    play(story)


def test_explainability_is_refused_by_name():
    async def story(cloud: FakeCloud) -> None:
        body = quality(**SUPPLIED)
        await create(cloud, {**body, "Type": "ClarifyCheck", "CheckType": "MODEL_EXPLAINABILITY"})
        _, found = await run(cloud)
        assert "MODEL_EXPLAINABILITY (step Check) is not simulated" in found["Check"]["FailureReason"]

    play(story)
