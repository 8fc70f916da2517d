"""Many executions at once are all right: each its own parameters, its own version in the registry."""

from tests.aws.sagemaker.pipelines import crowd
from tests.wire import RunningSimulator


def test_many_executions_at_once_each_register_their_own_version():
    running = RunningSimulator(engine=crowd.engine())
    try:
        sagemaker = running.client("sagemaker")
        crowd.prepare(running.client("s3"), sagemaker)
        assert crowd.run_all(sagemaker, 24, 12) == []
        pages = sagemaker.get_paginator("list_model_packages").paginate(ModelPackageGroupName="abalone")
        numbers = {each["ModelPackageVersion"] for page in pages for each in page["ModelPackageSummaryList"]}
        assert numbers == set(range(1, 25))
        running.rest()
        assert not [fact for fact in running.facts() if fact["kind"] in ("TaskFailed", "ConsumerFailed")]
    finally:
        running.stop()
