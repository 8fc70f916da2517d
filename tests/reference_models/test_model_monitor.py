"""The model monitor keeps SageMaker's contract: its reports, its six checks, its metrics and its messages."""

import base64
import json

import pytest

from tests.reference_models.monitor import CAPTURE, analyse, baseline_of, captured

CSV = {"csv": {"header": True}}
PLAIN = {"csv": {"header": False}}


def table(rows: int, shift: float = 0.0) -> str:
    """An integer, a number and a word, none of them missing."""
    body = "".join(f"{i % 7},{i / 10 + shift},{'red' if i % 3 else 'blue'}\n" for i in range(rows))
    return "count,size,colour\n" + body


@pytest.fixture
def baseline(tmp_path):
    """A baseline over two hundred rows, and the variables that name its reports."""
    report = analyse(tmp_path / "baseline", {"b.csv": table(200)}, CSV, publish_cloudwatch_metrics="Disabled")
    assert report.code == 0, report.message
    return report, baseline_of(tmp_path / "baseline")


def test_a_baseline_run_suggests_constraints_and_finds_nothing(baseline):
    report, _ = baseline

    assert report.message == "Completed: Job completed successfully with no violations."
    assert report.violations == []
    assert report.metrics == []
    assert [(f["name"], f["inferred_type"], f["completeness"]) for f in report.constraints["features"]] == [
        ("count", "Integral", 1.0),
        ("size", "Fractional", 1.0),
        ("colour", "String", 1.0),
    ]
    assert report.constraints["features"][0]["num_constraints"] == {"is_non_negative": True}
    assert report.constraints["features"][2]["string_constraints"] == {"domains": ["blue", "red"]}
    assert report.constraints["monitoring_config"]["distribution_constraints"]["comparison_threshold"] == 0.1


def test_statistics_of_a_small_table_are_those_of_a_hand_calculation(tmp_path):
    report = analyse(tmp_path, {"b.csv": "2\n4\n\n4\n4\n5\n5\n7\n9\n"}, PLAIN)

    (feature,) = report.statistics["features"]
    numbers = feature["numerical_statistics"]
    assert report.statistics["dataset"] == {"item_count": 8}
    assert (numbers["mean"], numbers["sum"], numbers["std_dev"]) == (5.0, 40.0, 2.0)
    assert (numbers["min"], numbers["max"]) == (2.0, 9.0)
    assert numbers["distribution"]["kll"]["sketch"] == {
        "parameters": {"c": 0.64, "k": 2048.0},
        "data": [[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]],
    }
    assert [bucket["count"] for bucket in numbers["distribution"]["kll"]["buckets"]] == [
        1,
        0,
        3,
        0,
        2,
        0,
        0,
        1,
        0,
        1,
    ]


def test_the_same_data_has_no_violation(tmp_path, baseline):
    report = analyse(tmp_path / "run", {"c.csv": table(200)}, CSV, **baseline[1])

    assert report.message == "Completed: Job completed successfully with no violations."
    assert report.drift("size") == 0.0


def test_a_moved_distribution_is_drift_and_its_distance_is_a_metric(tmp_path, baseline):
    names = {"sagemaker_endpoint_name": "shop", "sagemaker_monitoring_schedule_name": "hourly"}

    report = analyse(
        tmp_path / "run",
        {"c.csv": table(200, shift=15.0)},
        CSV,
        **baseline[1],
        **names,
        end_time="2026-01-01T05:00:00Z",
    )

    assert report.message == "CompletedWithViolations: Job completed successfully with 1 violations."
    assert report.checks() == [("size", "baseline_drift_check")]
    # 150 of 200 values below the first new one, less 1.8 * sqrt(400 / 40000).
    assert report.drift("size") == pytest.approx(0.75 - 0.18)
    assert (
        report.violations[0]["description"]
        == f"Baseline drift distance: {report.drift('size')} exceeds threshold: 0.1"
    )
    assert report.metrics[0] == {
        "Dimensions": [
            {"Name": "Endpoint", "Value": "shop"},
            {"Name": "MonitoringSchedule", "Value": "hourly"},
        ],
        "Timestamp": "2026-01-01T05:00:00Z",
        "MetricName": "feature_data_count",
        "StatisticValues": {"Maximum": 6.0, "Minimum": 0.0, "SampleCount": 200.0, "Sum": 594.0},
        "Unit": "None",
    }
    assert [metric["MetricName"] for metric in report.metrics[-2:]] == [
        "feature_non_null_colour",
        "feature_baseline_drift_colour",
    ]


def test_type_completeness_and_category_are_checked_in_the_containers_own_words(tmp_path, baseline):
    rows = (
        table(200)
        .replace("\n0,", "\nzero,", 1)
        .replace("\n1,0.1,", "\n1,,", 1)
        .replace(",blue\n", ",green\n", 2)
    )

    report = analyse(tmp_path / "run", {"c.csv": rows}, CSV, **baseline[1])

    assert [(f["constraint_check_type"], f["description"]) for f in report.violations] == [
        (
            "data_type_check",
            (
                "Data type match requirement is not met. Expected data type: Integral, Expected match: 100.0%. "
                "Observed: Only 99.5% of data is Integral."
            ),
        ),
        ("completeness_check", "Value: 0.995 does not meet the constraint requirement! "),
        ("categorical_values_check", "Value: 0.99 does not meet the constraint requirement! "),
    ]


def test_eleven_features_are_captured_as_twelve_columns(tmp_path):
    rows = [",".join(f"{i * c / 7:.3f}" for c in range(1, 12)) for i in range(30)]
    analyse(tmp_path / "b", {"b.csv": "\n".join(rows)}, PLAIN)

    report = analyse(
        tmp_path / "run",
        {"a.jsonl": "".join(captured(row, "9.5") for row in rows)},
        CAPTURE,
        **baseline_of(tmp_path / "b"),
    )

    assert report.violations[0] == {
        "feature_name": "Extra columns",
        "constraint_check_type": "extra_column_check",
        "description": "There are extra columns in current dataset. Number of columns in current dataset: 12, "
        "Number of columns in baseline constraints: 11",
    }
    assert report.feature("_c0")["numerical_statistics"]["mean"] == 9.5, "the answer comes before the request"


def test_a_request_of_several_rows_collapses_to_one_column(tmp_path):
    analyse(tmp_path / "b", {"b.csv": "1.5,2.5\n2.5,3.5\n"}, PLAIN)

    report = analyse(
        tmp_path / "run", {"a.jsonl": captured("2.5\n3.5", "1.5,2.5")}, CAPTURE, **baseline_of(tmp_path / "b")
    )

    assert report.checks()[0] == ("Missing columns", "missing_column_check")
    assert "dataset: 1, Number" in report.violations[0]["description"]


def test_base64_and_json_captures_are_decoded(tmp_path):
    request, answer = (base64.b64encode(text.encode()).decode() for text in ("1,2", "0.5"))
    plain = captured(request, answer, encoding="BASE64")
    document = captured(
        json.dumps({"age": 3, "home": {"town": "Ur"}}), json.dumps({"score": 0.5}), encoding="JSON"
    )

    first = analyse(tmp_path / "one", {"2026/01/01/00/a.jsonl": plain}, CAPTURE)
    second = analyse(tmp_path / "two", {"a.jsonl": document}, CAPTURE)

    assert [feature["name"] for feature in first.statistics["features"]] == ["_c0", "_c1", "_c2"]
    assert [(f["name"], f["inferred_type"]) for f in second.statistics["features"]] == [
        ("score", "Fractional"),
        ("age", "Integral"),
        ("home_town", "String"),
    ]


def test_a_preprocessor_names_the_columns_drops_records_and_sees_the_metadata(tmp_path):
    script = tmp_path / "preprocessor.py"
    script.write_text(
        "def preprocess_handler(inference_record, logger):\n"
        "    assert inference_record.event_metadata.event_id == '1'\n"
        "    rows = inference_record.endpoint_input.data.split('\\n')\n"
        "    if rows == ['skip']:\n"
        "        return []\n"
        "    return [{'a': float(row.split(',')[0]), 'b': row.split(',')[1]} for row in rows]\n"
    )
    lines = captured("1,x\n2,y", "0") + captured("skip", "0") + captured("3,z", "0")

    report = analyse(
        tmp_path / "run", {"a.jsonl": lines}, {"json": {"line": True}}, record_preprocessor_script=str(script)
    )

    assert report.statistics["dataset"] == {"item_count": 3}
    assert report.feature("a")["numerical_statistics"]["sum"] == 6.0
    assert report.feature("b")["string_statistics"]["distinct_count"] == 3.0


def test_a_raising_preprocessor_fails_the_job_with_its_text(tmp_path):
    script = tmp_path / "preprocessor.py"
    script.write_text("def preprocess_handler(inference_record):\n    raise ValueError('no such column')\n")

    report = analyse(
        tmp_path / "run", {"a.jsonl": captured("1", "2")}, CAPTURE, record_preprocessor_script=str(script)
    )

    assert (report.code, report.message) == (1, "Error: ValueError: no such column")


def test_a_postprocessor_runs_after_the_reports(tmp_path):
    script = tmp_path / "after.py"
    seen = tmp_path / "run" / "processing" / "output" / "statistics.json"
    script.write_text(
        f"import pathlib\ndef postprocess_handler():\n    pathlib.Path({str(seen)!r}).unlink()\n"
    )

    report = analyse(tmp_path / "run", {"a.csv": "1\n"}, PLAIN, post_analytics_processor_script=str(script))

    assert report.code == 0
    assert report.statistics == {}


def test_no_data_is_a_failure_that_says_so(tmp_path):
    (tmp_path / "processing" / "input").mkdir(parents=True)

    report = analyse(tmp_path, {}, CAPTURE)

    assert report.code == 1
    assert report.message.startswith("Error: No data found in ")


@pytest.mark.parametrize(
    "dataset_format, environment, name",
    [
        ({"parquet": {}}, {}, "dataset_format ['parquet']"),
        (PLAIN, {"analysis_type": "MODEL_BIAS"}, "analysis_type MODEL_BIAS"),
    ],
)
def test_what_this_image_does_not_do_is_refused_by_name(tmp_path, dataset_format, environment, name):
    report = analyse(tmp_path, {"a.csv": "1\n"}, dataset_format, **environment)

    assert report.code == 1
    assert f"{name} is not offered by this image" in report.message


@pytest.mark.parametrize(
    "configuration, expected",
    [
        ({"evaluate_constraints": "Disabled"}, []),
        ({"distribution_constraints": {"perform_comparison": "Disabled"}}, []),
        ({"distribution_constraints": {"comparison_threshold": 0.6}}, []),
        (
            {"distribution_constraints": {"comparison_threshold": 0.6, "comparison_method": "Simple"}},
            ["size"],
        ),
    ],
)
def test_the_baselines_configuration_decides_what_is_a_violation(tmp_path, baseline, configuration, expected):
    path = tmp_path / "constraints.json"
    path.write_text(json.dumps({**baseline[0].constraints, "monitoring_config": configuration}))
    named = {**baseline[1], "baseline_constraints": str(path)}

    report = analyse(tmp_path / "run", {"c.csv": table(200, shift=15.0)}, CSV, **named)

    assert [name for name, _ in report.checks()] == expected


def test_metrics_are_left_out_when_the_baseline_says_so(tmp_path, baseline):
    path = tmp_path / "constraints.json"
    path.write_text(
        json.dumps({**baseline[0].constraints, "monitoring_config": {"emit_metrics": "Disabled"}})
    )

    report = analyse(
        tmp_path / "run", {"c.csv": table(200)}, CSV, **{**baseline[1], "baseline_constraints": str(path)}
    )

    assert (report.code, report.metrics) == (0, [])
