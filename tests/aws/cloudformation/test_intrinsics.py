"""The intrinsic functions give what CloudFormation gives, and refuse with its words."""

from __future__ import annotations

import pytest

from simulator.aws.cloudformation.intrinsics import NO_VALUE, NotKnown, Scope, prune, references, resolve
from simulator.kernel.errors import CallerError, NotSimulated

SCOPE = Scope(
    values={"AWS::Region": "us-east-1", "Stage": "staging", "Count": "2", "Names": ["a", "b"]},
    mappings={"Sizes": {"staging": {"Count": 1}}},
    conditions={"IsProduction": False},
    reference=lambda name: f"physical-{name}",
    attribute=lambda name, attribute: f"{attribute}-of-{name}",
    imported=lambda name: f"imported-{name}",
)


@pytest.mark.parametrize(
    "node, expected",
    [
        ({"Ref": "Stage"}, "staging"),
        ({"Ref": "Model"}, "physical-Model"),
        ({"Fn::GetAtt": ["Model", "ModelName"]}, "ModelName-of-Model"),
        ({"Fn::GetAtt": "Model.ModelName"}, "ModelName-of-Model"),
        (
            {"Fn::Sub": "${Stage}-${AWS::Region}-${Model}-${Model.Arn}-${!Kept}"},
            "staging-us-east-1-physical-Model-Arn-of-Model-${Kept}",
        ),
        ({"Fn::Sub": ["${X}${Stage}", {"X": {"Ref": "Count"}}]}, "2staging"),
        ({"Fn::Join": ["-", ["a", {"Ref": "Stage"}, 1, True]]}, "a-staging-1-true"),
        ({"Fn::Join": [",", {"Ref": "Names"}]}, "a,b"),
        ({"Fn::Select": ["1", {"Ref": "Names"}]}, "b"),
        ({"Fn::Select": [0, {"Fn::Split": ["/", "x/y"]}]}, "x"),
        ({"Fn::FindInMap": ["Sizes", {"Ref": "Stage"}, "Count"]}, 1),
        ({"Fn::ImportValue": {"Fn::Sub": "${Stage}-bucket"}}, "imported-staging-bucket"),
        ({"Fn::Base64": "hello"}, "aGVsbG8="),
        ({"Fn::If": ["IsProduction", "large", "small"]}, "small"),
        ({"Fn::If": ["IsProduction", "large", {"Ref": "AWS::NoValue"}]}, NO_VALUE),
        ({"A": {"Ref": "AWS::NoValue"}, "B": [1, {"Ref": "AWS::NoValue"}]}, {"B": [1]}),
    ],
)
def test_each_function_gives_its_value(node, expected):
    assert resolve(node, SCOPE) == expected


GET_ATT = (
    "Template error: every Fn::GetAtt object requires two non-empty parameters, "
    "the resource name and the resource attribute"
)


@pytest.mark.parametrize(
    "node, message",
    [
        (
            {"Fn::Select": ["5", {"Ref": "Names"}]},
            "Template error: Fn::Select cannot select nonexistent value at index 5",
        ),
        (
            {"Fn::FindInMap": ["Sizes", "x", "Count"]},
            "Template error: Unable to get mapping for Sizes::x::Count",
        ),
        (
            {"Fn::GetAtt": ["Model"]},
            GET_ATT,
        ),
        ({"Fn::If": ["Unknown", 1, 2]}, "Template error: unresolved condition dependency Unknown in Fn::If"),
    ],
)
def test_a_wrong_use_has_the_words_of_aws(node, message):
    with pytest.raises(CallerError) as caught:
        resolve(node, SCOPE)
    assert (caught.value.code, caught.value.message) == ("ValidationError", message)


def test_a_function_that_is_not_simulated_is_refused_by_name():
    with pytest.raises(NotSimulated, match="Fn::Cidr"):
        resolve({"Fn::Cidr": ["10.0.0.0/16", 1, 8]}, SCOPE)


def test_a_resource_that_does_not_exist_yet_is_not_known():
    with pytest.raises(NotKnown):
        resolve({"Fn::Sub": "${Model.ModelName}"}, Scope(values={}))


def test_references_are_found_in_every_form():
    node = {
        "A": {"Ref": "One"},
        "B": {"Fn::Sub": ["${Two.Name}-${Own}", {"Own": {"Fn::GetAtt": ["Three", "Arn"]}}]},
    }
    assert list(references(node)) == [("One", ""), ("Two", "Name"), ("Three", "Arn")]


def test_pruning_leaves_the_branch_that_is_taken():
    node = {"Fn::If": ["Yes", {"Ref": "A"}, {"Ref": "B"}]}
    assert prune([node], {"Yes": False}) == [{"Ref": "B"}]
