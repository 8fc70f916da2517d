"""Lambda's own types in stacks: functions, permissions, versions and aliases are made, changed and removed."""

from __future__ import annotations

import json
from typing import Any

from tests.aws.lambda_.functions import ACCOUNT, role
from tests.wire import RunningSimulator

ARN = f"arn:aws:lambda:us-east-1:{ACCOUNT}:function:f"


def _template(execution: str, source: str, timeout: int) -> str:
    function = {
        "FunctionName": "f",
        "Runtime": "python3.12",
        "Handler": "index.handler",
        "Role": execution,
        "Timeout": timeout,
        "Code": {"ZipFile": source},
        "Environment": {"Variables": {"STAGE": "test"}},
        "Tags": [{"Key": "team", "Value": "ml"}],
    }
    resources: dict[str, Any] = {
        "F": {"Type": "AWS::Lambda::Function", "Properties": function},
        "V": {"Type": "AWS::Lambda::Version", "Properties": {"FunctionName": {"Ref": "F"}}},
        "A": {
            "Type": "AWS::Lambda::Alias",
            "Properties": {
                "FunctionName": {"Ref": "F"},
                "FunctionVersion": {"Fn::GetAtt": ["V", "Version"]},
                "Name": "live",
            },
        },
        "P": {
            "Type": "AWS::Lambda::Permission",
            "Properties": {
                "FunctionName": {"Fn::GetAtt": ["F", "Arn"]},
                "Action": "lambda:InvokeFunction",
                "Principal": "events.amazonaws.com",
            },
        },
    }
    outputs = {
        "Arn": {"Value": {"Fn::GetAtt": ["F", "Arn"]}},
        "Version": {"Value": {"Ref": "V"}},
        "Alias": {"Value": {"Ref": "A"}},
    }
    return json.dumps({"Resources": resources, "Outputs": outputs})


def test_a_stack_makes_changes_and_removes_a_function_with_all_that_belongs_to_it(
    simulator: RunningSimulator,
) -> None:
    cloudformation, client, execution = (
        simulator.client("cloudformation"),
        simulator.client("lambda"),
        role(simulator),
    )
    quick = {"Delay": 1, "MaxAttempts": 20}
    cloudformation.create_stack(StackName="s", TemplateBody=_template(execution, "handler = print\n", 3))
    cloudformation.get_waiter("stack_create_complete").wait(StackName="s", WaiterConfig=quick)
    [stack] = cloudformation.describe_stacks(StackName="s")["Stacks"]
    assert {each["OutputKey"]: each["OutputValue"] for each in stack["Outputs"]} == {
        "Arn": ARN,
        "Version": f"{ARN}:1",
        "Alias": f"{ARN}:live",
    }
    found = client.get_function(FunctionName="f")
    assert found["Tags"]["team"] == "ml"
    assert found["Configuration"]["Environment"] == {"Variables": {"STAGE": "test"}}
    [statement] = json.loads(client.get_policy(FunctionName="f")["Policy"])["Statement"]
    assert statement["Principal"] == {"Service": "events.amazonaws.com"}
    cloudformation.update_stack(StackName="s", TemplateBody=_template(execution, "handler = len\n", 9))
    cloudformation.get_waiter("stack_update_complete").wait(StackName="s", WaiterConfig=quick)
    changed = client.get_function(FunctionName="f")["Configuration"]
    assert changed["Timeout"] == 9
    assert changed["CodeSha256"] != found["Configuration"]["CodeSha256"]
    cloudformation.delete_stack(StackName="s")
    cloudformation.get_waiter("stack_delete_complete").wait(StackName=stack["StackId"], WaiterConfig=quick)
    assert client.list_functions()["Functions"] == []
