"""A template's text becomes a checked tree, from YAML or JSON, with AWS's words for mistakes."""

from __future__ import annotations

import pytest

from simulator.aws.cloudformation.conditions import check_rules, evaluate
from simulator.aws.cloudformation.graph import check_names, dependencies, order
from simulator.aws.cloudformation.intrinsics import Scope
from simulator.aws.cloudformation.template import parse
from simulator.kernel.errors import CallerError, NotSimulated

YAML = """
AWSTemplateFormatVersion: 2010-09-09
Conditions:
  Big: !Equals [!Ref Stage, production]
  Small: !Not [!Condition Big]
Parameters:
  Stage: {Type: String, Default: staging}
Resources:
  Model:
    Type: AWS::SageMaker::Model
    Properties:
      ExecutionRoleArn: !Sub "arn:aws:iam::${AWS::AccountId}:role/x"
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties:
      ProductionVariants:
        - ModelName: !GetAtt Model.ModelName
          InitialInstanceCount: !If [Big, 2, !Ref AWS::NoValue]
  Topic: {Type: AWS::SNS::Topic, Condition: Big, DependsOn: Model}
"""


def refusal(text):
    with pytest.raises(CallerError) as caught:
        check_names(parse(text))
    return caught.value.message


def test_short_forms_become_functions_and_the_version_stays_text():
    template = parse(YAML)
    variant = template.resources["Config"].properties["ProductionVariants"][0]
    assert variant["ModelName"] == {"Fn::GetAtt": ["Model", "ModelName"]}
    assert template.conditions["Small"] == {"Fn::Not": [{"Condition": "Big"}]}
    assert template.resources["Topic"].depends_on == ("Model",)


def test_conditions_decide_what_exists_and_what_waits():
    template = parse(YAML)
    small = evaluate(template.conditions, Scope({"Stage": "staging"}))
    big = evaluate(template.conditions, Scope({"Stage": "production"}))
    assert small == {"Big": False, "Small": True}
    assert dependencies(template, small) == {"Model": (), "Config": ("Model",)}
    assert dependencies(template, big)["Topic"] == ("Model",)


def test_a_circle_is_named():
    with pytest.raises(CallerError) as caught:
        order({"A": ("B",), "B": ("A",), "C": ("A",), "D": ()})
    assert caught.value.message == "Circular dependency between resources: [A, B]"


@pytest.mark.parametrize(
    "text, message",
    [
        ("- a", "Template format error: unsupported structure."),
        ("{", "Template format error: JSON not well-formed. (line 1, column 2)"),
        ("a: [", "Template format error: YAML not well-formed. (line 1, column 5)"),
        ("Resources: {}", "Template format error: At least one Resources member must be defined."),
        ("Resorces: {}", "Invalid template property or properties [Resorces]"),
        (
            "Resources: {A: {Typ: x}}",
            "Template format error: [/Resources/A] Every Resources object must contain a Type member.",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, Propertis: {}}}",
            "Invalid template resource property 'Propertis'",
        ),
        (
            "Resources: {A-b: {Type: AWS::SNS::Topic}}",
            "Template format error: Resource name A-b is non alphanumeric.",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, Properties: {TopicName: !Ref B}}}",
            "Template format error: Unresolved resource dependencies [B] in the Resources block of the template",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic}}\nOutputs: {O: {Value: !GetAtt B.Arn}}",
            "Template error: instance of Fn::GetAtt references undefined resource B",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, DependsOn: [Z]}}",
            "Template format error: Unresolved resource dependencies [Z] in the Resources block of the template",
        ),
    ],
)
def test_a_mistake_has_the_words_of_aws(text, message):
    assert refusal(text) == message


def test_a_transform_is_refused_by_name():
    with pytest.raises(NotSimulated, match="AWS::Serverless-2016-10-31"):
        parse("Transform: AWS::Serverless-2016-10-31\nResources: {A: {Type: AWS::SNS::Topic}}")


def test_a_rule_that_does_not_hold_says_its_own_words():
    rules = {
        "Version": {
            "Assertions": [
                {
                    "Assert": {"Fn::Not": [{"Fn::Contains": [["1", "2"], {"Ref": "V"}]}]},
                    "AssertDescription": "Version 3 is needed",
                }
            ]
        }
    }
    check_rules(rules, Scope({"V": "3"}))
    with pytest.raises(CallerError, match="Version 3 is needed"):
        check_rules(rules, Scope({"V": "2"}))
