"""Search expressions on plain records: paths, operators, nested filters, and, or."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.aws.sagemaker.search.expressions import holds, values

RECORD: dict[str, Any] = {
    "Name": "abalone-7",
    "CreationTime": 1_767_268_800.0,
    "Failure": None,
    "Tags": [{"Key": "team", "Value": "ml"}, {"Key": "stage", "Value": "prod"}],
    "HyperParameters": {"max_depth": "5", "sagemaker.program": "train.py"},
    "Parameters": {"depth": {"NumberValue": 5.0}, "kind": {"StringValue": "gbtree"}},
    "Metrics": [{"MetricName": "rmse", "Last": 2.5, "Min": 2.0}],
    "InputDataConfig": [
        {"ChannelName": "train", "DataSource": {"S3DataSource": {"S3Uri": "s3://b/train"}}},
        {"ChannelName": "test", "DataSource": {"S3DataSource": {"S3Uri": "s3://b/test"}}},
    ],
}


@pytest.mark.parametrize(
    ("name", "operator", "value", "expected"),
    [
        ("Name", "Equals", "abalone-7", True),
        ("Name", "Contains", "lone", True),
        ("Name", "In", "x, abalone-7", True),
        ("Name", "NotEquals", "abalone-7", False),
        ("Absent", "NotEquals", "x", True),
        ("Absent", "NotExists", "", True),
        ("Failure", "Exists", "", False),
        ("Tags.team", "Equals", "ml", True),
        ("Tags.absent", "Exists", "", False),
        ("HyperParameters.max_depth", "GreaterThan", "4", True),
        ("HyperParameters.sagemaker.program", "Equals", "train.py", True),
        ("Parameters.depth", "LessThanOrEqualTo", "5", True),
        ("Parameters.kind", "Equals", "gbtree", True),
        ("Metrics.rmse", "LessThan", "2.6", True),
        ("Metrics.rmse.min", "Equals", "2", True),
        ("CreationTime", "GreaterThan", "2026-01-01T11:00:00Z", True),
        ("CreationTime", "LessThan", "2026-01-01T11:00:00+00:00", False),
        ("InputDataConfig.ChannelName", "Equals", "test", True),
        ("InputDataConfig.DataSource.S3DataSource.S3Uri", "Contains", "train", True),
        ("Name", "GreaterThan", "1", False),
    ],
)
def test_operators(name, operator, value, expected):
    assert holds({"Filters": [{"Name": name, "Operator": operator, "Value": value}]}, RECORD) is expected


def test_a_nested_filter_asks_one_element_for_everything():
    def nested(channel: str, uri: str) -> dict[str, Any]:
        filters = [
            {"Name": "InputDataConfig.ChannelName", "Operator": "Equals", "Value": channel},
            {"Name": "DataSource.S3DataSource.S3Uri", "Operator": "Equals", "Value": uri},
        ]
        return {"NestedFilters": [{"NestedPropertyName": "InputDataConfig", "Filters": filters}]}

    assert holds(nested("train", "s3://b/train"), RECORD)
    assert not holds(nested("train", "s3://b/test"), RECORD)


def test_expressions_nest_with_and_and_or():
    yes = {"Filters": [{"Name": "Name", "Operator": "Exists"}]}
    no = {"Filters": [{"Name": "Name", "Operator": "NotExists"}]}
    assert holds({"SubExpressions": [yes, no], "Operator": "Or"}, RECORD)
    assert not holds({"SubExpressions": [yes, no]}, RECORD)
    assert holds({}, RECORD)


def test_a_path_gives_every_value_it_leads_to():
    assert values(RECORD, "InputDataConfig.ChannelName") == ["train", "test"]
    assert values(RECORD, "Name.deeper") == []
