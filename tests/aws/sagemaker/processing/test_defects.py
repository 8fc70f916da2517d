"""What clients see when the simulator itself fails them: the job's end in AWS's words, and nothing left running."""

import asyncio

from simulator.app import Simulator
from simulator.runtime.engine_scripted import Script, ScriptedEngine
from simulator.runtime.work import Exit
from tests.aws.sagemaker.fake_cloud import processing_request
from tests.wire import RunningSimulator


class Deaf(ScriptedEngine):
    """An engine that loses its works out of sight."""

    async def wait(self, name: str) -> Exit:
        await asyncio.sleep(0)
        raise RuntimeError(f"no news of {name}")


async def known(simulator: Simulator) -> list[str]:
    return await simulator.cloud.engine.known()


def test_a_defect_of_ours_fails_the_job_in_awss_words_and_leaves_nothing_running():
    engine = Deaf()
    engine.script("scikit_learn", Script(held=True))
    running = RunningSimulator(engine=engine)
    try:
        s3, sagemaker = running.client("s3"), running.client("sagemaker")
        s3.create_bucket(Bucket="data")
        s3.put_object(Bucket="data", Key="code/x.py", Body=b"print()")
        role = "arn:aws:iam::222222222222:role/SageMakerExecutionRole"
        sagemaker.create_processing_job(**{**processing_request(), "RoleArn": role})
        running.rest()
        job = sagemaker.describe_processing_job(ProcessingJobName="process-1")

        assert job["ProcessingJobStatus"] == "Failed"
        assert job["FailureReason"].startswith("InternalServerError: We encountered an internal error")
        assert [fact["kind"] for fact in running.facts()].count("TaskFailed") == 1
        assert running.do(known) == []
    finally:
        running.stop()
