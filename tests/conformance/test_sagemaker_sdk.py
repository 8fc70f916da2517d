"""The runner of the SageMaker SDK's suites runs a suite of the same form, counts it, and says what failed."""

import sys
from pathlib import Path

from tests.conformance import sagemaker_sdk
from tests.conformance.suite import accepted

CONFTEST = """
def pytest_addoption(parser):
    parser.addoption("--boto-config")
    parser.addoption("--timeout")
"""
XGBOOST = """
import json, os, boto3, pytest

def test_the_account_is_prepared(request):
    session = boto3.Session(**json.loads(request.config.getoption("--boto-config")))
    identity = session.client("sts").get_caller_identity()
    assert "/SageMakerRole/" in identity["Arn"]
    bucket = f"sagemaker-{session.region_name}-{identity['Account']}"
    assert session.client("s3").list_objects_v2(Bucket=bucket)["KeyCount"] == 0
    seed = session.resource("s3").Object(f"sagemaker-servicecatalog-seedcode-{session.region_name}",
                                         "dataset/abalone-dataset-batch")
    assert seed.get()["Body"].read().decode().splitlines()[0].count(",") == 9
    assert session.client("sagemaker").list_training_jobs()["TrainingJobSummaries"] == []
    assert os.environ["DOCKER_HOST"]

@pytest.mark.parametrize("version", ["3.0-5"])
def test_that_fails_and_is_accepted(version):
    raise RuntimeError("no such image")

def test_that_fails():
    raise RuntimeError("a defect")

@pytest.mark.skip("data inconsistency")
def test_that_the_suite_skips():
    pass
"""
ACCEPTED = "tests/integ/test_xgboost.py::test_that_fails_and_is_accepted[3.0-5]"


def test_a_suite_is_run_counted_and_its_failures_told(tmp_path: Path, monkeypatch, capsys):
    suite = tmp_path / "sdk" / "tests" / "integ"
    suite.mkdir(parents=True)
    (tmp_path / "sdk" / "conftest.py").write_text(CONFTEST)
    (suite / "test_xgboost.py").write_text(XGBOOST)
    skips = tmp_path / "skips.tsv"
    skips.write_text(f"# why, and which\nan image\t{ACCEPTED}\n")
    monkeypatch.setattr(sagemaker_sdk, "SKIPS", skips)
    monkeypatch.setattr(sagemaker_sdk, "python_with", lambda _: Path(sys.executable))

    status = sagemaker_sdk.main([str(tmp_path / "sdk"), "xgboost", "--engine", "scripted"])

    counts, _, failures = capsys.readouterr().out.partition("\n\n")
    title, row = counts.splitlines()[-2:]
    assert title.split() == ["suite", "passed", "failed", "accepted", "skipped", "of"]
    assert row.split() == ["xgboost", "1", "1", "1", "1", "4"]
    assert failures.splitlines() == [
        "FAILED tests/integ/test_xgboost.py::test_that_fails: RuntimeError: a defect"
    ]
    assert status == 1


def test_each_accepted_reason_names_an_image_or_what_only_awss_own_account_has():
    reasons = accepted(sagemaker_sdk.SKIPS)
    assert all(test.startswith("tests/integ/") and "::" in test for test in reasons)
    assert {each for each in reasons.values() if "image" not in each} == {
        "a pipeline that AWS's own test account has; what would make it calls a test with an argument that it lacks"
    }
