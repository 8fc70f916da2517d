"""Each kind of resource by inputs made from the model: created, described, listed, updated, tagged, deleted."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError
from botocore.model import StringShape

from simulator.aws.coverage import state
from simulator.aws.protocol.models import operation_model, service_model
from simulator.aws.protocol.validate import problems
from simulator.aws.sagemaker.columns import list_member, list_operation, sort_words
from simulator.aws.sagemaker.kinds.kind import Kind
from simulator.aws.sagemaker.kinds.table import BY_NAME, TABLE
from simulator.aws.sagemaker.quotas.table import BY_KIND
from tests.conformance.generated_inputs import World
from tests.wire import RunningSimulator

ACCOUNT, BUCKET = "222222222222", "sagemaker-us-east-1-222222222222"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/SageMakerExecutionRole"
IMAGE = "683313688378.dkr.ecr.us-east-1.amazonaws.com/sagemaker-xgboost:1.7-1"
VARIANTS = [
    {"VariantName": "all", "ModelName": "name-e", "InstanceType": "ml.m5.large", "InitialInstanceCount": 1}
]
KNOWN: dict[str, Any] = {
    "RoleArn": ROLE,
    "ExecutionRole": ROLE,
    "Image": IMAGE,
    "TrainingImage": IMAGE,
    "S3Uri": f"s3://{BUCKET}/data",
    "S3OutputPath": f"s3://{BUCKET}/out",
    "ModelDataUrl": f"s3://{BUCKET}/model.tar.gz",
    "RepositoryUrl": "https://git.example/code.git",
    "WorkforceName": "people",
    "HubContentVersion": "1.0.0",
    "FeatureName": "id",
    "RecordIdentifierFeatureName": "id",
    "EventTimeFeatureName": "at",
    "FeatureDefinitions": [{"FeatureName": name, "FeatureType": "String"} for name in ("id", "at")],
    "UserProfileName": "ada",
    "EndpointName": "name-e",
    "PrimaryContainer": {"Image": IMAGE},
    "ProductionVariants": VARIANTS,
    "InstanceGroups": [
        {
            "InstanceGroupName": "nodes",
            "InstanceCount": 2,
            "InstanceType": "ml.g5.xlarge",
            "ExecutionRole": ROLE,
        }
    ],
    "InstanceGroupName": "nodes",
    "NodeId": "nodes-1",
    "NodeIds": ["nodes-1"],
    "AIRecommendationOutputConfig": {"S3OutputLocation": f"s3://{BUCKET}/out"},
}
OPTIONAL = {
    "CreateModel": ("PrimaryContainer", "ExecutionRoleArn"),
    "CreateCompilationJob": ("InputConfig",),
    "CreateApp": ("UserProfileName",),
    "DescribeApp": ("UserProfileName",),
    "DeleteApp": ("UserProfileName",),
    "CreateModelPackage": ("ModelPackageName",),
    "DeleteImageVersion": ("Version",),
    "BatchDeleteClusterNodes": ("NodeIds",),
    "BatchRebootClusterNodes": ("NodeIds",),
    "BatchReplaceClusterNodes": ("NodeIds",),
    "CreateCluster": ("InstanceGroups",),
    "DescribeClusterNode": ("NodeId",),
}
FIRST = (
    "ImportHubContent", "CreateHubContentReference", "CreateImageVersion", "RegisterDevices",
    "CreateEdgeDeploymentStage", "PutEndpointPolicy",
)  # fmt: skip
LAST = ("DeleteHubContent", "DeleteHubContentReference", "DeleteImageVersion", "DeregisterDevices",
        "DeleteEdgeDeploymentStage", "DeleteEndpointPolicy", "DeleteEndpoint")  # fmt: skip
FIXED = {
    "CreateHubContentReference": {"HubContentName": "name-1"},
    "UpdateHubContentReference": {"HubContentType": "ModelReference"},
    "DeleteHubContentReference": {"HubContentType": "ModelReference"},
}
PARTS = {"Device", "HubContent", "ImageVersion"}  # made by operations of their own
RUNNING = frozenset({
    "TrainingJob", "ProcessingJob", "TransformJob", "HyperParameterTuningJob", "AutoMLJob", "AutoMLJobV2",
    "Endpoint", "Pipeline", "PipelineExecution", "MonitoringSchedule", "MonitoringExecution", "ModelPackage",
    "DataQualityJobDefinition", "ModelQualityJobDefinition", "ModelBiasJobDefinition",
    "ModelExplainabilityJobDefinition", "Artifact", "ModelCard", "ModelCardExportJob",
})  # fmt: skip
"""Kinds whose inputs say what to run, measure or write down: the tests of their own rooms make them."""


class Story:
    """One kind's life over the wire; every operation that answered 200 is noted."""

    def __init__(self, client: Any, world: World, reached: set[str]) -> None:
        self.client, self.world, self.reached = client, world, reached
        self.made: list[dict[str, Any]] = []

    def ask(self, operation: str, **members: Any) -> dict[str, Any]:
        model = operation_model("sagemaker", operation)
        shape = model.input_shape
        request = self.world.request(model, *OPTIONAL.get(operation, ())) | FIXED.get(operation, {}) | members
        allowed = shape.members if shape else {}
        method = "".join(f"_{c.lower()}" if c.isupper() else c for c in operation)
        answer = self.client._make_api_call(operation, {k: v for k, v in request.items() if k in allowed})
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200, method
        self.reached.add(operation)
        return dict(answer)

    def create(self, kind: Kind, name: str) -> str:
        for member, need in kind.refers:
            if need in BY_NAME and BY_NAME[need].name_member in self.world.values:
                self.world.values.setdefault(member, self.world.values[BY_NAME[need].name_member])
        shape = operation_model("sagemaker", f"Create{kind.name}").input_shape
        if shape and not valid(shape.members.get(kind.name_member), name):
            name = name.replace("-", "")
        answer = self.ask(f"Create{kind.name}", **{kind.name_member: name})
        self.world.values[kind.name_member] = name
        described = self.describe(kind, answer)
        arn = str(described.get(kind.arn_member) or answer.get(kind.arn_member) or _arn(answer))
        for member in (kind.arn_member, f"{kind.name}Arn"):
            self.world.values[member] = arn
        self.made.append(dict(self.world.values))
        return arn

    def describe(self, kind: Kind, made: dict[str, Any]) -> dict[str, Any]:
        self.world.values |= {k: v for k, v in made.items() if isinstance(v, str)}
        if f"Describe{kind.name}" not in names():
            return {}
        found = self.ask(f"Describe{kind.name}")
        inner = [v for k, v in found.items() if isinstance(v, dict) and kind.arn_member in v]
        return dict(inner[0]) if inner else found

    def lists(self, kind: Kind, count: int) -> None:
        """Pages, each sort key in both orders, and a name that no one has."""
        operation = list_operation(kind)
        if operation not in names():
            return
        member, pages, token = list_member(kind), [], None
        while True:
            answer = self.ask(operation, MaxResults=1, **({"NextToken": token} if token else {}))
            pages.append(answer[member])
            token = answer.get("NextToken")
            if not token:
                break
        assert sum(map(len, pages)) >= count
        assert max(map(len, pages)) == 1
        for word in sort_words(kind):
            orders = [
                self.ask(operation, SortBy=word, SortOrder=order, MaxResults=100)[member]
                for order in _orders(operation)
            ]
            assert orders[0] == orders[1][::-1], (operation, word)
        shape = operation_model("sagemaker", operation).input_shape
        if shape and "NameContains" in shape.members:
            assert self.ask(operation, NameContains="none-has-this")[member] == []
            assert len(self.ask(operation, NameContains="NAME", MaxResults=100)[member]) >= count


def valid(shape: Any, name: str) -> bool:
    """Whether a name fits its shape."""
    return shape is None or not list(problems(shape, name, "name"))


def _arn(answer: dict[str, Any]) -> str:
    return next((value for value in answer.values() if str(value).startswith("arn:")), "")


def _orders(operation: str) -> list[str]:
    shape = operation_model("sagemaker", operation).input_shape
    order = shape.members["SortOrder"] if shape else None
    return list(order.enum) if isinstance(order, StringShape) else []


def names() -> list[str]:
    return list(service_model("sagemaker").operation_names)


def ordered() -> list[Kind]:
    """Kinds after those that they refer to or are in."""
    found: list[Kind] = []

    def visit(kind: Kind) -> None:
        needs = [kind.within, *(name for _, name in kind.refers)]
        for need in needs:
            if need in BY_NAME and BY_NAME[need] not in found:
                visit(BY_NAME[need])
        if kind not in found:
            found.append(kind)

    for kind in TABLE:
        visit(kind)
    return [kind for kind in found if kind.name not in RUNNING | PARTS and f"Create{kind.name}" in names()]


@pytest.fixture(scope="module")
def running() -> Iterator[RunningSimulator]:
    simulator = RunningSimulator()
    sagemaker = simulator.client("sagemaker")
    sagemaker.create_model(
        ModelName="name-e", PrimaryContainer=KNOWN["PrimaryContainer"], ExecutionRoleArn=ROLE
    )
    sagemaker.create_endpoint_config(EndpointConfigName="name-e", ProductionVariants=VARIANTS)
    sagemaker.create_endpoint(EndpointName="name-e", EndpointConfigName="name-e")
    yield simulator
    simulator.stop()


def _alone(kind: Kind) -> bool:
    """Whether an account has one of the kind at most."""
    quota = BY_KIND.get(kind.name)
    return quota is not None and quota.default == 1


def _live(story: Story, kind: Kind) -> None:
    arn = story.create(kind, "name-a")
    if not _alone(kind):
        arn = story.create(kind, "name-b")
    story.lists(kind, 1 if _alone(kind) else 2)
    for verb in ("Stop", "Update", "Start"):
        if (operation := f"{verb}{kind.name}") in names() and state("sagemaker", operation) != "refuses":
            story.ask(operation)
    if arn.startswith("arn:"):
        story.ask("AddTags", ResourceArn=arn, Tags=[{"Key": "team", "Value": "ml"}])
        assert story.ask("ListTags", ResourceArn=arn)["Tags"] == [{"Key": "team", "Value": "ml"}]
        story.ask("DeleteTags", ResourceArn=arn, TagKeys=["team"])


def _delete(story: Story, kind: Kind) -> None:
    if f"Delete{kind.name}" not in names():
        return
    for values in story.made:
        story.world.values = values
        if kind.name == "NotebookInstance":  # only one that is stopped is deleted
            story.ask(f"Stop{kind.name}")
        story.ask(f"Delete{kind.name}")
        if f"Describe{kind.name}" in names():
            with pytest.raises(ClientError) as gone:
                story.ask(f"Describe{kind.name}")
            assert gone.value.response["Error"]["Code"] in ("ResourceNotFound", "ValidationException")


def _rest(story: Story) -> None:
    """Operations that belong to no one kind, with what exists; those that need more are left out of the count."""
    rest = [each for each in names() if not each.startswith(("Create", "Delete"))]
    for operation in (*FIRST, *rest, *LAST):
        if operation in story.reached:
            continue
        with contextlib.suppress(ClientError, ParamValidationError):
            story.ask(operation)


def test_each_kind_is_made_found_listed_changed_tagged_and_forgotten(running: RunningSimulator):
    reached: set[str] = set()
    world = World(dict(KNOWN))
    client, lived, failures = running.client("sagemaker"), list[tuple[Kind, Story]](), []
    for kind in ordered():
        story = Story(client, World({**world.values}), reached)
        try:
            _live(story, kind)
        except (ClientError, AssertionError, KeyError) as error:
            failures.append(f"{kind.name}: {error!r}"[:400])
            continue
        lived.append((kind, story))
        special = {"Name", "Arn", "Status", "Url"}
        keep = {kind.name_member, kind.arn_member, f"{kind.name}Arn", f"{kind.name}Id"} - special
        world.values |= {k: v for k, v in story.world.values.items() if k in keep}
    _rest(Story(client, world, reached))
    for kind, story in reversed(lived):
        try:
            _delete(story, kind)
        except (ClientError, AssertionError) as error:
            failures.append(f"Delete{kind.name}: {error!r}"[:400])
    print(f"{len(lived)} kinds, {len(reached)} operations reached 200")
    assert not failures, "\n".join(failures)
    assert len(lived) >= 45
    assert len(reached) >= 290
