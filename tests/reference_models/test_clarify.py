"""Clarify's image keeps its contract: bias metrics as AWS's open library computes them, reports, drift, refusals.

The expected numbers are those of smclarify 0.5 (with pandas 2) for the same records, computed once on 2026-11-22.
"""

import json
import sys
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from tests.reference_models.container import MODELS, Container

PROGRAM = str(MODELS / "clarify" / "program")
if PROGRAM not in sys.path:
    sys.path.append(PROGRAM)
config_module, drift, groups, predictor = (
    import_module(name) for name in ("config", "drift", "groups", "predictor")
)

HEADERS = ["t", "sex", "age", "inc", "g", "p"]
ROWS = """no,m,35,5.93,x,yes
yes,m,57,0.66,x,yes
yes,m,50,5.41,y,yes
no,f,60,1.52,y,yes
yes,m,57,0.43,x,yes
no,m,44,7.14,y,no
yes,f,28,8.79,x,yes
yes,m,47,7.79,y,yes
no,f,42,5.34,y,no
no,m,21,8.56,x,no
yes,m,56,1.04,x,yes
no,m,60,9.9,x,yes
no,m,29,0.2,y,yes
yes,m,59,7.62,y,no
yes,m,37,5.05,x,yes
yes,m,54,0.31,x,yes
yes,m,22,9.8,y,yes
no,f,44,3.77,y,no
yes,m,52,2.71,x,yes
no,m,39,5.48,x,yes
no,f,44,6.16,x,no
no,m,42,6.79,y,yes
yes,m,23,9.55,x,yes
yes,m,57,6.01,x,yes
"""
BEFORE = {
    "sex": {"CDDL": 0.2601851851851852, "CI": 0.5833333333333334, "DPL": 0.431578947368421,
            "JS": 0.09964032614318354, "KL": 0.4405878971099736, "KS": 0.4315789473684211,
            "LP": 0.6103448006031252, "TVD": 0.43157894736842106},
    "age": {"CDDL": -0.12083333333333328, "CI": -0.3333333333333333, "DPL": -0.0625, "JS": 0.0019620880849990016,
            "KL": 0.00787417848406953, "KS": 0.0625, "LP": 0.08838834764831845, "TVD": 0.0625},
}  # fmt: skip
AFTER = {
    "sex": {"AD": -0.11578947368421055, "CDDPL": 0.3819444444444445, "DAR": 0.1875, "DCA": 0.25, "DCR": -1.0,
            "DI": 0.475, "DPPL": 0.44210526315789467, "DRR": 0.3333333333333333, "GE": 0.08501783590963158,
            "RD": -0.08333333333333337, "SD": 0.4642857142857143, "TE": -0.2},
    "age": {"AD": -0.125, "CDDPL": 0.09027777777777779, "DAR": -0.1558441558441559, "DCA": -0.24675324675324684,
            "DCR": -2.6, "DI": 0.7857142857142857, "DPPL": 0.1875, "DRR": -0.2, "GE": 0.08501783590963158,
            "RD": 0.11111111111111116, "SD": 0.3214285714285714, "TE": 0.3333333333333333},
}  # fmt: skip


def asked(**more: Any) -> dict[str, Any]:
    """An analysis of both facets, before and after training."""
    return {
        "version": "1.0",
        "dataset_type": "text/csv",
        "headers": HEADERS,
        "label": "t",
        "label_values_or_threshold": ["yes"],
        "predicted_label": "p",
        "facet": [
            {"name_or_index": "sex", "value_or_threshold": ["f"]},
            {"name_or_index": "age", "value_or_threshold": [40]},
        ],
        "group_variable": "g",
        "methods": {
            "pre_training_bias": {"methods": "all"},
            "post_training_bias": {"methods": "all"},
            "report": {"name": "report", "title": "Is it <fair>?"},
        },
        **more,
    }


def analyse(
    base: Path, config: dict[str, Any], rows: str = ROWS, **environment: str
) -> tuple[int, str, Path]:
    """Exit code, message and output folder of one run."""
    container = Container("clarify", base, environment)
    container.put("processing/input/config/analysis_config.json", json.dumps(config))
    container.put("processing/input/data/dataset.csv", rows)
    done = container.run()
    message = base / "output" / "message"
    assert message.is_file() or done.returncode == 0, done.stdout
    return done.returncode, message.read_text() if message.is_file() else "", base / "processing" / "output"


def metrics_of(document: dict[str, Any], section: str, facet: str) -> dict[str, Any]:
    (group,) = document[section]["facets"][facet]
    return {metric["name"]: metric["value"] for metric in group["metrics"] if metric["value"] is not None}


def test_the_metrics_are_those_of_the_open_library(tmp_path: Path):
    code, message, output = analyse(tmp_path, asked())
    assert (code, message) == (0, "")
    document = json.loads((output / "analysis.json").read_text())
    for facet in ("sex", "age"):
        assert metrics_of(document, "pre_training_bias_metrics", facet) == pytest.approx(BEFORE[facet])
        assert metrics_of(document, "post_training_bias_metrics", facet) == pytest.approx(AFTER[facet])
    before = document["pre_training_bias_metrics"]
    assert (before["label"], before["label_value_or_threshold"]) == ("t", "yes")
    assert before["facets"]["sex"][0]["value_or_threshold"] == "f"
    assert before["facets"]["age"][0]["value_or_threshold"] == "(40, 60]"
    assert before["facets"]["sex"][0]["metrics"][0] == {
        "name": "CDDL",
        "description": "Conditional Demographic Disparity in Labels (CDDL)",
        "value": pytest.approx(BEFORE["sex"]["CDDL"]),
    }


def test_a_metric_without_a_value_says_why(tmp_path: Path):
    _, _, output = analyse(tmp_path, asked(group_variable=None))
    document = json.loads((output / "analysis.json").read_text())
    after = document["post_training_bias_metrics"]["facets"]["sex"][0]["metrics"]
    said = {metric["name"]: metric["error"] for metric in after if metric["value"] is None}
    assert said == {
        "CDDPL": "Group variable is empty or not provided",
        "FT": "FlipTest does not support non-numeric columns",
    }


def test_the_flip_test_asks_the_neighbours_outside_of_the_facet(tmp_path: Path):
    rows = "\n".join(",".join(line.split(",")[:4] + line.split(",")[5:]) for line in ROWS.splitlines())
    config = asked(headers=["t", "sex", "age", "inc", "p"], group_variable=None)
    config["facet"] = config["facet"][:1]
    _, _, output = analyse(tmp_path, config, rows)
    document = json.loads((output / "analysis.json").read_text())
    assert metrics_of(document, "post_training_bias_metrics", "sex")["FT"] == pytest.approx(-0.6)


def test_the_report_is_a_page_that_shows_words_as_words(tmp_path: Path):
    _, _, output = analyse(tmp_path, asked())
    page = (output / "report.html").read_text()
    assert "Is it &lt;fair&gt;?" in page
    assert "Disparate Impact (DI)" in page


def test_the_same_data_violates_nothing_and_worse_data_is_named(tmp_path: Path):
    _, _, output = analyse(tmp_path / "baseline", asked())
    code, message, checked = analyse(tmp_path / "check", asked(), baseline_constraints=str(output))
    assert (code, message) == (0, "Completed: Job completed successfully with no violations.")
    assert json.loads((checked / "constraint_violations.json").read_text()) == {
        "version": "1.0",
        "violations": [],
    }
    document = json.loads((output / "analysis.json").read_text())
    for metric in document["pre_training_bias_metrics"]["facets"]["sex"][0]["metrics"]:
        metric["value"] = 0.4 if metric["name"] == "DPL" else metric["value"]
    (output / "analysis.json").write_text(json.dumps(document))
    _, message, checked = analyse(
        tmp_path / "again", asked(), baseline_constraints=str(output / "analysis.json")
    )
    assert message == "CompletedWithViolations: Job completed successfully with 1 violations."
    assert json.loads((checked / "constraint_violations.json").read_text())["violations"] == [
        {
            "facet": "sex",
            "facet_value": "f",
            "metric_name": "DPL",
            "constraint_check_type": "bias_drift_check",
            "description": "Value 0.431578947368421 does not meet the constraint requirement",
        }
    ]


@pytest.mark.parametrize(
    ("name", "value", "baseline", "worse"),
    [
        ("DPPL", 0.1, 0.2, False),
        ("DPPL", -0.3, 0.2, True),
        ("DPPL", -0.2, 0.2, False),
        ("DI", 0.9, 0.5, False),
        ("DI", 0.4, 0.5, True),
        ("KS", 0.015297906602254499, 0.015297906602254496, False),
    ],
)
def test_worse_is_farther_from_equality(name: str, value: float, baseline: float, worse: bool):
    assert drift.is_worse(name, value, baseline) is worse


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"methods": {"shap": {}}}, "method shap is not offered by this image"),
        ({"methods": {"pdp": {}}}, "method pdp is not offered by this image"),
        ({"dataset_type": "application/x-parquet"}, "dataset_type application/x-parquet is not offered"),
        ({"predicted_label_dataset_uri": "s3://x/y"}, "predicted_label_dataset_uri is not offered"),
        ({"methods": {"pre_training_bias": {"methods": ["XYZ"]}}}, "XYZ is none of the metrics"),
        ({"label": "nobody"}, "Column 'nobody' is not in the dataset"),
        ({"predicted_label": None}, "post_training_bias needs a predictor or a predicted_label"),
    ],
)
def test_what_it_cannot_do_it_says(tmp_path: Path, change: dict[str, Any], text: str):
    code, message, _ = analyse(tmp_path, asked(**change))
    assert code == 1
    assert text in message


def test_a_column_is_categorical_or_has_a_threshold():
    assert groups.groups([0, 1] * 30, [1])[0].name == "1"
    assert groups.groups([1.0, 3.5, 2.0], [2])[0].name == "(2.0, 3.5]"
    assert groups.groups([1.0, 3.5, 2.0], [2])[0].member == (False, True, False)
    assert [each.name for each in groups.groups(["b", "a", "b"], [])] == ["b", "a"]
    assert groups.having(["1", "2"], [1]).member == (True, False)


class Answers:
    """What an endpoint's answer is to boto3."""

    def __init__(self, body: str) -> None:
        self.body = body

    def invoke_endpoint(self, **_: str) -> dict[str, Any]:
        return {"Body": self}

    def read(self) -> bytes:
        return self.body.encode()


@pytest.mark.parametrize(
    ("body", "accept", "place", "found"),
    [
        ("0.1\n0.9\n", "text/csv", {}, ["0.1", "0.9"]),
        ("0.1,0.9", "text/csv", {}, ["0.1", "0.9"]),
        ("a,0.1\nb,0.9\n", "text/csv", {"probability": 1}, ["0.1", "0.9"]),
        ('{"score":0.1}\n{"score":0.9}\n', "application/jsonlines", {"label": "score"}, ["0.1", "0.9"]),
    ],
)
def test_what_a_model_answers_is_one_label_a_record(
    body: str, accept: str, place: dict[str, Any], found: list[str]
):
    settings = {"accept_type": accept, **place}
    assert predictor.ask(Answers(body), "shadow", settings, [["1"], ["2"]]) == found
    config = config_module.parse(asked(probability_threshold=0.5))
    assert predictor.labels([0.1, 0.9], config) == [False, True]
    with pytest.raises(predictor.PredictorFailed, match="3 records were answered by 2"):
        predictor.ask(Answers(body), "shadow", settings, [["1"], ["2"], ["3"]])
