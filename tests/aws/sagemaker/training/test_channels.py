"""Channels: which objects reach which host, in which form, and what is said when they cannot."""

import gzip
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws.sagemaker.training.team import BUCKET, channel, cluster, config, ml, noting, ordinary, seen

FILES = {"train__a_csv": "a", "train__b_csv": "b", "train__c_csv": "c", "train__deep__d_csv": "d"}
WHOLE = {"a.csv": "a", "b.csv": "b", "c.csv": "c", "deep/d.csv": "d"}


def look(found):
    """An effect that keeps what each host sees of the channel `train`."""

    def effect(work):
        found[work.hostname] = seen(work, "train")

    return effect


def units(work, number=0):
    """The units of a work's stream in order."""
    return [file.read_bytes() for file in sorted(work.streams[number].source.iterdir())]


def keep_units(found):
    def effect(work):
        found[work.hostname] = units(work)

    return effect


def test_a_prefix_comes_whole_to_every_host(team):
    team.put(**FILES)
    found: dict[str, Any] = {}
    team.does(look(found))
    assert team.train(InputDataConfig=[channel("train", "train/")], ResourceConfig=cluster(2))
    assert found == dict.fromkeys(("algo-1", "algo-2"), WHOLE)


def test_sharding_by_key_deals_the_objects_out(team):
    team.put(**FILES)
    found: dict[str, Any] = {}
    team.does(look(found))
    dealt = channel("train", "train/", source={"S3DataDistributionType": "ShardedByS3Key"})
    team.train(InputDataConfig=[dealt], ResourceConfig=cluster(2))
    assert found == {"algo-1": {"a.csv": "a", "c.csv": "c"}, "algo-2": {"b.csv": "b", "deep/d.csv": "d"}}
    team.running.rest()
    assert not ml(team.started()["algo-2"]).exists(), "the files are gone with the job"


def test_a_manifest_names_the_objects(team):
    team.put(**FILES)
    manifest = [{"prefix": f"s3://{BUCKET}/train/"}, "b.csv", "deep/d.csv"]
    team.put(lists__m=json.dumps(manifest))
    found: dict[str, Any] = {}
    team.does(look(found))
    team.train(InputDataConfig=[channel("train", "lists/m", "ManifestFile")])
    assert found == {"algo-1": {"b.csv": "b", "deep/d.csv": "d"}}


def test_the_configuration_says_how_each_channel_comes(team):
    team.put(**FILES)
    found: dict[str, Any] = {}
    team.does(noting(found, lambda work: config(work, "inputdataconfig")))
    channels = [
        channel("train", "train/", ContentType="text/csv"),
        channel("stream", "train/", InputMode="Pipe", RecordWrapperType="RecordIO"),
        channel("fast", "train/", source={"S3DataDistributionType": "ShardedByS3Key"}, InputMode="FastFile"),
    ]
    team.train(InputDataConfig=channels)
    full = {"S3DistributionType": "FullyReplicated", "RecordWrapperType": "None"}
    assert found == {
        "train": {**full, "ContentType": "text/csv", "TrainingInputMode": "File"},
        "stream": {**full, "RecordWrapperType": "RecordIO", "TrainingInputMode": "Pipe"},
        "fast": {**full, "S3DistributionType": "ShardedByS3Key", "TrainingInputMode": "FastFile"},
    }


def test_fast_files_are_there_and_can_only_be_read(team):
    team.put(**FILES)
    found: dict[str, Any] = {}
    team.does(look(found))
    team.train(InputDataConfig=[channel("train", "train/", InputMode="FastFile")])
    (mount,) = [each for each in team.started()["algo-1"].mounts if each.target == "/opt/ml/input/data/train"]
    assert mount.read_only
    assert found["algo-1"]["deep/d.csv"] == "d"


def test_a_pipe_streams_the_objects_in_order_to_the_algorithms_input_mode(team):
    team.put(**FILES)
    found: dict[str, Any] = {}
    team.does(keep_units(found))
    specification = {**ordinary("any")["AlgorithmSpecification"], "TrainingInputMode": "Pipe"}
    team.train(
        AlgorithmSpecification=specification,
        InputDataConfig=[channel("train", "train/", ShuffleConfig={"Seed": 5})],
    )
    (stream,) = team.started()["algo-1"].streams
    assert (stream.target, stream.seed, stream.shard) == ("/opt/ml/input/data/train", 5, (0, 1))
    assert found == {"algo-1": [b"a", b"b", b"c", b"d"]}


def test_a_sharded_pipe_deals_out_within_the_groups_that_get_it(team):
    team.put(**FILES)
    groups = [
        {"InstanceGroupName": "cpu", "InstanceType": "ml.m5.large", "InstanceCount": 1},
        {"InstanceGroupName": "gpu", "InstanceType": "ml.g5.xlarge", "InstanceCount": 2},
    ]
    sharded = {"S3DataDistributionType": "ShardedByS3Key", "InstanceGroupNames": ["gpu"]}
    team.train(
        InputDataConfig=[channel("train", "train/", source=sharded, InputMode="Pipe")],
        ResourceConfig={"InstanceGroups": groups, "VolumeSizeInGB": 10},
    )
    works = team.started()
    assert {host: [stream.shard for stream in work.streams] for host, work in works.items()} == {
        "algo-1": [],
        "algo-2": [(0, 2)],
        "algo-3": [(1, 2)],
    }


def test_gzip_is_opened_and_records_are_framed_on_the_way_into_a_pipe(team):
    team.put(zipped__one=gzip.compress(b"12345"))
    found: dict[str, Any] = {}
    team.does(keep_units(found))
    wrapped = channel(
        "train", "zipped/", InputMode="Pipe", CompressionType="Gzip", RecordWrapperType="RecordIO"
    )
    team.train(InputDataConfig=[wrapped])
    record = b"\x0a\x23\xd7\xce" + b"\x05\0\0\0" + b"12345" + b"\0\0\0"
    assert found == {"algo-1": [record]}


def test_an_augmented_manifest_streams_attributes_and_the_objects_that_they_name(team):
    team.put(img__1="cat!", img__2="dog!")
    lines = [
        {"image-ref": f"s3://{BUCKET}/img/1", "is-a-cat": 1, "note": "x"},
        {"image-ref": f"s3://{BUCKET}/img/2", "is-a-cat": 0},
    ]
    team.put(lists__augmented="\n".join(map(json.dumps, lines)))
    found: dict[str, Any] = {}
    team.does(keep_units(found))
    names = {"AttributeNames": ["image-ref", "is-a-cat"]}
    source = channel("train", "lists/augmented", "AugmentedManifestFile", source=names, InputMode="Pipe")
    team.train(InputDataConfig=[source])
    assert found == {"algo-1": [b"cat!1", b"dog!0"]}


@pytest.mark.parametrize(
    ("key", "kind", "body", "reason"),
    [
        ("nothing/", "S3Prefix", None, 'ClientError: No S3 objects found under S3 URL "s3://training-team/nothing/"'),
        ("nothing", "ManifestFile", None, "ClientError: Data download failed:NoSuchKey (404)"),
        ("list", "ManifestFile", "[1]", "ClientError: Data download failed: The manifest s3://training-team/list"),
    ],
)  # fmt: skip
def test_what_is_not_there_fails_the_job_with_the_reason(team, key, kind, body, reason):
    if body is not None:
        team.put(**{key: body})
    job = team.train(InputDataConfig=[channel("train", key, kind)])
    assert (job["TrainingJobStatus"], job["SecondaryStatus"]) == ("Failed", "Failed")
    assert job["FailureReason"].startswith(reason)
    assert not team.started()


def test_an_augmented_line_without_its_attribute_fails_the_job(team):
    team.put(lists__augmented='{"a": 1}\n{"b": 1}')
    source = channel(
        "train", "lists/augmented", "AugmentedManifestFile", {"AttributeNames": ["a"]}, InputMode="Pipe"
    )
    assert (
        "line 2 of s3://training-team/lists/augmented has no attribute a"
        in (team.train(InputDataConfig=[source])["FailureReason"])
    )


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (channel("c", "k", "AugmentedManifestFile", {"AttributeNames": ["a"]}), "only supported with the input mode"),
        (channel("c", "k", "AugmentedManifestFile", InputMode="Pipe"), "AttributeNames must be specified"),
        (channel("c", "k", source={"AttributeNames": ["a"]}), "only supported with S3DataType Augmented"),
        (channel("c", "k", "ManifestFile", InputMode="FastFile"), "FastFile is only supported with S3DataType"),
        (channel("c", "k", CompressionType="Gzip"), "Gzip is only supported with the input mode Pipe"),
        (channel("c", "k", RecordWrapperType="RecordIO"), "RecordIO is only supported with the input mode Pipe"),
        (channel("c", "k", source={"InstanceGroupNames": ["g"]}), "which ResourceConfig does not have"),
    ],
)  # fmt: skip
def test_combinations_that_do_not_go_together_are_refused_at_once(team, made, text):
    with pytest.raises(ClientError, match=text) as refused:
        team.create(InputDataConfig=[made])
    assert refused.value.response["Error"]["Code"] == "ValidationException"
