"""What moto remembers outlives the simulator: ids, versions and keys are the same after a restart."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from simulator.aws.moto_backing import MotoBacking
from simulator.aws.protocol import client
from simulator.kernel.world import Kernel

ACCOUNT, REGION = "222222222222", "us-east-1"


class Remembering:
    """A backing over a state directory, asked as the gateway asks it."""

    def __init__(self, directory: Path) -> None:
        self.kernel = Kernel.open(directory)
        self.backing = MotoBacking(self.kernel)

    async def call(self, service: str, operation: str, **params: object) -> dict[str, object]:
        answer = await self.backing.send(client.request(service, operation, params, REGION), ACCOUNT)
        return client.members(service, operation, answer)

    def die(self) -> None:
        """As SIGKILL would leave it: nothing is written that was not written before."""
        self.kernel.store.close()


async def fill(state: Remembering) -> dict[str, object]:
    await state.call("s3", "CreateBucket", Bucket="models")
    await state.call(
        "s3", "PutBucketVersioning", Bucket="models", VersioningConfiguration={"Status": "Enabled"}
    )
    put = await state.call("s3", "PutObject", Bucket="models", Key="a", Body=b"one")
    big = await state.call("s3", "PutObject", Bucket="models", Key="big", Body=b"x" * 200_000)
    upload = await state.call("s3", "CreateMultipartUpload", Bucket="models", Key="parts")
    key = await state.call("kms", "CreateKey")
    key_id = key["KeyMetadata"]["KeyId"]  # type: ignore[index]
    sealed = await state.call("kms", "Encrypt", KeyId=key_id, Plaintext=b"secret")
    queue = await state.call("sqs", "CreateQueue", QueueName="waiting")
    await state.call("sqs", "SendMessage", QueueUrl=queue["QueueUrl"], MessageBody="hello")
    await state.call("ssm", "PutParameter", Name="/p", Value="v", Type="String")
    return {
        "version": put["VersionId"],
        "big": big["VersionId"],
        "upload": upload["UploadId"],
        "key": key_id,
        "sealed": sealed["CiphertextBlob"],
        "queue": queue["QueueUrl"],
    }


async def expect(state: Remembering, known: dict[str, object]) -> None:
    got = await state.call("s3", "GetObject", Bucket="models", Key="a")
    assert (got["VersionId"], got["Body"]) == (known["version"], b"one")
    big = await state.call("s3", "GetObject", Bucket="models", Key="big", VersionId=known["big"])
    assert big["Body"] == b"x" * 200_000
    part = {"Bucket": "models", "Key": "parts", "UploadId": known["upload"]}
    await state.call("s3", "UploadPart", **part, PartNumber=1, Body=b"part")
    opened = await state.call("kms", "Decrypt", CiphertextBlob=known["sealed"])
    assert opened["Plaintext"] == b"secret"
    message = await state.call("sqs", "ReceiveMessage", QueueUrl=known["queue"])
    assert message["Messages"][0]["Body"] == "hello"  # type: ignore[index]


@pytest.mark.parametrize("with_checkpoint", [False, True], ids=["from the journal", "from a checkpoint"])
def test_a_killed_simulator_remembers_ids_versions_uploads_and_keys(
    tmp_path: Path, with_checkpoint: bool
) -> None:
    before = Remembering(tmp_path)
    known = asyncio.run(fill(before))
    if with_checkpoint:
        before.backing.checkpoint()
    before.die()

    after = Remembering(tmp_path)
    asyncio.run(expect(after, known))
    after.die()


def test_neither_keys_nor_signatures_are_written_to_the_journal(tmp_path: Path) -> None:
    state = Remembering(tmp_path)
    request = client.request("s3", "CreateBucket", {"Bucket": "models"}, REGION)
    signed = dict(request.headers) | {
        "authorization": "AWS4-HMAC-SHA256 Credential=AKIASECRET/20260101/us-east-1/s3/aws4_request, "
        "SignedHeaders=host, Signature=abcdef0123",
        "x-amz-security-token": "TOKEN",
    }
    asyncio.run(state.backing.send(replace(request, headers=signed), ACCOUNT))

    written = str(state.kernel.store.connection.execute("SELECT head FROM moto_journal").fetchall())
    assert "us-east-1/s3" in written
    assert not any(secret in written for secret in ("AKIASECRET", "abcdef0123", "TOKEN"))
    state.die()


def test_a_checkpoint_only_names_the_policies_of_aws(tmp_path: Path) -> None:
    before = Remembering(tmp_path)
    role = {"RoleName": "reader", "AssumeRolePolicyDocument": "{}"}
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    asyncio.run(before.call("iam", "CreateRole", **role))
    asyncio.run(before.call("iam", "AttachRolePolicy", RoleName="reader", PolicyArn=arn))
    known = asyncio.run(before.call("iam", "GetPolicy", PolicyArn=arn))["Policy"]
    before.backing.checkpoint()
    before.die()
    assert (tmp_path / "moto" / "checkpoint").stat().st_size < 500_000

    after = Remembering(tmp_path)
    assert asyncio.run(after.call("iam", "GetPolicy", PolicyArn=arn))["Policy"] == known
    attached = asyncio.run(after.call("iam", "ListAttachedRolePolicies", RoleName="reader"))
    assert attached["AttachedPolicies"] == [{"PolicyName": "ReadOnlyAccess", "PolicyArn": arn}]
    asyncio.run(after.call("iam", "DetachRolePolicy", RoleName="reader", PolicyArn=arn))
    policy = asyncio.run(after.call("iam", "GetPolicy", PolicyArn=arn))["Policy"]
    assert policy["AttachmentCount"] == 0  # type: ignore[index]
    after.kernel.store.close()


def test_a_checkpoint_holds_every_version_of_an_object(tmp_path: Path) -> None:
    async def versions(state: Remembering) -> object:
        return (await state.call("s3", "ListObjectVersions", Bucket="models"))["Versions"]

    before = Remembering(tmp_path)
    asyncio.run(fill(before))
    asyncio.run(before.call("s3", "PutObject", Bucket="models", Key="a", Body=b"two"))
    known = asyncio.run(versions(before))
    before.backing.checkpoint()
    before.die()

    after = Remembering(tmp_path)
    assert asyncio.run(versions(after)) == known
    after.die()
