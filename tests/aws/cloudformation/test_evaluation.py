"""What is wrong with a definition is said before anything is made."""

from __future__ import annotations

import pytest

from simulator.aws.cloudformation.evaluation import evaluate, needed_capabilities
from simulator.aws.cloudformation.names import physical_name
from simulator.aws.cloudformation.records import Definition, StackRecord
from simulator.aws.cloudformation.template import parse
from simulator.kernel.errors import CallerError, NotSimulated
from simulator.kernel.ids import Ids


def evaluated(body: str, **parameters: str):
    definition = Definition(body, parameters)
    stack = StackRecord("333333333333", "us-east-1", "deploy", "uuid", definition, "", 0.0)
    return evaluate(definition, stack)


@pytest.mark.parametrize(
    "body, message",
    [
        (
            "Resources: {A: {Type: AWS::SNS::Topic}}\nOutputs: {O: {Value: !GetAtt A.Nope}}",
            "Template error: resource A does not support attribute type Nope in Fn::GetAtt",
        ),
        (
            "Conditions: {C: !Equals [!Ref A, x]}\nResources: {A: {Type: AWS::SNS::Topic}}",
            (
                "Template format error: Unresolved dependencies [A]. "
                "Cannot reference resources in the Conditions block of the template"
            ),
        ),
        (
            (
                "Conditions: {C: !Equals [a, b]}\nResources:\n  A: {Type: AWS::SNS::Topic, Condition: C}\n"
                "  B: {Type: AWS::SSM::Parameter, Properties: {Type: String, Value: !Ref A}}"
            ),
            "Template format error: Unresolved resource dependencies [A] in the Resources block of the template",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, DeletionPolicy: Snapshot}}",
            "Template error: resource type AWS::SNS::Topic does not support deletion policy Snapshot",
        ),
        (
            "Resources: {A: {Type: AWS::SNS::Topic, DependsOn: B}, B: {Type: AWS::SNS::Topic, DependsOn: A}}",
            "Circular dependency between resources: [A, B]",
        ),
    ],
)
def test_a_mistake_has_the_words_of_aws(body, message):
    with pytest.raises(CallerError) as caught:
        evaluated(body)
    assert caught.value.message == message


@pytest.mark.parametrize(
    "body, what",
    [
        ("Resources: {A: {Type: AWS::CloudFormation::Stack}}", "AWS::CloudFormation::Stack"),
        (
            (
                "Resources: {A: {Type: AWS::S3::Bucket}}\n"
                "Outputs: {O: {Value: !GetAtt A.MetadataConfiguration.Destination}}"
            ),
            "AWS::S3::Bucket.MetadataConfiguration.Destination",
        ),
    ],
)
def test_what_is_not_simulated_is_refused_by_name(body, what):
    with pytest.raises(NotSimulated, match=what):
        evaluated(body)


def test_pseudo_parameters_are_those_of_the_stack():
    body = """
Resources:
  A:
    Type: AWS::SSM::Parameter
    Properties: {Type: String, Value: !Sub "${AWS::StackName} ${AWS::AccountId} ${AWS::Region} ${AWS::Partition}"}
"""
    found = evaluated(body)
    assert found.properties("A", found.scope)["Value"] == "deploy 333333333333 us-east-1 aws"


def test_named_rights_need_the_named_capability():
    named = parse("Resources: {A: {Type: AWS::IAM::Role, Properties: {RoleName: x}}}")
    assert needed_capabilities(named)[0] == ("CAPABILITY_NAMED_IAM",)
    plain = parse("Resources: {A: {Type: AWS::IAM::Role}}")
    assert needed_capabilities(plain) == (
        ("CAPABILITY_IAM",),
        "The following resource(s) require capabilities: [AWS::IAM::Role]",
    )
    assert needed_capabilities(parse("Resources: {A: {Type: AWS::SNS::Topic}}")) == ((), "")


@pytest.mark.parametrize("limit", [63, 64, 255])
def test_a_physical_name_is_the_stack_the_logical_id_and_twelve_characters(limit):
    short = physical_name(Ids(1), "deploy", "Model", limit=limit)
    assert short.startswith("deploy-Model-")
    assert len(short.rsplit("-", 1)[1]) == 12
    long = physical_name(Ids(1), "s" * 128, "L" * 200, limit=limit, lower=True)
    assert len(long) <= limit
    assert long == long.lower()
