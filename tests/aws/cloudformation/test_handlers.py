"""The type table agrees with the registry's schemas and with botocore's models."""

from __future__ import annotations

import pytest

from simulator.aws.cloudformation import schemas
from simulator.aws.cloudformation.handlers import shape
from simulator.aws.cloudformation.handlers.kind import ResourceKind
from simulator.aws.cloudformation.handlers.table import KINDS
from simulator.aws.protocol.models import service_model

# Ref gives the name although the registry's identifier is the ARN or made of two (User Guide, "Return values").
_OTHER_REF = {
    "AWS::Events::Rule",
    "AWS::Events::EventBusPolicy",
    "AWS::Lambda::EventInvokeConfig",
    "AWS::Lambda::Permission",
    "AWS::SecretsManager::ResourcePolicy",
}


def ids(kind: ResourceKind) -> str:
    return kind.type


@pytest.mark.parametrize("kind", KINDS.values(), ids=ids)
def test_every_operation_of_the_row_is_in_the_service_model(kind):
    if kind.type == "AWS::CDK::Metadata":
        return
    known = service_model(kind.service).operation_names
    tagging = (kind.tagging.tag, kind.tagging.untag) if kind.tagging else ()
    for operation in filter(None, (kind.create, kind.describe, kind.update, kind.delete, *tagging)):
        assert operation in known


@pytest.mark.parametrize("kind", KINDS.values(), ids=ids)
def test_ref_is_the_primary_identifier_of_the_registry(kind):
    if kind.type in _OTHER_REF:
        return
    (identifier,) = schemas.load("us-east-1", kind.type).paths("primaryIdentifier")
    assert kind.physical in (identifier, kind.attributes.get(identifier))


@pytest.mark.parametrize("kind", KINDS.values(), ids=ids)
def test_stack_tags_can_be_given_and_changed_wherever_the_type_takes_tags(kind):
    tags = schemas.load("us-east-1", kind.type).tags_property
    if tags:
        assert kind.unsupported({tags: []}) == []
        assert kind.tagging is not None or tags in kind.settles


@pytest.mark.parametrize("kind", KINDS.values(), ids=ids)
def test_the_attributes_of_the_registry_can_be_read(kind):
    declared = {path for path in schemas.load("us-east-1", kind.type).read_only if "/" not in path}
    left_out = declared - set(kind.attributes)
    assert left_out <= {
        "AttachmentCount", "CreateDate", "IsAttachable", "PermissionsBoundaryUsageCount", "SnapStartResponse",
        "UpdateDate",
    }  # fmt: skip


@pytest.mark.parametrize("kind", KINDS.values(), ids=ids)
def test_what_the_registry_requires_is_taken(kind):
    required = schemas.load("us-east-1", kind.type).document.get("required", ())
    assert kind.unsupported(dict.fromkeys(required)) == []


def test_documents_become_text_numbers_their_type_and_names_their_case():
    params = shape.parameters(
        "sagemaker",
        "CreateEndpointConfig",
        {"ProductionVariants": [{"InitialInstanceCount": "2", "ModelName": "m"}], "EndpointConfigName": "c"},
        {},
        "token",
    )
    assert params["ProductionVariants"] == [{"InitialInstanceCount": 2, "ModelName": "m"}]
    rule = shape.parameters("events", "PutRule", {"Name": "r", "EventPattern": {"source": ["a"]}}, {}, "t")
    assert rule["EventPattern"] == '{"source": ["a"]}'
    group = shape.parameters(
        "logs", "CreateLogGroup", {"LogGroupName": "g", "Tags": [{"Key": "a", "Value": "b"}]}, {}, "t"
    )
    assert group == {"logGroupName": "g", "tags": {"a": "b"}}
