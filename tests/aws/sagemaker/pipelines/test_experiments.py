"""PipelineExperimentConfig makes the experiment and the trial that the jobs of an execution belong to."""

from tests.aws.sagemaker.fake_cloud import FakeCloud, play
from tests.aws.sagemaker.pipelines.small import create, ended, start, step

CONFIG = {
    "ExperimentName": {"Get": "Execution.PipelineName"},
    "TrialName": {"Std:Join": {"On": "-", "Values": ["trial", {"Get": "Execution.PipelineExecutionId"}]}},
}


def test_a_job_belongs_to_the_trial_of_its_execution_under_the_name_of_its_step():
    async def story(cloud: FakeCloud) -> None:
        await create(cloud, step("func_one"), PipelineExperimentConfig=CONFIG)
        arn = await start(cloud)
        status, found = await ended(cloud, arn)
        assert status == "Succeeded", found
        trial = f"trial-{arn[-12:]}"
        assert (await cloud.ask("DescribeTrial", TrialName=trial))["ExperimentName"] == "p"
        job = found["func_one"]["Metadata"]["TrainingJob"]["Arn"].rsplit("/", 1)[-1]
        described = await cloud.ask("DescribeTrainingJob", TrainingJobName=job)
        assert described["ExperimentConfig"] == {
            "ExperimentName": "p",
            "TrialName": trial,
            "TrialComponentDisplayName": "func-one",
        }
        execution = await cloud.ask("DescribePipelineExecution", PipelineExecutionArn=arn)
        assert execution["PipelineExperimentConfig"] == {"ExperimentName": "p", "TrialName": trial}

    play(story)
