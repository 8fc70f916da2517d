"""Endpoints predict, move to a new configuration without a gap, go back when the new one fails, and are counted."""

import asyncio
import io
import json
import tarfile

import pytest

from simulator.aws.sagemaker import life
from simulator.aws.sagemaker.capture import LINE, Exchange, encoding, file_name, record
from simulator.aws.sagemaker.endpoint_metrics import gathered, measure
from simulator.aws.sagemaker.invoke import choose
from simulator.kernel.errors import CallerError
from simulator.runtime.engine_scripted import Request, Script, ScriptedEngine
from simulator.runtime.work import Answer, Work
from tests.aws.sagemaker.fake_cloud import ROLE, XGBOOST, FakeCloud, play, until

CAPTURE = {
    "EnableCapture": True,
    "InitialSamplingPercentage": 100,
    "DestinationS3Uri": "s3://capture/data",
    "CaptureOptions": [{"CaptureMode": "Input"}, {"CaptureMode": "Output"}],
    "CaptureContentTypeHeader": {"CsvContentTypes": ["text/csv"]},
}


def archive(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz") as tar:
        info = tarfile.TarInfo(name)
        info.size = len(content)
        tar.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


def serves(engine: ScriptedEngine, version: str, healthy: bool = True, status: int = 200) -> None:
    """Works whose model archive holds `version` answer with it."""

    def answer(request: Request) -> Answer:
        if request.path == "/ping":
            return Answer(200 if healthy else 500, {}, b"")
        return Answer(status, {"content-type": "text/csv; charset=utf-8"}, version.encode())

    def has_version(work: Work) -> bool:
        model = work.mounts[0].source / "model" / "xgboost-model"
        return work.serves and model.is_file() and model.read_text() == version

    code = 0 if healthy else 1
    engine.script(
        "xgboost", Script(answer=answer if healthy else None, code=code, held=healthy), when=has_version
    )


async def configure(cloud: FakeCloud, version: str, **more) -> str:
    """A model and a configuration of this version; gives the configuration's name."""
    url = f"s3://models/{version}/model.tar.gz"
    cloud.objects[url] = archive("xgboost-model", version.encode())
    container = {"Image": XGBOOST, "ModelDataUrl": url}
    await cloud.ask("CreateModel", ModelName=version, ExecutionRoleArn=ROLE, PrimaryContainer=container)
    variant = {"VariantName": "AllTraffic", "ModelName": version, "InstanceType": "ml.t2.medium"}
    await cloud.ask("CreateEndpointConfig", EndpointConfigName=version, ProductionVariants=[variant], **more)
    return version


async def describe(cloud: FakeCloud):
    return await cloud.ask("DescribeEndpoint", EndpointName="abalone")


async def invoke(cloud: FakeCloud, **more):
    return await cloud.ask(
        "InvokeEndpoint",
        "sagemaker-runtime",
        EndpointName="abalone",
        Body=b"1,2",
        ContentType="text/csv",
        **more,
    )


async def up(cloud: FakeCloud, version: str = "one", **more) -> None:
    serves(cloud.engine, version)
    await configure(cloud, version, **more)
    await cloud.ask("CreateEndpoint", EndpointName="abalone", EndpointConfigName=version)
    assert (await describe(cloud))["EndpointStatus"] == "InService"


def test_an_endpoint_answers_from_its_models_container():
    async def story(cloud: FakeCloud) -> None:
        await up(cloud)
        answer = await invoke(cloud, CustomAttributes="c000")
        assert (answer["Body"], answer["InvokedProductionVariant"]) == (b"one", "AllTraffic")
        request = cloud.engine.requests(cloud.engine.started[-1].name)[-1]
        assert (request.method, request.path, request.body) == ("POST", "/invocations", b"1,2")
        assert request.headers["x-amzn-sagemaker-custom-attributes"] == "c000"
        await cloud.kernel.scheduler.rest()
        data = {d["MetricName"]: d for d in cloud.metrics["AWS/SageMaker"]}
        assert data["Invocations"]["Values"] == [1.0]
        assert data["Invocation5XXErrors"]["Values"] == [0.0]
        statuses = [e["detail"]["EndpointStatus"] for e in cloud.events("SageMaker Endpoint State Change")]
        assert statuses == ["CREATING", "IN_SERVICE"]

    play(story)


def test_an_update_serves_the_old_version_until_the_new_is_healthy():
    async def story(cloud: FakeCloud) -> None:
        await up(cloud)
        old = cloud.engine.started[-1].name
        serves(cloud.engine, "two")
        await configure(cloud, "two")
        await cloud.ask("UpdateEndpoint", EndpointName="abalone", EndpointConfigName="two")
        assert (await invoke(cloud))["Body"] == b"one"
        endpoint = await describe(cloud)
        assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", "two")
        assert (await invoke(cloud))["Body"] == b"two"
        await cloud.kernel.scheduler.rest()
        assert old not in await cloud.engine.known()

    play(story)


def test_an_update_that_never_gets_healthy_goes_back():
    async def story(cloud: FakeCloud) -> None:
        await up(cloud)
        serves(cloud.engine, "bad", healthy=False)
        await configure(cloud, "bad")
        await cloud.ask("UpdateEndpoint", EndpointName="abalone", EndpointConfigName="bad")
        await until(cloud, lambda: len(cloud.engine.started) == 2)
        await cloud.engine.finish(cloud.engine.started[-1].name, 1)
        endpoint = await describe(cloud)
        assert (endpoint["EndpointStatus"], endpoint["EndpointConfigName"]) == ("InService", "one")
        assert "did not pass the ping health check" in endpoint["FailureReason"]
        assert (await invoke(cloud))["Body"] == b"one"

    play(story)


def test_a_model_that_is_no_archive_fails_the_endpoint_and_says_so():
    async def story(cloud: FakeCloud) -> None:
        await configure(cloud, "one")
        cloud.objects["s3://models/one/model.tar.gz"] = b"swapped"
        await cloud.ask("CreateEndpoint", EndpointName="abalone", EndpointConfigName="one")
        endpoint = await describe(cloud)
        assert endpoint["EndpointStatus"] == "Failed"
        assert endpoint["FailureReason"].endswith("is a valid tar.gz archive.")
        with pytest.raises(CallerError, match=r"Endpoint abalone of account 222222222222 not found\."):
            await invoke(cloud)

    play(story)


def test_an_error_of_the_model_is_a_model_error_with_its_status_and_text():
    async def story(cloud: FakeCloud) -> None:
        serves(cloud.engine, "one", status=500)
        await configure(cloud, "one")
        await cloud.ask("CreateEndpoint", EndpointName="abalone", EndpointConfigName="one")
        await describe(cloud)
        with pytest.raises(CallerError) as failed:
            await invoke(cloud)
        assert (failed.value.code, failed.value.status) == ("ModelError", 424)
        assert failed.value.extra["OriginalStatusCode"] == 500
        assert failed.value.extra["OriginalMessage"] == "one"
        await cloud.kernel.scheduler.rest()
        errors = [
            d["Values"] for d in cloud.metrics["AWS/SageMaker"] if d["MetricName"] == "Invocation5XXErrors"
        ]
        assert errors == [[1.0]]

    play(story)


def test_what_is_asked_and_answered_is_captured_as_the_execution_role():
    async def story(cloud: FakeCloud) -> None:
        await up(cloud, DataCaptureConfig=CAPTURE)
        await invoke(cloud, InferenceId="row-1")
        await cloud.kernel.scheduler.rest()
        uri = next(uri for uri in cloud.objects if uri.startswith("s3://capture/data/abalone/AllTraffic/"))
        assert len(uri.removeprefix("s3://capture/data/abalone/AllTraffic/").split("/")) == 5
        line = json.loads(cloud.objects[uri])
        assert line["captureData"]["endpointInput"] == {
            "observedContentType": "text/csv",
            "mode": "INPUT",
            "data": "1,2",
            "encoding": "CSV",
        }
        assert line["captureData"]["endpointOutput"]["data"] == "one"
        assert line["eventMetadata"]["inferenceId"] == "row-1"
        assert line["eventVersion"] == "0"
        assert (
            "PutObject",
            "arn:aws:sts::222222222222:assumed-role/SageMakerExecutionRole/SageMaker",
        ) in cloud.principals

    play(story)


def test_what_a_metric_had_within_a_minute_is_one_datum_of_values_with_counts():
    data = [*measure("e", "v", 200, 0.5, 60.0), *measure("e", "v", 200, 0.25, 119.0)]
    data += measure("e", "v", 500, 0.5, 120.0)
    made = gathered(data)
    latency = [datum for datum in made if datum["MetricName"] == "ModelLatency"]
    assert [(d["Timestamp"], d["Values"], d["Counts"]) for d in latency] == [
        (60.0, [500_000.0, 250_000.0], [1.0, 1.0]),
        (120.0, [500_000.0], [1.0]),
    ]
    invocations = next(datum for datum in made if datum["MetricName"] == "Invocations")
    assert (invocations["Values"], invocations["Counts"]) == ([1.0], [2.0])


def test_a_datum_holds_no_more_values_than_cloudwatch_takes():
    data = [each for n in range(200) for each in measure("e", "v", 200, n / 1000, 60.0)]
    sizes = [len(datum["Values"]) for datum in gathered(data) if datum["MetricName"] == "ModelLatency"]
    assert sizes == [150, 50]


def test_what_was_answered_before_a_stop_is_captured_after_it_once():
    async def story(cloud: FakeCloud) -> None:
        await up(cloud, DataCaptureConfig=CAPTURE)
        await invoke(cloud, InferenceId="first")
        await invoke(cloud, InferenceId="second")
        await life.stop(cloud)
        assert not [uri for uri in cloud.objects if uri.startswith("s3://capture/")]
        life.resume(cloud)
        await cloud.kernel.scheduler.rest()
        (uri,) = [uri for uri in cloud.objects if uri.startswith("s3://capture/")]
        lines = [json.loads(line) for line in cloud.objects[uri].splitlines()]
        assert [line["eventMetadata"]["inferenceId"] for line in lines] == ["first", "second"]
        assert not cloud.kernel.store.count(LINE)

    play(story)


def test_a_capture_that_may_not_be_written_is_a_fact():
    async def story(cloud: FakeCloud) -> None:
        await up(cloud, DataCaptureConfig=CAPTURE)
        cloud.denied.add(("PutObject", "capture"))
        await invoke(cloud)
        await cloud.kernel.scheduler.rest()
        assert "AccessDenied" in cloud.facts("CaptureNotDelivered")[0]["error"]

    play(story)


def test_a_deleted_endpoint_is_gone_with_its_container():
    async def story(cloud: FakeCloud) -> None:
        await up(cloud)
        await cloud.ask("DeleteEndpoint", EndpointName="abalone")
        with pytest.raises(CallerError, match='Could not find endpoint "arn:aws:sagemaker'):
            await describe(cloud)
        assert not await cloud.engine.known()

    play(story)


def test_a_container_that_ends_is_started_again():
    async def story(cloud: FakeCloud) -> None:
        await up(cloud)
        await cloud.engine.finish(cloud.engine.started[-1].name, 137)
        while len(cloud.engine.started) < 2 or cloud.kernel.activity.running():
            await cloud.kernel.log.wait(cloud.kernel.log.last(), 0.01)
        assert (await invoke(cloud))["Body"] == b"one"
        assert cloud.facts("EndpointContainerEnded")[0]["code"] == 137

    play(story)


@pytest.mark.parametrize("lost", [False, True])
def test_the_next_process_serves_what_the_last_one_did(tmp_path, lost):
    async def story() -> None:
        engine = ScriptedEngine()
        first = FakeCloud(tmp_path, engine)
        await up(first)
        await life.stop(first)
        await first.kernel.close()
        if lost:
            await engine.remove(engine.started[-1].name)
        second = FakeCloud(tmp_path, engine)
        second.objects, second.logs = first.objects, first.logs
        life.resume(second)
        await second.kernel.scheduler.rest()
        assert (await invoke(second))["Body"] == b"one"
        assert len(engine.started) == (2 if lost else 1)
        await life.stop(second)
        await second.kernel.close()

    asyncio.run(story())


def test_models_and_configurations_name_what_is_missing():
    async def story(cloud: FakeCloud) -> None:
        container = {"Image": XGBOOST, "ModelDataUrl": "s3://models/none.tar.gz"}
        with pytest.raises(CallerError, match=r"Could not access model data at s3://models/none\.tar\.gz"):
            await cloud.ask("CreateModel", ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer=container)
        with pytest.raises(CallerError, match=r"Requested image own:1 not found\."):
            await cloud.ask(
                "CreateModel", ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer={"Image": "own:1"}
            )
        variant = {"VariantName": "AllTraffic", "ModelName": "m"}
        with pytest.raises(CallerError, match="Could not find model"):
            await cloud.ask("CreateEndpointConfig", EndpointConfigName="c", ProductionVariants=[variant])
        with pytest.raises(CallerError, match="Could not find endpoint configuration"):
            await cloud.ask("CreateEndpoint", EndpointName="e", EndpointConfigName="c")

    play(story)


def test_a_model_comes_from_a_package_of_the_registry():
    async def story(cloud: FakeCloud) -> None:
        cloud.objects["s3://models/m.tar.gz"] = b""
        containers = [{"Image": XGBOOST, "ModelDataUrl": "s3://models/m.tar.gz"}]
        await cloud.ask("CreateModelPackageGroup", ModelPackageGroupName="g")
        arn = (
            await cloud.ask(
                "CreateModelPackage",
                ModelPackageGroupName="g",
                InferenceSpecification={"Containers": containers},
            )
        )["ModelPackageArn"]
        await cloud.ask(
            "CreateModel", ModelName="m", ExecutionRoleArn=ROLE, PrimaryContainer={"ModelPackageName": arn}
        )
        model = await cloud.ask("DescribeModel", ModelName="m")
        assert model["PrimaryContainer"] == {"ModelPackageName": arn}

    play(story)


def test_variants_serve_side_by_side_and_one_may_be_named():
    async def story(cloud: FakeCloud) -> None:
        for version in ("one", "two"):
            serves(cloud.engine, version)
            await configure(cloud, version)
        variants = [
            {"VariantName": name, "ModelName": model, "InitialVariantWeight": weight}
            for name, model, weight in (("old", "one", 1.0), ("new", "two", 0.0))
        ]
        await cloud.ask("CreateEndpointConfig", EndpointConfigName="both", ProductionVariants=variants)
        await cloud.ask("CreateEndpoint", EndpointName="abalone", EndpointConfigName="both")
        assert (await describe(cloud))["EndpointStatus"] == "InService"
        answers = [await invoke(cloud) for _ in range(5)] + [await invoke(cloud, TargetVariant="new")]
        said = [(answer["InvokedProductionVariant"], answer["Body"]) for answer in answers]
        assert said == [("old", b"one")] * 5 + [("new", b"two")]
        with pytest.raises(CallerError, match="nowhere"):
            await invoke(cloud, TargetVariant="nowhere")

    play(story)


def test_weights_are_of_variants_of_the_configuration_each_named_once():
    async def story(cloud: FakeCloud) -> None:
        await up(cloud)
        ask, one = "UpdateEndpointWeightsAndCapacities", {"VariantName": "AllTraffic", "DesiredWeight": 2}
        absent = r'The variant name\(s\) "B" is/are not present within endpoint configuration "one"\.'
        for wanted, text in (
            ([{"VariantName": "B", "DesiredWeight": 1}], absent),
            ([one, one], 'The variant name "AllTraffic" was non-unique within the request.'),
        ):
            with pytest.raises(CallerError, match=text):
                await cloud.ask(ask, EndpointName="abalone", DesiredWeightsAndCapacities=wanted)

    play(story)


def test_weights_share_the_traffic():
    variants = [{"VariantName": "a", "CurrentWeight": 3.0}, {"VariantName": "b", "CurrentWeight": 1.0}]
    assert [choose(variants, fraction) for fraction in (0.0, 0.74, 0.75, 0.999)] == ["a", "a", "b", "b"]


@pytest.mark.parametrize(
    ("content_type", "how"),
    [
        ("text/csv", "CSV"),
        ("text/csv; charset=utf-8", "CSV"),
        ("application/json", "JSON"),
        ("image/png", "BASE64"),
    ],
)
def test_content_types_decide_the_encoding(content_type, how):
    headers = {"CsvContentTypes": ["text/csv"], "JsonContentTypes": ["application/json"]}
    assert encoding(content_type, headers) == how
    assert encoding(content_type, {}) == "BASE64"


def test_only_the_configured_sides_are_captured():
    config = {"CaptureOptions": [{"CaptureMode": "Output"}]}
    line = record(config, Exchange(("text/csv", b"1"), ("text/csv", b"2")), "id", 0.0)
    assert list(line["captureData"]) == ["endpointOutput"]
    assert line["captureData"]["endpointOutput"]["data"] == "Mg=="
    assert line["eventMetadata"]["inferenceTime"] == "1970-01-01T00:00:00Z"
    assert file_name(61.5, "u") == "01-01-500-u.jsonl"
