"""The model monitor's MODEL_QUALITY: metrics by the developer guide's own examples, constraints, violations."""

import json
from pathlib import Path

import pytest

from tests.reference_models.monitor import analyse, module

CSV = {"csv": {"header": True}}
QUALITY = {"analysis_type": "MODEL_QUALITY", "ground_truth_attribute": "label", "inference_attribute": "said"}
metrics, quality = module("model_metrics"), module("model_quality")


def pairs(matrix: dict[str, dict[str, int]]) -> list:
    return [
        metrics.Pair(truth, said)
        for truth, row in matrix.items()
        for said, count in row.items()
        for _ in range(count)
    ]


def test_two_classes_are_those_of_the_developer_guide():
    found = metrics.binary(pairs({"0": {"0": 1, "1": 2}, "1": {"0": 0, "1": 1}}))
    expected = {
        "recall": 1.0,
        "precision": 0.3333333333333333,
        "accuracy": 0.5,
        "recall_best_constant_classifier": 1.0,
        "precision_best_constant_classifier": 0.25,
        "accuracy_best_constant_classifier": 0.25,
        "true_positive_rate": 1.0,
        "true_negative_rate": 0.33333333333333337,
        "false_positive_rate": 0.6666666666666666,
        "false_negative_rate": 0.0,
        "f0_5": 0.3846153846153846,
        "f1": 0.5,
        "f2": 0.7142857142857143,
        "f0_5_best_constant_classifier": 0.29411764705882354,
        "f1_best_constant_classifier": 0.4,
        "f2_best_constant_classifier": 0.625,
    }
    assert found == pytest.approx(expected)


def test_several_classes_are_those_of_the_developer_guide():
    found = metrics.multiclass(pairs({"0": {"0": 1180, "1": 510}, "1": {"0": 268, "1": 138}}))
    expected = {
        "accuracy": 0.6288167938931297,
        "weighted_recall": 0.6288167938931297,
        "weighted_precision": 0.6983172269629505,
        "weighted_f0_5": 0.6803947317178771,
        "weighted_f1": 0.6571162346664904,
        "weighted_f2": 0.6384024354394601,
        "accuracy_best_constant_classifier": 0.19370229007633588,
        "weighted_recall_best_constant_classifier": 0.19370229007633588,
        "weighted_precision_best_constant_classifier": 0.03752057718081697,
        "weighted_f0_5_best_constant_classifier": 0.04473443104152011,
        "weighted_f1_best_constant_classifier": 0.06286421244683643,
        "weighted_f2_best_constant_classifier": 0.10570313141262414,
    }
    assert found == pytest.approx(expected)


def test_the_curves_have_the_points_of_the_developer_guide():
    probable = [metrics.Pair("1", "1", probability) for probability in (0.9, 0.8, 0.7, 0.6)]
    across, up = metrics.operating_curve(probable)
    assert (across, up) == ([0.0, 0.0, 0.0, 0.0, 0.0, 1.0], [0.0, 0.25, 0.5, 0.75, 1.0, 1.0])
    assert metrics.precision_recall_curve(probable) == ([1.0] * 5, [0.0, 0.25, 0.5, 0.75, 1.0])
    assert metrics.area(across, up) == 1.0


def test_a_regression_is_measured_and_its_baseline_suggested(tmp_path: Path):
    files = {"a.csv": "label,said,other\n1,2,x\n3,3,y\n5,4,z\n"}
    report = analyse(tmp_path, files, CSV, problem_type="Regression", **QUALITY)
    assert report.message == "Completed: Job completed successfully with no violations."
    measured = report.statistics["regression_metrics"]
    assert {name: metric["value"] for name, metric in measured.items()} == pytest.approx(
        {"mae": 2 / 3, "mse": 2 / 3, "rmse": (2 / 3) ** 0.5, "r2": 0.75}
    )
    assert measured["r2"]["standard_deviation"] == "NaN"
    assert report.statistics["dataset"] == {"item_count": 3}
    assert report.constraints["regression_constraints"]["r2"] == {
        "threshold": 0.75,
        "comparison_operator": "LessThanThreshold",
    }
    assert (
        report.constraints["regression_constraints"]["mse"]["comparison_operator"] == "GreaterThanThreshold"
    )
    assert {metric["MetricName"] for metric in report.metrics} == {"mae", "mse", "rmse", "r2"}


def test_what_is_worse_than_the_baseline_is_a_violation(tmp_path: Path):
    baseline = tmp_path / "baseline" / "constraints.json"
    baseline.parent.mkdir()
    limit = {"threshold": 0.9, "comparison_operator": "LessThanThreshold"}
    same = {"threshold": 0.6666666666666667, "comparison_operator": "GreaterThanThreshold"}
    baseline.write_text(json.dumps({"version": 0.0, "regression_constraints": {"r2": limit, "mae": same}}))
    files = {"a.csv": "label,said\n1,2\n3,3\n5,4\n"}
    environment = {**QUALITY, "problem_type": "Regression", "baseline_constraints": str(baseline.parent)}
    report = analyse(tmp_path, files, CSV, **environment)
    assert report.message == "CompletedWithViolations: Job completed successfully with 1 violations."
    assert report.violations == [
        {
            "constraint_check_type": "LessThanThreshold",
            "description": "Metric r2 with 0.75 was LessThanThreshold '0.9'",
            "metric_name": "r2",
        }
    ]


def test_two_classes_are_predicted_by_probability_and_threshold(tmp_path: Path):
    files = {"a.csv": "label,p\n1,0.9\n0,0.7\n0,0.1\n1,0.8\n"}
    report = analyse(
        tmp_path,
        files,
        CSV,
        analysis_type="MODEL_QUALITY",
        problem_type="BinaryClassification",
        ground_truth_attribute="label",
        probability_attribute="p",
        probability_threshold_attribute="0.75",
    )
    measured = report.statistics["binary_classification_metrics"]
    assert measured["confusion_matrix"] == {"0": {"0": 2, "1": 0}, "1": {"0": 0, "1": 2}}
    assert measured["auc"]["value"] == 1.0
    suggested = report.constraints["binary_classification_constraints"]
    assert suggested["false_positive_rate"]["comparison_operator"] == "GreaterThanThreshold"
    assert not [name for name in suggested if "constant" in name or "curve" in name]


def test_columns_without_names_are_found_by_their_index(tmp_path: Path):
    environment = {**QUALITY, "ground_truth_attribute": "0", "inference_attribute": "1"}
    files = {"a.csv": "a,a\nb,a\n"}
    report = analyse(
        tmp_path, files, {"csv": {"header": False}}, problem_type="MulticlassClassification", **environment
    )
    assert report.statistics["multiclass_classification_metrics"]["accuracy"]["value"] == 0.5


def test_from_200_records_on_there_is_a_deviation():
    records = [metrics.Pair(str(number % 2), str(number % 3 % 2)) for number in range(200)]
    assert quality.deviation("BinaryClassification", records[:199]) == {}
    assert 0 < quality.deviation("BinaryClassification", records)["accuracy"] < 0.1


@pytest.mark.parametrize(
    ("environment", "text"),
    [
        ({"problem_type": "Ranking"}, "problem_type 'Ranking' is not one of"),
        (
            {"problem_type": "Regression", "inference_attribute": "nobody"},
            "Column 'nobody' is not in the dataset",
        ),
        ({"analysis_type": "MODEL_BIAS"}, "analysis_type MODEL_BIAS is not offered"),
    ],
)
def test_what_it_cannot_do_it_says(tmp_path: Path, environment: dict[str, str], text: str):
    report = analyse(tmp_path, {"a.csv": "label,said\n1,1\n"}, CSV, **{**QUALITY, **environment})
    assert report.code == 1
    assert text in report.message
