"""The whole loop with a simulator that is killed at six points on the way: it ends as if nothing had been."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.harness.demo.links import LINKS, Demo
from simulator.harness.story import build, deploy, infrastructure
from tests.restart.server import Server

ACT = {link.name: link.act for link in LINKS}


def is_training(fact: dict[str, Any]) -> bool:
    return bool(
        fact["kind"] == "TrainingJobStateChanged" and fact["detail"].get("secondary_status") == "Training"
    )


def is_half_delivered(fact: dict[str, Any]) -> bool:
    return bool(fact["kind"] == "DeliveryQueued")


def is_half_a_stack(fact: dict[str, Any]) -> bool:
    return bool(fact["kind"] == "EndpointStateChanged" and fact["detail"]["status"] == "Creating")


def is_a_gate(fact: dict[str, Any]) -> bool:
    return bool(fact["kind"] == "ApprovalPending")


class Upload:
    """A multipart upload that is open while the simulator dies."""

    def __init__(self, demo: Demo) -> None:
        self._s3 = demo.world.aws(account="automation").client("s3")
        self._place = {"Bucket": infrastructure.artifact_bucket(demo.world), "Key": "large"}
        self._place["UploadId"] = self._s3.create_multipart_upload(**self._place)["UploadId"]
        self._parts = [self._part(1, b"a" * 5_242_880)]

    def finish(self) -> int:
        """Send the rest, complete it under the id it had; the object's size."""
        self._parts.append(self._part(2, b"b"))
        self._s3.complete_multipart_upload(**self._place, MultipartUpload={"Parts": self._parts})
        return int(self._s3.head_object(Bucket=self._place["Bucket"], Key="large")["ContentLength"])

    def _part(self, number: int, body: bytes) -> dict[str, Any]:
        made = self._s3.upload_part(**self._place, PartNumber=number, Body=body)
        return {"PartNumber": number, "ETag": made["ETag"]}


def test_the_loop_ends_though_the_simulator_is_killed_at_six_points_on_the_way(server: Server) -> None:
    demo = Demo(server.start(hold=True))

    def kill() -> None:
        server.kill()
        server.start(hold=True)

    def kill_at(point: Callable[[dict[str, Any]], bool], what: str) -> None:
        demo.world.until(point, what)
        kill()

    ACT["accounts and data"](demo)
    ACT["deploy repository"](demo)
    upload = Upload(demo)
    ACT["push and merge"](demo)
    kill()  # the push is acknowledged, the upload is open
    assert upload.finish() == 5_242_881
    kill_at(is_training, "the training in the build")
    ACT["model build"](demo)
    assert {fact["subject"] for fact in server.kinds("ModelPackageStateChanged")} == {demo.package}
    deploy.decide(demo.world, demo.package, "Approved")
    kill_at(is_half_delivered, "the delivery of the approval")
    demo.deploy_run = build.run_of(demo.world, deploy.PIPELINE)
    kill_at(is_half_a_stack, "the endpoint of the staging stack")
    ACT["integration tests"](demo)
    kill_at(is_a_gate, "the gate")
    for name in ("gate", "production", "healthy hour", "drift", "retraining"):
        ACT[name](demo)

    trained = [fact for fact in server.kinds("TrainingJobStateChanged") if is_training(fact)]
    pipelines = [fact["detail"]["pipeline"] for fact in server.kinds("RunQueued")]
    results = {fact["detail"]["run"]: fact["detail"]["result"] for fact in server.kinds("RunCompleted")}
    assert deploy.model_behind(demo.world, "production", "abalone-production") == demo.package
    assert len(trained) == 2  # once in the build, once in the retraining
    assert [pipeline for pipeline in pipelines if pipeline != "model-batch"] == [
        "model-build",
        "model-deploy",
    ]
    assert [results[run] for run in (demo.build_run, demo.deploy_run)] == ["succeeded", "succeeded"]
