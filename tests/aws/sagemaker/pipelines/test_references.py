"""References resolve to parameters, facts of the execution, properties of steps and values in property files."""

import pytest

from simulator.aws.sagemaker.pipelines.definition.conditions import NotComparable, holds
from simulator.aws.sagemaker.pipelines.definition.model import Parameter
from simulator.aws.sagemaker.pipelines.definition.parameters import InvalidParameters, assemble
from simulator.aws.sagemaker.pipelines.definition.references import (
    InvalidReference,
    Scope,
    json_objects,
    property_files,
    resolve,
)

SCOPE = Scope(
    parameters={"Rate": 0.5, "On": True},
    execution={"PipelineName": "abalone"},
    steps={
        "Prep": {
            "ProcessingOutputConfig": {
                "Outputs": [{"OutputName": "train", "S3Output": {"S3Uri": "s3://b/t"}}]
            }
        },
        "Train": {"FinalMetricDataList": [{"MetricName": "rmse", "Value": 2.0}], "L": [[1]]},
    },
    files={("Eval", "Report"): {"regression_metrics": {"mse": {"value": 4.5}}}},
)
REPORT = {"Get": "Steps.Eval.PropertyFiles.Report"}


@pytest.mark.parametrize(
    ("reference", "value"),
    [
        ({"Get": "Parameters.Rate"}, 0.5),
        ({"Get": "Execution.PipelineName"}, "abalone"),
        ({"Get": "Steps.Prep.ProcessingOutputConfig.Outputs['train'].S3Output.S3Uri"}, "s3://b/t"),
        ({"Get": 'Steps.Prep.ProcessingOutputConfig.Outputs["train"].S3Output.S3Uri'}, "s3://b/t"),
        ({"Get": "Steps.Train.FinalMetricDataList['rmse'].Value"}, 2.0),
        ({"Get": "Steps.Train.L[0][0]"}, 1),
        (
            {"Std:Join": {"On": "/", "Values": ["a", {"Get": "Parameters.Rate"}, {"Get": "Parameters.On"}]}},
            "a/0.5/true",
        ),
        ({"Std:JsonGet": {"PropertyFile": REPORT, "Path": "regression_metrics.mse.value"}}, 4.5),
        ({"A": [{"Get": "Parameters.On"}]}, {"A": [True]}),
    ],
)
def test_a_reference_becomes_its_value(reference, value):
    assert resolve(reference, SCOPE) == value


@pytest.mark.parametrize(
    "reference",
    [
        {"Get": "Steps.Train.Missing"},
        {"Get": "Steps.Train.L[7]"},
        {"Std:JsonGet": {"PropertyFile": REPORT, "Path": "regression_metrics.mae"}},
    ],
)
def test_a_reference_to_nothing_is_refused(reference):
    with pytest.raises(InvalidReference):
        resolve(reference, SCOPE)


def test_property_files_that_a_value_reads_are_known_beforehand():
    value = [{"LeftValue": {"Std:JsonGet": {"PropertyFile": REPORT, "Path": "x"}}}]
    assert property_files(value) == {("Eval", "Report")}


@pytest.mark.parametrize(
    ("condition", "result"),
    [
        ({"Type": "LessThanOrEqualTo", "LeftValue": 6.0, "RightValue": 6}, True),
        ({"Type": "GreaterThan", "LeftValue": 6.0, "RightValue": 6}, False),
        ({"Type": "GreaterThan", "LeftValue": "10", "RightValue": "9"}, True),
        ({"Type": "Equals", "LeftValue": "a", "RightValue": "a"}, True),
        ({"Type": "In", "QueryValue": "a", "Values": ["a", "b"]}, True),
        ({"Type": "Not", "Expression": {"Type": "Equals", "LeftValue": 1, "RightValue": 2}}, True),
        ({"Type": "Or", "Conditions": [{"Type": "Equals", "LeftValue": 1, "RightValue": 2}]}, False),
    ],
)
def test_conditions_compare(condition, result):
    assert holds([condition]) is result


def test_texts_have_no_order():
    with pytest.raises(NotComparable):
        holds([{"Type": "LessThan", "LeftValue": "a", "RightValue": 1}])


def test_parameters_are_typed_and_checked():
    declared = {
        p.name: p
        for p in (Parameter("F", "Float", 1.5), Parameter("S", "String"), Parameter("B", "Boolean", True))
    }
    assert assemble(declared, [{"Name": "S", "Value": "x"}, {"Name": "B", "Value": "false"}]) == {
        "F": 1.5,
        "S": "x",
        "B": False,
    }
    for given, text in (
        ([], "S has no default"),
        ([{"Name": "F", "Value": "x"}, {"Name": "S", "Value": ""}], "x is not of type Float"),
        ([{"Name": "Z", "Value": "x"}], "Unknown pipeline parameter Z"),
    ):
        with pytest.raises(InvalidParameters, match=text):
            assemble(declared, given)


def test_json_get_reads_an_object_by_its_uri():
    uri = {"Std:Join": {"On": "/", "Values": ["s3://b", {"Get": "Execution.PipelineExecutionId"}, "r.json"]}}
    value = {"Std:JsonGet": {"S3Uri": uri, "Path": "Result[0].score"}}
    scope = Scope(execution={"PipelineExecutionId": "abc"})
    assert json_objects([value], scope) == {"s3://b/abc/r.json"}
    objects = {"s3://b/abc/r.json": {"Result": [{"score": 0.9}]}}
    assert resolve(value, Scope(execution=scope.execution, objects=objects)) == 0.9


def test_a_value_outside_the_enumeration_or_empty_is_refused():
    declared = {"S": Parameter("S", "String", "a", ("a", "b"))}
    with pytest.raises(InvalidParameters, match="c is not one of a, b"):
        assemble(declared, [{"Name": "S", "Value": "c"}])
    with pytest.raises(InvalidParameters, match="too short"):
        assemble(declared, [{"Name": "S", "Value": ""}])
