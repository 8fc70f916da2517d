"""A change set says what would be added, modified, replaced and removed, as the registry's schemas decide."""

from __future__ import annotations

import pytest

from simulator.aws.cloudformation import schemas
from simulator.aws.cloudformation.changes import Known, Update, predict, replaces, split_known
from simulator.aws.cloudformation.graph import dependencies
from simulator.aws.cloudformation.intrinsics import NotKnown, Scope, resolve
from simulator.aws.cloudformation.properties import check, with_stack_tags
from simulator.aws.cloudformation.template import parse
from simulator.kernel.errors import CallerError

TEMPLATE = """
Parameters: {Package: {Type: String}}
Resources:
  Model:
    Type: AWS::SageMaker::Model
    Properties: {PrimaryContainer: {ModelPackageName: !Ref Package}, ExecutionRoleArn: role}
  Config:
    Type: AWS::SageMaker::EndpointConfig
    Properties: {ProductionVariants: [{ModelName: !GetAtt Model.ModelName, VariantName: All}]}
  Endpoint:
    Type: AWS::SageMaker::Endpoint
    Properties: {EndpointName: fixed, EndpointConfigName: !GetAtt Config.EndpointConfigName}
"""


def schema(name: str) -> schemas.ResourceSchema:
    return schemas.load("us-east-1", name)


def stand(text: str, package: str, extra: dict | None = None):
    """What a stack of the template with this package looks like, and an update to it."""
    template = parse(text)
    names = {"Model": "m", "Config": "c", "Endpoint": "e"}

    def resolved(logical: str, unknown: frozenset[str]):
        def attribute(name: str, of: str) -> str:
            if name in unknown:
                raise NotKnown
            return f"{names[name]}.{of}"

        scope = Scope({"Package": package}, reference=lambda name: attribute(name, ""), attribute=attribute)
        return split_known(template.resources[logical].properties, lambda node: resolve(node, scope))

    known = {
        name: Known(
            r.type,
            names.get(name, name),
            r.properties,
            resolved(name, frozenset())[0],
            {},
            ("Delete", "Delete"),
        )
        for name, r in template.resources.items()
    }
    update = Update(template.resources, dependencies(template, {}), schema, resolved, frozenset({"Package"}))
    return known, update


def test_a_new_package_replaces_the_model_and_reaches_the_endpoint():
    known, _ = stand(TEMPLATE, "version-1")
    _, update = stand(TEMPLATE, "version-2")
    found = predict(known, update)
    assert [(c.logical, c.action, c.replacement) for c in found] == [
        ("Model", "Modify", "True"),
        ("Config", "Modify", "Conditional"),
        ("Endpoint", "Modify", "False"),
    ]
    assert (found[0].details[0].source, found[0].details[0].cause) == ("ParameterReference", "Package")
    assert (found[1].details[0].source, found[1].details[0].cause) == ("ResourceAttribute", "Model.ModelName")


def test_nothing_changes_when_nothing_changed():
    known, update = stand(TEMPLATE, "version-1")
    assert predict(known, update) == []


def test_what_is_new_is_added_and_what_is_gone_removed():
    known, _ = stand(TEMPLATE, "version-1")
    _, update = stand(TEMPLATE.replace("  Endpoint:", "  Other:"), "version-1")
    assert [(c.logical, c.action) for c in predict(known, update)] == [
        ("Other", "Add"),
        ("Endpoint", "Remove"),
    ]


def test_a_type_cannot_change():
    known, _ = stand("Resources: {A: {Type: AWS::SNS::Topic}}", "")
    _, update = stand("Resources: {A: {Type: AWS::SQS::Queue}}", "")
    with pytest.raises(CallerError, match=r"modifies resource type of the following resources: \[A\]"):
        predict(known, update)


def test_the_schema_decides_between_replacement_and_update_in_place():
    queue = schema("AWS::SQS::Queue")
    assert replaces(queue, {"QueueName": "a"}, {"QueueName": "b"})
    assert not replaces(queue, {"DelaySeconds": 1}, {"DelaySeconds": 2})


def test_properties_take_the_types_of_the_schema_and_mistakes_its_words():
    value, mistakes = check(schema("AWS::SQS::Queue"), {"DelaySeconds": "5", "FifoQueue": "true", "Wrong": 1})
    assert (value["DelaySeconds"], value["FifoQueue"]) == (5, True)
    assert mistakes == ["#: extraneous key [Wrong] is not permitted"]
    assert check(schema("AWS::SSM::Parameter"), {"Value": "x"})[1] == ["#: required key [Type] not found"]
    assert check(schema("AWS::SQS::Queue"), {"DelaySeconds": "x"})[1] == [
        "#/DelaySeconds: expected type: Number, found: String"
    ]


def test_stack_tags_reach_types_that_take_tags_in_their_own_form():
    assert with_stack_tags(
        schema("AWS::SNS::Topic"), {"Tags": [{"Key": "a", "Value": "own"}]}, {"a": "1", "b": "2"}
    ) == {"Tags": [{"Key": "a", "Value": "own"}, {"Key": "b", "Value": "2"}]}
    assert with_stack_tags(schema("AWS::SSM::Parameter"), {}, {"a": "1"}) == {"Tags": {"a": "1"}}
    assert with_stack_tags(schema("AWS::S3::BucketPolicy"), {}, {"a": "1"}) == {}
