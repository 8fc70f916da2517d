"""What the simulator notes when a leaf service changed something that others depend on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from simulator.aws.accounts import ROLE
from simulator.aws.credentials import Credentials
from simulator.aws.policies import Policies
from simulator.kernel.store import Store

_POLICY_SERVICES = ("iam", "kms")
_BUCKET_POLICY = ("PutBucketPolicy", "DeleteBucketPolicy", "DeleteBucket", "CreateBucket", "PutBucketEncryption",
                  "DeleteBucketEncryption")  # fmt: skip


class LeafEffects:
    """Keeps trust policies, bucket owners and access keys in our rows, and policy caches fresh."""

    def __init__(self, store: Store, policies: Policies, credentials: Credentials) -> None:
        self._store, self._policies, self._credentials = store, policies, credentials

    def note(
        self, service: str, operation: str, params: Mapping[str, Any], result: Mapping[str, Any], account: str
    ) -> None:
        """Look at an operation that a leaf service has carried out."""
        if service in _POLICY_SERVICES and not operation.startswith(("Get", "List", "Describe")):
            self._policies.forget()
        if service == "s3" and operation in _BUCKET_POLICY:
            self._policies.forget()
            self._bucket(operation, str(params["Bucket"]), account)
        elif service == "iam":
            self._iam(operation, params, result, account)

    def _bucket(self, operation: str, bucket: str, account: str) -> None:
        if operation == "CreateBucket":
            self._store.put("s3.bucket", bucket, {"account": account})
        elif operation == "DeleteBucket":
            self._store.delete("s3.bucket", bucket)

    def _iam(
        self, operation: str, params: Mapping[str, Any], result: Mapping[str, Any], account: str
    ) -> None:
        if operation == "CreateRole":
            document = params["AssumeRolePolicyDocument"]
            self._store.put(ROLE, result["Role"]["Arn"], {"trust": json.loads(document)})
        elif operation == "UpdateAssumeRolePolicy":
            trust = json.loads(unquote(params["PolicyDocument"]))
            self._store.put(ROLE, f"arn:aws:iam::{account}:role/{params['RoleName']}", {"trust": trust})
        elif operation == "DeleteRole":
            self._store.delete(ROLE, f"arn:aws:iam::{account}:role/{params['RoleName']}")
        elif operation == "CreateAccessKey":
            key = result["AccessKey"]
            self._credentials.remember_key(
                key["AccessKeyId"], key["SecretAccessKey"], account, key["UserName"]
            )
        elif operation == "DeleteAccessKey":
            self._credentials.forget_key(params["AccessKeyId"])
