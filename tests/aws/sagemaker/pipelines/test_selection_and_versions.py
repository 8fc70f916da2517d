"""Selective executions borrow from an earlier one; every definition of a pipeline is a version."""

import json

import pytest

from simulator.kernel.errors import CallerError
from tests.aws.sagemaker.fake_cloud import ROLE, FakeCloud, play
from tests.aws.sagemaker.pipelines.small import create, ended, run, start, step, text, training


def chained(name: str, before: str):
    arguments = training()
    source = arguments["InputDataConfig"][0]["DataSource"]["S3DataSource"]
    source["S3Uri"] = {"Get": f"Steps.{before}.ModelArtifacts.S3ModelArtifacts"}
    return step(name, Arguments=arguments)


def select(*names: str, source: str = ""):
    given = {"SourcePipelineExecutionArn": source} if source else {}
    return {"SelectiveExecutionConfig": {**given, "SelectedSteps": [{"StepName": name} for name in names]}}


async def chain(cloud: FakeCloud) -> None:
    await create(cloud, step("A"), chained("B", "A"), chained("C", "B"))


def test_only_the_selected_step_runs_and_what_it_needs_is_borrowed():
    async def story(cloud: FakeCloud) -> None:
        await chain(cloud)
        source = await start(cloud)
        _, whole = await ended(cloud, source)
        status, found = await run(cloud, **select("B", source=source))
        assert (status, list(found)) == ("Succeeded", ["A", "B"])
        assert found["A"]["SelectiveExecutionResult"] == {"SourcePipelineExecutionArn": source}
        assert found["A"]["Metadata"] == whole["A"]["Metadata"]
        assert found["B"]["Metadata"] != whole["B"]["Metadata"]

    play(story)


def test_a_selection_is_refused_in_awss_words():
    async def story(cloud: FakeCloud) -> None:
        await chain(cloud)
        with pytest.raises(CallerError) as refused:
            await start(cloud, **select("B"))
        text = "Invalid SourcePipelineExecutionArn: null. The selected steps [B] have dependencies on [A]."
        assert (refused.value.code, refused.value.message) == ("ValidationException", text)
        with pytest.raises(CallerError, match=r"\[B\] are between selected steps"):
            await start(cloud, **select("A", "C"))
        with pytest.raises(CallerError, match=r"\[D\] are not steps"):
            await start(cloud, **select("D"))

    play(story)


def test_every_definition_is_a_version_and_an_execution_may_name_one():
    async def story(cloud: FakeCloud) -> None:
        await create(cloud, step("A"))
        updated = await cloud.ask(
            "UpdatePipeline", PipelineName="p", PipelineDefinition=text(step("A"), step("B"))
        )
        assert updated["PipelineVersionId"] == 2
        listed = (await cloud.ask("ListPipelineVersions", PipelineName="p"))["PipelineVersionSummaries"]
        assert [each["PipelineVersionId"] for each in listed] == [2, 1]
        first = await cloud.ask("DescribePipeline", PipelineName="p", PipelineVersionId=1)
        assert len(json.loads(first["PipelineDefinition"])["Steps"]) == 1
        arn = await start(cloud, PipelineVersionId=1)
        _, found = await ended(cloud, arn)
        assert list(found) == ["A"]
        described = await cloud.ask("DescribePipelineExecution", PipelineExecutionArn=arn)
        assert described["PipelineVersionId"] == 1
        kept = await cloud.ask("DescribePipelineDefinitionForExecution", PipelineExecutionArn=arn)
        assert kept["PipelineDefinition"] == first["PipelineDefinition"]
        with pytest.raises(CallerError, match="has no version 9"):
            await start(cloud, PipelineVersionId=9)

    play(story)


def test_an_alias_moves_from_version_to_version():
    async def story(cloud: FakeCloud) -> None:
        await create(cloud, step("A"))
        arn = (await cloud.ask("DescribePipeline", PipelineName="p"))["PipelineArn"]
        await cloud.ask("UpdatePipeline", PipelineName="p", PipelineDefinition=text(step("B")))
        for number in (1, 2):
            await cloud.ask(
                "UpdatePipelineVersion",
                PipelineArn=arn,
                PipelineVersionId=number,
                PipelineVersionDisplayName=f"v{number}",
                PipelineVersionAliasOperations={"Add": ["live"]},
            )
        found = await cloud.ask("DescribePipeline", PipelineName="p", PipelineVersionAlias="live")
        assert found["PipelineVersionDisplayName"] == "v2"
        assert found["PipelineVersionAliases"] == ["live"]

    play(story)


def test_a_definition_may_lie_in_s3():
    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://defs/p.json"] = text(step("A")).encode()
        where = {"Bucket": "defs", "ObjectKey": "p.json"}
        await cloud.ask("CreatePipeline", PipelineName="p", PipelineDefinitionS3Location=where, RoleArn=ROLE)
        found = await cloud.ask("DescribePipeline", PipelineName="p")
        assert found["PipelineDefinition"] == text(step("A"))
        nowhere = {**where, "ObjectKey": "q.json"}
        with pytest.raises(CallerError, match="Unable to read the pipeline definition at") as no:
            await cloud.ask("UpdatePipeline", PipelineName="p", PipelineDefinitionS3Location=nowhere)
        assert no.value.code == "ValidationException"
        with pytest.raises(CallerError, match="Both Pipeline Definition and Pipeline Definition S3 Location"):
            await cloud.ask(
                "UpdatePipeline",
                PipelineName="p",
                PipelineDefinition=text(step("A")),
                PipelineDefinitionS3Location=where,
            )

    play(story)


def test_a_pipeline_goes_with_its_executions_but_not_while_one_runs():
    async def story(cloud: FakeCloud) -> None:
        await create(cloud, step("A"))
        arn = await start(cloud)
        with pytest.raises(CallerError) as refused:
            await cloud.ask("DeletePipeline", PipelineName="p")
        assert refused.value.code == "ConflictException"
        await ended(cloud, arn)
        await cloud.ask("DeletePipeline", PipelineName="p")
        with pytest.raises(CallerError, match="does not exist"):
            await cloud.ask("DescribePipelineExecution", PipelineExecutionArn=arn)

    play(story)
