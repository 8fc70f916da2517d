"""A stack is made, changed, taken back and deleted in the order of its graph, and says what happened."""

from __future__ import annotations

import asyncio

import pytest

from simulator.kernel.errors import CallerError, NotSimulated
from tests.aws.cloudformation.deploy_stack import TEMPLATE, create, parameters, reasons, update

pytestmark = pytest.mark.anyio


async def test_resources_are_created_after_what_they_refer_to(cloud):
    await create(cloud)
    assert await cloud.status("deploy") == "CREATE_COMPLETE"
    assert cloud.operations("Create") == ["CreateModel", "CreateEndpointConfig", "CreateEndpoint"]
    assert cloud.things["Endpoint/abalone"]["EndpointConfigName"] == cloud.names("EndpointConfig")[0]
    (config,) = [thing for name, thing in cloud.things.items() if name.startswith("EndpointConfig/")]
    assert config["ProductionVariants"][0]["InitialInstanceCount"] == 1
    assert (await cloud.story("deploy"))[:4] == [
        "deploy CREATE_IN_PROGRESS", "Model CREATE_IN_PROGRESS", "Model CREATE_IN_PROGRESS", "Model CREATE_COMPLETE",
    ]  # fmt: skip


async def test_outputs_and_exports_are_there_when_it_is_complete(cloud):
    await create(cloud)
    (stack,) = (await cloud.do("DescribeStacks", StackName="deploy"))["Stacks"]
    assert stack["Outputs"] == [
        {"OutputKey": "EndpointName", "OutputValue": "abalone", "ExportName": "endpoint"}
    ]
    assert (await cloud.do("ListExports"))["Exports"][0]["Value"] == "abalone"


async def test_a_new_package_makes_new_resources_moves_the_endpoint_and_deletes_the_old_ones_last(cloud):
    await create(cloud)
    await cloud.status("deploy")
    cloud.calls.clear()
    await update(cloud)
    assert await cloud.status("deploy") == "UPDATE_COMPLETE"
    assert cloud.operations("Create", "Update", "Delete") == [
        "CreateModel", "CreateEndpointConfig", "UpdateEndpoint", "DeleteEndpointConfig", "DeleteModel",
    ]  # fmt: skip
    assert [len(cloud.names(noun)) for noun in ("Model", "EndpointConfig", "Endpoint")] == [1, 1, 1]
    assert cloud.things["Endpoint/abalone"]["EndpointConfigName"] == cloud.names("EndpointConfig")[0]
    story = await cloud.story("deploy")
    assert story[story.index("deploy UPDATE_IN_PROGRESS") :][-6:] == [
        "deploy UPDATE_COMPLETE_CLEANUP_IN_PROGRESS", "Config DELETE_IN_PROGRESS", "Config DELETE_COMPLETE",
        "Model DELETE_IN_PROGRESS", "Model DELETE_COMPLETE", "deploy UPDATE_COMPLETE",
    ]  # fmt: skip


async def test_an_update_without_a_difference_is_refused(cloud):
    await create(cloud)
    await cloud.status("deploy")
    with pytest.raises(CallerError) as caught:
        await update(cloud, "version-1")
    assert caught.value.message == "No updates are to be performed."


async def test_a_creation_that_fails_is_rolled_back_and_says_why(cloud):
    cloud.fails["CreateEndpoint"] = "no capacity"
    await create(cloud)
    assert await cloud.status("deploy") == "ROLLBACK_COMPLETE"
    assert cloud.things == {}
    (reason,) = await reasons(cloud, "CREATE_FAILED")
    assert reason.startswith(
        'Resource handler returned message: "no capacity (Service: SageMaker, Status Code: 400'
    )
    assert await reasons(cloud, "ROLLBACK_IN_PROGRESS") == [
        "The following resource(s) failed to create: [Endpoint]. Rollback requested by user."
    ]


async def test_a_creation_that_may_not_be_rolled_back_stays_as_it_is(cloud):
    cloud.fails["CreateEndpoint"] = "no capacity"
    await create(cloud, DisableRollback=True)
    assert await cloud.status("deploy") == "CREATE_FAILED"
    assert len(cloud.names("Model")) == 1


async def test_a_failed_endpoint_gives_its_own_failure_reason(cloud):
    gate = cloud.waits["DescribeEndpoint"] = asyncio.Event()
    await create(cloud)
    await cloud.arrived["DescribeEndpoint"].wait()
    cloud.things["Endpoint/abalone"] |= {"EndpointStatus": "Failed", "FailureReason": "the container died"}
    gate.set()
    assert await cloud.status("deploy") == "ROLLBACK_COMPLETE"
    assert "the container died" in (await reasons(cloud, "CREATE_FAILED"))[0]


async def test_an_update_that_fails_goes_back_to_what_was(cloud):
    await create(cloud)
    await cloud.status("deploy")
    before = dict(cloud.things)
    cloud.fails["UpdateEndpoint"] = "no capacity"
    await update(cloud)
    assert await cloud.status("deploy") == "UPDATE_ROLLBACK_COMPLETE"
    assert cloud.things == before
    assert await reasons(cloud, "UPDATE_ROLLBACK_IN_PROGRESS") == [
        "The following resource(s) failed to update: [Endpoint]. "
    ]
    cloud.fails.clear()
    await update(cloud)
    assert await cloud.status("deploy") == "UPDATE_COMPLETE"


async def test_a_resource_that_was_updated_is_updated_back_when_another_fails(cloud):
    extra = (
        "  Last: {Type: AWS::SageMaker::Model, DependsOn: Endpoint, Properties: {ModelName: last}}\nOutputs:"
    )
    await create(cloud)
    await cloud.status("deploy")
    old = cloud.things["Endpoint/abalone"]["EndpointConfigName"]
    cloud.things["Model/last"] = {}
    await cloud.do(
        "UpdateStack",
        StackName="deploy",
        TemplateBody=TEMPLATE.replace("Outputs:", extra),
        Parameters=parameters(Package="version-2"),
    )
    assert await cloud.status("deploy") == "UPDATE_ROLLBACK_COMPLETE"
    assert cloud.operations("UpdateEndpoint") == ["UpdateEndpoint", "UpdateEndpoint"]
    assert cloud.things["Endpoint/abalone"]["EndpointConfigName"] == old
    assert cloud.names("EndpointConfig") == [old]
    shown = (await cloud.do("ListStackResources", StackName="deploy"))["StackResourceSummaries"]
    assert sorted(entry["LogicalResourceId"] for entry in shown) == ["Config", "Endpoint", "Model"]


async def test_what_stands_beside_a_failure_is_cancelled(cloud):
    await create(cloud)
    await cloud.status("deploy")
    with pytest.raises(CallerError, match="AlreadyExists"):
        await create(cloud)
    gate = cloud.waits["DescribeEndpoint"] = asyncio.Event()
    cloud.fails["CreateModel"] = "no"
    template = """
Resources:
  A: {Type: AWS::SageMaker::Endpoint, Properties: {EndpointConfigName: c}}
  B: {Type: AWS::SageMaker::Model, Properties: {}}
"""
    await cloud.do("CreateStack", StackName="two", TemplateBody=template)
    await cloud.arrived["DeleteEndpoint"].wait()
    gate.set()
    assert await cloud.status("two") == "ROLLBACK_COMPLETE"
    events = (await cloud.do("DescribeStackEvents", StackName="two"))["StackEvents"]
    cancelled = [e for e in events if e.get("ResourceStatusReason") == "Resource creation cancelled"]
    assert [event["LogicalResourceId"] for event in cancelled] == ["A"]


async def test_deleting_goes_against_the_order_and_keeps_what_shall_be_retained(cloud):
    template = TEMPLATE.replace(
        "Type: AWS::SageMaker::Model\n", "Type: AWS::SageMaker::Model\n    DeletionPolicy: Retain\n"
    )
    await cloud.do(
        "CreateStack", StackName="deploy", TemplateBody=template, Parameters=parameters(Package="version-1")
    )
    arn = (await cloud.do("DescribeStacks", StackName="deploy"))["Stacks"][0]["StackId"]
    await cloud.do("DeleteStack", StackName="deploy")
    assert await cloud.status(arn) == "DELETE_COMPLETE"
    assert cloud.operations("Delete") == ["DeleteEndpoint", "DeleteEndpointConfig"]
    assert len(cloud.names("Model")) == 1
    with pytest.raises(CallerError, match="Stack with id deploy does not exist"):
        await cloud.do("DescribeStacks", StackName="deploy")
    assert (await cloud.do("ListExports"))["Exports"] == []


async def test_a_deletion_that_fails_can_be_tried_again(cloud):
    await create(cloud)
    await cloud.status("deploy")
    cloud.fails["DeleteEndpoint"] = "busy"
    await cloud.do("DeleteStack", StackName="deploy")
    assert await cloud.status("deploy") == "DELETE_FAILED"
    assert len(cloud.names("Model")) == 1
    cloud.fails.clear()
    await cloud.do("DeleteStack", StackName="deploy")
    await cloud.kernel.activity.rest()
    assert cloud.things == {}


async def test_a_custom_named_resource_is_not_replaced(cloud):
    template = TEMPLATE.replace("ExecutionRoleArn:", "ModelName: mine\n      ExecutionRoleArn:")
    given = {"StackName": "deploy", "TemplateBody": template}
    await cloud.do("CreateStack", **given, Parameters=parameters(Package="version-1"))
    await cloud.status("deploy")
    await cloud.do("UpdateStack", **given, Parameters=parameters(Package="version-2"))
    assert await cloud.status("deploy") == "UPDATE_ROLLBACK_COMPLETE"
    (reason,) = await reasons(cloud, "UPDATE_FAILED")
    assert reason.startswith(
        "CloudFormation cannot update a stack when a custom-named resource requires replacing."
    )
    assert reason.endswith("Rename mine and update the stack again.")


async def test_wrong_properties_fail_the_resource_with_the_words_of_the_registry(cloud):
    body = "Resources: {E: {Type: AWS::SageMaker::Endpoint, Properties: {Nope: 1}}}"
    await cloud.do("CreateStack", StackName="deploy", TemplateBody=body)
    assert await cloud.status("deploy") == "ROLLBACK_COMPLETE"
    (reason,) = await reasons(cloud, "CREATE_FAILED")
    assert reason.splitlines() == [
        "Properties validation failed for resource E with message:",
        "#: required key [EndpointConfigName] not found",
        "#: extraneous key [Nope] is not permitted",
    ]


async def test_an_unknown_type_and_one_that_is_not_simulated_are_refused_before_anything_is_made(cloud):
    with pytest.raises(CallerError) as caught:
        await cloud.do("CreateStack", StackName="a", TemplateBody="Resources: {A: {Type: AWS::No::Such}}")
    assert caught.value.message == "Template format error: Unrecognized resource types: [AWS::No::Such]"
    with pytest.raises(NotSimulated, match="AWS::EC2::VPC"):
        await cloud.do("CreateStack", StackName="a", TemplateBody="Resources: {A: {Type: AWS::EC2::VPC}}")
    body = "Resources: {A: {Type: AWS::SNS::Topic, Properties: {DeliveryStatusLogging: []}}}"
    with pytest.raises(NotSimulated, match=r"AWS::SNS::Topic\.DeliveryStatusLogging"):
        await cloud.do("CreateStack", StackName="a", TemplateBody=body)
    assert (await cloud.do("ListStacks"))["StackSummaries"] == []


async def test_an_export_in_use_protects_its_stack(cloud):
    await create(cloud)
    await cloud.status("deploy")
    body = "Resources: {M: {Type: AWS::SageMaker::Model, Properties: {ModelName: !ImportValue endpoint}}}"
    await cloud.do("CreateStack", StackName="user", TemplateBody=body)
    assert await cloud.status("user") == "CREATE_COMPLETE"
    assert (await cloud.do("ListImports", ExportName="endpoint"))["Imports"] == ["user"]
    await cloud.do("DeleteStack", StackName="deploy")
    assert await cloud.status("deploy") == "DELETE_FAILED"
    with pytest.raises(CallerError, match="No export named nobody found"):
        await cloud.do("CreateStack", StackName="x", TemplateBody=body.replace("endpoint", "nobody"))


async def test_the_stack_acts_as_its_role_if_the_role_trusts_cloudformation(cloud):
    with pytest.raises(CallerError, match="is invalid or cannot be assumed"):
        await create(cloud, RoleARN="arn:aws:iam::333333333333:role/other")
    await create(cloud, RoleARN="arn:aws:iam::333333333333:role/deployer")
    assert await cloud.status("deploy") == "CREATE_COMPLETE"


async def test_what_an_update_without_rollback_left_behind_goes_with_the_next_one(cloud):
    await create(cloud)
    await cloud.status("deploy")
    cloud.fails["UpdateEndpoint"] = "no capacity"
    await update(cloud, DisableRollback=True)
    assert await cloud.status("deploy") == "UPDATE_FAILED"
    cloud.fails.clear()
    await update(cloud, "version-3")
    assert await cloud.status("deploy") == "UPDATE_COMPLETE"
    assert [len(cloud.names(noun)) for noun in ("Model", "EndpointConfig", "Endpoint")] == [1, 1, 1]
    assert cloud.things["Endpoint/abalone"]["EndpointConfigName"] == cloud.names("EndpointConfig")[0]


async def test_a_stack_that_is_deleted_while_it_is_created_stops_and_goes(cloud):
    cloud.waits["DescribeEndpoint"] = asyncio.Event()
    await create(cloud)
    await cloud.arrived["DescribeEndpoint"].wait()
    del cloud.waits["DescribeEndpoint"]
    await cloud.do("DeleteStack", StackName="deploy")
    await cloud.kernel.activity.rest()
    assert cloud.things == {}
    assert (await cloud.do("ListStacks"))["StackSummaries"][0]["StackStatus"] == "DELETE_COMPLETE"


async def test_a_failed_way_back_can_be_continued(cloud):
    extra = (
        "  Last: {Type: AWS::SageMaker::Model, DependsOn: Endpoint, Properties: {ModelName: last}}\nOutputs:"
    )
    await create(cloud)
    await cloud.status("deploy")
    cloud.arrived.clear()
    cloud.waits["CreateModel"] = asyncio.Event()
    body = TEMPLATE.replace("Outputs:", extra).replace('Default: "1"', 'Default: "2"')
    cloud.things["Model/last"] = {}
    gate = cloud.waits["UpdateEndpoint"] = asyncio.Event()
    await cloud.do(
        "UpdateStack", StackName="deploy", TemplateBody=body, Parameters=parameters(Package="version-1")
    )
    await cloud.arrived["UpdateEndpoint"].wait()
    gate.set()
    await cloud.arrived["CreateModel"].wait()
    cloud.fails["UpdateEndpoint"] = "still no capacity"
    cloud.waits["CreateModel"].set()
    assert await cloud.status("deploy") == "UPDATE_ROLLBACK_FAILED"
    cloud.fails.clear()
    await cloud.do("ContinueUpdateRollback", StackName="deploy")
    assert await cloud.status("deploy") == "UPDATE_ROLLBACK_COMPLETE"
    assert cloud.things["Endpoint/abalone"]["EndpointConfigName"] == cloud.names("EndpointConfig")[0]


async def test_what_a_stack_does_is_caused_by_the_event_with_which_it_began(cloud):
    await create(cloud)
    await cloud.status("deploy")
    first, *others = [fact for fact in cloud.kernel.log.read() if fact.kind == "StackEvent"]
    assert {fact.cause for fact in others} == {first.sequence}


async def test_changes_of_status_are_published_to_eventbridge(cloud):
    await create(cloud, ClientRequestToken="token-1")
    await cloud.status("deploy")
    events = [fact.detail["event"] for fact in cloud.kernel.log.read() if fact.kind == "StackEvent"]
    last, before = events[-1], events[-2]
    assert last["detail-type"] == "CloudFormation Stack Status Change"
    assert last["detail"]["status-details"] == {"status": "CREATE_COMPLETE", "status-reason": ""}
    assert last["resources"] == [last["detail"]["stack-id"]]
    assert before["detail-type"] == "CloudFormation Resource Status Change"
    assert before["detail"]["resource-type"] == "AWS::SageMaker::Endpoint"
    assert before["detail"]["client-request-token"] == "token-1"


async def test_every_event_is_a_fact(cloud):
    await create(cloud)
    await cloud.status("deploy")
    facts = [fact for fact in cloud.kernel.log.read() if fact.kind == "StackEvent"]
    assert [
        f"{fact.detail['LogicalResourceId']} {fact.detail['ResourceStatus']}" for fact in facts
    ] == await cloud.story("deploy")
