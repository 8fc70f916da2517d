"""The policies that apply to a caller and to a resource, read where they are remembered, kept until they change."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import unquote

from simulator.aws.iam.documents import PolicyKind, parse_policy
from simulator.aws.iam.statements import PolicyDocument
from simulator.aws.principal import Principal
from simulator.kernel.errors import CallerError

_ABSENT = ("NoSuchEntity", "NoSuchBucketPolicy", "NoSuchBucket", "NotFoundException", "ResourceNotFound")


class Leaf(Protocol):
    """Asks a leaf service as the simulator itself; region "" is the topology's."""

    async def __call__(
        self, service: str, operation: str, params: Mapping[str, Any], account: str, region: str = ""
    ) -> dict[str, Any]:
        """The answer's members."""
        ...


class Policies:
    """`leaf(service, operation, params, account)` reads from the leaf services without being authorized itself."""

    def __init__(self, leaf: Leaf) -> None:
        self._leaf = leaf
        self._identity: dict[str, tuple[PolicyDocument, ...]] = {}
        self._resource: dict[tuple[str, str], PolicyDocument | None] = {}
        self._bucket_keys: dict[str, str] = {}

    def forget(self) -> None:
        """Something about policies changed: read them again."""
        self._identity.clear()
        self._resource.clear()
        self._bucket_keys.clear()

    async def identity(self, principal: Principal) -> tuple[PolicyDocument, ...]:
        """Inline and attached policies of the caller's user or role."""
        arn = principal.role_arn or principal.arn
        if arn not in self._identity:
            self._identity[arn] = await self._read_identity(arn)
        return self._identity[arn]

    async def bucket(self, bucket: str, account: str) -> PolicyDocument | None:
        """The policy of a bucket owned by `account`."""
        return await self._kept("bucket", bucket, "s3", "GetBucketPolicy", {"Bucket": bucket}, account)

    async def bucket_key(self, bucket: str, account: str) -> str:
        """The KMS key that a bucket encrypts with by default; empty when there is none."""
        if bucket not in self._bucket_keys:
            self._bucket_keys[bucket] = await self._read_bucket_key(bucket, account)
        return self._bucket_keys[bucket]

    async def _read_bucket_key(self, bucket: str, account: str) -> str:
        try:
            found = await self._leaf("s3", "GetBucketEncryption", {"Bucket": bucket}, account)
        except CallerError as error:
            if error.code not in (*_ABSENT, "ServerSideEncryptionConfigurationNotFoundError"):
                raise
            return ""
        rules = found.get("ServerSideEncryptionConfiguration", {}).get("Rules", [])
        usual = rules[0].get("ApplyServerSideEncryptionByDefault", {}) if rules else {}
        return str(usual.get("KMSMasterKeyID", "")) if "kms" in str(usual.get("SSEAlgorithm")) else ""

    async def key(self, key_arn: str, account: str) -> PolicyDocument | None:
        """The policy of a KMS key owned by `account`."""
        params = {"KeyId": key_arn, "PolicyName": "default"}
        region = key_arn.split(":")[3]
        return await self._kept("key", key_arn, "kms", "GetKeyPolicy", params, account, region)

    async def key_of(self, alias: str, account: str, region: str) -> str:
        """The ARN of the KMS key behind `alias/name`; empty when there is none."""
        try:
            found = await self._leaf("kms", "DescribeKey", {"KeyId": alias}, account, region)
        except CallerError as error:
            if error.code not in _ABSENT:
                raise
            return ""
        return str(found["KeyMetadata"]["Arn"])

    async def shared(self, resource: str, owner: str) -> PolicyDocument | None:
        """The policy by which a queue, topic or secret lets other accounts in; read anew each time it is asked for."""
        _, _, service, region, _, name = resource.split(":", 5)
        url = f"https://sqs.{region}.amazonaws.com/{owner}/{name}"
        asked: dict[str, tuple[str, dict[str, Any]]] = {
            "sqs": ("GetQueueAttributes", {"QueueUrl": url, "AttributeNames": ["Policy"]}),
            "sns": ("GetTopicAttributes", {"TopicArn": resource}),
            "secretsmanager": ("GetResourcePolicy", {"SecretId": resource}),
        }
        operation, params = asked[service]
        try:
            found = await self._leaf(service, operation, params, owner, region)
        except CallerError as error:
            if error.status >= 500:
                raise
            return None  # there is no such thing, so nothing lets anybody in
        text = found.get("ResourcePolicy") or found.get("Attributes", {}).get("Policy")
        return parse_policy(text, PolicyKind.RESOURCE, name) if text else None

    async def _kept(
        self,
        kind: str,
        name: str,
        service: str,
        operation: str,
        params: dict[str, Any],
        account: str,
        region: str = "",
    ) -> PolicyDocument | None:
        if (kind, name) not in self._resource:
            try:
                text = (await self._leaf(service, operation, params, account, region))["Policy"]
            except CallerError as error:
                if error.code not in _ABSENT:
                    raise
                text = None
            self._resource[kind, name] = parse_policy(text, PolicyKind.RESOURCE, name) if text else None
        return self._resource[kind, name]

    async def _read_identity(self, arn: str) -> tuple[PolicyDocument, ...]:
        account, (kind, _, name) = arn.split(":")[4], arn.split(":", 5)[5].partition("/")
        who = {"role": "Role", "user": "User"}.get(kind)
        if who is None:
            return ()
        simple = name.rsplit("/", 1)[-1]
        documents = []
        try:
            inline = await self._leaf("iam", f"List{who}Policies", {f"{who}Name": simple}, account)
            for policy in inline["PolicyNames"]:
                asked = {f"{who}Name": simple, "PolicyName": policy}
                got = await self._leaf("iam", f"Get{who}Policy", asked, account)
                documents.append(_identity(got["PolicyDocument"], policy))
            attached = await self._leaf("iam", f"ListAttached{who}Policies", {f"{who}Name": simple}, account)
            documents += [
                await self._managed(policy["PolicyArn"], account) for policy in attached["AttachedPolicies"]
            ]
        except CallerError as error:
            if error.code not in _ABSENT:
                raise
        return tuple(documents)

    async def _managed(self, arn: str, account: str) -> PolicyDocument:
        policy = (await self._leaf("iam", "GetPolicy", {"PolicyArn": arn}, account))["Policy"]
        asked = {"PolicyArn": arn, "VersionId": policy["DefaultVersionId"]}
        version = await self._leaf("iam", "GetPolicyVersion", asked, account)
        return _identity(version["PolicyVersion"]["Document"], arn)


def _identity(document: Any, name: str) -> PolicyDocument:
    text = unquote(document) if isinstance(document, str) else json.dumps(document)
    return parse_policy(text, PolicyKind.IDENTITY, name)
