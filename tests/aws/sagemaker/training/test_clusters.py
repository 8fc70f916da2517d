"""Several instances: what each host is told, their logs, their artefacts, and how one that fails fails the job."""

from typing import Any

from simulator.runtime.engine_scripted import Script
from tests.aws.sagemaker.training.team import cluster, config, ml, noting

GROUPS = [
    {"InstanceGroupName": "cpu", "InstanceType": "ml.m5.large", "InstanceCount": 1},
    {"InstanceGroupName": "gpu", "InstanceType": "ml.g5.xlarge", "InstanceCount": 2},
]


def test_each_host_is_told_who_it_is_and_who_there_is(team):
    found: dict[str, Any] = {}
    team.does(noting(found, lambda work: {work.hostname: config(work, "resourceconfig")}))
    team.train(ResourceConfig=cluster(3))
    hosts = ["algo-1", "algo-2", "algo-3"]
    assert found == {
        host: {
            "current_host": host,
            "current_instance_type": "ml.m5.large",
            "current_group_name": "homogeneousCluster",
            "hosts": hosts,
            "instance_groups": [
                {"instance_group_name": "homogeneousCluster", "instance_type": "ml.m5.large", "hosts": hosts}
            ],
            "network_interface_name": "eth0",
        }
        for host in hosts
    }
    works = team.started()
    assert {work.network for work in works.values()} == {works["algo-1"].network}
    assert works["algo-1"].network.hosts == tuple(hosts)


def test_groups_have_their_own_types_and_hosts(team):
    found: dict[str, Any] = {}
    team.does(noting(found, lambda work: {work.hostname: config(work, "resourceconfig")}))
    team.train(ResourceConfig={"InstanceGroups": GROUPS, "VolumeSizeInGB": 10})
    told = {host: (each["current_group_name"], each["current_instance_type"]) for host, each in found.items()}
    assert told == {
        "algo-1": ("cpu", "ml.m5.large"),
        "algo-2": ("gpu", "ml.g5.xlarge"),
        "algo-3": ("gpu", "ml.g5.xlarge"),
    }
    groups = {each["instance_group_name"]: each["hosts"] for each in found["algo-1"]["instance_groups"]}
    assert groups == {"cpu": ["algo-1"], "gpu": ["algo-2", "algo-3"]}


def test_every_host_has_a_log_stream(team):
    team.does(lambda work: f"hello from {work.hostname}")
    team.train(ResourceConfig=cluster(2))
    logs = team.running.client("logs")
    group = "/aws/sagemaker/TrainingJobs"
    streams = [
        each["logStreamName"]
        for each in logs.describe_log_streams(logGroupName=group, logStreamNamePrefix="train/")["logStreams"]
    ]
    said = {
        stream.rsplit("-", 1)[0]: [
            event["message"]
            for event in logs.get_log_events(logGroupName=group, logStreamName=stream)["events"]
        ]
        for stream in streams
    }
    assert said == {
        "train/algo-1": ["hello from algo-1"],
        "train/algo-2": ["hello from algo-2"],
    }


def test_the_hosts_models_and_outputs_come_together(team):
    def leave(work):
        (ml(work) / "model" / f"{work.hostname}.bin").write_text(work.hostname)
        (ml(work) / "model" / "shared.bin").write_text(work.hostname)
        (ml(work) / "output" / "data" / f"{work.hostname}.txt").write_text("out")

    team.does(leave)
    assert team.train(ResourceConfig=cluster(2))["TrainingJobStatus"] == "Completed"
    model = team.packed("out/train/output/model.tar.gz")
    assert model == {"algo-1.bin": b"algo-1", "algo-2.bin": b"algo-2", "shared.bin": b"algo-1"}
    assert team.packed("out/train/output/output.tar.gz") == {"algo-1.txt": b"out", "algo-2.txt": b"out"}


def test_one_host_that_fails_fails_the_job_and_stops_the_others(team):
    def fail(work):
        (ml(work) / "output" / "failure").write_text("out of cheese")

    team.does(held=True)
    team.engine.script("xgboost", Script(code=3, effect=fail), when=lambda work: work.hostname == "algo-2")
    job = team.train(ResourceConfig=cluster(3))
    assert job["TrainingJobStatus"] == "Failed"
    assert job["FailureReason"] == "AlgorithmError: out of cheese, exit code: 3"
    team.running.rest()
    assert team.running.do(lambda simulator: simulator.working.engine.known()) == []
