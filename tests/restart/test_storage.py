"""Storage after SIGKILL: objects, ids, version ids, ARNs, open uploads and old ciphertexts are as they were."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator.harness.world import World
from tests.restart.server import Server

BUCKET = "kept"
PART_BYTES = 5 * 1024 * 1024


def put(world: World, numbers: range) -> None:
    """Objects `data/NNNN`, every tenth one in a second version."""
    s3 = world.aws().client("s3")
    for number in numbers:
        for version in range(1 + (number % 10 == 0)):
            s3.put_object(Bucket=BUCKET, Key=f"data/{number:04}", Body=f"{number}.{version}".encode())


def versions(world: World) -> Iterator[tuple[str, str, str, bool]]:
    """Key, version id, ETag and whether it is the newest, of every version there is."""
    pages = world.aws().client("s3").get_paginator("list_object_versions").paginate(Bucket=BUCKET)
    for page in pages:
        for each in page["Versions"]:
            yield each["Key"], each["VersionId"], each["ETag"], each["IsLatest"]


def make_others(world: World) -> dict[str, Any]:
    """One of each kind of thing that has an id of its own, and a ciphertext."""
    aws = world.aws()
    key = aws.client("kms").create_key()["KeyMetadata"]
    sealed = aws.client("kms").encrypt(KeyId=key["KeyId"], Plaintext=b"an old secret")
    secret = aws.client("secretsmanager").create_secret(Name="token", SecretString="hidden")
    group = aws.client("sagemaker").create_model_package_group(ModelPackageGroupName="kept")
    return {
        "key": key["Arn"],
        "sealed": sealed["CiphertextBlob"],
        "secret": (secret["ARN"], secret["VersionId"]),
        "topic": aws.client("sns").create_topic(Name="kept")["TopicArn"],
        "group": group["ModelPackageGroupArn"],
        "role": aws.client("iam").get_role(RoleName="SageMakerExecutionRole")["Role"]["RoleId"],
        "rule": aws.client("events").put_rule(Name="kept", ScheduleExpression="rate(1 day)")["RuleArn"],
    }


def test_every_object_version_and_id_is_there_after_a_checkpoint_and_a_journal_tail(server: Server) -> None:
    world = server.start()
    s3 = world.aws().client("s3")
    s3.create_bucket(Bucket=BUCKET)
    s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
    put(world, range(400))
    others = make_others(world)
    server.stop()
    assert (server.state / "moto" / "checkpoint").exists()
    server.start()
    put(world, range(400, 500))
    before = sorted(versions(world))
    server.kill()

    server.start()

    assert len(before) == 550
    assert sorted(versions(world)) == before
    assert s3.get_object(Bucket=BUCKET, Key="data/0490")["Body"].read() == b"490.1"
    aws = world.aws()
    opened = aws.client("kms").decrypt(CiphertextBlob=others["sealed"])
    assert (opened["Plaintext"], opened["KeyId"]) == (b"an old secret", others["key"])
    secret = aws.client("secretsmanager").get_secret_value(SecretId="token")
    assert (secret["ARN"], secret["VersionId"], secret["SecretString"]) == (*others["secret"], "hidden")
    assert [t["TopicArn"] for t in aws.client("sns").list_topics()["Topics"]] == [others["topic"]]
    group = aws.client("sagemaker").describe_model_package_group(ModelPackageGroupName="kept")
    assert group["ModelPackageGroupArn"] == others["group"]
    role = aws.client("iam").get_role(RoleName="SageMakerExecutionRole")["Role"]
    assert role["RoleId"] == others["role"]
    assert aws.client("events").describe_rule(Name="kept")["Arn"] == others["rule"]


def test_an_upload_that_was_open_is_completed_with_its_upload_id(server: Server) -> None:
    world = server.start()
    s3 = world.aws().client("s3")
    s3.create_bucket(Bucket=BUCKET)
    where = {"Bucket": BUCKET, "Key": "model.tar.gz"}
    upload = s3.create_multipart_upload(**where)["UploadId"]
    first = s3.upload_part(**where, UploadId=upload, PartNumber=1, Body=b"1" * PART_BYTES)["ETag"]
    server.kill()

    server.start()
    assert [each["UploadId"] for each in s3.list_multipart_uploads(Bucket=BUCKET)["Uploads"]] == [upload]
    second = s3.upload_part(**where, UploadId=upload, PartNumber=2, Body=b"2" * 10)["ETag"]
    parts = [{"PartNumber": 1, "ETag": first}, {"PartNumber": 2, "ETag": second}]
    s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": parts})

    assert s3.get_object(**where)["Body"].read() == b"1" * PART_BYTES + b"2" * 10
